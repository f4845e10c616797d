"""The yearly job as a hand-written script: polars (calamine) and DuckDB.

    python polars_duckdb.py FOLDER OUT

Reads every idm-YEAR.xlsx of a folder, validates each row, writes rejected rows with their cell addresses, loads a
DuckDB file and writes mart_tren_status as Parquet.
"""

import pathlib
import sys
from concurrent.futures import ThreadPoolExecutor

import duckdb
import polars as pl
from idm import baca

folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
with ThreadPoolExecutor(2) as pool:
    good, bad = zip(*pool.map(baca, sorted(folder.glob("idm-*.xlsx"))))
rows = pl.concat(good)
pl.concat(bad).write_parquet(out / "karantina.parquet")
(out / "gudang.duckdb").unlink(missing_ok=True)
db = duckdb.connect(out / "gudang.duckdb")
db.sql("CREATE TABLE indeks AS SELECT * FROM rows")
db.sql(f"""
    COPY (
        WITH k AS (SELECT kode_kec AS kode, tahun, status, count(*) AS n FROM indeks GROUP BY ALL),
        semua AS (SELECT * FROM k UNION ALL SELECT kode // 100, tahun, status, CAST(sum(n) AS BIGINT) FROM k GROUP BY ALL
            UNION ALL SELECT kode // 10000, tahun, status, CAST(sum(n) AS BIGINT) FROM k GROUP BY ALL)
        SELECT *, n - lag(n) OVER (PARTITION BY kode, status ORDER BY tahun) AS perubahan FROM semua ORDER BY ALL
    ) TO '{out}/mart_tren_status.parquet' (FORMAT PARQUET, COMPRESSION ZSTD)
""")
print(db.sql("SELECT count(*) FROM indeks").fetchone()[0], "loaded")
