-- purpose: Printed figures of fully covered areas that differ from our count.
-- grain: id_klaim, kode_wilayah, tahun, status
-- inputs: mart_rekonsiliasi
-- severity: block
-- message: A printed figure that adds up differs from our count although we hold every village it counts; one of the two is wrong.
-- columns:
--   subjek VARCHAR: Publication and area
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: Figures and reason
SELECT id_klaim || ' ' || kode_wilayah AS subjek, CAST(tahun AS SMALLINT) AS tahun,
  status || ': terbit ' || CAST(jumlah_klaim AS VARCHAR(20)) || coalesce(', kami ' || CAST(jumlah_kami AS VARCHAR(20)), '')
    || '; ' || keterangan AS rincian
FROM mart_rekonsiliasi
WHERE penjelasan = 'beda' AND lengkap AND konsisten AND jenis = 'terbitan'
