SELECT w.kode_wilayah, w.nama, w.tingkat, t.kode_wilayah AS kode_terkini, w.kode_terkini AS id
FROM dim_wilayah w
LEFT JOIN dim_wilayah t ON t.kode = w.kode_terkini AND t.cari_sampai = (SELECT max(cari_sampai) FROM dim_wilayah WHERE kode = t.kode)
WHERE w.nama IS NOT NULL AND w.tingkat <> 'kelurahan'
ORDER BY w.kode, w.cari_dari
