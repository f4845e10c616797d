-- purpose: Kabupaten whose scores fit the village before or after them in the list better than the village itself.
-- grain: kabupaten, tahun
-- inputs: fct_perpindahan
-- severity: block
-- message: The scores follow last year's scores of the neighbouring rows and not those of their own villages; values have slipped by a row against the codes.
-- partition: tahun from fct_perpindahan
-- columns:
--   subjek VARCHAR: Kabupaten
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How many villages, and which way the values slipped
WITH pasangan AS (
  -- Scores in units of 0.0001 as whole numbers, so that the sums are exact and only the comparison is one of doubles.
  SELECT CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT) AS kab, tahun_dari, tahun_ke, id_desa,
    CAST(round(skor_dari * 10000, 0) AS BIGINT) AS x, CAST(round(skor_ke * 10000, 0) AS BIGINT) AS y
  FROM fct_perpindahan
  WHERE status_dari > 0 AND status_ke > 0
), tetangga AS (
  SELECT p.*,
    lag(x) OVER (PARTITION BY kab, tahun_dari, tahun_ke ORDER BY id_desa NULLS LAST) AS sebelum,
    lead(x) OVER (PARTITION BY kab, tahun_dari, tahun_ke ORDER BY id_desa NULLS LAST) AS sesudah
  FROM pasangan p
), jumlah AS (
  SELECT kab, tahun_dari, tahun_ke, count(*) AS n,
    CAST(sum(x) AS BIGINT) AS sx, CAST(sum(y) AS BIGINT) AS sy, CAST(sum(x * x) AS BIGINT) AS sxx, CAST(sum(y * y) AS BIGINT) AS syy,
    CAST(sum(x * y) AS BIGINT) AS sxy, CAST(sum(sebelum * y) AS BIGINT) AS sby, CAST(sum(sesudah * y) AS BIGINT) AS say,
    CAST(sum(sebelum) AS BIGINT) AS sb, CAST(sum(sesudah) AS BIGINT) AS sa
  FROM tetangga
  WHERE sebelum IS NOT NULL AND sesudah IS NOT NULL
  GROUP BY kab, tahun_dari, tahun_ke
), kovarian AS (
  -- Each with its own mean: the neighbours' sums have another first or last village.
  SELECT kab, tahun_dari, tahun_ke, n, n * sxx - sx * sx AS ragam_dari, n * syy - sy * sy AS ragam_ke,
    n * sxy - sx * sy AS sendiri, n * sby - sb * sy AS sebelum, n * say - sa * sy AS sesudah
  FROM jumlah
)
SELECT CAST(kab AS VARCHAR(20)) AS subjek, CAST(tahun_ke AS SMALLINT) AS tahun,
  CAST(n AS VARCHAR(20)) || ' desa: nilai mengikuti desa '
    || CASE WHEN sebelum > sesudah THEN 'sebelumnya' ELSE 'sesudahnya' END || ' pada ' || CAST(tahun_dari AS VARCHAR(10)) AS rincian
FROM kovarian
-- The correlation with a neighbour is higher by more than 0.1 than that with the village's own past.
WHERE n >= 30 AND CAST(CASE WHEN sebelum > sesudah THEN sebelum ELSE sesudah END - sendiri AS DOUBLE)
  > 0.1 * sqrt(CAST(ragam_dari AS DOUBLE)) * sqrt(CAST(ragam_ke AS DOUBLE))
