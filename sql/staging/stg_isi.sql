-- purpose: Rows that each release really has in each staged table.
-- grain: tabel, rilis_id
-- key: tabel, rilis_id
-- inputs: tahap_indeks, tahap_indikator, tahap_rumusan, tahap_rumusan_indikator, tahap_wilayah, tahap_perubahan_kode, tahap_padanan, tahap_blt, tahap_bumdes, tahap_stunting, tahap_pendamping, tahap_dana_desa, tahap_klaim, tahap_sdgs, tahap_rekap_provinsi
-- materialized: table
-- columns:
--   tabel VARCHAR: Staged table
--   rilis_id VARCHAR: Release
--   jumlah BIGINT: Rows
SELECT 'indeks' AS tabel, _rilis_id AS rilis_id, CAST(count(*) AS BIGINT) AS jumlah FROM tahap_indeks GROUP BY _rilis_id
UNION ALL SELECT 'indikator', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_indikator GROUP BY _rilis_id
UNION ALL SELECT 'rumusan', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_rumusan GROUP BY _rilis_id
UNION ALL SELECT 'rumusan_indikator', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_rumusan_indikator GROUP BY _rilis_id
UNION ALL SELECT 'wilayah', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_wilayah GROUP BY _rilis_id
UNION ALL SELECT 'perubahan_kode', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_perubahan_kode GROUP BY _rilis_id
UNION ALL SELECT 'padanan', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_padanan GROUP BY _rilis_id
UNION ALL SELECT 'blt', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_blt GROUP BY _rilis_id
UNION ALL SELECT 'bumdes', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_bumdes GROUP BY _rilis_id
UNION ALL SELECT 'stunting', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_stunting GROUP BY _rilis_id
UNION ALL SELECT 'pendamping', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_pendamping GROUP BY _rilis_id
UNION ALL SELECT 'dana_desa', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_dana_desa GROUP BY _rilis_id
UNION ALL SELECT 'klaim', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_klaim GROUP BY _rilis_id
UNION ALL SELECT 'sdgs', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_sdgs GROUP BY _rilis_id
UNION ALL SELECT 'rekap_provinsi', _rilis_id, CAST(count(*) AS BIGINT) FROM tahap_rekap_provinsi GROUP BY _rilis_id
