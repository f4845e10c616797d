SELECT i.tahun, count(*) AS indikator
FROM fct_indikator i
JOIN dim_wilayah w ON w.kode = i.kode_desa AND i.tahun BETWEEN w.cari_dari AND w.cari_sampai
WHERE w.kode_terkini = :id
GROUP BY i.tahun
ORDER BY i.tahun
