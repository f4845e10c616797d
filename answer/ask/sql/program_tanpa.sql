SELECT kode_wilayah, nama_desa, nama_kecamatan, tahun, status, skor
FROM mart_profil_desa
WHERE tahun = :tahun AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%') AND (:status = '' OR status = :status)
  AND CASE :program WHEN 'blt' THEN coalesce(blt_keluarga, 0) = 0 WHEN 'bumdes' THEN NOT coalesce(bumdes_aktif, false)
    WHEN 'stunting' THEN balita_stunting = 0 ELSE coalesce(pendamping, 0) = 0 END
ORDER BY skor, kode_wilayah
