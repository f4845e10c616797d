SELECT nomor, indikator, dimensi, count(*) AS desa, count(*) FILTER (WHERE langkah_perlu = 1) AS cukup_sendiri
FROM mart_prioritas
WHERE peringkat = 1 AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
GROUP BY nomor, indikator, dimensi
ORDER BY desa DESC, nomor
