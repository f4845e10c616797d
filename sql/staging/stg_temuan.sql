-- purpose: Findings counted per release, contract, rule and severity, with the first one as example.
-- grain: rilis_id, kontrak, aturan, tingkat
-- key: rilis_id, kontrak, aturan, tingkat
-- inputs: tahap_temuan
-- materialized: table
-- columns:
--   rilis_id VARCHAR: Release
--   kontrak VARCHAR: Contract
--   aturan VARCHAR: Rule
--   tingkat VARCHAR: error (row in quarantine) or warning (row loaded and flagged)
--   jumlah BIGINT: Findings
--   jumlah_baris BIGINT: Rows that they hit
--   bagian VARCHAR: Part of the first finding
--   lembar VARCHAR: Sheet of the first finding
--   sel VARCHAR: Cell of the first finding
--   kolom VARCHAR: Column of the first finding
--   teks VARCHAR: Raw text of the first finding
--   alasan VARCHAR: Reason of the first finding
--   perbaikan VARCHAR: Remedy of the first finding
WITH baris AS (
  SELECT rilis_id, kontrak, aturan, tingkat, count(*) AS n
  FROM (SELECT DISTINCT rilis_id, kontrak, aturan, tingkat, bagian, coalesce(baris, -1) AS baris, coalesce(kunci, '') AS kunci FROM tahap_temuan) d
  GROUP BY rilis_id, kontrak, aturan, tingkat
), urut AS (
  SELECT t.*, count(*) OVER (PARTITION BY rilis_id, kontrak, aturan, tingkat) AS jumlah,
    row_number() OVER (PARTITION BY rilis_id, kontrak, aturan, tingkat
      ORDER BY bagian NULLS LAST, baris NULLS LAST, sel NULLS LAST, kolom NULLS LAST, kunci NULLS LAST, teks NULLS LAST,
        lembar NULLS LAST, alasan NULLS LAST, perbaikan NULLS LAST) AS ke
  FROM tahap_temuan t
)
SELECT u.rilis_id, u.kontrak, u.aturan, u.tingkat,
  CAST(u.jumlah AS BIGINT) AS jumlah,
  CAST(b.n AS BIGINT) AS jumlah_baris,
  u.bagian, u.lembar, u.sel, u.kolom, u.teks, u.alasan, u.perbaikan
FROM urut u
JOIN baris b ON b.rilis_id = u.rilis_id AND b.kontrak = u.kontrak AND b.aturan = u.aturan AND b.tingkat = u.tingkat
WHERE u.ke = 1
