WITH k AS (
  SELECT kode_desa // 10000 AS kode, tahun, status, count(*) AS n FROM {{ ref('fct_indeks') }} GROUP BY ALL
), semua AS (
  SELECT * FROM k
  UNION ALL SELECT kode // 100, tahun, status, sum(n) FROM k GROUP BY ALL
  UNION ALL SELECT kode // 10000, tahun, status, sum(n) FROM k GROUP BY ALL
  UNION ALL SELECT 0, tahun, status, sum(n) FROM k GROUP BY ALL
)
SELECT kode, tahun, status, CAST(n AS BIGINT) AS n, n - lag(n) OVER (PARTITION BY kode, status ORDER BY tahun) AS perubahan
FROM semua ORDER BY kode, tahun, status
