SELECT i.tahun, count(DISTINCT w.kode_terkini) AS desa
FROM fct_indikator i
JOIN dim_wilayah w ON w.kode = i.kode_desa AND i.tahun BETWEEN w.cari_dari AND w.cari_sampai
WHERE :kode = '0' OR w.kode_wilayah LIKE :kode || '.%'
GROUP BY i.tahun
ORDER BY i.tahun
