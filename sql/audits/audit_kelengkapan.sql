-- purpose: Kecamatan that are missing whole, and kabupaten that miss a tenth of their villages.
-- grain: kode_kecamatan, tahun
-- inputs: cek_kelengkapan, dim_wilayah
-- severity: block
-- message: A whole kecamatan or at least 10 % of a kabupaten is missing against the year before or the code list; the release is incomplete, or a code change is not listed.
-- columns:
--   subjek VARCHAR: Kecamatan
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: Counts
SELECT coalesce(d.kode_wilayah, CAST(k.kode_kecamatan AS VARCHAR(20))) AS subjek, CAST(k.tahun AS SMALLINT) AS tahun,
  coalesce(d.nama, '') || ': ' || CAST(k.hilang AS VARCHAR(20)) || ' hilang, ' || CAST(k.ada AS VARCHAR(20)) || ' ada; kabupaten: '
    || CAST(k.kabupaten_hilang AS VARCHAR(20)) || ' hilang, ' || CAST(k.kabupaten_ada AS VARCHAR(20)) || ' ada' AS rincian
FROM cek_kelengkapan k
LEFT JOIN dim_wilayah d ON d.kode = k.kode_kecamatan
WHERE k.berat
