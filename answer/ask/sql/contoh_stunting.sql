SELECT w.kode_wilayah, f.tahun, u.rilis_id, u.sha256, u.bagian, f.baris, k.kontrak
FROM fct_stunting f
JOIN dim_wilayah w ON w.kode = f.kode_desa AND f.tahun BETWEEN w.cari_dari AND w.cari_sampai
JOIN dim_sumber u ON u.id_sumber = f.id_sumber
JOIN (SELECT DISTINCT rilis_id, kontrak FROM mart_kualitas WHERE tabel = 'stunting') k ON k.rilis_id = u.rilis_id
WHERE position(CAST(f.tahun AS VARCHAR) IN :tahun) > 0 AND (:kode = '0' OR w.kode_wilayah LIKE :kode || '.%')
ORDER BY f.kode_desa, f.tahun, u.rilis_id, f.baris, k.kontrak
LIMIT 1
