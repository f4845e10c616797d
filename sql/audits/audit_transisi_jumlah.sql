-- purpose: Transition matrices that do not add up to the counts of their years.
-- grain: kode_wilayah, tahun_ke
-- inputs: mart_transisi, mart_tren_status, fct_perpindahan
-- severity: block
-- message: A transition matrix does not add up to the status counts; villages are lost or doubled on the way across code changes.
-- partition: tahun from mart_transisi, mart_tren_status, fct_perpindahan
-- columns:
--   subjek VARCHAR: Area and status
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: Both sums
WITH ke AS (
  SELECT kode_wilayah, tahun_ke, metodologi, urutan_ke, sum(jumlah) AS n
  FROM mart_transisi WHERE urutan_ke > 0 AND tingkat IN ('kabupaten', 'kecamatan')
  GROUP BY kode_wilayah, tahun_ke, metodologi, urutan_ke
), total AS (
  SELECT tahun_dari, tahun_ke, metodologi, sum(jumlah) AS n
  FROM mart_transisi WHERE tingkat = 'nasional' GROUP BY tahun_dari, tahun_ke, metodologi
), desa AS (
  SELECT tahun_dari, tahun_ke, count(*) AS n FROM fct_perpindahan GROUP BY tahun_dari, tahun_ke
), matriks AS (
  SELECT tahun_dari, tahun_ke, sum(n) AS n FROM total GROUP BY tahun_dari, tahun_ke
)
SELECT k.kode_wilayah || ' ' || t.status AS subjek, CAST(k.tahun_ke AS SMALLINT) AS tahun,
  'matriks ' || CAST(k.n AS VARCHAR(20)) || ', tren ' || CAST(t.jumlah AS VARCHAR(20)) AS rincian
FROM ke k
JOIN mart_tren_status t ON t.kode_wilayah = k.kode_wilayah AND t.tahun = k.tahun_ke AND t.metodologi = k.metodologi
  AND t.urutan_status = k.urutan_ke
WHERE k.n > t.jumlah OR (k.n < t.jumlah AND k.kode_wilayah IN (
  SELECT kode_wilayah FROM mart_transisi WHERE tingkat = 'kabupaten'))
UNION ALL
SELECT 'matriks nasional', CAST(d.tahun_ke AS SMALLINT),
  'matriks ' || CAST(coalesce(m.n, 0) AS VARCHAR(20)) || ', desa ' || CAST(d.n AS VARCHAR(20))
FROM desa d LEFT JOIN matriks m ON m.tahun_dari = d.tahun_dari AND m.tahun_ke = d.tahun_ke
WHERE coalesce(m.n, 0) <> d.n
