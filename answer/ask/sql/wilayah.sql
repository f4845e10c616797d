SELECT w.kode_wilayah, w.nama, w.tingkat, t.kode_wilayah AS kode_terkini, w.kode_terkini AS id
FROM dim_wilayah w
LEFT JOIN (SELECT kode, max(cari_sampai) AS sampai FROM dim_wilayah GROUP BY kode) s ON s.kode = w.kode_terkini
LEFT JOIN dim_wilayah t ON t.kode = s.kode AND t.cari_sampai = s.sampai
WHERE w.nama IS NOT NULL AND w.tingkat <> 'kelurahan'
ORDER BY w.kode, w.cari_dari
