SELECT * FROM {{ ref('fct_perpindahan') }} ORDER BY tahun_ke, kode_desa
