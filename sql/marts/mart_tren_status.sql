-- purpose: Villages per status, area and year, with the change to the previous year that is available.
-- grain: kode_wilayah, tahun, status, metodologi
-- key: kode_wilayah, tahun, metodologi, urutan_status
-- inputs: fct_indeks, dim_wilayah, dim_status, dim_rilis, dim_metodologi
-- materialized: table
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
  SELECT CAST((kode_desa - kode_desa % 10000) / 10000 AS BIGINT) AS kode, tahun, status, id_metodologi, id_rilis, count(*) AS n
  FROM fct_indeks
  GROUP BY CAST((kode_desa - kode_desa % 10000) / 10000 AS BIGINT), tahun, status, id_metodologi, id_rilis
), kecamatan AS (
  -- Counted once per kecamatan; every level above adds these rows up.
  SELECT p.kode, p.tahun, p.status, p.id_metodologi, CAST(sum(p.n) AS BIGINT) AS n, min(r.sifat) AS sifat_a, max(r.sifat) AS sifat_z
  FROM per_rilis p JOIN dim_rilis r ON r.id_rilis = p.id_rilis
  GROUP BY p.kode, p.tahun, p.status, p.id_metodologi
), kabupaten AS (
  SELECT CAST((kode - kode % 100) / 100 AS BIGINT) AS kode, tahun, status, id_metodologi,
    CAST(sum(n) AS BIGINT) AS n, min(sifat_a) AS sifat_a, max(sifat_z) AS sifat_z
  FROM kecamatan GROUP BY CAST((kode - kode % 100) / 100 AS BIGINT), tahun, status, id_metodologi
), provinsi AS (
  SELECT CAST((kode - kode % 100) / 100 AS BIGINT) AS kode, tahun, status, id_metodologi,
    CAST(sum(n) AS BIGINT) AS n, min(sifat_a) AS sifat_a, max(sifat_z) AS sifat_z
  FROM kabupaten GROUP BY CAST((kode - kode % 100) / 100 AS BIGINT), tahun, status, id_metodologi
), hitung AS (
  SELECT kode, tahun, status, id_metodologi, n, sifat_a, sifat_z FROM kecamatan
  UNION ALL SELECT kode, tahun, status, id_metodologi, n, sifat_a, sifat_z FROM kabupaten
  UNION ALL SELECT kode, tahun, status, id_metodologi, n, sifat_a, sifat_z FROM provinsi
  UNION ALL SELECT CAST(0 AS BIGINT), tahun, status, id_metodologi, CAST(sum(n) AS BIGINT), min(sifat_a), max(sifat_z)
    FROM provinsi GROUP BY tahun, status, id_metodologi
), wilayah AS (
  SELECT kode, tahun, id_metodologi, sum(n) AS jumlah_desa, min(sifat_a) AS sifat_a, max(sifat_z) AS sifat_z
  FROM hitung GROUP BY kode, tahun, id_metodologi
), sebelum AS (
  SELECT w.*, lag(w.tahun) OVER (PARTITION BY w.kode, w.id_metodologi ORDER BY w.tahun NULLS LAST) AS tahun_sebelum
  FROM wilayah w
)
SELECT
  d.kode_wilayah,
  d.nama AS nama_wilayah,
  d.tingkat,
  CAST(w.tahun AS SMALLINT) AS tahun,
  s.status,
  CAST(coalesce(h.n, 0) AS BIGINT) AS jumlah,
  CAST(CASE WHEN w.tahun_sebelum IS NOT NULL THEN coalesce(h.n, 0) - coalesce(p.n, 0) END AS BIGINT) AS perubahan,
  m.metodologi,
  CAST(s.urutan AS SMALLINT) AS urutan_status,
  CAST(w.jumlah_desa AS BIGINT) AS jumlah_desa,
  CASE WHEN w.sifat_a = w.sifat_z THEN w.sifat_a ELSE 'campuran' END AS sifat
FROM sebelum w
CROSS JOIN dim_status s
LEFT JOIN hitung h ON h.kode = w.kode AND h.tahun = w.tahun AND h.id_metodologi = w.id_metodologi AND h.status = s.urutan
LEFT JOIN hitung p ON p.kode = w.kode AND p.tahun = w.tahun_sebelum AND p.id_metodologi = w.id_metodologi AND p.status = s.urutan
JOIN dim_wilayah d ON d.kode = w.kode AND d.tingkat IN ('nasional', 'provinsi', 'kabupaten', 'kecamatan')
JOIN dim_metodologi m ON m.id_metodologi = w.id_metodologi
