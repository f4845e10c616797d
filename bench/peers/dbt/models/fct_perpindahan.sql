{{ config(materialized='table') }}
WITH tahun AS (
  SELECT tahun AS tahun_ke, lag(tahun) OVER (ORDER BY tahun) AS tahun_dari FROM (SELECT DISTINCT tahun FROM {{ ref('fct_indeks') }})
), a AS (
  SELECT t.tahun_dari, t.tahun_ke, f.* FROM {{ ref('fct_indeks') }} f JOIN tahun t ON t.tahun_dari = f.tahun
), b AS (
  SELECT t.tahun_dari, t.tahun_ke, f.* FROM {{ ref('fct_indeks') }} f JOIN tahun t ON t.tahun_ke = f.tahun WHERE t.tahun_dari IS NOT NULL
)
SELECT
  coalesce(b.kode_desa, a.kode_desa) AS kode_desa, coalesce(b.nama_desa, a.nama_desa) AS nama_desa,
  coalesce(b.tahun_dari, a.tahun_dari) AS tahun_dari, coalesce(b.tahun_ke, a.tahun_ke) AS tahun_ke,
  coalesce(a.status, 'TIDAK ADA') AS status_dari, coalesce(b.status, 'TIDAK ADA') AS status_ke,
  a.skor AS skor_dari, b.skor AS skor_ke, b.skor - a.skor AS perubahan_skor,
  coalesce(a.iks = b.iks AND a.ike = b.ike AND a.ikl = b.ikl, false) AS nilai_sama
FROM a FULL JOIN b ON b.kode_desa = a.kode_desa AND b.tahun_ke = a.tahun_ke
