SELECT kode_wilayah, nama_desa, nama_kecamatan, tahun, status, skor
FROM mart_profil_desa
WHERE tahun = :tahun AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
ORDER BY CASE WHEN :ujung = 'tinggi' THEN -skor ELSE skor END, kode_wilayah
LIMIT 10
