-- purpose: Each village from one available year of its kabupaten to the next, across code changes.
-- grain: id_desa, tahun_ke, id_metodologi
-- key: id_desa, tahun_ke, id_metodologi
-- inputs: fct_indeks
-- materialized: table
-- partition: tahun_ke from fct_indeks across cek_pasangan
-- columns:
--   id_desa BIGINT: Stable identity
--   id_metodologi SMALLINT: Methodology, the same in both years
--   tahun_dari SMALLINT: Earlier year
--   tahun_ke SMALLINT: Next year for which the kabupaten has data
--   kode_dari BIGINT: Village code in tahun_dari, null when the village is absent
--   kode_ke BIGINT: Village code in tahun_ke, null when the village is absent
--   status_dari SMALLINT: 1..5, 0 when absent
--   status_ke SMALLINT: 1..5, 0 when absent
--   skor_dari DECIMAL(10,8): Published score
--   skor_ke DECIMAL(10,8): Published score
--   nilai_sama BOOLEAN: All three indices equal those of tahun_dari; false when absent in a year
--   dibawa BOOLEAN: The note of tahun_ke says that the values are those of an earlier year
WITH tersedia AS (
  SELECT CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT) AS kab, id_metodologi, tahun
  FROM fct_indeks
  GROUP BY CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT), id_metodologi, tahun
), pasangan AS (
  SELECT kab, id_metodologi, tahun AS tahun_ke,
    lag(tahun) OVER (PARTITION BY kab, id_metodologi ORDER BY tahun NULLS LAST) AS tahun_dari
  FROM tersedia
), dari AS (
  SELECT p.tahun_dari, p.tahun_ke, f.*
  FROM fct_indeks f
  JOIN pasangan p ON p.kab = CAST((f.id_desa - f.id_desa % 1000000) / 1000000 AS BIGINT)
    AND p.id_metodologi = f.id_metodologi AND p.tahun_dari = f.tahun
), ke AS (
  SELECT p.tahun_dari, p.tahun_ke, f.*
  FROM fct_indeks f
  JOIN pasangan p ON p.kab = CAST((f.id_desa - f.id_desa % 1000000) / 1000000 AS BIGINT)
    AND p.id_metodologi = f.id_metodologi AND p.tahun_ke = f.tahun
  WHERE p.tahun_dari IS NOT NULL
)
SELECT
  CAST(coalesce(b.id_desa, a.id_desa) AS BIGINT) AS id_desa,
  CAST(coalesce(b.id_metodologi, a.id_metodologi) AS SMALLINT) AS id_metodologi,
  CAST(coalesce(b.tahun_dari, a.tahun_dari) AS SMALLINT) AS tahun_dari,
  CAST(coalesce(b.tahun_ke, a.tahun_ke) AS SMALLINT) AS tahun_ke,
  CAST(a.kode_desa AS BIGINT) AS kode_dari,
  CAST(b.kode_desa AS BIGINT) AS kode_ke,
  CAST(coalesce(a.status, 0) AS SMALLINT) AS status_dari,
  CAST(coalesce(b.status, 0) AS SMALLINT) AS status_ke,
  CAST(a.skor AS DECIMAL(10,8)) AS skor_dari,
  CAST(b.skor AS DECIMAL(10,8)) AS skor_ke,
  CAST(coalesce(a.iks = b.iks AND a.ike = b.ike AND a.ikl = b.ikl, false) AS BOOLEAN) AS nilai_sama,
  CAST(coalesce(position(CAST(b.tahun - 1 AS VARCHAR(10)) IN b.keterangan) > 0
    OR position(CAST(b.tahun - 2 AS VARCHAR(10)) IN b.keterangan) > 0, false) AS BOOLEAN) AS dibawa
FROM dari a
FULL OUTER JOIN ke b ON b.id_desa = a.id_desa AND b.tahun_ke = a.tahun_ke AND b.id_metodologi = a.id_metodologi
