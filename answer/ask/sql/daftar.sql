SELECT kode_wilayah, nama_desa, nama_kecamatan, tahun, status, skor
FROM mart_profil_desa
WHERE tahun = :tahun AND (:status = '' OR status = :status) AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
ORDER BY skor, kode_wilayah
