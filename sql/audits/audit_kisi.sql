-- purpose: Kabupaten in which most indices are not sums of whole indicator scores.
-- grain: kabupaten, tahun
-- inputs: fct_indeks
-- severity: block
-- message: More than half of the indices are off the score grid (iks n/175, ike n/60, ikl n/15); two index columns are swapped or the values are made up.
-- partition: tahun from fct_indeks
-- columns:
--   subjek VARCHAR: Kabupaten
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How many of how many
SELECT CAST(CAST((kode_desa - kode_desa % 1000000) / 1000000 AS BIGINT) AS VARCHAR(20)) AS subjek, CAST(tahun AS SMALLINT) AS tahun,
  CAST(count(*) FILTER (WHERE NOT pada_kisi) AS VARCHAR(20)) || ' dari ' || CAST(count(*) AS VARCHAR(20)) || ' desa di luar kisi' AS rincian
FROM fct_indeks
WHERE id_metodologi = 1
GROUP BY CAST((kode_desa - kode_desa % 1000000) / 1000000 AS BIGINT), tahun
HAVING count(*) >= 5 AND 2 * count(*) FILTER (WHERE NOT pada_kisi) > count(*)
