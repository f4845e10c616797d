-- purpose: Every part file of every release with a whole-number id, so that facts carry no text.
-- grain: rilis_id, bagian
-- key: id_sumber
-- inputs: tahap_bagian, stg_rilis
-- materialized: table
-- columns:
--   id_sumber INTEGER: Period and the part's number within it in the order of rilis_id, bagian, 2024000001: parts of other periods do not change it
--   id_rilis INTEGER: Release that it belongs to
--   rilis_id VARCHAR: Release as the run names it
--   bagian VARCHAR: Name of the part
--   sha256 VARCHAR: Hash of its bytes
--   bytes BIGINT: Size
WITH bagian AS (
  SELECT rilis_id, bagian, min(sha256) AS sha256, max(bytes) AS bytes
  FROM tahap_bagian GROUP BY rilis_id, bagian
), rilis AS (
  SELECT DISTINCT id_rilis, rilis_id, id_rilis - id_rilis % 100000 AS dari FROM stg_rilis
)
SELECT
  CAST(r.dari * 10 + row_number() OVER (PARTITION BY r.dari ORDER BY b.rilis_id NULLS LAST, b.bagian NULLS LAST) AS INTEGER) AS id_sumber,
  CAST(r.id_rilis AS INTEGER) AS id_rilis,
  b.rilis_id, b.bagian, b.sha256,
  CAST(b.bytes AS BIGINT) AS bytes
FROM bagian b JOIN rilis r ON r.rilis_id = b.rilis_id
