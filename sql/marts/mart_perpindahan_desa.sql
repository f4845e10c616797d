-- purpose: Every village from one available year to the next: both codes, both statuses, both scores.
-- grain: id_desa, tahun_ke, metodologi
-- key: id_desa, tahun_ke, metodologi
-- inputs: fct_perpindahan, dim_wilayah, dim_status, dim_metodologi
-- materialized: view
-- partition: tahun_ke from fct_perpindahan
-- columns:
--   id_desa BIGINT: Stable identity of the village
--   nama_desa VARCHAR: Name under the later code
--   kode_wilayah VARCHAR: Dotted code in tahun_ke, or in tahun_dari when the village is absent later; areas are matched on it
--   kode_wilayah_dari VARCHAR: Dotted code in tahun_dari, null when absent
--   kode_wilayah_ke VARCHAR: Dotted code in tahun_ke, null when absent
--   tahun_dari SMALLINT: Earlier year
--   tahun_ke SMALLINT: Later year
--   status_dari VARCHAR: Status in tahun_dari, TIDAK ADA when absent
--   status_ke VARCHAR: Status in tahun_ke, TIDAK ADA when absent
--   urutan_dari SMALLINT: 1..5, 0 when absent
--   urutan_ke SMALLINT: 1..5, 0 when absent
--   skor_dari DECIMAL(10,8): Published score
--   skor_ke DECIMAL(10,8): Published score
--   perubahan_skor DECIMAL(10,8): skor_ke - skor_dari
--   arah VARCHAR: naik, turun, tetap, masuk (absent before), keluar (absent after)
--   nilai_sama BOOLEAN: All three indices equal those of tahun_dari
--   dibawa BOOLEAN: The ministry's note says that the values were carried over
--   metodologi VARCHAR: Methodology of both years
-- jejak:
--   SELECT * FROM mart_profil_desa
--   WHERE id_desa = :id_desa AND tahun IN (:tahun_dari, :tahun_ke)
--   ORDER BY tahun
SELECT
  CAST(p.id_desa AS BIGINT) AS id_desa,
  coalesce(b.nama, a.nama) AS nama_desa,
  coalesce(b.kode_wilayah, a.kode_wilayah) AS kode_wilayah,
  a.kode_wilayah AS kode_wilayah_dari,
  b.kode_wilayah AS kode_wilayah_ke,
  CAST(p.tahun_dari AS SMALLINT) AS tahun_dari,
  CAST(p.tahun_ke AS SMALLINT) AS tahun_ke,
  coalesce(s.status, 'TIDAK ADA') AS status_dari,
  coalesce(t.status, 'TIDAK ADA') AS status_ke,
  CAST(p.status_dari AS SMALLINT) AS urutan_dari,
  CAST(p.status_ke AS SMALLINT) AS urutan_ke,
  CAST(p.skor_dari AS DECIMAL(10,8)) AS skor_dari,
  CAST(p.skor_ke AS DECIMAL(10,8)) AS skor_ke,
  CAST(p.skor_ke - p.skor_dari AS DECIMAL(10,8)) AS perubahan_skor,
  CASE WHEN p.status_dari = 0 THEN 'masuk' WHEN p.status_ke = 0 THEN 'keluar'
    WHEN p.status_ke > p.status_dari THEN 'naik' WHEN p.status_ke < p.status_dari THEN 'turun' ELSE 'tetap' END AS arah,
  CAST(p.nilai_sama AS BOOLEAN) AS nilai_sama,
  CAST(p.dibawa AS BOOLEAN) AS dibawa,
  m.metodologi
FROM fct_perpindahan p
JOIN dim_metodologi m ON m.id_metodologi = p.id_metodologi
LEFT JOIN dim_status s ON s.urutan = p.status_dari
LEFT JOIN dim_status t ON t.urutan = p.status_ke
LEFT JOIN dim_wilayah a ON a.kode = p.kode_dari AND p.tahun_dari BETWEEN a.cari_dari AND a.cari_sampai
LEFT JOIN dim_wilayah b ON b.kode = p.kode_ke AND p.tahun_ke BETWEEN b.cari_dari AND b.cari_sampai
