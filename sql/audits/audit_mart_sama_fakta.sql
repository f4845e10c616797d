-- purpose: Years and levels in which the trend mart does not count every fact row once.
-- grain: tingkat, tahun
-- inputs: mart_tren_status, mart_profil_desa, fct_indeks
-- severity: block
-- message: A mart does not hold every village of the facts exactly once; an area or status is missing from its dimension.
-- partition: tahun from mart_tren_status, mart_profil_desa, fct_indeks
-- columns:
--   subjek VARCHAR: Mart and level
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: Both counts
WITH fakta AS (
  SELECT tahun, count(*) AS n FROM fct_indeks GROUP BY tahun
), tren AS (
  SELECT tahun, tingkat, sum(jumlah) AS n FROM mart_tren_status GROUP BY tahun, tingkat
), tingkat AS (
  SELECT 'nasional' AS tingkat UNION ALL SELECT 'provinsi' UNION ALL SELECT 'kabupaten' UNION ALL SELECT 'kecamatan'
), profil AS (
  SELECT tahun, count(*) AS n FROM mart_profil_desa GROUP BY tahun
)
SELECT 'mart_tren_status ' || g.tingkat AS subjek, CAST(f.tahun AS SMALLINT) AS tahun,
  'mart ' || CAST(coalesce(t.n, 0) AS VARCHAR(20)) || ', fakta ' || CAST(f.n AS VARCHAR(20)) AS rincian
FROM fakta f CROSS JOIN tingkat g
LEFT JOIN tren t ON t.tahun = f.tahun AND t.tingkat = g.tingkat
WHERE coalesce(t.n, 0) <> f.n
UNION ALL
SELECT 'mart_profil_desa', CAST(f.tahun AS SMALLINT),
  'mart ' || CAST(coalesce(p.n, 0) AS VARCHAR(20)) || ', fakta ' || CAST(f.n AS VARCHAR(20))
FROM fakta f LEFT JOIN profil p ON p.tahun = f.tahun
WHERE coalesce(p.n, 0) <> f.n
