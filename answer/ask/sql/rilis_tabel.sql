SELECT DISTINCT r.rilis_id, r.sha256, coalesce(r.judul, '') AS judul, r.sifat, r.basi
FROM mart_kualitas k
JOIN dim_rilis r ON r.rilis_id = k.rilis_id
WHERE k.tabel = :tabel AND k.aktif AND (:rilis = '' OR k.rilis_id = :rilis)
ORDER BY r.rilis_id
