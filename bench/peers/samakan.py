"""Compare a peer's trend with ours, figure by figure, and print what each keeps on disk.

    python samakan.py PUBLISHED-SNAPSHOT PEER-FOLDER...
"""

import pathlib
import sys

import duckdb

ours, peers = pathlib.Path(sys.argv[1]), [pathlib.Path(p) for p in sys.argv[2:]]
marts = sorted(p.name for p in (ours / "marts").iterdir())
mine = f"""SELECT CAST(replace(kode_wilayah, '.', '') AS BIGINT) AS kode, tahun, status, jumlah AS n
    FROM '{ours}/marts/mart_tren_status/*.parquet' WHERE jumlah > 0 AND tingkat <> 'nasional'"""
for p in peers:
    its = f"SELECT kode, tahun, status, n FROM '{p}/mart_tren_status.parquet' WHERE kode <> 0"
    figures = duckdb.sql(f"SELECT count(*) FROM ({mine})").fetchone()[0]
    other = duckdb.sql(f"SELECT count(*) FROM (({mine} EXCEPT ALL {its}) UNION ALL ({its} EXCEPT ALL {mine}))").fetchone()[0]
    if other:
        sys.exit(f"{p}: {other} figures differ from ours")
    print(f"{p.name}: all {figures:,} figures equal ours\n")


def mb(files):
    return f"{sum(f.stat().st_size for f in files) / 1e6:.1f}"


print("| MB on disk | marts | warehouse |\n|---|---|---|")
print(f"| lumbung, {len(marts)} marts | {mb(ours.glob('marts/*/*.parquet'))} | {mb(ours.glob('*.duckdb'))} |")
csv = 0
for m in marts:
    tmp = peers[0] / "banding.csv"
    duckdb.sql(f"COPY (FROM '{ours}/marts/{m}/*.parquet') TO '{tmp}'")
    csv += tmp.stat().st_size
    tmp.unlink()
print(f"| the same rows as CSV | {csv / 1e6:.1f} | |")
for p in peers:
    print(f"| {p.name}, {len(list(p.glob('mart_*.parquet')))} marts | {mb(p.glob('mart_*.parquet'))} | {mb(p.glob('*.duckdb'))} |")
