-- purpose: Programmes that leave out a whole kecamatan or a year although they list nearly all villages elsewhere.
-- grain: kegiatan, kode_kecamatan or kabupaten, tahun
-- inputs: fct_indeks, fct_blt, fct_bumdes, fct_stunting, fct_pendamping
-- severity: block
-- message: A programme lists at least 90 % of the villages of its other kecamatan and none of this one, or leaves out a year between two others; the file is incomplete.
-- columns:
--   subjek VARCHAR: Programme and kecamatan, or programme and kabupaten
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: What is missing
WITH kegiatan AS (
  SELECT 'blt' AS nama, id_desa, tahun FROM fct_blt
  UNION ALL SELECT 'bumdes', id_desa, tahun FROM fct_bumdes
  UNION ALL SELECT 'stunting', id_desa, tahun FROM fct_stunting
  UNION ALL SELECT 'pendamping', id_desa, tahun FROM fct_pendamping
), ada AS (
  SELECT nama, tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT) AS kec, count(DISTINCT id_desa) AS n
  FROM kegiatan GROUP BY nama, tahun, CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT)
), desa AS (
  SELECT CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT) AS kec, count(DISTINCT id_desa) AS n
  FROM fct_indeks GROUP BY CAST((id_desa - id_desa % 10000) / 10000 AS BIGINT)
), tahunan AS (
  SELECT nama, tahun, CAST((kec - kec % 100) / 100 AS BIGINT) AS kab, CAST(sum(n) AS BIGINT) AS n
  FROM ada GROUP BY nama, tahun, CAST((kec - kec % 100) / 100 AS BIGINT)
), kisi AS (
  -- Every kecamatan of the kabupaten that the programme lists in the year, with how many of its villages are there.
  SELECT t.nama, t.tahun, t.kab, d.kec, d.n AS desa, coalesce(a.n, 0) AS ada
  FROM tahunan t
  JOIN desa d ON CAST((d.kec - d.kec % 100) / 100 AS BIGINT) = t.kab
  LEFT JOIN ada a ON a.nama = t.nama AND a.tahun = t.tahun AND a.kec = d.kec
), cakupan AS (
  SELECT nama, tahun, kab, sum(ada) AS ada, sum(desa) AS desa FROM kisi WHERE ada > 0 GROUP BY nama, tahun, kab
), berikut AS (
  SELECT nama, kab, tahun, lead(tahun) OVER (PARTITION BY nama, kab ORDER BY tahun NULLS LAST) AS lanjut FROM tahunan
), irama AS (
  -- A programme that comes every second year has no gaps of one.
  SELECT nama, kab, count(*) FILTER (WHERE lanjut = tahun + 1) AS berturut FROM berikut GROUP BY nama, kab
)
SELECT k.nama || ' ' || CAST(k.kec AS VARCHAR(20)) AS subjek, CAST(k.tahun AS SMALLINT) AS tahun,
  'tidak satu pun dari ' || CAST(k.desa AS VARCHAR(20)) || ' desa; kecamatan lain: ' || CAST(c.ada AS VARCHAR(20)) || ' dari '
    || CAST(c.desa AS VARCHAR(20)) AS rincian
FROM kisi k
JOIN cakupan c ON c.nama = k.nama AND c.tahun = k.tahun AND c.kab = k.kab
WHERE k.ada = 0 AND k.desa >= 3 AND 10 * c.ada >= 9 * c.desa
UNION ALL
SELECT b.nama || ' ' || CAST(b.kab AS VARCHAR(20)), CAST(b.tahun AS SMALLINT),
  'tahun berikutnya ' || CAST(b.lanjut AS VARCHAR(10))
FROM berikut b
JOIN irama i ON i.nama = b.nama AND i.kab = b.kab
WHERE b.lanjut > b.tahun + 1 AND i.berturut >= 2
