-- purpose: What the ministry's rumusan API recommends per village and indicator, and who may carry it out.
-- grain: kode_desa, tahun, nomor
-- key: kode_desa, tahun, nomor
-- inputs: tahap_rumusan_indikator, stg_rilis, stg_sumber, dim_indikator
-- materialized: table
-- columns:
--   kode_desa BIGINT: Village code as the release writes it
--   tahun SMALLINT: Year of the index
--   nomor SMALLINT: Indicator, dim_indikator.nomor
--   keterangan VARCHAR: What was found
--   kegiatan VARCHAR: Recommended activity
--   pelaksana VARCHAR: Who may carry it out, joined by ;
--   nilai DECIMAL(10,8): Gain in IDM when the score becomes 5, as answered
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
WITH urut AS (
  SELECT t.*, i.nomor, r.id_rilis, row_number() OVER (
    PARTITION BY t.kode_desa, t.tahun, i.nomor
    ORDER BY r.urutan NULLS LAST, t._rilis_id NULLS LAST, t._bagian NULLS LAST, t._baris NULLS LAST) AS ke
  FROM tahap_rumusan_indikator t
  JOIN dim_indikator i ON i.label = trim(t.indikator)
  JOIN (SELECT DISTINCT rilis_id, id_rilis, urutan FROM stg_rilis WHERE tabel = 'rumusan_indikator' AND aktif) r
    ON r.rilis_id = t._rilis_id
  WHERE t.kegiatan IS NOT NULL
)
SELECT
  CAST(t.kode_desa AS BIGINT) AS kode_desa,
  CAST(t.tahun AS SMALLINT) AS tahun,
  CAST(t.nomor AS SMALLINT) AS nomor,
  t.keterangan, t.kegiatan,
  nullif(substr(
    coalesce('; ' || t.pusat, '') || coalesce('; ' || t.prov, '') || coalesce('; ' || t.kab, '')
    || coalesce('; ' || t.desa, '') || coalesce('; ' || t.csr, '') || coalesce('; ' || t.lainnya, ''), 3), '') AS pelaksana,
  CAST(t.nilai AS DECIMAL(10,8)) AS nilai,
  CAST(t.id_rilis AS INTEGER) AS id_rilis,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(t._baris AS INTEGER) AS baris
FROM urut t
JOIN stg_sumber u ON u.rilis_id = t._rilis_id AND u.bagian = t._bagian
WHERE t.ke = 1
