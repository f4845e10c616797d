-- purpose: Per kecamatan and year with missing villages: how many are there, how many are missing, and how grave that is.
-- grain: tahun, kode_kecamatan
-- key: tahun, kode_kecamatan
-- inputs: fct_indeks, cek_desa_hilang
-- materialized: table
-- columns:
--   tahun SMALLINT: Year
--   kode_kabupaten BIGINT: Kabupaten by today's codes
--   kode_kecamatan BIGINT: Kecamatan by today's codes, so that splits do not count as losses
--   ada BIGINT: Villages present
--   hilang BIGINT: Villages missing and not renumbered
--   diganti BIGINT: Villages missing whose name appears under a new code
--   kabupaten_ada BIGINT: Villages present in the kabupaten
--   kabupaten_hilang BIGINT: Villages missing and not renumbered in the kabupaten
--   berat BOOLEAN: A whole kecamatan or at least a tenth of the kabupaten is missing
WITH ada AS (
  SELECT tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT) AS kec, count(*) AS n
  FROM fct_indeks
  GROUP BY tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT)
), hilang AS (
  SELECT tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT) AS kec,
    count(*) FILTER (WHERE NOT diganti) AS n, count(*) FILTER (WHERE diganti) AS ganti
  FROM cek_desa_hilang
  GROUP BY tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT)
), gabung AS (
  SELECT coalesce(a.tahun, h.tahun) AS tahun, coalesce(a.kec, h.kec) AS kec,
    coalesce(a.n, 0) AS ada, coalesce(h.n, 0) AS hilang, coalesce(h.ganti, 0) AS diganti
  FROM ada a FULL OUTER JOIN hilang h ON h.tahun = a.tahun AND h.kec = a.kec
), kab AS (
  SELECT g.*, CAST((g.kec - g.kec % 100) / 100 AS BIGINT) AS kab,
    CAST(sum(g.ada) OVER (PARTITION BY g.tahun, CAST((g.kec - g.kec % 100) / 100 AS BIGINT)) AS BIGINT) AS kab_ada,
    CAST(sum(g.hilang) OVER (PARTITION BY g.tahun, CAST((g.kec - g.kec % 100) / 100 AS BIGINT)) AS BIGINT) AS kab_hilang
  FROM gabung g
)
SELECT
  CAST(tahun AS SMALLINT) AS tahun,
  CAST(kab AS BIGINT) AS kode_kabupaten,
  CAST(kec AS BIGINT) AS kode_kecamatan,
  CAST(ada AS BIGINT) AS ada,
  CAST(hilang AS BIGINT) AS hilang,
  CAST(diganti AS BIGINT) AS diganti,
  CAST(kab_ada AS BIGINT) AS kabupaten_ada,
  CAST(kab_hilang AS BIGINT) AS kabupaten_hilang,
  CAST(hilang > 0 AND (ada = 0 OR kab_hilang * 10 >= kab_ada + kab_hilang) AS BOOLEAN) AS berat
FROM kab
WHERE hilang > 0 OR diganti > 0
