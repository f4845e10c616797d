SELECT substr(kode_wilayah, 1, 8) AS kode_kecamatan, max(nama_kecamatan) AS kecamatan,
  count(*) FILTER (WHERE status = :status) AS jumlah, count(*) AS desa
FROM mart_profil_desa
WHERE tahun = :tahun AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
GROUP BY substr(kode_wilayah, 1, 8)
ORDER BY jumlah DESC, 1
