SELECT m.kode_wilayah, m.tahun, u.rilis_id, m.sha256, m.bagian, m.baris, k.kontrak
FROM mart_rekonsiliasi m
JOIN dim_sumber u ON u.sha256 = m.sha256 AND u.bagian = m.bagian
JOIN (SELECT DISTINCT rilis_id, kontrak FROM mart_kualitas WHERE tabel = 'klaim') k ON k.rilis_id = u.rilis_id
WHERE m.kode_wilayah = :kode AND (:tahun = 0 OR m.tahun = :tahun)
ORDER BY m.tahun, m.urutan_status, m.id_klaim, u.rilis_id, k.kontrak
LIMIT 1
