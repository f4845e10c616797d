SELECT status, count(*) AS desa,
  count(CASE :program WHEN 'blt' THEN blt_keluarga WHEN 'bumdes' THEN CAST(bumdes_aktif AS INTEGER) WHEN 'stunting' THEN balita_diukur ELSE pendamping END) AS desa_tercatat,
  CAST(coalesce(sum(CASE :program WHEN 'blt' THEN blt_keluarga WHEN 'bumdes' THEN CAST(bumdes_aktif AS INTEGER) WHEN 'stunting' THEN balita_stunting
    ELSE CASE WHEN pendamping > 0 THEN 1 ELSE 0 END END), 0) AS BIGINT) AS jumlah,
  CAST(CASE :program WHEN 'stunting' THEN sum(balita_diukur) END AS BIGINT) AS balita_diukur
FROM mart_profil_desa
WHERE tahun = :tahun AND (:kode = '0' OR kode_wilayah LIKE :kode || '.%')
GROUP BY status, urutan_status
ORDER BY urutan_status DESC
