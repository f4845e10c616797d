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
WITH asal AS (
  -- Release and part in one small table, so that the largest table is joined once. Digit files go first: they hold
  -- what the API repeats wrongly for internet in 2024.
  SELECT u.rilis_id, u.bagian, u.id_sumber, r.id_rilis, r.tabel,
    CASE r.tabel WHEN 'indikator' THEN r.urutan ELSE 1000000 + r.urutan END AS urutan
  FROM stg_sumber u
  JOIN (SELECT DISTINCT rilis_id, id_rilis, tabel, urutan FROM stg_rilis
    WHERE tabel IN ('indikator', 'rumusan_indikator') AND aktif) r ON r.rilis_id = u.rilis_id
), calon AS (
  SELECT t.kode_desa, t.tahun, t.nomor, t.skor, t._baris, a.id_rilis, a.id_sumber, a.urutan
  FROM tahap_indikator t
  JOIN asal a ON a.rilis_id = t._rilis_id AND a.bagian = t._bagian AND a.tabel = 'indikator'
  UNION ALL
  SELECT t.kode_desa, t.tahun, i.nomor, t.skor, t._baris, a.id_rilis, a.id_sumber, a.urutan
  FROM tahap_rumusan_indikator t
  JOIN dim_indikator i ON i.label = trim(t.indikator)
  JOIN asal a ON a.rilis_id = t._rilis_id AND a.bagian = t._bagian AND a.tabel = 'rumusan_indikator'
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
  CAST(c.id_sumber AS INTEGER) AS id_sumber,
  CAST(c._baris AS INTEGER) AS baris
FROM calon c
LEFT JOIN menang m ON m.kode_desa = c.kode_desa AND m.tahun = c.tahun
WHERE m.urutan IS NULL OR m.urutan = c.urutan
