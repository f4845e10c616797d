SELECT DISTINCT kode_wilayah, nama_wilayah, tahun, jumlah_desa, metodologi, sifat
FROM mart_tren_status
WHERE kode_wilayah = :kode AND tahun = :tahun
