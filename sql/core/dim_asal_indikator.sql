-- purpose: Which parts of which active releases state indicators of a year.
-- grain: tabel, tahun, id_sumber
-- key: tabel, tahun, id_sumber
-- inputs: tahap_indikator, tahap_rumusan_indikator, stg_rilis, stg_sumber
-- materialized: table
-- partition: tahun
-- columns:
--   tabel VARCHAR: Staged table, without tahap_
--   tahun SMALLINT: Year that the part has rows of
--   id_sumber INTEGER: Part file
--   id_rilis INTEGER: Release
--   peringkat INTEGER: Rank among the releases of table and year, 1 wins; unlike dim_rilis.urutan it stays when releases of other years come
--   rilis_id VARCHAR: Release as the run names it
--   bagian VARCHAR: Name of the part
WITH isi AS (
  SELECT 'indikator' AS tabel, tahun, _rilis_id AS rilis_id, _bagian AS bagian FROM tahap_indikator GROUP BY tahun, _rilis_id, _bagian
  UNION ALL
  SELECT 'rumusan_indikator', tahun, _rilis_id, _bagian FROM tahap_rumusan_indikator GROUP BY tahun, _rilis_id, _bagian
)
SELECT
  i.tabel,
  CAST(i.tahun AS SMALLINT) AS tahun,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(r.id_rilis AS INTEGER) AS id_rilis,
  CAST(dense_rank() OVER (PARTITION BY i.tabel, i.tahun ORDER BY r.urutan NULLS LAST) AS INTEGER) AS peringkat,
  r.rilis_id, u.bagian
FROM isi i
JOIN stg_sumber u ON u.rilis_id = i.rilis_id AND u.bagian = i.bagian
JOIN (SELECT DISTINCT rilis_id, id_rilis, tabel, urutan FROM stg_rilis WHERE aktif) r ON r.rilis_id = i.rilis_id AND r.tabel = i.tabel
