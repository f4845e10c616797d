SELECT metodologi, skala, batas_1, batas_2, batas_3, batas_4, tahun_mulai, tahun_akhir, catatan
FROM dim_metodologi
ORDER BY id_metodologi
