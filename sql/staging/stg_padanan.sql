-- purpose: BPS and DJPK codes of an area, once per Kemendagri code.
-- grain: kode
-- key: kode
-- inputs: tahap_padanan
-- materialized: view
-- columns:
--   kode BIGINT: Kemendagri code
--   kode_bps BIGINT: BPS code
--   kode_djpk VARCHAR: DJPK code, such as 17/03
SELECT CAST(kode_kemendagri AS BIGINT) AS kode, CAST(kode_bps AS BIGINT) AS kode_bps, kode_djpk
FROM (
  SELECT kode_kemendagri, kode_bps, kode_djpk, row_number() OVER (PARTITION BY kode_kemendagri
    ORDER BY _rilis_id DESC NULLS LAST, _bagian NULLS LAST, _baris NULLS LAST) AS ke
  FROM tahap_padanan
) p
WHERE ke = 1
