SELECT kode_wilayah, tahun, rilis_id, sha256, bagian, baris
FROM (
  SELECT *, row_number() OVER (PARTITION BY rilis_id, tahun ORDER BY skor, kode_desa) AS ke
  FROM mart_profil_desa
  WHERE position(CAST(tahun AS VARCHAR) IN :tahun) > 0 AND (:status = '' OR status = :status)
    AND (:kode = '0' OR kode_wilayah = :kode OR kode_wilayah LIKE :kode || '.%' OR id_desa = :id)
) p
WHERE ke = 1
ORDER BY tahun, rilis_id
LIMIT 4
