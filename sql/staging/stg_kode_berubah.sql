-- purpose: Code changes of villages, once each, with the one-to-one changes marked and chained.
-- grain: kode_lama, kode_baru
-- key: kode_lama, kode_baru
-- inputs: tahap_perubahan_kode
-- materialized: table
-- columns:
--   kode_lama BIGINT: Code before
--   kode_baru BIGINT: Code from tahun_mulai on
--   tahun_mulai INTEGER: First index year with the new code
--   jenis VARCHAR: Kind of change
--   nama_lama VARCHAR: Name before
--   nama_baru VARCHAR: Name after
--   kecamatan_lama VARCHAR: Kecamatan before
--   kecamatan_baru VARCHAR: Kecamatan after
--   satu_satu BOOLEAN: One village took one new code, so identity follows
--   kode_terkini BIGINT: Code at the end of the chain of one-to-one changes, four hops at most
WITH sekali AS (
  SELECT t.*, row_number() OVER (PARTITION BY kode_lama, kode_baru
    ORDER BY _rilis_id DESC NULLS LAST, _bagian NULLS LAST, _baris NULLS LAST) AS ke
  FROM tahap_perubahan_kode t
  WHERE kode_lama <> kode_baru
), tanda AS (
  SELECT s.*,
    jenis IN ('pindah_kecamatan', 'ganti_kode')
      AND count(*) OVER (PARTITION BY kode_lama, tahun_mulai) = 1
      AND count(*) OVER (PARTITION BY kode_baru, tahun_mulai) = 1 AS satu_satu
  FROM sekali s
  WHERE ke = 1
), langkah AS (
  -- A code can be given again to another village: the next hop is the first change of the new code after it began.
  SELECT a.kode_lama, a.tahun_mulai, a.kode_baru, min(b.tahun_mulai) AS tahun_lanjut
  FROM tanda a
  LEFT JOIN tanda b ON b.satu_satu AND b.kode_lama = a.kode_baru AND b.tahun_mulai > a.tahun_mulai
  WHERE a.satu_satu
  GROUP BY a.kode_lama, a.tahun_mulai, a.kode_baru
), rantai AS (
  SELECT l1.kode_lama, l1.tahun_mulai,
    coalesce(l5.kode_baru, l4.kode_baru, l3.kode_baru, l2.kode_baru, l1.kode_baru) AS kode_terkini
  FROM langkah l1
  LEFT JOIN langkah l2 ON l2.kode_lama = l1.kode_baru AND l2.tahun_mulai = l1.tahun_lanjut
  LEFT JOIN langkah l3 ON l3.kode_lama = l2.kode_baru AND l3.tahun_mulai = l2.tahun_lanjut
  LEFT JOIN langkah l4 ON l4.kode_lama = l3.kode_baru AND l4.tahun_mulai = l3.tahun_lanjut
  LEFT JOIN langkah l5 ON l5.kode_lama = l4.kode_baru AND l5.tahun_mulai = l4.tahun_lanjut
)
SELECT
  CAST(t.kode_lama AS BIGINT) AS kode_lama,
  CAST(t.kode_baru AS BIGINT) AS kode_baru,
  CAST(t.tahun_mulai AS INTEGER) AS tahun_mulai,
  t.jenis, t.nama_lama, t.nama_baru, t.kecamatan_lama, t.kecamatan_baru,
  CAST(t.satu_satu AS BOOLEAN) AS satu_satu,
  CAST(r.kode_terkini AS BIGINT) AS kode_terkini
FROM tanda t
LEFT JOIN rantai r ON t.satu_satu AND r.kode_lama = t.kode_lama AND r.tahun_mulai = t.tahun_mulai
