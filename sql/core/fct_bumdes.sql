-- purpose: Village-owned enterprise per village and year.
-- grain: kode_desa, tahun
-- key: kode_desa, tahun
-- inputs: tahap_bumdes, stg_rilis, stg_sumber, stg_kode_versi
-- materialized: table
-- partition: tahun
-- columns:
--   kode_desa BIGINT: Village code as the release writes it
--   tahun SMALLINT: Year
--   id_desa BIGINT: Stable identity, dim_wilayah.kode_terkini
--   nama_bumdes VARCHAR: Name of the enterprise
--   aktif BOOLEAN: Working
--   modal_desa DECIMAL(18,2): Capital from the village, rupiah
--   omzet DECIMAL(18,2): Turnover in the year, rupiah
--   tanggal_berdiri DATE: Founded
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
--   tanda VARCHAR: Warning rules that hit the row, joined by ;
WITH urut AS (
  -- Where releases state the same key, the one with the better rank stays.
  SELECT t.*, r.id_rilis, row_number() OVER (
    PARTITION BY t.kode_desa, t.tahun
    ORDER BY r.urutan NULLS LAST, t._rilis_id NULLS LAST, t._bagian NULLS LAST, t._baris NULLS LAST) AS ke
  FROM tahap_bumdes t
  JOIN (SELECT DISTINCT rilis_id, id_rilis, urutan FROM stg_rilis WHERE tabel = 'bumdes' AND aktif) r ON r.rilis_id = t._rilis_id
)
SELECT
  CAST(t.kode_desa AS BIGINT) AS kode_desa,
  CAST(t.tahun AS SMALLINT) AS tahun,
  CAST(coalesce(v.kode_terkini, t.kode_desa) AS BIGINT) AS id_desa,
  t.nama_bumdes,
  CAST(t.status = 'AKTIF' AS BOOLEAN) AS aktif,
  CAST(t.modal_desa AS DECIMAL(18,2)) AS modal_desa,
  CAST(t.omzet AS DECIMAL(18,2)) AS omzet,
  CAST(t.tanggal_berdiri AS DATE) AS tanggal_berdiri,
  CAST(t.id_rilis AS INTEGER) AS id_rilis,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(t._baris AS INTEGER) AS baris,
  t._tanda AS tanda
FROM urut t
JOIN stg_sumber u ON u.rilis_id = t._rilis_id AND u.bagian = t._bagian
LEFT JOIN stg_kode_versi v ON v.kode = t.kode_desa AND t.tahun BETWEEN v.cari_dari AND v.cari_sampai
WHERE t.ke = 1
