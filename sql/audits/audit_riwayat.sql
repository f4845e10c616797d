-- purpose: Kabupaten whose scores do not belong to the villages they had the year before.
-- grain: kabupaten, tahun
-- inputs: fct_perpindahan
-- severity: block
-- message: Scores jump by more than 0.25 on average, or no longer follow the order of the year before; rows were sorted apart from their villages, or columns swapped.
-- partition: tahun from fct_perpindahan
-- columns:
--   subjek VARCHAR: Kabupaten
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: Mean change or correlation, approximate
WITH pasangan AS (
  -- Scores in units of 0.0001 as whole numbers, so that the sums are exact and only the last step is a double.
  SELECT CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT) AS kab, tahun_dari, tahun_ke,
    CAST(round(skor_dari * 10000, 0) AS BIGINT) AS x, CAST(round(skor_ke * 10000, 0) AS BIGINT) AS y
  FROM fct_perpindahan
  WHERE status_dari > 0 AND status_ke > 0
), jumlah AS (
  SELECT kab, tahun_dari, tahun_ke, count(*) AS n,
    CAST(sum(abs(y - x)) AS BIGINT) AS beda,
    CAST(sum(x) AS BIGINT) AS sx, CAST(sum(y) AS BIGINT) AS sy,
    CAST(sum(x * y) AS BIGINT) AS sxy, CAST(sum(x * x) AS BIGINT) AS sxx, CAST(sum(y * y) AS BIGINT) AS syy
  FROM pasangan GROUP BY kab, tahun_dari, tahun_ke
), korelasi AS (
  SELECT kab, tahun_dari, tahun_ke, n, beda,
    CAST(n * sxy - sx * sy AS DOUBLE) / nullif(sqrt(CAST(n * sxx - sx * sx AS DOUBLE)) * sqrt(CAST(n * syy - sy * sy AS DOUBLE)), 0) AS r
  FROM jumlah
)
SELECT CAST(kab AS VARCHAR(20)) AS subjek, CAST(tahun_ke AS SMALLINT) AS tahun,
  'perubahan rata-rata ' || CAST(CAST((2 * beda + n - (2 * beda + n) % (2 * n)) / (2 * n) AS BIGINT) AS VARCHAR(20))
    || ' per 10000 dari ' || CAST(n AS VARCHAR(20)) || ' desa sejak ' || CAST(tahun_dari AS VARCHAR(10))
    || CASE WHEN n >= 30 AND r < 0.3 THEN '; urutan desa tidak mengikuti tahun sebelumnya' ELSE '' END AS rincian
FROM korelasi
WHERE (n >= 5 AND beda > 2500 * n) OR (n >= 30 AND r < 0.3)
