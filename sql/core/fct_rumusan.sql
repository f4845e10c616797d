-- purpose: Heads of the answers of the ministry's rumusan API: unrounded score, status and target.
-- grain: kode_desa, tahun
-- key: kode_desa, tahun
-- inputs: tahap_rumusan, stg_rilis, stg_sumber, stg_kode_versi, dim_status
-- materialized: table
-- partition: tahun
-- columns:
--   kode_desa BIGINT: Village code as the release writes it
--   tahun SMALLINT: Year of the index
--   id_desa BIGINT: Stable identity, dim_wilayah.kode_terkini
--   skor DECIMAL(16,14): Unrounded IDM
--   status SMALLINT: Present status, 1..5
--   target SMALLINT: Target status, 1..5
--   skor_minimal DECIMAL(10,8): Least score of the target
--   penambahan DECIMAL(18,17): Gain still needed, negative when already MANDIRI
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
--   tanda VARCHAR: Warning rules that hit the row, joined by ;
WITH urut AS (
  -- Where releases state the same key, the one with the better rank stays.
  SELECT t.*, r.id_rilis, row_number() OVER (
    PARTITION BY t.kode_desa, t.tahun
    ORDER BY r.urutan NULLS LAST, t._rilis_id NULLS LAST, t._bagian NULLS LAST, t._baris NULLS LAST) AS ke
  FROM tahap_rumusan t
  JOIN (SELECT DISTINCT rilis_id, id_rilis, urutan FROM stg_rilis WHERE tabel = 'rumusan' AND aktif) r ON r.rilis_id = t._rilis_id
)
SELECT
  CAST(t.kode_desa AS BIGINT) AS kode_desa,
  CAST(t.tahun AS SMALLINT) AS tahun,
  CAST(coalesce(v.kode_terkini, t.kode_desa) AS BIGINT) AS id_desa,
  CAST(t.skor AS DECIMAL(16,14)) AS skor,
  CAST(s.urutan AS SMALLINT) AS status,
  CAST(g.urutan AS SMALLINT) AS target,
  CAST(t.skor_minimal AS DECIMAL(10,8)) AS skor_minimal,
  CAST(t.penambahan AS DECIMAL(18,17)) AS penambahan,
  CAST(t.id_rilis AS INTEGER) AS id_rilis,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(t._baris AS INTEGER) AS baris,
  t._tanda AS tanda
FROM urut t
JOIN stg_sumber u ON u.rilis_id = t._rilis_id AND u.bagian = t._bagian
LEFT JOIN stg_kode_versi v ON v.kode = t.kode_desa AND t.tahun BETWEEN v.cari_dari AND v.cari_sampai
LEFT JOIN dim_status s ON s.status = t.status
LEFT JOIN dim_status g ON g.status = t.target
WHERE t.ke = 1
