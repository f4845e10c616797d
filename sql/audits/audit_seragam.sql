-- purpose: Kabupaten in which all villages have the same values.
-- grain: kabupaten, tahun
-- inputs: fct_indeks
-- severity: block
-- message: All villages of a kabupaten have the same three indices; a value was filled down.
-- partition: tahun from fct_indeks
-- columns:
--   subjek VARCHAR: Kabupaten
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How many villages
SELECT CAST(CAST((kode_desa - kode_desa % 1000000) / 1000000 AS BIGINT) AS VARCHAR(20)) AS subjek, CAST(tahun AS SMALLINT) AS tahun,
  CAST(count(*) AS VARCHAR(20)) || ' desa dengan nilai yang sama' AS rincian
FROM fct_indeks
GROUP BY CAST((kode_desa - kode_desa % 1000000) / 1000000 AS BIGINT), tahun
HAVING count(*) >= 10 AND min(iks) = max(iks) AND min(ike) = max(ike) AND min(ikl) = max(ikl)
