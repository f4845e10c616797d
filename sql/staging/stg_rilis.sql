-- purpose: Every staged unit with whole-number ids, its rank when releases compete, and whether a newer revision replaces it.
-- grain: rilis_id, kontrak
-- key: rilis_id, kontrak
-- inputs: tahap_rilis
-- materialized: table
-- columns:
--   id_rilis INTEGER: Period and the release's number within it in the order of rilis_id, 202400001: releases of other periods do not change it
--   rilis_id VARCHAR: Release as the run names it
--   kontrak VARCHAR: Contract that read it
--   tabel VARCHAR: Staged table that it filled
--   sumber VARCHAR: Source
--   periode INTEGER: Period of the release, a year
--   revisi INTEGER: Revision of the period, from 0
--   judul VARCHAR: Title
--   terbit DATE: Published
--   diambil TIMESTAMP: Fetched
--   metodologi VARCHAR: IDM, INDEKS DESA, or null when it is no index
--   sifat VARCHAR: resmi, rekonstruksi or sintetis
--   penerbit VARCHAR: Publisher
--   url VARCHAR: Where it was fetched
--   sha256 VARCHAR: Hash over the parts of the unit
--   masuk BIGINT: Records read
--   dimuat BIGINT: Records loaded
--   karantina BIGINT: Records in quarantine
--   dilewati BIGINT: Records skipped by a named rule
--   basi BOOLEAN: The source gave nothing new this time and an older copy stands in
--   urutan INTEGER: Rank among all releases, 1 wins: official before reconstructed before synthetic, then later period, later revision
--   aktif BOOLEAN: No newer revision of the same source, period and table exists
WITH rilis AS (
  SELECT *, min(coalesce(periode, 0)) OVER (PARTITION BY rilis_id) AS dari FROM tahap_rilis
)
SELECT
  CAST(dari * 100000 + dense_rank() OVER (PARTITION BY dari ORDER BY rilis_id NULLS LAST) AS INTEGER) AS id_rilis,
  rilis_id, kontrak, tabel, sumber,
  CAST(periode AS INTEGER) AS periode,
  CAST(revisi AS INTEGER) AS revisi,
  judul,
  CAST(terbit AS DATE) AS terbit,
  diambil, -- uncast: a bare TIMESTAMP has microseconds in DuckDB and milliseconds in Trino
  metodologi, sifat, penerbit, url, sha256,
  CAST(masuk AS BIGINT) AS masuk,
  CAST(dimuat AS BIGINT) AS dimuat,
  CAST(karantina AS BIGINT) AS karantina,
  CAST(dilewati AS BIGINT) AS dilewati,
  CAST(coalesce(basi, false) AS BOOLEAN) AS basi,
  CAST(dense_rank() OVER (ORDER BY
    CASE sifat WHEN 'resmi' THEN 1 WHEN 'rekonstruksi' THEN 2 ELSE 3 END NULLS LAST,
    periode DESC NULLS LAST, revisi DESC NULLS LAST, terbit DESC NULLS LAST, rilis_id DESC NULLS LAST) AS INTEGER) AS urutan,
  CAST(coalesce(revisi, 0) = max(coalesce(revisi, 0)) OVER (PARTITION BY sumber, periode, tabel) AS BOOLEAN) AS aktif
FROM rilis
