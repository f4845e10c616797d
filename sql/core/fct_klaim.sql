-- purpose: Figures that news, portals or decrees have published.
-- grain: id_klaim, kode_wilayah, tahun, status
-- key: id_klaim, kode_wilayah, tahun, status
-- inputs: tahap_klaim, stg_rilis, stg_sumber
-- materialized: table
-- partition: tahun
-- columns:
--   id_klaim VARCHAR: Publication
--   kode_wilayah BIGINT: Area, 2, 4 or 6 digits; 0 is Indonesia
--   tahun SMALLINT: Year that the figure is about
--   status VARCHAR: Status, TANPA STATUS or TOTAL
--   urutan_status SMALLINT: 1..5, 6 without status, 7 total
--   jumlah INTEGER: Villages
--   jenis VARCHAR: terbitan (printed) or dari selisih (remainder)
--   metodologi VARCHAR: IDM or INDEKS DESA
--   judul VARCHAR: Title of the publication
--   sumber VARCHAR: Who published
--   url VARCHAR: Where
--   terbit DATE: When
--   catatan VARCHAR: What is known to be wrong with it
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
--   tanda VARCHAR: Warning rules that hit the row, joined by ;
WITH urut AS (
  -- Where releases state the same key, the one with the better rank stays.
  SELECT t.*, r.id_rilis, row_number() OVER (
    PARTITION BY t.id_klaim, t.kode_wilayah, t.tahun, t.status
    ORDER BY r.urutan NULLS LAST, t._rilis_id NULLS LAST, t._bagian NULLS LAST, t._baris NULLS LAST) AS ke
  FROM tahap_klaim t
  JOIN (SELECT DISTINCT rilis_id, id_rilis, urutan FROM stg_rilis WHERE tabel = 'klaim' AND aktif) r ON r.rilis_id = t._rilis_id
)
SELECT
  t.id_klaim,
  CAST(t.kode_wilayah AS BIGINT) AS kode_wilayah,
  CAST(t.tahun AS SMALLINT) AS tahun,
  t.status,
  CAST(CASE t.status WHEN 'SANGAT TERTINGGAL' THEN 1 WHEN 'TERTINGGAL' THEN 2 WHEN 'BERKEMBANG' THEN 3
    WHEN 'MAJU' THEN 4 WHEN 'MANDIRI' THEN 5 WHEN 'TANPA STATUS' THEN 6 ELSE 7 END AS SMALLINT) AS urutan_status,
  CAST(t.jumlah AS INTEGER) AS jumlah,
  t.jenis,
  t.metodologi,
  t.judul,
  t.sumber,
  t.url,
  CAST(t.terbit AS DATE) AS terbit,
  t.catatan,
  CAST(t.id_rilis AS INTEGER) AS id_rilis,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(t._baris AS INTEGER) AS baris,
  t._tanda AS tanda
FROM urut t
JOIN stg_sumber u ON u.rilis_id = t._rilis_id AND u.bagian = t._bagian
WHERE t.ke = 1
