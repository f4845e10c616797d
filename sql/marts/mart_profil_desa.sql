-- purpose: One wide row per village and year: names, scores, both statuses, flags, programmes and the source row.
-- grain: kode_desa, tahun
-- key: kode_desa, tahun
-- inputs: fct_indeks, dim_wilayah, dim_status, dim_rilis, dim_sumber, dim_metodologi, fct_blt, fct_bumdes, fct_stunting, fct_pendamping
-- materialized: view
-- partition: tahun from fct_indeks, dim_rilis as dim_asal, dim_sumber as dim_asal, fct_blt, fct_bumdes, fct_stunting, fct_pendamping
-- columns:
--   kode_desa BIGINT: Village code in that year
--   kode_wilayah VARCHAR: The same, dotted
--   id_desa BIGINT: Stable identity; the same village in all years
--   kode_wilayah_terkini VARCHAR: Dotted code of the identity
--   kode_berubah BOOLEAN: The code of that year is not today's
--   nama_desa VARCHAR: Name
--   nama_kecamatan VARCHAR: Kecamatan by the code of that year
--   nama_kabupaten VARCHAR: Kabupaten
--   nama_provinsi VARCHAR: Province
--   tahun SMALLINT: Year of the index
--   metodologi VARCHAR: IDM or INDEKS DESA
--   status VARCHAR: Status as published
--   urutan_status SMALLINT: 1..5
--   status_hitung VARCHAR: Status that the scores give
--   status_sama BOOLEAN: Both agree
--   iks DECIMAL(10,8): Social resilience index, 0..1
--   ike DECIMAL(10,8): Economic resilience index, 0..1
--   ikl DECIMAL(10,8): Ecological resilience index, 0..1
--   skor DECIMAL(10,8): IDM as published, 0..1
--   s INTEGER: Sum of the 35 social scores
--   e INTEGER: Sum of the 12 economic scores
--   l INTEGER: Sum of the 3 ecological scores
--   nilai_kisi INTEGER: 12 s + 35 e + 140 l, the IDM in units of 1/6300
--   pada_kisi BOOLEAN: The three indices are sums of whole scores
--   keterangan VARCHAR: Provenance note of the ministry
--   nilai_tahun_lalu BOOLEAN: The note says that the values are those of an earlier year
--   tanda VARCHAR: Warning rules that hit the row, joined by ;
--   sifat VARCHAR: resmi, rekonstruksi or sintetis
--   rilis_id VARCHAR: Release
--   sha256 VARCHAR: Hash of the part file
--   bagian VARCHAR: Part file
--   baris INTEGER: Row in the part file
--   blt_keluarga INTEGER: Families that received BLT, null without a record
--   blt_realisasi DECIMAL(18,2): BLT paid out, rupiah
--   bumdes_aktif BOOLEAN: The village enterprise works, null without a record
--   balita_diukur INTEGER: Toddlers measured
--   balita_stunting INTEGER: Of these stunted
--   pendamping BIGINT: Facilitators that cover the village, null without a record
-- jejak:
--   SELECT * FROM mart_profil_desa WHERE kode_desa = :kode_desa AND tahun = :tahun
WITH pendamping AS (
  SELECT id_desa, tahun, count(DISTINCT id_pendamping) AS n FROM fct_pendamping GROUP BY id_desa, tahun
), blt AS (
  SELECT id_desa, tahun, sum(keluarga_penerima) AS keluarga, sum(realisasi) AS realisasi FROM fct_blt GROUP BY id_desa, tahun
), bumdes AS (
  SELECT id_desa, tahun, bool_or(aktif) AS aktif FROM fct_bumdes GROUP BY id_desa, tahun
), stunting AS (
  SELECT id_desa, tahun, sum(balita_diukur) AS diukur, sum(balita_stunting) AS stunting FROM fct_stunting GROUP BY id_desa, tahun
)
SELECT
  CAST(f.kode_desa AS BIGINT) AS kode_desa,
  d.kode_wilayah,
  CAST(f.id_desa AS BIGINT) AS id_desa,
  substr(CAST(f.id_desa AS VARCHAR(10)), 1, 2) || '.' || substr(CAST(f.id_desa AS VARCHAR(10)), 3, 2) || '.'
    || substr(CAST(f.id_desa AS VARCHAR(10)), 5, 2) || '.' || substr(CAST(f.id_desa AS VARCHAR(10)), 7, 4) AS kode_wilayah_terkini,
  CAST(f.id_desa <> f.kode_desa AS BOOLEAN) AS kode_berubah,
  d.nama AS nama_desa,
  d.nama_kecamatan,
  d.nama_kabupaten,
  d.nama_provinsi,
  CAST(f.tahun AS SMALLINT) AS tahun,
  m.metodologi,
  a.status,
  CAST(f.status AS SMALLINT) AS urutan_status,
  h.status AS status_hitung,
  CAST(f.status_terbit = f.status_hitung AS BOOLEAN) AS status_sama,
  CAST(f.iks AS DECIMAL(10,8)) AS iks,
  CAST(f.ike AS DECIMAL(10,8)) AS ike,
  CAST(f.ikl AS DECIMAL(10,8)) AS ikl,
  CAST(f.skor AS DECIMAL(10,8)) AS skor,
  CAST(f.s AS INTEGER) AS s,
  CAST(f.e AS INTEGER) AS e,
  CAST(f.l AS INTEGER) AS l,
  CAST(f.nilai_kisi AS INTEGER) AS nilai_kisi,
  CAST(f.pada_kisi AS BOOLEAN) AS pada_kisi,
  f.keterangan,
  CAST(coalesce(position(CAST(f.tahun - 1 AS VARCHAR(10)) IN f.keterangan) > 0
    OR position(CAST(f.tahun - 2 AS VARCHAR(10)) IN f.keterangan) > 0, false) AS BOOLEAN) AS nilai_tahun_lalu,
  f.tanda,
  r.sifat, r.rilis_id, u.sha256, u.bagian,
  CAST(f.baris AS INTEGER) AS baris,
  CAST(blt.keluarga AS INTEGER) AS blt_keluarga,
  CAST(blt.realisasi AS DECIMAL(18,2)) AS blt_realisasi,
  CAST(bumdes.aktif AS BOOLEAN) AS bumdes_aktif,
  CAST(stunting.diukur AS INTEGER) AS balita_diukur,
  CAST(stunting.stunting AS INTEGER) AS balita_stunting,
  CAST(pendamping.n AS BIGINT) AS pendamping
FROM fct_indeks f
JOIN dim_wilayah d ON d.kode = f.kode_desa AND f.tahun BETWEEN d.cari_dari AND d.cari_sampai
JOIN dim_status a ON a.urutan = f.status
LEFT JOIN dim_status h ON h.urutan = f.status_hitung
JOIN dim_rilis r ON r.id_rilis = f.id_rilis
JOIN dim_sumber u ON u.id_sumber = f.id_sumber
JOIN dim_metodologi m ON m.id_metodologi = f.id_metodologi
LEFT JOIN blt ON blt.id_desa = f.id_desa AND blt.tahun = f.tahun
LEFT JOIN bumdes ON bumdes.id_desa = f.id_desa AND bumdes.tahun = f.tahun
LEFT JOIN stunting ON stunting.id_desa = f.id_desa AND stunting.tahun = f.tahun
LEFT JOIN pendamping ON pendamping.id_desa = f.id_desa AND pendamping.tahun = f.tahun
