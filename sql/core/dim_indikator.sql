-- purpose: The 50 IDM indicators with weight and allowed scores.
-- grain: nomor
-- key: nomor
-- inputs: seed_indikator
-- materialized: table
-- columns:
--   nomor SMALLINT: 1..50 in the order of the ministry's API
--   dimensi VARCHAR: IKS, IKE or IKL
--   no_dimensi SMALLINT: Number within the dimension, from 1
--   label VARCHAR: Label as the API answers it
--   nama VARCHAR: Name without the word Skor
--   kelompok VARCHAR: Group within the dimension
--   bobot SMALLINT: Weight of one score point on the scale of 6300: 12, 35 or 140
--   nilai_boleh VARCHAR: Scores that occur, joined by |
--   disarankan BOOLEAN: False for indicators that describe people: shown, never advised
SELECT
  CAST(nomor AS SMALLINT) AS nomor, dimensi,
  CAST(no_dimensi AS SMALLINT) AS no_dimensi,
  label, nama, kelompok,
  CAST(bobot AS SMALLINT) AS bobot, nilai_boleh,
  CAST(disarankan AS BOOLEAN) AS disarankan
FROM seed_indikator
