SELECT tahun, kode_wilayah, nama_desa, status, skor, iks, ike, ikl, sifat, 'rilis' AS asal
FROM mart_profil_desa
WHERE id_desa = :id AND tahun BETWEEN :dari AND :ke
UNION ALL
SELECT f.tahun, w.kode_wilayah, w.nama, s.status, CAST(round(f.skor, 8) AS DECIMAL(10,8)), NULL, NULL, NULL, r.sifat, 'jawaban tunggal kementerian'
FROM fct_rumusan f
JOIN dim_wilayah w ON w.kode = f.kode_desa AND f.tahun BETWEEN w.cari_dari AND w.cari_sampai
JOIN dim_rilis r ON r.id_rilis = f.id_rilis
LEFT JOIN dim_status s ON s.urutan = f.status
WHERE f.id_desa = :id AND f.tahun BETWEEN :dari AND :ke
  AND f.tahun NOT IN (SELECT tahun FROM mart_profil_desa WHERE id_desa = :id)
ORDER BY tahun
