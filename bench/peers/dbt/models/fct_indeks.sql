{{ config(materialized='table') }}
SELECT
  CAST(kode_desa AS BIGINT) AS kode_desa, CAST(tahun AS SMALLINT) AS tahun, CAST(baris AS INTEGER) AS baris, bagian,
  CAST(iks AS DECIMAL(10,8)) AS iks, CAST(ike AS DECIMAL(10,8)) AS ike, CAST(ikl AS DECIMAL(10,8)) AS ikl, CAST(skor AS DECIMAL(10,8)) AS skor,
  CAST(round(iks * 175) AS INTEGER) AS s, CAST(round(ike * 60) AS INTEGER) AS e, CAST(round(ikl * 15) AS INTEGER) AS l,
  list_position(['SANGAT TERTINGGAL', 'TERTINGGAL', 'BERKEMBANG', 'MAJU', 'MANDIRI'], status) AS urutan_status,
  status, keterangan, nama_desa, nama_kecamatan, nama_kabupaten, nama_provinsi
FROM {{ source('mentah', 'indeks') }}
