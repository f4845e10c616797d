SELECT w.kode_wilayah, i.tahun, i.nomor, u.rilis_id, u.sha256, u.bagian, i.baris, k.kontrak
FROM fct_indikator i
JOIN dim_wilayah w ON w.kode = i.kode_desa AND i.tahun BETWEEN w.cari_dari AND w.cari_sampai
JOIN dim_sumber u ON u.id_sumber = i.id_sumber
JOIN (SELECT DISTINCT rilis_id, kontrak FROM mart_kualitas WHERE tabel IN ('indikator', 'rumusan_indikator')) k ON k.rilis_id = u.rilis_id
WHERE position(CAST(i.tahun AS VARCHAR) IN :tahun) > 0 AND i.nomor = :nomor
  AND (:id = 0 OR w.kode_terkini = :id) AND (:kode = '0' OR w.kode_wilayah LIKE :kode || '.%' OR w.kode_terkini = :id)
ORDER BY i.tahun, i.kode_desa, u.rilis_id, i.baris, k.kontrak
LIMIT 2
