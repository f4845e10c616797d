-- purpose: Validity ranges of village codes. A code that was given again to another village has two.
-- grain: kode, mulai
-- key: kode, mulai
-- inputs: stg_kode, stg_kode_berubah
-- materialized: table
-- columns:
--   kode BIGINT: Village code
--   mulai INTEGER: First year that the code is valid for, 0 when open
--   selesai INTEGER: Last year, 9999 when open
--   cari_dari INTEGER: First year in which a release that writes this code means this version
--   cari_sampai INTEGER: Last such year; the versions of a code cover all years, so a code used too early or too late still finds its village
--   kode_pendahulu BIGINT: Code before
--   kode_penerus BIGINT: Code after
--   kode_terkini BIGINT: Stable identity of the village: its last code
--   nama VARCHAR: Name from the change list, only where the code has several versions
WITH awal AS (
  SELECT kode_baru AS kode, tahun_mulai, min(kode_lama) AS kode_pendahulu, max(nama_baru) AS nama
  FROM stg_kode_berubah WHERE satu_satu OR jenis = 'pecah'
  GROUP BY kode_baru, tahun_mulai
), akhir AS (
  -- A split leaves the old code in use; a move, a renumbering and a merger end it.
  SELECT kode_lama AS kode, tahun_mulai, min(kode_baru) AS kode_penerus, max(kode_terkini) AS kode_terkini, max(nama_lama) AS nama
  FROM stg_kode_berubah WHERE satu_satu OR jenis = 'gabung'
  GROUP BY kode_lama, tahun_mulai
), versi AS (
  SELECT kode, tahun_mulai AS mulai, kode_pendahulu, nama FROM awal
  UNION ALL
  SELECT k.kode, 0, CAST(NULL AS BIGINT), CAST(NULL AS VARCHAR(1))
  FROM stg_kode k
  LEFT JOIN (SELECT kode, min(tahun_mulai) AS t FROM awal GROUP BY kode) a ON a.kode = k.kode
  LEFT JOIN (SELECT kode, min(tahun_mulai) AS t FROM akhir GROUP BY kode) z ON z.kode = k.kode
  WHERE k.kode >= 1000000000 AND (a.t IS NULL OR z.t <= a.t)
), berikut AS (
  SELECT v.*, lead(v.mulai) OVER (PARTITION BY v.kode ORDER BY v.mulai NULLS LAST) AS mulai_berikut,
    row_number() OVER (PARTITION BY v.kode ORDER BY v.mulai NULLS LAST) AS ke,
    count(*) OVER (PARTITION BY v.kode) AS banyak
  FROM versi v
), selesai AS (
  SELECT b.kode, b.mulai, min(z.tahun_mulai) AS tahun
  FROM berikut b JOIN akhir z ON z.kode = b.kode AND z.tahun_mulai > b.mulai
  GROUP BY b.kode, b.mulai
)
SELECT
  CAST(b.kode AS BIGINT) AS kode,
  CAST(b.mulai AS INTEGER) AS mulai,
  CAST(least(coalesce(s.tahun, 10000), coalesce(b.mulai_berikut, 10000)) - 1 AS INTEGER) AS selesai,
  CAST(CASE WHEN b.ke = 1 THEN 0 ELSE b.mulai END AS INTEGER) AS cari_dari,
  CAST(coalesce(b.mulai_berikut, 10000) - 1 AS INTEGER) AS cari_sampai,
  CAST(b.kode_pendahulu AS BIGINT) AS kode_pendahulu,
  CAST(z.kode_penerus AS BIGINT) AS kode_penerus,
  CAST(coalesce(z.kode_terkini, b.kode) AS BIGINT) AS kode_terkini,
  CASE WHEN b.banyak > 1 THEN coalesce(z.nama, b.nama) END AS nama
FROM berikut b
LEFT JOIN selesai s ON s.kode = b.kode AND s.mulai = b.mulai
LEFT JOIN akhir z ON z.kode = b.kode AND z.tahun_mulai = s.tahun
