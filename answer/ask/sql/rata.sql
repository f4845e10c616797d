SELECT CAST(:tahun AS SMALLINT) AS tahun, count(*) AS desa,
  CAST(CAST(round(avg(CAST(skor * 100000000 AS BIGINT))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS rata_skor,
  CAST(CAST(round(avg(CAST(iks * 100000000 AS BIGINT))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS rata_iks,
  CAST(CAST(round(avg(CAST(ike * 100000000 AS BIGINT))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS rata_ike,
  CAST(CAST(round(avg(CAST(ikl * 100000000 AS BIGINT))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS rata_ikl
FROM mart_profil_desa
WHERE tahun = :tahun AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
