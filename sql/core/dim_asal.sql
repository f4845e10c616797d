-- purpose: Which parts of which active releases state the index of a year, and what every year's models read of them.
-- grain: tahun, id_sumber
-- key: tahun, id_sumber
-- inputs: tahap_indeks, stg_rilis, stg_sumber, dim_rilis
-- materialized: table
-- partition: tahun
-- columns:
--   tahun SMALLINT: Year that the part has rows of
--   id_sumber INTEGER: Part file
--   id_rilis INTEGER: Release
--   peringkat INTEGER: Rank among the releases of the year, 1 wins; unlike dim_rilis.urutan it stays when releases of other years come
--   rilis_id VARCHAR: Release as the run names it
--   bagian VARCHAR: Name of the part
--   sha256 VARCHAR: Hash of its bytes, its name in the landing
--   sumber VARCHAR: Source
--   sifat VARCHAR: resmi, rekonstruksi or sintetis
--   id_metodologi SMALLINT: Methodology, null when the release names none
WITH isi AS (
  SELECT tahun, _rilis_id AS rilis_id, _bagian AS bagian FROM tahap_indeks GROUP BY tahun, _rilis_id, _bagian
)
SELECT
  CAST(i.tahun AS SMALLINT) AS tahun,
  CAST(u.id_sumber AS INTEGER) AS id_sumber,
  CAST(r.id_rilis AS INTEGER) AS id_rilis,
  CAST(dense_rank() OVER (PARTITION BY i.tahun ORDER BY r.urutan NULLS LAST) AS INTEGER) AS peringkat,
  r.rilis_id, u.bagian, u.sha256, d.sumber, d.sifat,
  CAST(d.id_metodologi AS SMALLINT) AS id_metodologi
FROM isi i
JOIN stg_sumber u ON u.rilis_id = i.rilis_id AND u.bagian = i.bagian
JOIN (SELECT DISTINCT rilis_id, id_rilis, urutan FROM stg_rilis WHERE tabel = 'indeks' AND aktif) r ON r.rilis_id = i.rilis_id
JOIN dim_rilis d ON d.id_rilis = r.id_rilis
