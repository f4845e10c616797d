-- purpose: Areas of all levels with validity range, code history and the codes of the other schemes.
-- grain: kode, cari_dari (a code that was given again to another village has two rows)
-- key: kode, cari_dari
-- inputs: stg_kode, stg_kode_versi, stg_padanan
-- materialized: table
-- columns:
--   kode BIGINT: Kemendagri code, 2, 4, 6 or 10 digits; 0 is Indonesia
--   kode_wilayah VARCHAR: The same, dotted: 64.02.01.2001
--   nama VARCHAR: Name, null when no release gives one
--   tingkat VARCHAR: nasional, provinsi, kabupaten, kecamatan, desa or kelurahan
--   kode_induk BIGINT: Area above
--   kode_provinsi BIGINT: Province
--   kode_kabupaten BIGINT: Kabupaten, null above it
--   kode_kecamatan BIGINT: Kecamatan, null above it
--   nama_provinsi VARCHAR: Its name
--   nama_kabupaten VARCHAR: Its name
--   nama_kecamatan VARCHAR: Its name
--   berlaku_dari SMALLINT: First year of validity, null when open
--   berlaku_sampai SMALLINT: Last year of validity, null when open
--   cari_dari SMALLINT: First year in which a release that writes this code means this row
--   cari_sampai SMALLINT: Last such year; join facts on kode and tahun BETWEEN cari_dari AND cari_sampai
--   kode_pendahulu BIGINT: Code before
--   kode_penerus BIGINT: Code after
--   kode_terkini BIGINT: Stable identity: last successor by one-to-one changes
--   kode_bps BIGINT: BPS code
--   kode_djpk VARCHAR: DJPK code
--   sumber VARCHAR: daftar kode, perubahan kode, or rilis when no list has it
WITH induk AS (
  SELECT k.kode, k.nama, k.sumber,
    CAST(CASE WHEN k.kode >= 1000000000 THEN 10 WHEN k.kode >= 100000 THEN 6
      WHEN k.kode >= 1000 THEN 4 ELSE 2 END AS SMALLINT) AS digit
  FROM stg_kode k
), desa AS (
  SELECT kode AS kode_desa, kode_pendahulu, mulai, selesai,
    CAST((kode - kode % 10000) / 10000 AS BIGINT) AS kode_kec
  FROM stg_kode_versi
  WHERE CAST((kode - kode % 1000) / 1000 AS BIGINT) % 10 <> 1
), kecamatan AS (
  -- A kecamatan is as old as its villages: it begins when all of them begin, and ends when all have left.
  SELECT kode_kec,
    min(mulai) AS mulai, max(selesai) AS selesai,
    min(CAST((kode_pendahulu - kode_pendahulu % 10000) / 10000 AS BIGINT)) AS dari_satu,
    max(CAST((kode_pendahulu - kode_pendahulu % 10000) / 10000 AS BIGINT)) AS dari_dua
  FROM desa GROUP BY kode_kec
), semua AS (
  SELECT i.kode, coalesce(v.nama, i.nama) AS nama, i.sumber, i.digit,
    coalesce(v.mulai, c.mulai, 0) AS mulai,
    coalesce(v.selesai, c.selesai, 9999) AS selesai,
    coalesce(v.cari_dari, 0) AS cari_dari,
    coalesce(v.cari_sampai, 9999) AS cari_sampai,
    CASE WHEN v.kode IS NOT NULL THEN v.kode_pendahulu
      WHEN c.mulai > 0 AND c.dari_satu = c.dari_dua THEN c.dari_satu END AS kode_pendahulu,
    v.kode_penerus,
    coalesce(v.kode_terkini, i.kode) AS kode_terkini
  FROM induk i
  LEFT JOIN stg_kode_versi v ON v.kode = i.kode
  LEFT JOIN kecamatan c ON c.kode_kec = i.kode
), teks AS (
  SELECT s.*, CAST(s.kode AS VARCHAR(10)) AS t,
    CAST(CASE s.digit WHEN 10 THEN (s.kode - s.kode % 100000000) / 100000000 WHEN 6 THEN (s.kode - s.kode % 10000) / 10000
      WHEN 4 THEN (s.kode - s.kode % 100) / 100 ELSE s.kode END AS BIGINT) AS kode_provinsi,
    CAST(CASE s.digit WHEN 10 THEN (s.kode - s.kode % 1000000) / 1000000 WHEN 6 THEN (s.kode - s.kode % 100) / 100
      WHEN 4 THEN s.kode END AS BIGINT) AS kode_kabupaten,
    CAST(CASE s.digit WHEN 10 THEN (s.kode - s.kode % 10000) / 10000 WHEN 6 THEN s.kode END AS BIGINT) AS kode_kecamatan
  FROM semua s
), atas AS (
  SELECT kode, max(nama) AS nama FROM semua WHERE digit < 10 GROUP BY kode
)
SELECT
  CAST(t.kode AS BIGINT) AS kode,
  CASE t.digit
    WHEN 10 THEN substr(t.t, 1, 2) || '.' || substr(t.t, 3, 2) || '.' || substr(t.t, 5, 2) || '.' || substr(t.t, 7, 4)
    WHEN 6 THEN substr(t.t, 1, 2) || '.' || substr(t.t, 3, 2) || '.' || substr(t.t, 5, 2)
    WHEN 4 THEN substr(t.t, 1, 2) || '.' || substr(t.t, 3, 2)
    ELSE t.t END AS kode_wilayah,
  t.nama,
  CASE t.digit
    WHEN 10 THEN CASE WHEN CAST((t.kode - t.kode % 1000) / 1000 AS BIGINT) % 10 = 1 THEN 'kelurahan' ELSE 'desa' END
    WHEN 6 THEN 'kecamatan' WHEN 4 THEN 'kabupaten' ELSE 'provinsi' END AS tingkat,
  CAST(CASE t.digit WHEN 10 THEN CAST((t.kode - t.kode % 10000) / 10000 AS BIGINT)
    WHEN 2 THEN 0 ELSE CAST((t.kode - t.kode % 100) / 100 AS BIGINT) END AS BIGINT) AS kode_induk,
  t.kode_provinsi, t.kode_kabupaten, t.kode_kecamatan,
  pr.nama AS nama_provinsi, kb.nama AS nama_kabupaten, kc.nama AS nama_kecamatan,
  CAST(nullif(t.mulai, 0) AS SMALLINT) AS berlaku_dari,
  CAST(nullif(t.selesai, 9999) AS SMALLINT) AS berlaku_sampai,
  CAST(t.cari_dari AS SMALLINT) AS cari_dari,
  CAST(t.cari_sampai AS SMALLINT) AS cari_sampai,
  CAST(t.kode_pendahulu AS BIGINT) AS kode_pendahulu,
  CAST(t.kode_penerus AS BIGINT) AS kode_penerus,
  CAST(t.kode_terkini AS BIGINT) AS kode_terkini,
  CAST(coalesce(p.kode_bps, q.kode_bps) AS BIGINT) AS kode_bps,
  coalesce(p.kode_djpk, q.kode_djpk) AS kode_djpk,
  t.sumber
FROM teks t
LEFT JOIN atas pr ON pr.kode = t.kode_provinsi
LEFT JOIN atas kb ON kb.kode = t.kode_kabupaten
LEFT JOIN atas kc ON kc.kode = t.kode_kecamatan
LEFT JOIN stg_padanan p ON p.kode = t.kode
LEFT JOIN stg_padanan q ON q.kode = t.kode_pendahulu AND t.digit = 10
UNION ALL
SELECT CAST(0 AS BIGINT), '0', 'Indonesia', 'nasional', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
  CAST(NULL AS BIGINT), CAST(NULL AS VARCHAR(1)), CAST(NULL AS VARCHAR(1)), CAST(NULL AS VARCHAR(1)), CAST(NULL AS SMALLINT), CAST(NULL AS SMALLINT), CAST(0 AS SMALLINT), CAST(9999 AS SMALLINT),
  CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
  CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS VARCHAR(1)), 'daftar kode'
