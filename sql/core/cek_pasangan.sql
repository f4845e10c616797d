-- purpose: Which earlier years any area or source compares a year with: its latest one before.
-- grain: tahun_ke, tahun_dari
-- key: tahun_ke, tahun_dari
-- inputs: fct_indeks, dim_rilis
-- materialized: table
-- partition: tahun_ke
-- columns:
--   tahun_ke SMALLINT: Year
--   tahun_dari SMALLINT: Earlier year that at least one kecamatan, kabupaten, province or source has as its last before
WITH ada AS (
  SELECT CAST((kode_desa - kode_desa % 10000) / 10000 AS BIGINT) AS kec, CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT) AS kab,
    id_metodologi, id_rilis, tahun
  FROM fct_indeks
  GROUP BY CAST((kode_desa - kode_desa % 10000) / 10000 AS BIGINT), CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT),
    id_metodologi, id_rilis, tahun
), wilayah AS (
  SELECT DISTINCT kec, id_metodologi, tahun FROM ada
), semua AS (
  -- Whoever looks back at a year: areas by the codes of their villages, kabupaten by their identities, sources.
  SELECT CAST(kec AS VARCHAR(20)) AS siapa, id_metodologi, tahun FROM wilayah
  UNION SELECT CAST(CAST((kec - kec % 100) / 100 AS BIGINT) AS VARCHAR(20)), id_metodologi, tahun FROM wilayah
  UNION SELECT CAST(CAST((kec - kec % 10000) / 10000 AS BIGINT) AS VARCHAR(20)), id_metodologi, tahun FROM wilayah
  UNION SELECT '0', id_metodologi, tahun FROM wilayah
  UNION SELECT 'identitas ' || CAST(kab AS VARCHAR(20)), id_metodologi, tahun FROM ada
  UNION SELECT 'sumber ' || r.sumber, a.id_metodologi, a.tahun
    FROM (SELECT DISTINCT id_rilis, id_metodologi, tahun FROM ada) a JOIN dim_rilis r ON r.id_rilis = a.id_rilis
), sebelum AS (
  SELECT tahun AS tahun_ke, lag(tahun) OVER (PARTITION BY siapa, id_metodologi ORDER BY tahun NULLS LAST) AS tahun_dari FROM semua
)
SELECT DISTINCT CAST(tahun_ke AS SMALLINT) AS tahun_ke, CAST(tahun_dari AS SMALLINT) AS tahun_dari
FROM sebelum
WHERE tahun_dari IS NOT NULL
