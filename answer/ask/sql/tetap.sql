SELECT a.kode_wilayah AS kode_dari, b.kode_wilayah AS kode_ke, b.nama_desa, b.nama_kecamatan, a.status, a.skor AS skor_dari, b.skor AS skor_ke
FROM mart_profil_desa a
JOIN mart_profil_desa b ON b.id_desa = a.id_desa AND b.metodologi = a.metodologi
WHERE a.tahun = :dari AND b.tahun = :ke AND a.status = :status AND b.status = :status
  AND (:kode = '0' OR b.kode_wilayah LIKE :kode || '.%')
ORDER BY b.skor, b.kode_wilayah
