-- purpose: Each published figure beside our own count, with the difference and a reason.
-- grain: id_klaim, kode_wilayah, tahun, status
-- key: id_klaim, kode_wilayah, tahun, urutan_status
-- inputs: fct_klaim, fct_indeks, mart_tren_status, dim_wilayah, dim_sumber, dim_metodologi
-- materialized: table
-- columns:
--   id_klaim VARCHAR: Publication
--   judul VARCHAR: Its title
--   sumber VARCHAR: Who published
--   url VARCHAR: Where
--   terbit DATE: When
--   kode_wilayah VARCHAR: Dotted code, 0 is Indonesia
--   nama_wilayah VARCHAR: Name, null when no list or release has the area
--   tahun SMALLINT: Year of the figure
--   metodologi VARCHAR: Index that the figure is about
--   status VARCHAR: Status, TANPA STATUS or TOTAL
--   urutan_status SMALLINT: 1..5, 6 without status, 7 total
--   jumlah_klaim BIGINT: Published figure
--   jumlah_kami BIGINT: Our count, null when it cannot be compared
--   selisih BIGINT: Our count minus the published figure
--   jenis VARCHAR: terbitan or dari selisih
--   penjelasan VARCHAR: cocok, beda, jumlah terbitan tidak sama, belum ada data or metodologi lain
--   keterangan VARCHAR: The reason in words
--   konsisten BOOLEAN: The five figures add up to the total as published, or one of them is not published
--   jumlah_lima BIGINT: Sum of the five published figures, null when one is missing
--   total_terbit BIGINT: Published total
--   jumlah_desa BIGINT: Villages that we hold for the area and year
--   lengkap BOOLEAN: We hold exactly as many villages as the publication counts
--   sifat VARCHAR: Nature of our rows; a match with reconstructed rows confirms nothing
--   catatan VARCHAR: What is known to be wrong with the publication
--   sha256 VARCHAR: Hash of the file that states the claim
--   bagian VARCHAR: That file
--   baris INTEGER: Row in that file
-- jejak:
--   SELECT * FROM mart_profil_desa
--   WHERE tahun = :tahun AND (:status = 'TOTAL' OR status = :status)
--     AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
--   ORDER BY skor, kode_desa
WITH jumlah AS (
  SELECT id_klaim, kode_wilayah, tahun,
    CASE WHEN count(*) FILTER (WHERE urutan_status <= 5) = 5
      THEN CAST(sum(CASE WHEN urutan_status <= 5 THEN jumlah ELSE 0 END) AS BIGINT) END AS lima,
    CAST(max(CASE WHEN urutan_status = 7 THEN jumlah END) AS BIGINT) AS total,
    CAST(max(CASE WHEN urutan_status = 6 THEN jumlah END) AS BIGINT) AS tanpa
  FROM fct_klaim GROUP BY id_klaim, kode_wilayah, tahun
), klaim AS (
  SELECT k.*, j.lima, j.total, coalesce(j.tanpa, 0) AS tanpa,
    coalesce(j.lima = j.total OR j.lima + coalesce(j.tanpa, 0) = j.total, true) AS konsisten,
    CASE WHEN j.lima <> j.total AND j.lima + coalesce(j.tanpa, 0) <> j.total THEN j.total
      ELSE coalesce(j.lima, j.total - coalesce(j.tanpa, 0)) END AS diharap
  FROM fct_klaim k
  JOIN jumlah j ON j.id_klaim = k.id_klaim AND j.kode_wilayah = k.kode_wilayah AND j.tahun = k.tahun
), wilayah AS (
  SELECT kode, max(kode_wilayah) AS kode_wilayah, max(nama) AS nama FROM dim_wilayah WHERE tingkat <> 'desa' GROUP BY kode
), termuat AS (
  SELECT DISTINCT m.metodologi FROM fct_indeks f JOIN dim_metodologi m ON m.id_metodologi = f.id_metodologi
), kami AS (
  SELECT kode_wilayah, tahun, metodologi, urutan_status, jumlah, jumlah_desa, sifat FROM mart_tren_status
), dasar AS (
  SELECT k.*, w.nama,
    coalesce(w.kode_wilayah, CAST(k.kode_wilayah AS VARCHAR(10))) AS kode_titik,
    n.jumlah_desa, n.sifat, u.sha256, u.bagian,
    CASE WHEN k.urutan_status <= 5 THEN s.jumlah
      WHEN k.urutan_status = 7 THEN n.jumlah_desa + CASE WHEN k.lima + k.tanpa = k.total THEN k.tanpa ELSE 0 END END AS hitung,
    k.metodologi NOT IN (SELECT metodologi FROM termuat) AS lain,
    n.jumlah_desa IS NULL OR k.urutan_status = 6 OR coalesce(n.jumlah_desa * 100 < k.diharap * 95, false) AS belum
  FROM klaim k
  LEFT JOIN wilayah w ON w.kode = k.kode_wilayah
  LEFT JOIN kami s ON s.kode_wilayah = w.kode_wilayah AND s.tahun = k.tahun AND s.metodologi = k.metodologi
    AND s.urutan_status = k.urutan_status
  LEFT JOIN kami n ON n.kode_wilayah = w.kode_wilayah AND n.tahun = k.tahun AND n.metodologi = k.metodologi
    AND n.urutan_status = 1
  JOIN dim_sumber u ON u.id_sumber = k.id_sumber
), nilai AS (
  SELECT d.*,
    CASE WHEN d.urutan_status = 7 AND NOT d.konsisten THEN 'jumlah terbitan tidak sama'
      WHEN d.lain THEN 'metodologi lain'
      WHEN d.belum THEN 'belum ada data'
      WHEN d.hitung = d.jumlah THEN 'cocok'
      WHEN NOT d.konsisten THEN 'jumlah terbitan tidak sama'
      ELSE 'beda' END AS penjelasan
  FROM dasar d
)
SELECT
  x.id_klaim, x.judul, x.sumber, x.url,
  CAST(x.terbit AS DATE) AS terbit,
  x.kode_titik AS kode_wilayah,
  x.nama AS nama_wilayah,
  CAST(x.tahun AS SMALLINT) AS tahun,
  x.metodologi, x.status,
  CAST(x.urutan_status AS SMALLINT) AS urutan_status,
  CAST(x.jumlah AS BIGINT) AS jumlah_klaim,
  CAST(CASE WHEN NOT x.lain AND NOT x.belum THEN x.hitung END AS BIGINT) AS jumlah_kami,
  CAST(CASE WHEN NOT x.lain AND NOT x.belum THEN x.hitung - x.jumlah END AS BIGINT) AS selisih,
  x.jenis, x.penjelasan,
  CASE x.penjelasan
    WHEN 'jumlah terbitan tidak sama' THEN 'lima angka terbitan berjumlah ' || CAST(x.lima AS VARCHAR(20)) || ', totalnya tertulis ' || CAST(x.total AS VARCHAR(20))
    WHEN 'metodologi lain' THEN 'belum ada rilis ' || x.metodologi || ' yang dimuat'
    WHEN 'belum ada data' THEN
      CASE WHEN x.urutan_status = 6 THEN 'desa tanpa status tidak masuk fakta'
        WHEN x.jumlah_desa IS NULL THEN 'tahun itu belum dimuat untuk wilayah ini'
        ELSE CAST(x.jumlah_desa AS VARCHAR(20)) || ' dari ' || CAST(x.diharap AS VARCHAR(20)) || ' desa tersedia' END
    WHEN 'cocok' THEN CASE WHEN x.sifat = 'resmi' THEN 'sama dengan hitungan dari data desa'
      ELSE 'sama, tetapi data kami ' || x.sifat || ': kecocokan ini tidak membuktikan apa pun' END
    ELSE 'hitungan kami berbeda' || CASE WHEN x.jumlah_desa <> x.diharap
      THEN '; ' || CAST(x.jumlah_desa AS VARCHAR(20)) || ' dari ' || CAST(x.diharap AS VARCHAR(20)) || ' desa tersedia' ELSE '' END
  END AS keterangan,
  CAST(x.konsisten AS BOOLEAN) AS konsisten,
  CAST(x.lima AS BIGINT) AS jumlah_lima,
  CAST(x.total AS BIGINT) AS total_terbit,
  CAST(x.jumlah_desa AS BIGINT) AS jumlah_desa,
  CAST(coalesce(x.jumlah_desa = x.diharap, false) AS BOOLEAN) AS lengkap,
  x.sifat, x.catatan, x.sha256, x.bagian,
  CAST(x.baris AS INTEGER) AS baris
FROM nilai x
