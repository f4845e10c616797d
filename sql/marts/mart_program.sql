-- purpose: BLT, BUMDes, stunting and facilitators per kecamatan or kabupaten and year, beside the villages that lag.
-- grain: kode_wilayah, tahun
-- key: kode_wilayah, tahun
-- inputs: fct_indeks, fct_blt, fct_bumdes, fct_stunting, fct_pendamping, dim_wilayah
-- materialized: table
-- partition: tahun from fct_indeks, fct_blt, fct_bumdes, fct_stunting, fct_pendamping
-- columns:
--   kode_wilayah VARCHAR: Dotted code of that year
--   nama_wilayah VARCHAR: Name
--   tingkat VARCHAR: kecamatan or kabupaten
--   tahun SMALLINT: Year
--   jumlah_desa BIGINT: Villages in the index, null when the year has no index
--   desa_tertinggal BIGINT: Of these Sangat Tertinggal or Tertinggal
--   desa_di_bawah_maju BIGINT: Of these below Maju
--   blt_desa BIGINT: Villages with a BLT record
--   blt_keluarga BIGINT: Families that received
--   blt_realisasi DECIMAL(18,2): Paid out, rupiah
--   bumdes_desa BIGINT: Villages with a BUMDes record
--   bumdes_aktif BIGINT: Of these working
--   stunting_desa BIGINT: Villages with a stunting record
--   balita_diukur BIGINT: Toddlers measured
--   balita_stunting BIGINT: Of these stunted
--   pendamping BIGINT: Facilitators, each once per area
--   pendamping_desa BIGINT: Villages covered by a facilitator
-- jejak:
--   SELECT * FROM mart_profil_desa
--   WHERE tahun = :tahun AND kode_wilayah LIKE :kode || '.%'
--   ORDER BY kode_desa
WITH tingkat AS (
  -- Divisor from village code to area code.
  SELECT CAST(10000 AS BIGINT) AS bagi UNION ALL SELECT CAST(1000000 AS BIGINT)
), indeks AS (
  SELECT CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT) AS kode, f.tahun,
    count(*) AS desa, count(*) FILTER (WHERE f.status <= 2) AS tertinggal, count(*) FILTER (WHERE f.status <= 3) AS bawah
  FROM fct_indeks f CROSS JOIN tingkat t
  GROUP BY CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT), f.tahun
), blt AS (
  SELECT CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT) AS kode, f.tahun,
    count(*) AS desa, sum(f.keluarga_penerima) AS keluarga, sum(f.realisasi) AS realisasi
  FROM fct_blt f CROSS JOIN tingkat t
  GROUP BY CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT), f.tahun
), bumdes AS (
  SELECT CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT) AS kode, f.tahun,
    count(*) AS desa, count(*) FILTER (WHERE f.aktif) AS aktif
  FROM fct_bumdes f CROSS JOIN tingkat t
  GROUP BY CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT), f.tahun
), stunting AS (
  SELECT CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT) AS kode, f.tahun,
    count(*) AS desa, sum(f.balita_diukur) AS diukur, sum(f.balita_stunting) AS stunting
  FROM fct_stunting f CROSS JOIN tingkat t
  GROUP BY CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT), f.tahun
), pendamping AS (
  SELECT CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT) AS kode, f.tahun,
    count(DISTINCT f.kode_desa) AS desa, count(DISTINCT f.id_pendamping) AS orang
  FROM fct_pendamping f CROSS JOIN tingkat t
  GROUP BY CAST((f.kode_desa - f.kode_desa % t.bagi) / t.bagi AS BIGINT), f.tahun
), kunci AS (
  SELECT kode, tahun FROM indeks UNION SELECT kode, tahun FROM blt UNION SELECT kode, tahun FROM bumdes
  UNION SELECT kode, tahun FROM stunting UNION SELECT kode, tahun FROM pendamping
), wilayah AS (
  SELECT kode, max(kode_wilayah) AS kode_wilayah, max(nama) AS nama, max(tingkat) AS tingkat
  FROM dim_wilayah WHERE tingkat IN ('kabupaten', 'kecamatan') GROUP BY kode
)
SELECT
  coalesce(w.kode_wilayah, CAST(k.kode AS VARCHAR(10))) AS kode_wilayah,
  w.nama AS nama_wilayah,
  CASE WHEN k.kode >= 100000 THEN 'kecamatan' ELSE 'kabupaten' END AS tingkat,
  CAST(k.tahun AS SMALLINT) AS tahun,
  CAST(i.desa AS BIGINT) AS jumlah_desa,
  CAST(i.tertinggal AS BIGINT) AS desa_tertinggal,
  CAST(i.bawah AS BIGINT) AS desa_di_bawah_maju,
  CAST(b.desa AS BIGINT) AS blt_desa,
  CAST(b.keluarga AS BIGINT) AS blt_keluarga,
  CAST(b.realisasi AS DECIMAL(18,2)) AS blt_realisasi,
  CAST(u.desa AS BIGINT) AS bumdes_desa,
  CAST(u.aktif AS BIGINT) AS bumdes_aktif,
  CAST(s.desa AS BIGINT) AS stunting_desa,
  CAST(s.diukur AS BIGINT) AS balita_diukur,
  CAST(s.stunting AS BIGINT) AS balita_stunting,
  CAST(p.orang AS BIGINT) AS pendamping,
  CAST(p.desa AS BIGINT) AS pendamping_desa
FROM kunci k
LEFT JOIN wilayah w ON w.kode = k.kode
LEFT JOIN indeks i ON i.kode = k.kode AND i.tahun = k.tahun
LEFT JOIN blt b ON b.kode = k.kode AND b.tahun = k.tahun
LEFT JOIN bumdes u ON u.kode = k.kode AND u.tahun = k.tahun
LEFT JOIN stunting s ON s.kode = k.kode AND s.tahun = k.tahun
LEFT JOIN pendamping p ON p.kode = k.kode AND p.tahun = k.tahun
