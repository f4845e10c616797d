"""The yearly job as a hand-written script: polars (calamine) and DuckDB.

    python polars_duckdb.py FOLDER OUT

Reads every idm-YEAR.xlsx of a folder, validates each row, writes rejected rows with their cell addresses, loads a
DuckDB file and writes mart_tren_status as Parquet.
"""

import pathlib
import re
import sys

import duckdb
import fastexcel
import polars as pl

folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
good, bad = [], []
for f in sorted(folder.glob("idm-*.xlsx")):
    y = int(re.search(r"\d{4}", f.name)[0])
    skor = [f"{c}_{y}" for c in ("IKS", "IKE", "IKL", "NILAI_IDM")]
    df = fastexcel.read_excel(f).load_sheet(f"IDM {y}", dtypes={c: "string" for c in skor}).to_polars()
    df = df.with_row_index("baris", offset=2)
    num = df.with_columns([pl.col(c).cast(pl.Float64, strict=False).alias(c + "_n") for c in skor])
    s, e, k, v = [pl.col(c + "_n") for c in skor]
    ok = (
        pl.all_horizontal([pl.col(c + "_n").is_between(0, 1) for c in skor])
        & ((3 * v - s - e - k).abs() <= 0.00031)
        & (pl.col("KODE_DESA") // 10000 == pl.col("KODE_KEC"))
        & pl.col(f"STATUS_IDM_{y}").is_in(["SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"])
        & pl.col("KODE_DESA").is_first_distinct()
    ).fill_null(False)
    good.append(
        num.filter(ok).select(
            "baris", pl.lit(y).alias("tahun"), "KODE_DESA", "NAMA_DESA", "KODE_KEC", "NAMA_KECAMATAN", "KODE_KAB", "NAMA_KABUPATEN", "KODE_PROV", "NAMA_PROVINSI",
            *[pl.col(c + "_n").alias(n) for c, n in zip(skor, ("iks", "ike", "ikl", "skor"))], pl.col(f"STATUS_IDM_{y}").alias("status"),
        )
    )
    bad.append(num.filter(~ok).select(pl.lit(f.name).alias("berkas"), pl.format("I{}", "baris").alias("sel"), pl.col(skor[0]).alias("teks")))
rows = pl.concat(good)
pl.concat(bad).write_parquet(out / "karantina.parquet")
(out / "gudang.duckdb").unlink(missing_ok=True)
db = duckdb.connect(out / "gudang.duckdb")
db.sql("CREATE TABLE indeks AS SELECT * FROM rows")
db.sql(f"""
    COPY (
        WITH k AS (SELECT KODE_KEC AS kode, tahun, status, count(*) AS n FROM indeks GROUP BY ALL),
        semua AS (SELECT * FROM k UNION ALL SELECT kode // 100, tahun, status, sum(n) FROM k GROUP BY ALL
            UNION ALL SELECT kode // 10000, tahun, status, sum(n) FROM k GROUP BY ALL)
        SELECT *, n - lag(n) OVER (PARTITION BY kode, status ORDER BY tahun) AS perubahan FROM semua ORDER BY ALL
    ) TO '{out}/mart_tren_status.parquet' (FORMAT PARQUET, COMPRESSION ZSTD)
""")
print(db.sql("SELECT count(*) FROM indeks").fetchone()[0], "loaded")
