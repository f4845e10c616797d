-- purpose: Releases in which more than 1 % of the villages in listed kabupaten have unknown codes.
-- grain: id_rilis, tahun
-- inputs: fct_indeks, dim_wilayah, dim_rilis
-- severity: block
-- message: More than 1 % of the codes are unknown although the code list covers the kabupaten; is it the other code scheme or a list of another date?
-- partition: tahun from fct_indeks, dim_rilis as dim_asal
-- columns:
--   subjek VARCHAR: Release
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How many of how many
WITH baris AS (
  SELECT f.id_rilis, f.tahun, d.kode_kabupaten AS kab,
    CASE WHEN d.sumber = 'rilis' OR f.tahun < coalesce(d.berlaku_dari, 0) OR f.tahun > coalesce(d.berlaku_sampai, 9999)
      THEN 1 ELSE 0 END AS asing
  FROM fct_indeks f
  JOIN dim_wilayah d ON d.kode = f.kode_desa AND f.tahun BETWEEN d.cari_dari AND d.cari_sampai
), terdaftar AS (
  SELECT kode_kabupaten AS kab, count(*) AS n FROM dim_wilayah
  WHERE tingkat = 'desa' AND sumber = 'daftar kode' GROUP BY kode_kabupaten
), kabupaten AS (
  SELECT b.id_rilis, b.tahun, b.kab, count(*) AS n, sum(b.asing) AS asing
  FROM baris b JOIN terdaftar t ON t.kab = b.kab
  GROUP BY b.id_rilis, b.tahun, b.kab
), jumlah AS (
  -- A list that knows fewer than half of the villages of a kabupaten describes another numbering and judges nothing.
  SELECT id_rilis, tahun, sum(n) AS n, sum(asing) AS asing
  FROM kabupaten WHERE 2 * asing <= n
  GROUP BY id_rilis, tahun
)
SELECT r.rilis_id AS subjek, CAST(j.tahun AS SMALLINT) AS tahun,
  CAST(j.asing AS VARCHAR(20)) || ' dari ' || CAST(j.n AS VARCHAR(20)) || ' kode tidak dikenal' AS rincian
FROM jumlah j JOIN dim_rilis r ON r.id_rilis = j.id_rilis
WHERE j.asing * 100 > j.n
