-- purpose: One village, one year, as the winning release states it, with the status that the scores give.
-- grain: kode_desa, tahun
-- key: kode_desa, tahun
-- inputs: tahap_indeks, stg_kode_versi, dim_status, dim_asal
-- materialized: table
-- partition: tahun from tahap_indeks, dim_asal
-- columns:
--   kode_desa BIGINT: Village code as the release writes it
--   tahun SMALLINT: Year of the index
--   id_desa BIGINT: Stable identity, dim_wilayah.kode_terkini
--   id_rilis INTEGER: Release
--   id_sumber INTEGER: Part file
--   baris INTEGER: Row in the part
--   id_metodologi SMALLINT: Methodology
--   iks DECIMAL(10,8): Social resilience index, 0..1
--   ike DECIMAL(10,8): Economic resilience index, 0..1
--   ikl DECIMAL(10,8): Ecological resilience index, 0..1
--   skor DECIMAL(10,8): IDM as published, 0..1
--   s INTEGER: Sum of the 35 social scores, iks x 175 rounded half up
--   e INTEGER: Sum of the 12 economic scores, ike x 60 rounded half up
--   l INTEGER: Sum of the 3 ecological scores, ikl x 15 rounded half up
--   pada_kisi BOOLEAN: Each part lies within 0.00006 of its grid value
--   nilai_kisi INTEGER: 12 s + 35 e + 140 l, the IDM in units of 1/6300
--   status_terbit SMALLINT: Status as published, 1..5
--   status_hitung SMALLINT: Status that the scores give: by the grid, off the grid by the published score
--   status SMALLINT: Status that all counts use: the published one
--   keterangan VARCHAR: Provenance note of the ministry
--   tanda VARCHAR: Warning rules that hit the row, joined by ;
WITH asal AS (
  SELECT tahun, rilis_id, bagian, id_sumber, id_rilis, peringkat, id_metodologi FROM dim_asal
), banyak AS (
  -- Only years that several releases state need the comparison below, which is the costly part.
  SELECT tahun FROM asal GROUP BY tahun HAVING count(DISTINCT id_rilis) > 1
), calon AS (
  SELECT t.kode_desa, t.tahun, v.kode_terkini, r.id_rilis, r.peringkat, r.id_metodologi, r.id_sumber, t._baris, t._tanda,
    t.iks, t.ike, t.ikl, t.skor, t.status, t.keterangan
  FROM tahap_indeks t
  JOIN asal r ON r.rilis_id = t._rilis_id AND r.bagian = t._bagian AND r.tahun = t.tahun
  JOIN stg_kode_versi v ON v.kode = t.kode_desa AND t.tahun BETWEEN v.cari_dari AND v.cari_sampai
), menang AS (
  -- The years come first, not the candidates: most often there is none.
  SELECT v.kode_terkini, t.tahun, min(r.peringkat) AS peringkat
  FROM (SELECT kode_desa, tahun, _rilis_id, _bagian FROM tahap_indeks WHERE tahun IN (SELECT tahun FROM banyak)) t
  JOIN asal r ON r.rilis_id = t._rilis_id AND r.bagian = t._bagian AND r.tahun = t.tahun
  JOIN stg_kode_versi v ON v.kode = t.kode_desa AND t.tahun BETWEEN v.cari_dari AND v.cari_sampai
  GROUP BY v.kode_terkini, t.tahun
), bulat AS (
  -- Rule of exact half-up rounding on whole numbers: (2a + b - (2a + b) % 2b) / 2b with a = part x 10^8 x n, b = 10^8.
  SELECT c.*,
    CAST(c.iks * 100000000 AS BIGINT) * 175 AS a_s,
    CAST(c.ike * 100000000 AS BIGINT) * 60 AS a_e,
    CAST(c.ikl * 100000000 AS BIGINT) * 15 AS a_l
  FROM calon c
  LEFT JOIN menang m ON m.kode_terkini = c.kode_terkini AND m.tahun = c.tahun
  WHERE m.peringkat IS NULL OR m.peringkat = c.peringkat
), kisi AS (
  SELECT b.*,
    CAST((2 * a_s + 100000000 - (2 * a_s + 100000000) % 200000000) / 200000000 AS INTEGER) AS s,
    CAST((2 * a_e + 100000000 - (2 * a_e + 100000000) % 200000000) / 200000000 AS INTEGER) AS e,
    CAST((2 * a_l + 100000000 - (2 * a_l + 100000000) % 200000000) / 200000000 AS INTEGER) AS l
  FROM bulat b
), nilai AS (
  SELECT k.*,
    12 * k.s + 35 * k.e + 140 * k.l AS nilai_kisi,
    -- |part - n / N| < 0.00006, multiplied by N x 10^8
    abs(k.a_s - CAST(k.s AS BIGINT) * 100000000) < 1050000
      AND abs(k.a_e - CAST(k.e AS BIGINT) * 100000000) < 360000
      AND abs(k.a_l - CAST(k.l AS BIGINT) * 100000000) < 90000 AS pada_kisi
  FROM kisi k
)
SELECT
  CAST(n.kode_desa AS BIGINT) AS kode_desa,
  CAST(n.tahun AS SMALLINT) AS tahun,
  CAST(n.kode_terkini AS BIGINT) AS id_desa,
  CAST(n.id_rilis AS INTEGER) AS id_rilis,
  CAST(n.id_sumber AS INTEGER) AS id_sumber,
  CAST(n._baris AS INTEGER) AS baris,
  CAST(coalesce(n.id_metodologi, 1) AS SMALLINT) AS id_metodologi,
  CAST(n.iks AS DECIMAL(10,8)) AS iks,
  CAST(n.ike AS DECIMAL(10,8)) AS ike,
  CAST(n.ikl AS DECIMAL(10,8)) AS ikl,
  CAST(n.skor AS DECIMAL(10,8)) AS skor,
  CAST(n.s AS INTEGER) AS s,
  CAST(n.e AS INTEGER) AS e,
  CAST(n.l AS INTEGER) AS l,
  CAST(n.pada_kisi AS BOOLEAN) AS pada_kisi,
  CAST(n.nilai_kisi AS INTEGER) AS nilai_kisi,
  CAST(d.urutan AS SMALLINT) AS status_terbit,
  CAST(CASE WHEN n.pada_kisi THEN
      CASE WHEN n.nilai_kisi <= 3091 THEN 1 WHEN n.nilai_kisi <= 3773 THEN 2 WHEN n.nilai_kisi <= 4455 THEN 3
        WHEN n.nilai_kisi <= 5137 THEN 4 ELSE 5 END
    ELSE
      CASE WHEN n.skor <= 0.4907 THEN 1 WHEN n.skor <= 0.5989 THEN 2 WHEN n.skor <= 0.7072 THEN 3
        WHEN n.skor <= 0.8155 THEN 4 ELSE 5 END
    END AS SMALLINT) AS status_hitung,
  CAST(d.urutan AS SMALLINT) AS status,
  n.keterangan,
  n._tanda AS tanda
FROM nilai n
JOIN dim_status d ON d.status = n.status
