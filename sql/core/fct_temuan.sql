-- purpose: Every finding: cells that put their row into quarantine, and cells that were flagged.
-- grain: One finding of one cell; a row may have several
-- key: rilis_id, kontrak, bagian, baris, sel, aturan, kunci
-- inputs: tahap_temuan
-- materialized: table
-- columns:
--   rilis_id VARCHAR: Release
--   sumber_sha256 VARCHAR: SHA-256 of the part
--   bagian VARCHAR: Part file
--   kontrak VARCHAR: Contract
--   tabel VARCHAR: Staged table
--   lembar VARCHAR: Sheet, null for formats without
--   baris INTEGER: Row number in the part
--   sel VARCHAR: Cell
--   kolom VARCHAR: Column, null when the whole row is meant
--   teks VARCHAR: Raw text of the cell
--   aturan VARCHAR: Rule
--   tingkat VARCHAR: error (row in quarantine) or warning (row loaded and flagged)
--   alasan VARCHAR: Reason
--   perbaikan VARCHAR: Remedy
--   kunci VARCHAR: Key of the row, as far as it could be read
SELECT rilis_id, sumber_sha256, bagian, kontrak, tabel, lembar, CAST(baris AS INTEGER) AS baris, sel, kolom, teks, aturan, tingkat,
  alasan, perbaikan, kunci
FROM tahap_temuan
