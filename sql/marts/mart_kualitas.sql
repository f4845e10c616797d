-- purpose: What every release and contract gave, row by row accounted for, and every rule that was hit.
-- grain: rilis_id, kontrak, aturan, tingkat_temuan
-- key: rilis_id, kontrak, aturan, tingkat_temuan
-- inputs: stg_rilis, stg_temuan, fct_indeks, cek_desa_hilang, dim_rilis
-- materialized: table
-- columns:
--   rilis_id VARCHAR: Release
--   sumber VARCHAR: Source
--   kontrak VARCHAR: Contract
--   tabel VARCHAR: Table that it fills
--   periode INTEGER: Period of the release
--   revisi INTEGER: Revision
--   sifat VARCHAR: resmi, rekonstruksi or sintetis
--   basi BOOLEAN: An older copy stands in for a source that failed
--   aktif BOOLEAN: No newer revision replaces it
--   aturan VARCHAR: Rule; (semua) on the row with the totals of release and contract
--   tingkat_temuan VARCHAR: error, warning, or - on the row with the totals
--   jumlah BIGINT: Findings
--   jumlah_baris BIGINT: Rows that they hit
--   contoh_bagian VARCHAR: Part of the first finding
--   contoh_lembar VARCHAR: Sheet of the first finding
--   contoh_sel VARCHAR: Cell of the first finding
--   contoh_kolom VARCHAR: Column of the first finding
--   contoh_teks VARCHAR: Raw text of the first finding
--   contoh_alasan VARCHAR: Reason of the first finding
--   contoh_perbaikan VARCHAR: Remedy of the first finding
--   masuk BIGINT: Records read
--   dimuat BIGINT: Records loaded
--   karantina BIGINT: Records in quarantine
--   dilewati BIGINT: Records skipped by a named rule
--   jumlah_cocok BOOLEAN: masuk = dimuat + karantina + dilewati
--   desa_hilang BIGINT: Villages missing in the years of an index release, by the year before or the code list
--   desa_diganti BIGINT: Of these renumbered
-- jejak:
--   SELECT * FROM fct_temuan
--   WHERE rilis_id = :rilis_id AND kontrak = :kontrak AND (:aturan = '(semua)' OR aturan = :aturan)
--   ORDER BY bagian, baris, sel
WITH hilang AS (
  SELECT r.rilis_id, count(DISTINCT h.id_desa) AS n, count(DISTINCT CASE WHEN h.diganti THEN h.id_desa END) AS ganti
  FROM (SELECT DISTINCT id_rilis, tahun FROM fct_indeks) f
  JOIN dim_rilis r ON r.id_rilis = f.id_rilis
  JOIN cek_desa_hilang h ON h.tahun = f.tahun
  GROUP BY r.rilis_id
), temuan AS (
  SELECT rilis_id, kontrak, aturan, tingkat, jumlah, jumlah_baris, bagian, lembar, sel, kolom, teks, alasan, perbaikan
  FROM stg_temuan
  UNION ALL
  SELECT r.rilis_id, r.kontrak, '(semua)', '-', coalesce(sum(t.jumlah), 0), coalesce(sum(t.jumlah_baris), 0),
    CAST(NULL AS VARCHAR(1)), CAST(NULL AS VARCHAR(1)), CAST(NULL AS VARCHAR(1)), CAST(NULL AS VARCHAR(1)),
    CAST(NULL AS VARCHAR(1)), CAST(NULL AS VARCHAR(1)), CAST(NULL AS VARCHAR(1))
  FROM stg_rilis r LEFT JOIN stg_temuan t ON t.rilis_id = r.rilis_id AND t.kontrak = r.kontrak
  GROUP BY r.rilis_id, r.kontrak
)
SELECT
  r.rilis_id, r.sumber, r.kontrak, r.tabel,
  CAST(r.periode AS INTEGER) AS periode,
  CAST(r.revisi AS INTEGER) AS revisi,
  r.sifat,
  CAST(r.basi AS BOOLEAN) AS basi,
  CAST(r.aktif AS BOOLEAN) AS aktif,
  t.aturan,
  t.tingkat AS tingkat_temuan,
  CAST(t.jumlah AS BIGINT) AS jumlah,
  CAST(t.jumlah_baris AS BIGINT) AS jumlah_baris,
  t.bagian AS contoh_bagian,
  t.lembar AS contoh_lembar,
  t.sel AS contoh_sel,
  t.kolom AS contoh_kolom,
  t.teks AS contoh_teks,
  t.alasan AS contoh_alasan,
  t.perbaikan AS contoh_perbaikan,
  CAST(r.masuk AS BIGINT) AS masuk,
  CAST(r.dimuat AS BIGINT) AS dimuat,
  CAST(r.karantina AS BIGINT) AS karantina,
  CAST(r.dilewati AS BIGINT) AS dilewati,
  CAST(r.masuk = r.dimuat + r.karantina + r.dilewati AS BOOLEAN) AS jumlah_cocok,
  CAST(CASE WHEN r.tabel = 'indeks' THEN coalesce(h.n, 0) END AS BIGINT) AS desa_hilang,
  CAST(CASE WHEN r.tabel = 'indeks' THEN coalesce(h.ganti, 0) END AS BIGINT) AS desa_diganti
FROM stg_rilis r
JOIN temuan t ON t.rilis_id = r.rilis_id AND t.kontrak = r.kontrak
LEFT JOIN hilang h ON h.rilis_id = r.rilis_id
