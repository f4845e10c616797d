-- purpose: Per village and its latest year, the largest indicator gains on the way to the next status.
-- grain: kode_desa, peringkat
-- key: kode_desa, peringkat
-- inputs: fct_indeks, fct_indikator, fct_kegiatan, dim_indikator, dim_wilayah, dim_status
-- materialized: table
-- columns:
--   kode_desa BIGINT: Village code in that year
--   kode_wilayah VARCHAR: The same, dotted
--   id_desa BIGINT: Stable identity
--   nama_desa VARCHAR: Name
--   tahun SMALLINT: Latest year of the village
--   status VARCHAR: Status as published
--   status_berikut VARCHAR: Next status, null for MANDIRI
--   nilai_kisi INTEGER: IDM in units of 1/6300
--   perlu INTEGER: Units still needed for the next status, null when there is none or the village is off the grid
--   peringkat SMALLINT: 1 is the largest gain; 0 on the one row of a village without a list
--   nomor SMALLINT: Indicator, null when peringkat is 0
--   indikator VARCHAR: Its name
--   dimensi VARCHAR: IKS, IKE or IKL
--   skor SMALLINT: Its score
--   skor_tujuan SMALLINT: 5; on the row that suffices the least allowed score that suffices
--   tambahan INTEGER: Gain in units when the score becomes 5: weight x (5 - skor)
--   tambahan_idm DECIMAL(10,8): The same in IDM, tambahan / 6300
--   kumulatif INTEGER: Gains up to this row
--   cukup BOOLEAN: The gains up to this row reach the next status
--   langkah_perlu SMALLINT: Number of rows that suffice, null when all together do not
--   kegiatan VARCHAR: Activity that the ministry recommends, null when unknown
--   pelaksana VARCHAR: Who may carry it out
--   rincian_cocok BOOLEAN: The indicator scores add up to the published indices
--   alasan VARCHAR: Why a village has no list
-- jejak:
--   SELECT i.*, r.rilis_id, u.sha256, u.bagian
--   FROM fct_indikator i
--   JOIN dim_rilis r ON r.id_rilis = i.id_rilis
--   JOIN dim_sumber u ON u.id_sumber = i.id_sumber
--   WHERE i.kode_desa = :kode_desa AND i.tahun = :tahun
--   ORDER BY i.nomor
WITH terakhir AS (
  SELECT id_desa, max(tahun) AS tahun FROM fct_indeks WHERE id_metodologi = 1 GROUP BY id_desa
), desa AS (
  SELECT f.kode_desa, f.id_desa, f.tahun, f.status, f.pada_kisi, f.nilai_kisi, f.s, f.e, f.l,
    CASE f.status_hitung WHEN 1 THEN 3092 WHEN 2 THEN 3774 WHEN 3 THEN 4456 WHEN 4 THEN 5138 END - f.nilai_kisi AS perlu,
    CASE WHEN f.status_hitung < 5 THEN f.status_hitung + 1 END AS berikut
  FROM fct_indeks f
  JOIN terakhir t ON t.id_desa = f.id_desa AND t.tahun = f.tahun
  WHERE f.id_metodologi = 1
), rinci AS (
  SELECT i.kode_desa, i.tahun, i.nomor, i.skor, g.nama, g.dimensi, g.bobot, g.nilai_boleh, g.disarankan
  FROM fct_indikator i
  JOIN dim_indikator g ON g.nomor = i.nomor
  JOIN desa d ON d.kode_desa = i.kode_desa AND d.tahun = i.tahun
), jumlah AS (
  SELECT kode_desa,
    sum(CASE dimensi WHEN 'IKS' THEN skor ELSE 0 END) AS s,
    sum(CASE dimensi WHEN 'IKE' THEN skor ELSE 0 END) AS e,
    sum(CASE dimensi WHEN 'IKL' THEN skor ELSE 0 END) AS l
  FROM rinci GROUP BY kode_desa
), urut AS (
  SELECT r.*, d.perlu, r.bobot * (5 - r.skor) AS tambahan,
    row_number() OVER (PARTITION BY r.kode_desa ORDER BY r.bobot * (5 - r.skor) DESC NULLS LAST, r.nomor NULLS LAST) AS peringkat,
    sum(r.bobot * (5 - r.skor)) OVER (PARTITION BY r.kode_desa ORDER BY r.bobot * (5 - r.skor) DESC NULLS LAST, r.nomor NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS kumulatif
  FROM rinci r
  JOIN desa d ON d.kode_desa = r.kode_desa AND d.pada_kisi AND d.perlu IS NOT NULL
  WHERE r.skor < 5 AND r.disarankan
), langkah AS (
  SELECT u.*,
    CASE WHEN max(u.kumulatif) OVER (PARTITION BY u.kode_desa) >= u.perlu
      THEN 1 + sum(CASE WHEN u.kumulatif < u.perlu THEN 1 ELSE 0 END) OVER (PARTITION BY u.kode_desa) END AS langkah
  FROM urut u
), pilih AS (
  -- On the row that suffices a lower allowed score may already do: 0 -> 3 where 0 -> 5 is not needed.
  SELECT l.*,
    CASE WHEN l.peringkat <> coalesce(l.langkah, 0) THEN 5
      WHEN l.skor < 1 AND position('1' IN l.nilai_boleh) > 0 AND l.kumulatif - 4 * l.bobot >= l.perlu THEN 1
      WHEN l.skor < 2 AND position('2' IN l.nilai_boleh) > 0 AND l.kumulatif - 3 * l.bobot >= l.perlu THEN 2
      WHEN l.skor < 3 AND position('3' IN l.nilai_boleh) > 0 AND l.kumulatif - 2 * l.bobot >= l.perlu THEN 3
      WHEN l.skor < 4 AND position('4' IN l.nilai_boleh) > 0 AND l.kumulatif - l.bobot >= l.perlu THEN 4
      ELSE 5 END AS skor_tujuan
  FROM langkah l
  WHERE l.peringkat <= 10 OR l.peringkat <= l.langkah
), baris AS (
  SELECT d.kode_desa, d.id_desa, d.tahun, d.status, d.berikut, d.nilai_kisi,
    CASE WHEN d.pada_kisi THEN d.perlu END AS perlu,
    coalesce(u.peringkat, 0) AS peringkat, u.nomor, u.nama AS indikator, u.dimensi, u.skor, u.skor_tujuan,
    u.tambahan, u.kumulatif, u.kumulatif >= u.perlu AS cukup, u.langkah,
    j.s = d.s AND j.e = d.e AND j.l = d.l AS cocok,
    CASE WHEN u.nomor IS NOT NULL THEN CAST(NULL AS VARCHAR(1))
      WHEN d.berikut IS NULL THEN 'sudah MANDIRI'
      WHEN NOT d.pada_kisi THEN 'nilai di luar kisi skor'
      WHEN j.kode_desa IS NULL THEN 'rincian indikator tidak ada'
      ELSE 'tidak ada indikator yang dapat dinaikkan' END AS alasan
  FROM desa d
  LEFT JOIN jumlah j ON j.kode_desa = d.kode_desa
  LEFT JOIN pilih u ON u.kode_desa = d.kode_desa
)
SELECT
  CAST(b.kode_desa AS BIGINT) AS kode_desa,
  w.kode_wilayah,
  CAST(b.id_desa AS BIGINT) AS id_desa,
  w.nama AS nama_desa,
  CAST(b.tahun AS SMALLINT) AS tahun,
  s.status,
  n.status AS status_berikut,
  CAST(b.nilai_kisi AS INTEGER) AS nilai_kisi,
  CAST(b.perlu AS INTEGER) AS perlu,
  CAST(b.peringkat AS SMALLINT) AS peringkat,
  CAST(b.nomor AS SMALLINT) AS nomor,
  b.indikator, b.dimensi,
  CAST(b.skor AS SMALLINT) AS skor,
  CAST(b.skor_tujuan AS SMALLINT) AS skor_tujuan,
  CAST(b.tambahan AS INTEGER) AS tambahan,
  CAST(CAST((2 * (CAST(b.tambahan AS BIGINT) * 100000000) + 6300 - (2 * (CAST(b.tambahan AS BIGINT) * 100000000) + 6300) % 12600)
    / 12600 AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS tambahan_idm,
  CAST(b.kumulatif AS INTEGER) AS kumulatif,
  CAST(b.cukup AS BOOLEAN) AS cukup,
  CAST(b.langkah AS SMALLINT) AS langkah_perlu,
  k.kegiatan, k.pelaksana,
  CAST(b.cocok AS BOOLEAN) AS rincian_cocok,
  b.alasan
FROM baris b
JOIN dim_wilayah w ON w.kode = b.kode_desa AND b.tahun BETWEEN w.cari_dari AND w.cari_sampai
JOIN dim_status s ON s.urutan = b.status
LEFT JOIN dim_status n ON n.urutan = b.berikut
LEFT JOIN fct_kegiatan k ON k.kode_desa = b.kode_desa AND k.tahun = b.tahun AND k.nomor = b.nomor
