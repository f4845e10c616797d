SELECT tahun, jumlah_desa IS NOT NULL AS berindeks
FROM mart_program
WHERE kode_wilayah = :kode
  AND CASE :program WHEN 'blt' THEN blt_desa WHEN 'bumdes' THEN bumdes_desa WHEN 'stunting' THEN stunting_desa ELSE pendamping_desa END > 0
ORDER BY tahun
