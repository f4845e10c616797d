SELECT CAST(:tahun AS SMALLINT) AS tahun, count(*) AS desa, CAST(avg(skor) AS DECIMAL(10,8)) AS rata_skor,
  CAST(avg(iks) AS DECIMAL(10,8)) AS rata_iks, CAST(avg(ike) AS DECIMAL(10,8)) AS rata_ike, CAST(avg(ikl) AS DECIMAL(10,8)) AS rata_ikl
FROM mart_profil_desa
WHERE tahun = :tahun AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
