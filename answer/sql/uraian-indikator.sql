-- The end of uraian.sql: one row an indicator that changed, added up over the villages that can be taken apart.
SELECT i.nomor, i.nama AS indikator, i.dimensi, CAST(count(*) FILTER (WHERE i.ke > i.dari) AS BIGINT) AS naik,
  CAST(count(*) FILTER (WHERE i.ke < i.dari) AS BIGINT) AS turun, CAST(sum(i.ke - i.dari) AS BIGINT) AS poin
FROM indikator i
JOIN desa d ON d.id_desa = i.id_desa
WHERE d.terurai AND i.ke <> i.dari
GROUP BY i.nomor, i.nama, i.dimensi
ORDER BY poin DESC NULLS LAST, i.nomor NULLS LAST
