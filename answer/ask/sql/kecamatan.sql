SELECT substr(kode_wilayah, 1, 8) AS kode_kecamatan, max(nama_kecamatan) AS kecamatan, count(*) AS desa,
  CAST(CAST(round(avg(CAST(skor * 100000000 AS BIGINT))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS rata_skor, min(skor) AS skor_terendah, max(skor) AS skor_tertinggi
FROM mart_profil_desa
WHERE tahun = :tahun AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
GROUP BY substr(kode_wilayah, 1, 8)
ORDER BY CASE WHEN :ujung = 'tinggi' THEN -rata_skor ELSE rata_skor END, 1
