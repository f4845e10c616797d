SELECT id_klaim, sumber, kode_wilayah, tahun, status, jumlah_klaim, jumlah_kami, selisih, penjelasan, keterangan, sifat, url
FROM mart_rekonsiliasi
WHERE kode_wilayah = :kode AND (:tahun = 0 OR tahun = :tahun)
ORDER BY tahun, id_klaim, urutan_status
