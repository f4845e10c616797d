-- purpose: Kabupaten of 20 villages or more in which nearly all villages repeat the values of the year before without saying so.
-- grain: kabupaten, tahun
-- inputs: fct_perpindahan
-- severity: block
-- message: More than 90 % of the villages repeat the three indices of the year before and carry no note that they do; the release is last year's under a new name.
-- partition: tahun from fct_perpindahan
-- columns:
--   subjek VARCHAR: Kabupaten
--   tahun SMALLINT: Year, null when it has none
--   rincian VARCHAR: How many of how many
WITH kabupaten AS (
  SELECT CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT) AS kab, tahun_dari, tahun_ke,
    count(*) AS n, count(*) FILTER (WHERE nilai_sama) AS sama
  FROM fct_perpindahan
  WHERE status_dari > 0 AND status_ke > 0 AND NOT dibawa
  GROUP BY CAST((id_desa - id_desa % 1000000) / 1000000 AS BIGINT), tahun_dari, tahun_ke
)
SELECT CAST(kab AS VARCHAR(20)) AS subjek, CAST(tahun_ke AS SMALLINT) AS tahun,
  CAST(sama AS VARCHAR(20)) || ' dari ' || CAST(n AS VARCHAR(20)) || ' desa sama persis dengan ' || CAST(tahun_dari AS VARCHAR(10)) AS rincian
FROM kabupaten
WHERE n >= 20 AND sama * 10 > n * 9
