-- purpose: Villages whose code the lists do not have, or not for that year.
-- grain: kode_desa, tahun
-- inputs: fct_indeks, dim_wilayah
-- severity: warn
-- message: The code list lacks the village or has it for other years; add it to the list or to the code changes.
-- partition: tahun from fct_indeks
-- columns:
--   subjek VARCHAR: Village
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: What the lists say
WITH daftar AS (
  SELECT count(*) AS n FROM dim_wilayah WHERE tingkat = 'desa' AND sumber = 'daftar kode'
)
SELECT CAST(f.kode_desa AS VARCHAR(20)) AS subjek, CAST(f.tahun AS SMALLINT) AS tahun,
  CASE WHEN d.sumber = 'rilis' THEN 'kode tidak ada di daftar: ' || coalesce(d.nama, 'tanpa nama')
    ELSE 'kode berlaku ' || coalesce(CAST(d.berlaku_dari AS VARCHAR(10)), 'awal') || ' sampai '
      || coalesce(CAST(d.berlaku_sampai AS VARCHAR(10)), 'kini') END AS rincian
FROM fct_indeks f
JOIN dim_wilayah d ON d.kode = f.kode_desa AND f.tahun BETWEEN d.cari_dari AND d.cari_sampai
CROSS JOIN daftar l
WHERE l.n > 0
  AND (d.sumber = 'rilis' OR f.tahun < coalesce(d.berlaku_dari, 0) OR f.tahun > coalesce(d.berlaku_sampai, 9999))
