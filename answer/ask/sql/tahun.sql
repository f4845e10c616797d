SELECT DISTINCT tahun, metodologi, jumlah_desa, sifat
FROM mart_tren_status
WHERE kode_wilayah = :kode
ORDER BY tahun
