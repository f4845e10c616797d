SELECT *, 12 * s + 35 * e + 140 * l AS nilai_kisi FROM {{ ref('fct_indeks') }} ORDER BY tahun, kode_desa
