-- purpose: Villages whose score is not the mean of the three indices within the rounding of four decimals.
-- grain: kode_desa, tahun
-- inputs: fct_indeks
-- severity: block
-- message: 3 x skor differs from iks + ike + ikl by more than rounding explains; columns are mixed up or a value is damaged.
-- partition: tahun from fct_indeks
-- columns:
--   subjek VARCHAR: Village
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: The four values
SELECT CAST(kode_desa AS VARCHAR(20)) AS subjek, CAST(tahun AS SMALLINT) AS tahun,
  'skor ' || CAST(skor AS VARCHAR(20)) || ', iks ' || CAST(iks AS VARCHAR(20)) || ', ike ' || CAST(ike AS VARCHAR(20))
    || ', ikl ' || CAST(ikl AS VARCHAR(20)) AS rincian
FROM fct_indeks
WHERE id_metodologi = 1 AND abs(3 * skor - iks - ike - ikl) > 0.0003
