-- purpose: Indicator scores per village and year, from the digit files, else from the answers of the rumusan API.
-- grain: kode_desa, tahun, nomor
-- key: kode_desa, tahun, nomor
-- inputs: tahap_indikator, tahap_rumusan_indikator, dim_indikator, dim_asal_indikator
-- materialized: table
-- partition: tahun from tahap_indikator, tahap_rumusan_indikator, dim_asal_indikator
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
  SELECT tahun, rilis_id, bagian, id_sumber, id_rilis, tabel,
    CASE tabel WHEN 'indikator' THEN peringkat ELSE 1000000 + peringkat END AS peringkat
  FROM dim_asal_indikator
), calon AS (
  SELECT t.kode_desa, t.tahun, t.nomor, t.skor, t._baris, a.id_rilis, a.id_sumber, a.peringkat
  FROM tahap_indikator t
  JOIN asal a ON a.rilis_id = t._rilis_id AND a.bagian = t._bagian AND a.tahun = t.tahun AND a.tabel = 'indikator'
  UNION ALL
  SELECT t.kode_desa, t.tahun, i.nomor, t.skor, t._baris, a.id_rilis, a.id_sumber, a.peringkat
  FROM tahap_rumusan_indikator t
  JOIN dim_indikator i ON i.label = trim(t.indikator)
  JOIN asal a ON a.rilis_id = t._rilis_id AND a.bagian = t._bagian AND a.tahun = t.tahun AND a.tabel = 'rumusan_indikator'
), banyak AS (
  SELECT tahun FROM (SELECT DISTINCT tahun, tabel, id_rilis FROM asal) a
  GROUP BY tahun HAVING count(*) > 1
), menang AS (
  SELECT kode_desa, tahun, min(peringkat) AS peringkat
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
WHERE m.peringkat IS NULL OR m.peringkat = c.peringkat
