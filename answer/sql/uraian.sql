-- Villages that went from one status to another, and what the 50 indicators say of each. Scores are whole numbers of 1/6300 of IDM, so
-- that the indicators add up to the change exactly. One of uraian-indikator.sql and uraian-desa.sql follows.
WITH nilai AS (
  SELECT f.id_desa, f.kode_desa, f.tahun, f.id_metodologi, f.status, f.id_rilis, f.pada_kisi, 'rilis' AS asal,
    12 * f.s AS iks, 35 * f.e AS ike, 140 * f.l AS ikl, f.nilai_kisi
  FROM fct_indeks f
  WHERE f.tahun IN (:dari, :ke)
  UNION ALL
  -- A single answer of the ministry stands for a village and year that no release has.
  SELECT r.id_desa, r.kode_desa, r.tahun, 1, r.status, r.id_rilis,
    CAST(r.skor AS DECIMAL(28,14)) * 6300 - round(CAST(r.skor AS DECIMAL(28,14)) * 6300, 0) BETWEEN -0.0001 AND 0.0001, 'jawaban tunggal kementerian',
    NULL, NULL, NULL, CAST(round(CAST(r.skor AS DECIMAL(28,14)) * 6300, 0) AS INTEGER)
  FROM fct_rumusan r
  LEFT JOIN fct_indeks f ON f.id_desa = r.id_desa AND f.tahun = r.tahun
  WHERE r.tahun IN (:dari, :ke) AND f.id_desa IS NULL
), pindah AS (
  SELECT b.id_desa, a.kode_desa AS kode_dari, b.kode_desa AS kode_ke, v.kode_wilayah, v.nama AS nama_desa, v.nama_kecamatan,
    a.nilai_kisi AS dari, b.nilai_kisi AS ke, b.iks - a.iks AS iks, b.ike - a.ike AS ike, b.ikl - a.ikl AS ikl,
    a.pada_kisi AND b.pada_kisi AS pada_kisi, a.asal AS asal_dari, b.asal AS asal_ke, x.sifat AS sifat_dari, y.sifat AS sifat_ke
  FROM nilai a
  JOIN nilai b ON b.id_desa = a.id_desa AND b.id_metodologi = a.id_metodologi
  JOIN dim_status m ON m.urutan = a.status
  JOIN dim_status n ON n.urutan = b.status
  JOIN dim_rilis x ON x.id_rilis = a.id_rilis
  JOIN dim_rilis y ON y.id_rilis = b.id_rilis
  JOIN dim_wilayah v ON v.kode = b.kode_desa AND b.tahun BETWEEN v.cari_dari AND v.cari_sampai
  WHERE a.tahun = :dari AND b.tahun = :ke AND m.status = :status AND n.status = :status_ke
    AND b.kode_desa BETWEEN :kode_awal AND :kode_akhir
), skor AS (
  SELECT p.id_desa, i.nomor, i.skor AS dari, NULL AS ke
  FROM pindah p
  JOIN fct_indikator i ON i.kode_desa = p.kode_dari AND i.tahun = :dari
  UNION ALL
  SELECT p.id_desa, i.nomor, NULL, i.skor
  FROM pindah p
  JOIN fct_indikator i ON i.kode_desa = p.kode_ke AND i.tahun = :ke
), indikator AS (
  SELECT s.id_desa, g.nomor, g.nama, g.dimensi, g.bobot * max(s.dari) AS dari, g.bobot * max(s.ke) AS ke
  FROM skor s
  JOIN dim_indikator g ON g.nomor = s.nomor
  GROUP BY s.id_desa, g.nomor, g.nama, g.dimensi, g.bobot
), jumlah AS (
  SELECT id_desa, count(dari) AS ada_dari, count(ke) AS ada_ke, sum(dari) AS dari, sum(ke) AS ke
  FROM indikator
  GROUP BY id_desa
), penuh AS (
  SELECT count(*) AS banyak FROM dim_indikator
), desa AS (
  SELECT p.*, coalesce(j.ada_dari = f.banyak, false) AS rinci_dari, coalesce(j.ada_ke = f.banyak, false) AS rinci_ke,
    coalesce(p.pada_kisi AND j.ada_dari = f.banyak AND j.ada_ke = f.banyak AND j.dari = p.dari AND j.ke = p.ke, false) AS terurai
  FROM pindah p
  CROSS JOIN penuh f
  LEFT JOIN jumlah j ON j.id_desa = p.id_desa
)
