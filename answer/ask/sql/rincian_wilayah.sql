WITH skor AS (
  SELECT w.kode_terkini AS id, i.tahun, i.nomor, i.skor
  FROM fct_indikator i
  JOIN dim_wilayah w ON w.kode = i.kode_desa AND i.tahun BETWEEN w.cari_dari AND w.cari_sampai
  WHERE :kode = '0' OR w.kode_wilayah LIKE :kode || '.%'
)
SELECT g.nomor, g.nama AS indikator, g.dimensi, count(*) AS desa, count(*) FILTER (WHERE b.skor > a.skor) AS naik,
  count(*) FILTER (WHERE b.skor < a.skor) AS turun,
  CAST(CAST(round(sum(g.bobot * (b.skor - a.skor)) * 1e8 / (6300 * count(*))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS rata_perubahan_idm
FROM dim_indikator g
JOIN skor a ON a.nomor = g.nomor AND a.tahun = :dari
JOIN skor b ON b.nomor = g.nomor AND b.id = a.id AND b.tahun = :ke
GROUP BY g.nomor, g.nama, g.dimensi
ORDER BY CASE :gerak WHEN 'naik' THEN naik WHEN 'turun' THEN turun ELSE naik + turun END DESC, g.nomor
