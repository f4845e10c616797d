WITH k AS (
  SELECT kode_desa // 10000 AS kode, tahun_dari, tahun_ke, status_dari, status_ke, count(*) AS n FROM {{ ref('fct_perpindahan') }} GROUP BY ALL
)
SELECT * FROM k
UNION ALL SELECT kode // 100, tahun_dari, tahun_ke, status_dari, status_ke, sum(n) FROM k GROUP BY ALL
UNION ALL SELECT kode // 10000, tahun_dari, tahun_ke, status_dari, status_ke, sum(n) FROM k GROUP BY ALL
UNION ALL SELECT 0, tahun_dari, tahun_ke, status_dari, status_ke, sum(n) FROM k GROUP BY ALL
ORDER BY ALL
