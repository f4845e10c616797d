-- purpose: Other published figures that differ, or that do not add up by themselves.
-- grain: id_klaim, kode_wilayah, tahun, status
-- inputs: mart_rekonsiliasi
-- severity: warn
-- message: A published figure differs from our count or does not add up by itself; see mart_rekonsiliasi.
-- columns:
--   subjek VARCHAR: Publication and area
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: Figures and reason
SELECT id_klaim || ' ' || kode_wilayah AS subjek, CAST(tahun AS SMALLINT) AS tahun,
  status || ': terbit ' || CAST(jumlah_klaim AS VARCHAR(20)) || coalesce(', kami ' || CAST(jumlah_kami AS VARCHAR(20)), '')
    || '; ' || keterangan AS rincian
FROM mart_rekonsiliasi
WHERE penjelasan IN ('beda', 'jumlah terbitan tidak sama') AND NOT (penjelasan = 'beda' AND lengkap AND konsisten AND jenis = 'terbitan')
