-- purpose: Village fund per kabupaten or village and year.
-- grain: kode_wilayah, tahun
-- key: kode_wilayah, tahun
-- inputs: tahap_dana_desa, stg_rilis, stg_sumber
-- materialized: table
-- partition: tahun
-- columns:
--   kode_wilayah BIGINT: Kabupaten (4 digits) or village (10)
--   tahun SMALLINT: Budget year
--   kode_djpk VARCHAR: DJPK code as in the source
--   pagu DECIMAL(18,2): Ceiling, rupiah
--   realisasi DECIMAL(18,2): Disbursed, rupiah
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
--   tanda VARCHAR: Warning rules that hit the row, joined by ;
WITH urut AS (
  -- Where releases state the same key, the one with the better rank stays.
  SELECT t.*, r.id_rilis, row_number() OVER (
    PARTITION BY t.kode_wilayah, t.tahun
    ORDER BY r.urutan NULLS LAST, t._rilis_id NULLS LAST, t._bagian NULLS LAST, t._baris NULLS LAST) AS ke
  FROM tahap_dana_desa t
  JOIN (SELECT DISTINCT rilis_id, id_rilis, urutan FROM stg_rilis WHERE tabel = 'dana_desa' AND aktif) r ON r.rilis_id = t._rilis_id
)
SELECT
  CAST(t.kode_wilayah AS BIGINT) AS kode_wilayah,
  CAST(t.tahun AS SMALLINT) AS tahun,
  t.kode_djpk,
  CAST(t.pagu AS DECIMAL(18,2)) AS pagu,
  CAST(t.realisasi AS DECIMAL(18,2)) AS realisasi,
  CAST(t.id_rilis AS INTEGER) AS id_rilis,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(t._baris AS INTEGER) AS baris,
  t._tanda AS tanda
FROM urut t
JOIN stg_sumber u ON u.rilis_id = t._rilis_id AND u.bagian = t._bagian
WHERE t.ke = 1
