SELECT tahun, count(*) AS desa, count(*) FILTER (WHERE nilai_tahun_lalu) AS dibawa, count(*) FILTER (WHERE tanda IS NOT NULL) AS ditandai,
  count(*) FILTER (WHERE sifat <> 'resmi') AS rekonstruksi
FROM mart_profil_desa
WHERE (:kode = '0' OR kode_wilayah = :kode OR kode_wilayah LIKE :kode || '.%' OR id_desa = :id) AND position(CAST(tahun AS VARCHAR) IN :tahun) > 0
GROUP BY tahun
ORDER BY tahun
