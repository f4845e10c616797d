SELECT tahun, status, jumlah, jumlah_desa, metodologi, sifat
FROM mart_tren_status
WHERE kode_wilayah = :kode AND tahun BETWEEN :dari AND :ke AND (:status = '' OR status = :status)
ORDER BY urutan_status, tahun
