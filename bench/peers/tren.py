"""The trend of one area by plain DuckDB on the published files, again and again: median and 99th percentile of how long
answers took, and CPU time for each, in milliseconds.

    python tren.py PUBLISHED-SNAPSHOT REPEATS
"""

import sys
import time

import duckdb

files, n = f"{sys.argv[1]}/marts/mart_tren_status/*.parquet", int(sys.argv[2])
db = duckdb.connect()
ask = f"SELECT tahun, status, jumlah, perubahan, metodologi, sifat FROM '{files}' WHERE kode_wilayah = ? ORDER BY tahun, urutan_status"
took = []
for i in range(50 + n):
    start = time.perf_counter()
    rows = db.execute(ask, ["64.02"]).fetchall()
    if i == 49:
        cpu = time.process_time()
    if i >= 50:
        took.append((time.perf_counter() - start) * 1000)
cpu = (time.process_time() - cpu) * 1000 / n
took.sort()
print(f"| plain DuckDB on the same files, {len(rows)} rows | {took[n // 2]:.1f} | {took[n * 99 // 100]:.1f} | {cpu:.1f} |")
