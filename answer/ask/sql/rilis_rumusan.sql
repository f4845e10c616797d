SELECT DISTINCT r.rilis_id, r.sha256, coalesce(r.judul, '') AS judul, r.sifat, r.basi
FROM fct_rumusan f
JOIN dim_rilis r ON r.id_rilis = f.id_rilis
WHERE f.id_desa = :id AND f.tahun = :tahun
ORDER BY r.rilis_id
