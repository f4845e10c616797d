-- purpose: Every area code that occurs in the code list, the change list or an index release, with the best name for it.
-- grain: kode
-- key: kode
-- inputs: tahap_wilayah, tahap_indeks, stg_kode_berubah, stg_rilis
-- materialized: table
-- columns:
--   kode BIGINT: Area code, 2, 4, 6 or 10 digits
--   nama VARCHAR: Name from the code list, else the change list, else the latest release
--   sumber VARCHAR: Where the code is known from: daftar kode, perubahan kode or rilis
WITH daftar AS (
  SELECT kode, nama FROM (
    SELECT kode, nama, row_number() OVER (PARTITION BY kode ORDER BY _rilis_id DESC NULLS LAST, _bagian NULLS LAST, _baris NULLS LAST) AS ke
    FROM tahap_wilayah) w
  WHERE ke = 1
), perubahan AS (
  SELECT kode, nama FROM (
    SELECT kode, nama, row_number() OVER (PARTITION BY kode
      ORDER BY CASE WHEN nama IS NULL THEN 1 ELSE 0 END NULLS LAST, tahun_mulai DESC NULLS LAST, nama NULLS LAST) AS ke
    FROM (
      SELECT kode_lama AS kode, nama_lama AS nama, tahun_mulai FROM stg_kode_berubah
      UNION ALL SELECT kode_baru, nama_baru, tahun_mulai FROM stg_kode_berubah) b
    WHERE kode NOT IN (SELECT kode FROM daftar)) u
  WHERE ke = 1
), desa AS (
  -- One pass over the releases, by far the larger table: the latest names that stand beside a code. DuckDB's max_by
  -- passes over null names by itself, Trino's does not.
  SELECT kode_desa AS kode,
    max_by(nama_desa, urut) FILTER (WHERE nama_desa IS NOT NULL) AS nama_desa,
    max_by(nama_kec, urut) FILTER (WHERE nama_kec IS NOT NULL) AS nama_kec,
    max_by(nama_kab, urut) FILTER (WHERE nama_kab IS NOT NULL) AS nama_kab,
    max_by(nama_prov, urut) FILTER (WHERE nama_prov IS NOT NULL) AS nama_prov
  FROM (
    SELECT t.kode_desa, t.nama_desa, t.nama_kec, t.nama_kab, t.nama_prov, t.tahun * 100000 - r.urutan AS urut
    FROM tahap_indeks t
    JOIN (SELECT DISTINCT rilis_id, urutan FROM stg_rilis) r ON r.rilis_id = t._rilis_id) d
  GROUP BY kode_desa
), ejaan AS (
  SELECT kode, nama_desa AS nama FROM desa
  UNION ALL SELECT CAST((kode - kode % 10000) / 10000 AS BIGINT), nama_kec FROM desa
  UNION ALL SELECT CAST((kode - kode % 1000000) / 1000000 AS BIGINT), nama_kab FROM desa
  UNION ALL SELECT CAST((kode - kode % 100000000) / 100000000 AS BIGINT), nama_prov FROM desa
), rilis AS (
  -- Where villages spell the area above them differently, the spelling of most.
  SELECT kode, nama FROM (
    SELECT kode, nama, row_number() OVER (PARTITION BY kode
      ORDER BY CASE WHEN nama IS NULL THEN 1 ELSE 0 END NULLS LAST, n DESC NULLS LAST, nama NULLS LAST) AS ke
    FROM (SELECT kode, nama, count(*) AS n FROM ejaan GROUP BY kode, nama) e
    WHERE kode NOT IN (SELECT kode FROM daftar) AND kode NOT IN (SELECT kode FROM perubahan)) u
  WHERE ke = 1
), induk AS (
  -- A village known only from the change list still needs the areas above it.
  SELECT CAST((kode - kode % 10000) / 10000 AS BIGINT) AS kode FROM perubahan
  UNION SELECT CAST((kode - kode % 1000000) / 1000000 AS BIGINT) FROM perubahan
  UNION SELECT CAST((kode - kode % 100000000) / 100000000 AS BIGINT) FROM perubahan
)
SELECT CAST(kode AS BIGINT) AS kode, nama, 'daftar kode' AS sumber FROM daftar
UNION ALL
SELECT CAST(kode AS BIGINT), nama, 'perubahan kode' FROM perubahan
UNION ALL
SELECT CAST(kode AS BIGINT), nama, 'rilis' FROM rilis
UNION ALL
SELECT CAST(i.kode AS BIGINT), NULL, 'perubahan kode' FROM induk i
WHERE i.kode NOT IN (SELECT kode FROM daftar) AND i.kode NOT IN (SELECT kode FROM rilis)
