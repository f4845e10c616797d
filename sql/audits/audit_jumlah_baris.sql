-- purpose: Releases whose rows are not all accounted for.
-- grain: rilis_id, kontrak
-- inputs: stg_rilis, stg_isi, fct_indeks, dim_rilis
-- severity: block
-- message: Records read are not all loaded, in quarantine or skipped by a named rule, or loaded rows are missing from the warehouse.
-- columns:
--   subjek VARCHAR: Release and contract or table
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: The equation
WITH muat AS (
  SELECT rilis_id, tabel, sum(dimuat) AS n FROM stg_rilis GROUP BY rilis_id, tabel
), tunggal AS (
  -- Where one active release alone states the index, each of its rows must have become a fact.
  SELECT min(rilis_id) AS rilis_id FROM stg_rilis WHERE tabel = 'indeks' AND aktif
  HAVING count(DISTINCT rilis_id) = 1
), fakta AS (
  SELECT r.rilis_id, count(*) AS n FROM fct_indeks f JOIN dim_rilis r ON r.id_rilis = f.id_rilis GROUP BY r.rilis_id
)
SELECT rilis_id || ' ' || kontrak AS subjek, CAST(periode AS SMALLINT) AS tahun,
  'masuk ' || CAST(masuk AS VARCHAR(20)) || ', dimuat ' || CAST(dimuat AS VARCHAR(20)) || ', karantina ' || CAST(karantina AS VARCHAR(20))
    || ', dilewati ' || CAST(dilewati AS VARCHAR(20)) AS rincian
FROM stg_rilis
WHERE masuk <> dimuat + karantina + dilewati
UNION ALL
SELECT m.rilis_id || ' ' || m.tabel, CAST(NULL AS SMALLINT),
  'dimuat ' || CAST(m.n AS VARCHAR(20)) || ', di gudang ' || CAST(coalesce(i.jumlah, 0) AS VARCHAR(20))
FROM muat m LEFT JOIN stg_isi i ON i.rilis_id = m.rilis_id AND i.tabel = m.tabel
WHERE m.n <> coalesce(i.jumlah, 0)
UNION ALL
SELECT t.rilis_id || ' fct_indeks', CAST(NULL AS SMALLINT),
  'dimuat ' || CAST(i.jumlah AS VARCHAR(20)) || ', fakta ' || CAST(coalesce(f.n, 0) AS VARCHAR(20))
FROM tunggal t
JOIN stg_isi i ON i.rilis_id = t.rilis_id AND i.tabel = 'indeks'
LEFT JOIN fakta f ON f.rilis_id = t.rilis_id
WHERE i.jumlah <> coalesce(f.n, 0)
