-- purpose: The releases behind all facts.
-- grain: id_rilis
-- key: id_rilis
-- inputs: stg_rilis, dim_metodologi
-- materialized: table
-- columns:
--   id_rilis INTEGER: Number of the release
--   rilis_id VARCHAR: Release as the run names it
--   sumber VARCHAR: Source
--   periode INTEGER: Period, a year
--   revisi INTEGER: Revision of the period, from 0
--   judul VARCHAR: Title
--   terbit DATE: Published
--   diambil TIMESTAMP: Fetched
--   id_metodologi SMALLINT: Methodology, null when it is no index
--   metodologi VARCHAR: Its name
--   sifat VARCHAR: resmi, rekonstruksi or sintetis
--   penerbit VARCHAR: Publisher
--   url VARCHAR: Where it was fetched
--   sha256 VARCHAR: Hash over the parts
--   basi BOOLEAN: An older copy stands in for a source that failed
--   urutan INTEGER: Rank when releases state the same village and year, 1 wins
SELECT
  CAST(r.id_rilis AS INTEGER) AS id_rilis, r.rilis_id, r.sumber,
  CAST(r.periode AS INTEGER) AS periode,
  CAST(r.revisi AS INTEGER) AS revisi,
  r.judul,
  CAST(r.terbit AS DATE) AS terbit,
  r.diambil,
  CAST(m.id_metodologi AS SMALLINT) AS id_metodologi, m.metodologi,
  r.sifat, r.penerbit, r.url, r.sha256,
  CAST(r.basi_sebagian AS BOOLEAN) AS basi,
  CAST(r.urutan AS INTEGER) AS urutan
FROM (
  SELECT *,
    max(CASE WHEN basi THEN 1 ELSE 0 END) OVER (PARTITION BY id_rilis) = 1 AS basi_sebagian,
    row_number() OVER (PARTITION BY id_rilis ORDER BY kontrak NULLS LAST) AS ke
  FROM stg_rilis
) r
LEFT JOIN dim_metodologi m ON m.metodologi = r.metodologi
WHERE r.ke = 1
