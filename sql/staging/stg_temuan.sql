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
SELECT rilis_id, kontrak, aturan, tingkat,
  CAST(count(*) OVER w AS BIGINT) AS jumlah,
  CAST(count(DISTINCT (bagian, coalesce(baris, -1), coalesce(kunci, ''))) OVER w AS BIGINT) AS jumlah_baris,
  bagian, lembar, sel, kolom, teks, alasan, perbaikan
FROM tahap_temuan
WINDOW w AS (PARTITION BY rilis_id, kontrak, aturan, tingkat)
QUALIFY row_number() OVER (PARTITION BY rilis_id, kontrak, aturan, tingkat
  ORDER BY bagian, baris NULLS LAST, sel NULLS LAST, kolom NULLS LAST, kunci NULLS LAST, teks NULLS LAST) = 1
