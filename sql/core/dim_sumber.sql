-- purpose: The part files (workbook, province file, API answer) that facts point to.
-- grain: id_sumber
-- key: id_sumber
-- inputs: stg_sumber
-- materialized: table
-- columns:
--   id_sumber INTEGER: Number of the part
--   id_rilis INTEGER: Release that it belongs to
--   rilis_id VARCHAR: Release as the run names it
--   bagian VARCHAR: Name of the part within the release
--   sha256 VARCHAR: Hash of its bytes, its name in the landing
--   bytes BIGINT: Size
SELECT
  CAST(id_sumber AS INTEGER) AS id_sumber,
  CAST(id_rilis AS INTEGER) AS id_rilis,
  rilis_id, bagian, sha256,
  CAST(bytes AS BIGINT) AS bytes
FROM stg_sumber
