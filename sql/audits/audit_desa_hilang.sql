-- purpose: Single villages that are missing against the year before or the code list.
-- grain: id_desa, tahun
-- inputs: cek_desa_hilang, cek_kelengkapan, dim_wilayah
-- severity: warn
-- message: Villages are missing against the year before or the code list, too few to refuse the release.
-- columns:
--   subjek VARCHAR: Village
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: Name and what it is missing against
SELECT CAST(h.id_desa AS VARCHAR(20)) AS subjek, CAST(h.tahun AS SMALLINT) AS tahun,
  coalesce(d.nama, '') || CASE WHEN h.tahun_lalu THEN '; ada pada tahun sebelumnya' ELSE '' END
    || CASE WHEN h.daftar_kode THEN '; ada di daftar kode' ELSE '' END
    || CASE WHEN h.diganti THEN '; nama yang sama muncul dengan kode baru' ELSE '' END AS rincian
FROM cek_desa_hilang h
LEFT JOIN dim_wilayah d ON d.kode = h.id_desa AND h.tahun BETWEEN d.cari_dari AND d.cari_sampai
LEFT JOIN cek_kelengkapan k ON k.tahun = h.tahun AND k.kode_kecamatan = CAST((h.id_desa - h.id_desa % 10000) / 10000 AS BIGINT)
WHERE NOT coalesce(k.berat, false)
