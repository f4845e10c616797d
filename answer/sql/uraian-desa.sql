-- The end of uraian.sql: one row a village.
SELECT kode_wilayah, nama_desa, nama_kecamatan, CAST(ke - dari AS BIGINT) AS poin, iks, ike, ikl, pada_kisi,
  rinci_dari, rinci_ke, terurai, asal_dari, asal_ke, sifat_dari, sifat_ke
FROM desa
ORDER BY kode_wilayah NULLS LAST
