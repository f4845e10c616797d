-- purpose: Every area code that occurs in the code list, the change list or an index release, with the best name for it.
-- grain: kode
-- key: kode
-- inputs: tahap_wilayah, tahap_indeks, stg_kode_berubah
-- materialized: table
-- columns:
--   kode BIGINT: Area code, 2, 4, 6 or 10 digits
--   nama VARCHAR: Name from the code list, else the change list, else the latest release
--   sumber VARCHAR: Where the code is known from: daftar kode, perubahan kode or rilis
WITH daftar AS (
  SELECT kode, nama FROM tahap_wilayah
  QUALIFY row_number() OVER (PARTITION BY kode ORDER BY _rilis_id DESC, _bagian, _baris) = 1
), perubahan AS (
  SELECT kode, max_by(nama, tahun_mulai) AS nama FROM (
    SELECT kode_lama AS kode, nama_lama AS nama, tahun_mulai FROM stg_kode_berubah
    UNION ALL SELECT kode_baru, nama_baru, tahun_mulai FROM stg_kode_berubah)
  WHERE kode NOT IN (SELECT kode FROM daftar)
  GROUP BY kode
), ejaan AS (
  -- Only codes that the lists lack are looked up in the releases, which are by far the larger table.
  SELECT kode, nama, tahun, _rilis_id FROM (
    SELECT kode_desa AS kode, nama_desa AS nama, tahun, _rilis_id FROM tahap_indeks
    UNION ALL SELECT kode_desa // 10000, nama_kec, tahun, _rilis_id FROM tahap_indeks
    UNION ALL SELECT kode_desa // 1000000, nama_kab, tahun, _rilis_id FROM tahap_indeks
    UNION ALL SELECT kode_desa // 100000000, nama_prov, tahun, _rilis_id FROM tahap_indeks)
  WHERE kode NOT IN (SELECT kode FROM daftar) AND kode NOT IN (SELECT kode FROM perubahan)
), rilis AS (
  -- The spelling of the latest year; within it the one that most rows use.
  SELECT kode, nama FROM (
    SELECT kode, nama, tahun, count(*) AS n FROM ejaan GROUP BY kode, nama, tahun)
  QUALIFY row_number() OVER (PARTITION BY kode ORDER BY nama IS NULL, tahun DESC, n DESC, nama) = 1
), induk AS (
  -- A village known only from the change list still needs the areas above it.
  SELECT DISTINCT unnest([kode // 10000, kode // 1000000, kode // 100000000]) AS kode FROM perubahan
)
SELECT CAST(kode AS BIGINT) AS kode, nama, 'daftar kode' AS sumber FROM daftar
UNION ALL
SELECT CAST(kode AS BIGINT), nama, 'perubahan kode' FROM perubahan
UNION ALL
SELECT CAST(kode AS BIGINT), nama, 'rilis' FROM rilis
UNION ALL
SELECT CAST(i.kode AS BIGINT), NULL, 'perubahan kode' FROM induk i
WHERE i.kode NOT IN (SELECT kode FROM daftar) AND i.kode NOT IN (SELECT kode FROM rilis)
