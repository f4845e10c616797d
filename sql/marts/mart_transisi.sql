-- purpose: From-status by to-status matrix per area, from one available year of a kabupaten to the next, village by village.
-- grain: kode_wilayah, tahun_dari, tahun_ke, status_dari, status_ke, metodologi
-- key: kode_wilayah, tahun_ke, tahun_dari, metodologi, urutan_dari, urutan_ke
-- inputs: fct_perpindahan, dim_wilayah, dim_status, dim_metodologi
-- materialized: table
-- partition: tahun_ke from fct_perpindahan
-- columns:
--   kode_wilayah VARCHAR: Dotted code; a village counts where it is in tahun_ke, or where it was when it is absent then
--   nama VARCHAR: Name of the area
--   tingkat VARCHAR: nasional, provinsi, kabupaten or kecamatan
--   tahun_dari SMALLINT: Earlier year
--   tahun_ke SMALLINT: Next year for which the kabupaten has data
--   status_dari VARCHAR: Status in tahun_dari, TIDAK ADA when absent
--   status_ke VARCHAR: Status in tahun_ke, TIDAK ADA when absent
--   jumlah BIGINT: Villages
--   urutan_dari SMALLINT: 1..5, 0 when absent
--   urutan_ke SMALLINT: 1..5, 0 when absent
--   metodologi VARCHAR: Methodology of both years
-- jejak:
--   SELECT * FROM mart_perpindahan_desa
--   WHERE tahun_dari = :tahun_dari AND tahun_ke = :tahun_ke AND status_dari = :status_dari AND status_ke = :status_ke
--     AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
--   ORDER BY perubahan_skor DESC NULLS LAST, id_desa
WITH kecamatan AS (
  SELECT CAST((coalesce(kode_ke, kode_dari) - coalesce(kode_ke, kode_dari) % 10000) / 10000 AS BIGINT) AS kode,
    tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi, count(*) AS n
  FROM fct_perpindahan
  GROUP BY CAST((coalesce(kode_ke, kode_dari) - coalesce(kode_ke, kode_dari) % 10000) / 10000 AS BIGINT),
    tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi
), kabupaten AS (
  SELECT CAST((kode - kode % 100) / 100 AS BIGINT) AS kode,
    tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi, CAST(sum(n) AS BIGINT) AS n
  FROM kecamatan
  GROUP BY CAST((kode - kode % 100) / 100 AS BIGINT), tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi
), provinsi AS (
  SELECT CAST((kode - kode % 100) / 100 AS BIGINT) AS kode,
    tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi, CAST(sum(n) AS BIGINT) AS n
  FROM kabupaten
  GROUP BY CAST((kode - kode % 100) / 100 AS BIGINT), tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi
), semua AS (
  SELECT kode, tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi, n FROM kecamatan
  UNION ALL SELECT kode, tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi, n FROM kabupaten
  UNION ALL SELECT kode, tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi, n FROM provinsi
  UNION ALL SELECT CAST(0 AS BIGINT), tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi, CAST(sum(n) AS BIGINT)
    FROM provinsi GROUP BY tahun_dari, tahun_ke, status_dari, status_ke, id_metodologi
)
SELECT
  d.kode_wilayah, d.nama, d.tingkat,
  CAST(x.tahun_dari AS SMALLINT) AS tahun_dari,
  CAST(x.tahun_ke AS SMALLINT) AS tahun_ke,
  coalesce(s.status, 'TIDAK ADA') AS status_dari,
  coalesce(t.status, 'TIDAK ADA') AS status_ke,
  CAST(x.n AS BIGINT) AS jumlah,
  CAST(x.status_dari AS SMALLINT) AS urutan_dari,
  CAST(x.status_ke AS SMALLINT) AS urutan_ke,
  m.metodologi
FROM semua x
JOIN dim_wilayah d ON d.kode = x.kode AND d.tingkat IN ('nasional', 'provinsi', 'kabupaten', 'kecamatan')
JOIN dim_metodologi m ON m.id_metodologi = x.id_metodologi
LEFT JOIN dim_status s ON s.urutan = x.status_dari
LEFT JOIN dim_status t ON t.urutan = x.status_ke
