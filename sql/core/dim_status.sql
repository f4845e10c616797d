-- purpose: The five statuses in order.
-- grain: urutan
-- key: urutan
-- inputs: seed_status
-- materialized: table
-- columns:
--   urutan SMALLINT: 1 worst to 5 best
--   status VARCHAR: Name as releases write it, in capitals
--   label_id VARCHAR: Name as sentences write it
--   label_en VARCHAR: Name in English text; the Indonesian name is kept
--   penjelasan_en VARCHAR: English gloss
SELECT CAST(urutan AS SMALLINT) AS urutan, status, label_id, label_en, penjelasan_en
FROM seed_status
