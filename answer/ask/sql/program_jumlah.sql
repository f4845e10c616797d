SELECT kode_wilayah, nama_wilayah, tahun,
  CASE :program WHEN 'blt' THEN blt_desa WHEN 'bumdes' THEN bumdes_desa WHEN 'stunting' THEN stunting_desa ELSE pendamping_desa END AS desa_tercatat,
  CASE :program WHEN 'blt' THEN blt_keluarga WHEN 'bumdes' THEN bumdes_aktif WHEN 'stunting' THEN balita_stunting ELSE pendamping END AS jumlah,
  CASE :program WHEN 'stunting' THEN balita_diukur END AS balita_diukur,
  CASE :program WHEN 'blt' THEN blt_realisasi END AS realisasi_rupiah
FROM mart_program
WHERE kode_wilayah = :kode AND tahun = :tahun
