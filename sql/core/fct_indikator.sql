-- purpose: Indicator scores per village and year, from the digit files, else from the answers of the rumusan API.
-- grain: kode_desa, tahun, nomor
-- key: kode_desa, tahun, nomor
-- inputs: tahap_indikator, tahap_rumusan_indikator, stg_rilis, stg_sumber, dim_indikator
-- materialized: table
-- columns:
--   kode_desa BIGINT: Village code as the release writes it
--   tahun SMALLINT: Year of the index
--   nomor SMALLINT: Indicator, dim_indikator.nomor
--   skor SMALLINT: Score 0..5
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
WITH rilis AS (
  -- Digit files go first: they hold what the API repeats wrongly for internet in 2024.
  SELECT DISTINCT rilis_id, id_rilis, tabel,
    CASE tabel WHEN 'indikator' THEN urutan ELSE 1000000 + urutan END AS urutan
  FROM stg_rilis WHERE tabel IN ('indikator', 'rumusan_indikator') AND aktif
), calon AS (
  SELECT t.kode_desa, t.tahun, t.nomor, t.skor, t._rilis_id, t._bagian, t._baris, r.id_rilis, r.urutan
  FROM tahap_indikator t JOIN rilis r ON r.rilis_id = t._rilis_id AND r.tabel = 'indikator'
  UNION ALL
  SELECT t.kode_desa, t.tahun, i.nomor, t.skor, t._rilis_id, t._bagian, t._baris, r.id_rilis, r.urutan
  FROM tahap_rumusan_indikator t
  JOIN dim_indikator i ON i.label = trim(t.indikator)
  JOIN rilis r ON r.rilis_id = t._rilis_id AND r.tabel = 'rumusan_indikator'
), banyak AS (
  SELECT tahun FROM (
    SELECT tahun, _rilis_id, 1 AS asal FROM tahap_indikator GROUP BY tahun, _rilis_id
    UNION ALL SELECT tahun, _rilis_id, 2 FROM tahap_rumusan_indikator GROUP BY tahun, _rilis_id) a
  GROUP BY tahun HAVING count(*) > 1
), menang AS (
  SELECT kode_desa, tahun, min(urutan) AS urutan
  FROM calon WHERE tahun IN (SELECT tahun FROM banyak)
  GROUP BY kode_desa, tahun
)
SELECT
  CAST(c.kode_desa AS BIGINT) AS kode_desa,
  CAST(c.tahun AS SMALLINT) AS tahun,
  CAST(c.nomor AS SMALLINT) AS nomor,
  CAST(c.skor AS SMALLINT) AS skor,
  CAST(c.id_rilis AS INTEGER) AS id_rilis,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(c._baris AS INTEGER) AS baris
FROM calon c
JOIN stg_sumber u ON u.rilis_id = c._rilis_id AND u.bagian = c._bagian
LEFT JOIN menang m ON m.kode_desa = c.kode_desa AND m.tahun = c.tahun
WHERE m.urutan IS NULL OR m.urutan = c.urutan
