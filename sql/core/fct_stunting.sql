-- purpose: Stunting among measured toddlers per village and year.
-- grain: kode_desa, tahun
-- key: kode_desa, tahun
-- inputs: tahap_stunting, stg_rilis, stg_sumber, stg_kode_versi
-- materialized: table
-- partition: tahun
-- columns:
--   kode_desa BIGINT: Village code as the release writes it
--   tahun SMALLINT: Year
--   id_desa BIGINT: Stable identity, dim_wilayah.kode_terkini
--   tanggal_ukur DATE: Date of measuring
--   balita_diukur INTEGER: Toddlers measured
--   balita_stunting INTEGER: Of these stunted
--   prevalensi DECIMAL(6,2): Share in per cent as the district states it
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
--   tanda VARCHAR: Warning rules that hit the row, joined by ;
WITH urut AS (
  -- Where releases state the same key, the one with the better rank stays.
  SELECT t.*, r.id_rilis, row_number() OVER (
    PARTITION BY t.kode_desa, t.tahun
    ORDER BY r.urutan NULLS LAST, t._rilis_id NULLS LAST, t._bagian NULLS LAST, t._baris NULLS LAST) AS ke
  FROM tahap_stunting t
  JOIN (SELECT DISTINCT rilis_id, id_rilis, urutan FROM stg_rilis WHERE tabel = 'stunting' AND aktif) r ON r.rilis_id = t._rilis_id
)
SELECT
  CAST(t.kode_desa AS BIGINT) AS kode_desa,
  CAST(t.tahun AS SMALLINT) AS tahun,
  CAST(coalesce(v.kode_terkini, t.kode_desa) AS BIGINT) AS id_desa,
  CAST(t.tanggal_ukur AS DATE) AS tanggal_ukur,
  CAST(t.balita_diukur AS INTEGER) AS balita_diukur,
  CAST(t.balita_stunting AS INTEGER) AS balita_stunting,
  CAST(t.prevalensi AS DECIMAL(6,2)) AS prevalensi,
  CAST(t.id_rilis AS INTEGER) AS id_rilis,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(t._baris AS INTEGER) AS baris,
  t._tanda AS tanda
FROM urut t
JOIN stg_sumber u ON u.rilis_id = t._rilis_id AND u.bagian = t._bagian
LEFT JOIN stg_kode_versi v ON v.kode = t.kode_desa AND t.tahun BETWEEN v.cari_dari AND v.cari_sampai
WHERE t.ke = 1
