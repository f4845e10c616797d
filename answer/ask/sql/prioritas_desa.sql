SELECT peringkat, nomor, indikator, dimensi, skor, skor_tujuan, tambahan_idm, cukup, kegiatan, pelaksana, alasan
FROM mart_prioritas
WHERE id_desa = :id
ORDER BY peringkat
