SELECT a.kode_wilayah AS kode_dari, b.kode_wilayah AS kode_ke, b.nama_desa, b.nama_kecamatan,
  a.status AS status_dari, b.status AS status_ke, a.skor AS skor_dari, b.skor AS skor_ke,
  CAST(b.skor - a.skor AS DECIMAL(10,8)) AS perubahan_skor,
  CASE WHEN b.urutan_status > a.urutan_status THEN 'naik' ELSE 'turun' END AS arah
FROM mart_profil_desa a
JOIN mart_profil_desa b ON b.id_desa = a.id_desa AND b.metodologi = a.metodologi
WHERE a.tahun = :dari AND b.tahun = :ke AND b.urutan_status <> a.urutan_status
  AND (:kode = '0' OR b.kode_wilayah LIKE :kode || '.%')
  AND (:arah = 'pindah' OR :arah = 'naik' AND b.urutan_status > a.urutan_status OR :arah = 'turun' AND b.urutan_status < a.urutan_status)
  AND (:status = '' OR a.status = :status AND b.status = :status_ke)
ORDER BY abs(b.skor - a.skor) DESC, b.kode_wilayah
