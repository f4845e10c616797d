-- purpose: Villages that a year should have, by the year before or by the code list, and has not.
-- grain: tahun, id_desa
-- key: tahun, id_desa
-- inputs: fct_indeks, dim_wilayah, dim_rilis
-- materialized: table
-- partition: tahun from fct_indeks across cek_pasangan, dim_rilis as dim_asal across cek_pasangan
-- columns:
--   tahun SMALLINT: Year
--   id_desa BIGINT: Stable identity of the missing village
--   tahun_lalu BOOLEAN: The previous year of the same source has it
--   daftar_kode BOOLEAN: The code list has it for that year
--   diganti BOOLEAN: A village of the same name appears that year under a code not seen before: renumbered, rather than lost
WITH sumber_tahun AS (
  SELECT r.sumber, f.id_metodologi, f.tahun
  FROM (SELECT DISTINCT id_rilis, id_metodologi, tahun FROM fct_indeks) f
  JOIN dim_rilis r ON r.id_rilis = f.id_rilis
  GROUP BY r.sumber, f.id_metodologi, f.tahun
), pasangan AS (
  SELECT sumber, id_metodologi, tahun AS tahun_ke,
    lag(tahun) OVER (PARTITION BY sumber, id_metodologi ORDER BY tahun NULLS LAST) AS tahun_dari
  FROM sumber_tahun
), lalu AS (
  SELECT p.tahun_ke AS tahun, f.id_desa, f.id_metodologi
  FROM fct_indeks f
  JOIN dim_rilis r ON r.id_rilis = f.id_rilis
  JOIN pasangan p ON p.sumber = r.sumber AND p.id_metodologi = f.id_metodologi AND p.tahun_dari = f.tahun
), terdaftar AS (
  SELECT DISTINCT kode FROM dim_wilayah WHERE tingkat = 'desa' AND sumber <> 'rilis'
), kabupaten AS (
  -- A list that knows fewer than half of the published villages of a kabupaten describes another numbering.
  SELECT CAST((f.kode_desa - f.kode_desa % 1000000) / 1000000 AS BIGINT) AS kab, f.tahun
  FROM fct_indeks f LEFT JOIN terdaftar t ON t.kode = f.kode_desa
  GROUP BY CAST((f.kode_desa - f.kode_desa % 1000000) / 1000000 AS BIGINT), f.tahun
  HAVING 2 * count(t.kode) >= count(*)
), daftar AS (
  SELECT k.tahun, d.kode_terkini AS id_desa
  FROM dim_wilayah d
  JOIN kabupaten k ON k.kab = d.kode_kabupaten
    AND k.tahun BETWEEN coalesce(d.berlaku_dari, 0) AND coalesce(d.berlaku_sampai, 9999)
  WHERE d.tingkat = 'desa' AND d.sumber <> 'rilis'
), hilang AS (
  SELECT h.tahun, h.id_desa, max(h.dari_lalu) AS dari_lalu, max(h.dari_daftar) AS dari_daftar
  FROM (
    SELECT tahun, id_desa, 1 AS dari_lalu, 0 AS dari_daftar FROM lalu
    UNION ALL SELECT tahun, id_desa, 0, 1 FROM daftar
  ) h
  LEFT JOIN fct_indeks f ON f.id_desa = h.id_desa AND f.tahun = h.tahun
  WHERE f.id_desa IS NULL -- DuckDB joins twice for NOT EXISTS
  GROUP BY h.tahun, h.id_desa
), nama AS (
  SELECT kode, max(upper(trim(nama))) AS nama FROM dim_wilayah WHERE tingkat = 'desa' GROUP BY kode
), dicari AS (
  SELECT DISTINCT h.tahun, n.nama FROM hilang h JOIN nama n ON n.kode = h.id_desa WHERE n.nama IS NOT NULL
), senama AS (
  -- Few villages are missing: the codes that bear their names are looked up first, and only these in the facts.
  SELECT q.tahun, q.nama, d.kode, d.sumber
  FROM dicari q
  JOIN dim_wilayah d ON upper(trim(d.nama)) = q.nama AND q.tahun BETWEEN d.cari_dari AND d.cari_sampai
), pendatang AS (
  SELECT DISTINCT s.tahun, s.nama
  FROM senama s
  JOIN fct_indeks f ON f.kode_desa = s.kode AND f.tahun = s.tahun
  LEFT JOIN lalu l ON l.tahun = f.tahun AND l.id_desa = f.id_desa
  WHERE s.sumber = 'rilis' OR l.id_desa IS NULL
)
SELECT
  CAST(h.tahun AS SMALLINT) AS tahun,
  CAST(h.id_desa AS BIGINT) AS id_desa,
  CAST(h.dari_lalu = 1 AS BOOLEAN) AS tahun_lalu,
  CAST(h.dari_daftar = 1 AS BOOLEAN) AS daftar_kode,
  CAST(p.nama IS NOT NULL AS BOOLEAN) AS diganti
FROM hilang h
LEFT JOIN nama n ON n.kode = h.id_desa
LEFT JOIN pendatang p ON p.tahun = h.tahun AND p.nama = n.nama
