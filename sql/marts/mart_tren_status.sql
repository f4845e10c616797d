-- purpose: Villages per status, area and year, with the change to the previous year that is available.
-- grain: kode_wilayah, tahun, status, metodologi
-- key: kode_wilayah, tahun, metodologi, urutan_status
-- inputs: fct_indeks, dim_wilayah, dim_status, dim_rilis, dim_metodologi
-- materialized: table
-- partition: tahun from fct_indeks across cek_pasangan, dim_rilis as dim_asal across cek_pasangan
-- columns:
--   kode_wilayah VARCHAR: Dotted Kemendagri code of that year; 0 is Indonesia
--   nama_wilayah VARCHAR: Name of the area
--   tingkat VARCHAR: nasional, provinsi, kabupaten or kecamatan
--   tahun SMALLINT: Year of the index
--   status VARCHAR: Status as published
--   jumlah BIGINT: Villages; zero rows are present for all five statuses
--   perubahan BIGINT: Change to the previous available year of the same area and methodology, null in the first
--   metodologi VARCHAR: IDM or INDEKS DESA; counts are never compared across them
--   urutan_status SMALLINT: 1 worst to 5 best
--   jumlah_desa BIGINT: Villages of all statuses that are loaded for the area and year
--   sifat VARCHAR: resmi, rekonstruksi, sintetis, or campuran when the area mixes them
-- jejak:
--   SELECT * FROM mart_profil_desa
--   WHERE tahun = :tahun AND status = :status
--     AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
--   ORDER BY skor, kode_desa
WITH per_rilis AS (
  -- One row an area and year, a column a status: the two years are compared without a join.
  SELECT CAST((kode_desa - kode_desa % 10000) / 10000 AS BIGINT) AS kode, tahun, id_metodologi, id_rilis, count(*) AS n,
    count(*) FILTER (WHERE status = 1) AS n1, count(*) FILTER (WHERE status = 2) AS n2, count(*) FILTER (WHERE status = 3) AS n3,
    count(*) FILTER (WHERE status = 4) AS n4, count(*) FILTER (WHERE status = 5) AS n5
  FROM fct_indeks
  GROUP BY CAST((kode_desa - kode_desa % 10000) / 10000 AS BIGINT), tahun, id_metodologi, id_rilis
), kecamatan AS (
  -- Counted once per kecamatan; every level above adds these rows up.
  SELECT p.kode, p.tahun, p.id_metodologi, CAST(sum(p.n) AS BIGINT) AS n, CAST(sum(p.n1) AS BIGINT) AS n1, CAST(sum(p.n2) AS BIGINT) AS n2,
    CAST(sum(p.n3) AS BIGINT) AS n3, CAST(sum(p.n4) AS BIGINT) AS n4, CAST(sum(p.n5) AS BIGINT) AS n5,
    min(r.sifat) AS sifat_a, max(r.sifat) AS sifat_z
  FROM per_rilis p JOIN dim_rilis r ON r.id_rilis = p.id_rilis
  GROUP BY p.kode, p.tahun, p.id_metodologi
), kabupaten AS (
  SELECT CAST((kode - kode % 100) / 100 AS BIGINT) AS kode, tahun, id_metodologi, CAST(sum(n) AS BIGINT) AS n, CAST(sum(n1) AS BIGINT) AS n1,
    CAST(sum(n2) AS BIGINT) AS n2, CAST(sum(n3) AS BIGINT) AS n3, CAST(sum(n4) AS BIGINT) AS n4, CAST(sum(n5) AS BIGINT) AS n5,
    min(sifat_a) AS sifat_a, max(sifat_z) AS sifat_z
  FROM kecamatan GROUP BY CAST((kode - kode % 100) / 100 AS BIGINT), tahun, id_metodologi
), provinsi AS (
  SELECT CAST((kode - kode % 100) / 100 AS BIGINT) AS kode, tahun, id_metodologi, CAST(sum(n) AS BIGINT) AS n, CAST(sum(n1) AS BIGINT) AS n1,
    CAST(sum(n2) AS BIGINT) AS n2, CAST(sum(n3) AS BIGINT) AS n3, CAST(sum(n4) AS BIGINT) AS n4, CAST(sum(n5) AS BIGINT) AS n5,
    min(sifat_a) AS sifat_a, max(sifat_z) AS sifat_z
  FROM kabupaten GROUP BY CAST((kode - kode % 100) / 100 AS BIGINT), tahun, id_metodologi
), hitung AS (
  SELECT kode, tahun, id_metodologi, n, n1, n2, n3, n4, n5, sifat_a, sifat_z FROM kecamatan
  UNION ALL SELECT kode, tahun, id_metodologi, n, n1, n2, n3, n4, n5, sifat_a, sifat_z FROM kabupaten
  UNION ALL SELECT kode, tahun, id_metodologi, n, n1, n2, n3, n4, n5, sifat_a, sifat_z FROM provinsi
  UNION ALL SELECT CAST(0 AS BIGINT), tahun, id_metodologi, CAST(sum(n) AS BIGINT), CAST(sum(n1) AS BIGINT), CAST(sum(n2) AS BIGINT),
    CAST(sum(n3) AS BIGINT), CAST(sum(n4) AS BIGINT), CAST(sum(n5) AS BIGINT), min(sifat_a), max(sifat_z)
    FROM provinsi GROUP BY tahun, id_metodologi
), wilayah AS (
  SELECT d.kode_wilayah, d.nama, d.tingkat, h.*
  FROM hitung h
  JOIN dim_wilayah d ON d.kode = h.kode AND d.tingkat IN ('nasional', 'provinsi', 'kabupaten', 'kecamatan')
), sebelum AS (
  SELECT w.*,
    lag(n1) OVER (PARTITION BY kode, id_metodologi ORDER BY tahun NULLS LAST) AS lalu1,
    lag(n2) OVER (PARTITION BY kode, id_metodologi ORDER BY tahun NULLS LAST) AS lalu2,
    lag(n3) OVER (PARTITION BY kode, id_metodologi ORDER BY tahun NULLS LAST) AS lalu3,
    lag(n4) OVER (PARTITION BY kode, id_metodologi ORDER BY tahun NULLS LAST) AS lalu4,
    lag(n5) OVER (PARTITION BY kode, id_metodologi ORDER BY tahun NULLS LAST) AS lalu5
  FROM wilayah w
), baris AS (
  SELECT w.*, s.urutan, s.status,
    CASE s.urutan WHEN 1 THEN n1 WHEN 2 THEN n2 WHEN 3 THEN n3 WHEN 4 THEN n4 ELSE n5 END AS jumlah,
    CASE s.urutan WHEN 1 THEN lalu1 WHEN 2 THEN lalu2 WHEN 3 THEN lalu3 WHEN 4 THEN lalu4 ELSE lalu5 END AS lalu
  FROM sebelum w CROSS JOIN dim_status s
)
SELECT
  b.kode_wilayah,
  b.nama AS nama_wilayah,
  b.tingkat,
  CAST(b.tahun AS SMALLINT) AS tahun,
  b.status,
  CAST(b.jumlah AS BIGINT) AS jumlah,
  CAST(b.jumlah - b.lalu AS BIGINT) AS perubahan,
  m.metodologi,
  CAST(b.urutan AS SMALLINT) AS urutan_status,
  CAST(b.n AS BIGINT) AS jumlah_desa,
  CASE WHEN b.sifat_a = b.sifat_z THEN b.sifat_a ELSE 'campuran' END AS sifat
FROM baris b
JOIN dim_metodologi m ON m.id_metodologi = b.id_metodologi
