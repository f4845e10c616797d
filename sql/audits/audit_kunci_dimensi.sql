-- purpose: Keys of dimensions that occur more than once.
-- grain: relation, key
-- inputs: dim_wilayah, dim_rilis, dim_sumber
-- severity: block
-- message: A key occurs more than once, so counts would be too high; look for the same area or part in two releases.
-- columns:
--   subjek VARCHAR: Relation and key
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How often
SELECT 'dim_wilayah ' || kode_wilayah AS subjek, CAST(NULL AS SMALLINT) AS tahun,
  CAST(count(*) AS VARCHAR(20)) || ' baris dengan awal berlaku yang sama' AS rincian
FROM dim_wilayah GROUP BY kode_wilayah, cari_dari HAVING count(*) > 1
UNION ALL
SELECT 'dim_rilis ' || rilis_id, CAST(NULL AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM dim_rilis GROUP BY rilis_id HAVING count(*) > 1
UNION ALL
SELECT 'dim_sumber ' || rilis_id || ' ' || bagian, CAST(NULL AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM dim_sumber GROUP BY rilis_id, bagian HAVING count(*) > 1
UNION ALL
SELECT 'dim_rilis.id_rilis ' || CAST(id_rilis AS VARCHAR(20)), CAST(NULL AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM dim_rilis GROUP BY id_rilis HAVING count(*) > 1
UNION ALL
SELECT 'dim_sumber.id_sumber ' || CAST(id_sumber AS VARCHAR(20)), CAST(NULL AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM dim_sumber GROUP BY id_sumber HAVING count(*) > 1
