-- purpose: Keys of facts that occur more than once.
-- grain: relation, key
-- inputs: fct_indeks, fct_indikator, fct_rumusan, fct_blt, fct_bumdes, fct_stunting, fct_pendamping, fct_dana_desa, fct_klaim, fct_perpindahan
-- severity: block
-- message: A key occurs more than once, so counts would be too high; look for the same village in two parts or under two codes.
-- partition: tahun from fct_indeks, fct_indikator, fct_rumusan, fct_blt, fct_bumdes, fct_stunting, fct_pendamping, fct_dana_desa, fct_klaim, fct_perpindahan
-- columns:
--   subjek VARCHAR: Relation and key
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How often
SELECT 'fct_indeks ' || CAST(kode_desa AS VARCHAR(20)) AS subjek, CAST(tahun AS SMALLINT) AS tahun,
  CAST(count(*) AS VARCHAR(20)) || ' baris untuk satu kode' AS rincian
FROM fct_indeks GROUP BY kode_desa, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_indeks id_desa ' || CAST(id_desa AS VARCHAR(20)), CAST(tahun AS SMALLINT),
  CAST(count(*) AS VARCHAR(20)) || ' kode untuk satu desa: ' || CAST(min(kode_desa) AS VARCHAR(20)) || ', ' || CAST(max(kode_desa) AS VARCHAR(20))
FROM fct_indeks GROUP BY id_desa, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_indikator ' || CAST(kode_desa AS VARCHAR(20)), CAST(tahun AS SMALLINT),
  CAST(count(*) AS VARCHAR(20)) || ' skor, nomor ' || CAST(min(nomor) AS VARCHAR(20)) || ' sampai ' || CAST(max(nomor) AS VARCHAR(20))
FROM fct_indikator GROUP BY kode_desa, tahun HAVING count(*) > 50 OR min(nomor) < 1 OR max(nomor) > 50
UNION ALL
SELECT 'fct_rumusan ' || CAST(kode_desa AS VARCHAR(20)), CAST(tahun AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_rumusan GROUP BY kode_desa, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_blt ' || CAST(kode_desa AS VARCHAR(20)), CAST(tahun AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_blt GROUP BY kode_desa, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_bumdes ' || CAST(kode_desa AS VARCHAR(20)), CAST(tahun AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_bumdes GROUP BY kode_desa, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_stunting ' || CAST(kode_desa AS VARCHAR(20)), CAST(tahun AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_stunting GROUP BY kode_desa, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_pendamping ' || id_pendamping || ' ' || CAST(kode_desa AS VARCHAR(20)), CAST(tahun AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_pendamping GROUP BY id_pendamping, kode_desa, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_dana_desa ' || CAST(kode_wilayah AS VARCHAR(20)), CAST(tahun AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_dana_desa GROUP BY kode_wilayah, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_klaim ' || id_klaim || ' ' || CAST(kode_wilayah AS VARCHAR(20)) || ' ' || status, CAST(tahun AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_klaim GROUP BY id_klaim, kode_wilayah, status, tahun HAVING count(*) > 1
UNION ALL
SELECT 'fct_perpindahan ' || CAST(id_desa AS VARCHAR(20)), CAST(tahun_ke AS SMALLINT), CAST(count(*) AS VARCHAR(20)) || ' baris'
FROM fct_perpindahan GROUP BY id_desa, tahun_ke, id_metodologi HAVING count(*) > 1
