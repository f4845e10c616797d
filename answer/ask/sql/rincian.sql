WITH skor AS (
  SELECT i.tahun, i.nomor, i.skor
  FROM fct_indikator i
  JOIN dim_wilayah w ON w.kode = i.kode_desa AND i.tahun BETWEEN w.cari_dari AND w.cari_sampai
  WHERE w.kode_terkini = :id
)
SELECT g.nomor, g.nama AS indikator, g.dimensi, a.skor AS skor_dari, b.skor AS skor_ke,
  g.bobot * (b.skor - a.skor) AS kisi, CAST(CAST(round(g.bobot * (b.skor - a.skor) * 1e8 / 6300) AS BIGINT) * 0.00000001 AS DECIMAL(10,8)) AS perubahan_idm
FROM dim_indikator g
JOIN skor a ON a.nomor = g.nomor AND a.tahun = :dari
JOIN skor b ON b.nomor = g.nomor AND b.tahun = :ke
WHERE a.skor <> b.skor
  AND (:gerak = 'berubah' OR :gerak = 'naik' AND b.skor > a.skor OR :gerak = 'turun' AND b.skor < a.skor)
ORDER BY abs(g.bobot * (b.skor - a.skor)) DESC, g.nomor
