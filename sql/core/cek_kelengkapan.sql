-- purpose: Per kecamatan and year with missing villages: how many are there, how many are missing, and how grave that is.
-- grain: tahun, kode_kecamatan
-- key: tahun, kode_kecamatan
-- inputs: fct_indeks, cek_desa_hilang, dim_wilayah
-- materialized: table
-- partition: tahun from fct_indeks, cek_desa_hilang
-- columns:
--   tahun SMALLINT: Year
--   kode_kabupaten BIGINT: Kabupaten by today's codes
--   kode_kecamatan BIGINT: Kecamatan by today's codes, so that splits do not count as losses
--   ada BIGINT: Villages present
--   hilang BIGINT: Villages missing and not renumbered
--   diganti BIGINT: Villages missing whose name appears under a new code
--   kabupaten_ada BIGINT: Villages present in the kabupaten
--   kabupaten_hilang BIGINT: Villages missing and not renumbered in the kabupaten
--   kabupaten_asing BIGINT: Villages of the kabupaten under codes that no list has
--   berat BOOLEAN: A whole kecamatan or at least a tenth of the kabupaten is missing, and not only against a code list of another numbering
WITH ada AS (
  SELECT tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT) AS kec, count(*) AS n
  FROM fct_indeks
  GROUP BY tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT)
), hilang AS (
  SELECT tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT) AS kec,
    count(*) FILTER (WHERE NOT diganti) AS n, count(*) FILTER (WHERE diganti) AS ganti,
    count(*) FILTER (WHERE tahun_lalu AND NOT diganti) AS n_lalu
  FROM cek_desa_hilang
  GROUP BY tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT)
), gabung AS (
  SELECT coalesce(a.tahun, h.tahun) AS tahun, coalesce(a.kec, h.kec) AS kec,
    coalesce(a.n, 0) AS ada, coalesce(h.n, 0) AS hilang, coalesce(h.ganti, 0) AS diganti,
    coalesce(h.n_lalu, 0) AS hilang_lalu
  FROM ada a FULL OUTER JOIN hilang h ON h.tahun = a.tahun AND h.kec = a.kec
), kab AS (
  SELECT g.*, CAST((g.kec - g.kec % 100) / 100 AS BIGINT) AS kab,
    CAST(sum(g.ada) OVER (PARTITION BY g.tahun, CAST((g.kec - g.kec % 100) / 100 AS BIGINT)) AS BIGINT) AS kab_ada,
    CAST(sum(g.hilang) OVER (PARTITION BY g.tahun, CAST((g.kec - g.kec % 100) / 100 AS BIGINT)) AS BIGINT) AS kab_hilang
  FROM gabung g
), asing AS (
  SELECT f.tahun, d.kode_kabupaten AS kab, count(*) AS n
  FROM fct_indeks f
  JOIN dim_wilayah d ON d.kode = f.kode_desa AND f.tahun BETWEEN d.cari_dari AND d.cari_sampai
  WHERE d.sumber = 'rilis'
  GROUP BY f.tahun, d.kode_kabupaten
)
SELECT
  CAST(k.tahun AS SMALLINT) AS tahun,
  CAST(k.kab AS BIGINT) AS kode_kabupaten,
  CAST(k.kec AS BIGINT) AS kode_kecamatan,
  CAST(k.ada AS BIGINT) AS ada,
  CAST(k.hilang AS BIGINT) AS hilang,
  CAST(k.diganti AS BIGINT) AS diganti,
  CAST(k.kab_ada AS BIGINT) AS kabupaten_ada,
  CAST(k.kab_hilang AS BIGINT) AS kabupaten_hilang,
  CAST(coalesce(a.n, 0) AS BIGINT) AS kabupaten_asing,
  -- Villages that only the code list misses weigh nothing where as many appear under codes that it does not know.
  CAST(k.hilang > 0 AND (k.ada = 0 OR k.kab_hilang * 10 >= k.kab_ada + k.kab_hilang)
    AND (k.hilang_lalu > 0 OR coalesce(a.n, 0) < k.kab_hilang) AS BOOLEAN) AS berat
FROM kab k
LEFT JOIN asing a ON a.tahun = k.tahun AND a.kab = k.kab
WHERE k.hilang > 0 OR k.diganti > 0
