SELECT m.kode_wilayah, m.nama_desa, p.nama_kecamatan, m.tahun, m.status, m.status_berikut, p.skor,
  CAST(CAST(round(m.perlu * 1e8 / 6300) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS kurang, m.langkah_perlu, m.indikator AS langkah_pertama
FROM mart_prioritas m
JOIN mart_profil_desa p ON p.kode_desa = m.kode_desa AND p.tahun = m.tahun
WHERE m.peringkat <= 1 AND m.perlu IS NOT NULL AND (:kode = '0' OR m.kode_wilayah LIKE :kode || '.%')
  AND (:status = '' OR m.status = :status) AND (:status_ke = '' OR m.status_berikut = :status_ke)
ORDER BY m.perlu, m.kode_wilayah
LIMIT 10
