-- purpose: Kabupaten in which more than 2 % of the published statuses are not those that the scores give.
-- grain: kabupaten, tahun
-- inputs: fct_indeks
-- severity: block
-- message: More than 2 % of the published statuses contradict their scores; the status column belongs to other villages or to another year.
-- partition: tahun from fct_indeks
-- columns:
--   subjek VARCHAR: Kabupaten
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How many of how many
SELECT CAST(CAST((kode_desa - kode_desa % 1000000) / 1000000 AS BIGINT) AS VARCHAR(20)) AS subjek, CAST(tahun AS SMALLINT) AS tahun,
  CAST(count(*) FILTER (WHERE status_terbit <> status_hitung) AS VARCHAR(20)) || ' dari ' || CAST(count(*) AS VARCHAR(20))
    || ' status tidak sesuai skor' AS rincian
FROM fct_indeks
WHERE id_metodologi = 1
GROUP BY CAST((kode_desa - kode_desa % 1000000) / 1000000 AS BIGINT), tahun
HAVING count(*) FILTER (WHERE status_terbit <> status_hitung) >= 3
  AND 50 * count(*) FILTER (WHERE status_terbit <> status_hitung) > count(*)
