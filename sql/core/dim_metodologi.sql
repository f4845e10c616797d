-- purpose: The index methodologies, their scale and the borders between statuses.
-- grain: id_metodologi
-- key: id_metodologi
-- inputs: seed_metodologi
-- materialized: table
-- columns:
--   id_metodologi SMALLINT: 1 IDM, 2 Indeks Desa
--   metodologi VARCHAR: Name as releases and claims write it
--   nama VARCHAR: Full name
--   tahun_mulai SMALLINT: First year
--   tahun_akhir SMALLINT: Last year, null when still in use
--   skala SMALLINT: Highest score
--   jumlah_dimensi SMALLINT: Number of dimensions
--   batas_1 DECIMAL(10,4): Upper end of Sangat Tertinggal
--   batas_2 DECIMAL(10,4): Upper end of Tertinggal
--   batas_3 DECIMAL(10,4): Upper end of Berkembang
--   batas_4 DECIMAL(10,4): Upper end of Maju
--   catatan VARCHAR: How well the borders are known
SELECT
  CAST(id_metodologi AS SMALLINT) AS id_metodologi, metodologi, nama,
  CAST(tahun_mulai AS SMALLINT) AS tahun_mulai,
  CAST(tahun_akhir AS SMALLINT) AS tahun_akhir,
  CAST(skala AS SMALLINT) AS skala,
  CAST(jumlah_dimensi AS SMALLINT) AS jumlah_dimensi,
  CAST(batas_1 AS DECIMAL(10,4)) AS batas_1,
  CAST(batas_2 AS DECIMAL(10,4)) AS batas_2,
  CAST(batas_3 AS DECIMAL(10,4)) AS batas_3,
  CAST(batas_4 AS DECIMAL(10,4)) AS batas_4,
  catatan
FROM seed_metodologi
