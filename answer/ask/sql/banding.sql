SELECT w.kode AS kode_wilayah, count(*) AS desa, CAST(CAST(round(avg(CAST(p.skor * 100000000 AS BIGINT))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS rata_skor,
  count(*) FILTER (WHERE p.urutan_status = 1) AS sangat_tertinggal, count(*) FILTER (WHERE p.urutan_status = 2) AS tertinggal,
  count(*) FILTER (WHERE p.urutan_status = 3) AS berkembang, count(*) FILTER (WHERE p.urutan_status = 4) AS maju,
  count(*) FILTER (WHERE p.urutan_status = 5) AS mandiri
FROM (SELECT 1 AS ke, :kode AS kode UNION ALL SELECT 2, :kode_ke) w
JOIN mart_profil_desa p ON p.tahun = :tahun AND (w.kode = '0' OR p.kode_wilayah LIKE w.kode || '.%')
GROUP BY w.ke, w.kode
ORDER BY w.ke
