-- purpose: Villages whose published status is not the one that their scores give.
-- grain: kode_desa, tahun
-- inputs: fct_indeks, dim_wilayah, dim_status
-- severity: warn
-- message: The published status contradicts the scores; the published one is kept, both stand in mart_profil_desa.
-- partition: tahun from fct_indeks
-- columns:
--   subjek VARCHAR: Village
--   tahun SMALLINT: Year
--   rincian VARCHAR: Published and computed status, with what decided
SELECT
  d.kode_wilayah AS subjek,
  CAST(f.tahun AS SMALLINT) AS tahun,
  'terbit ' || a.status || ', hitung ' || b.status
    || CASE WHEN f.pada_kisi THEN ', nilai kisi ' || CAST(f.nilai_kisi AS VARCHAR(20))
       ELSE ', di luar kisi, skor ' || CAST(f.skor AS VARCHAR(20)) END AS rincian
FROM fct_indeks f
JOIN dim_status a ON a.urutan = f.status_terbit
JOIN dim_status b ON b.urutan = f.status_hitung
LEFT JOIN dim_wilayah d ON d.kode = f.kode_desa
  AND f.tahun BETWEEN d.cari_dari AND d.cari_sampai
WHERE f.id_metodologi = 1 AND f.status_terbit <> f.status_hitung
