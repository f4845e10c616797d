"""What it would take to prove that a mart's file need not be written again, beside what writing it takes.

    python sama.py PUBLISHED-SNAPSHOT

For one year of the two widest marts: CPU seconds of one thread, the best of five, for writing the file, and for comparing
the view with the file that is there: its rows hashed as a run does, joined by key with every column compared, and by EXCEPT ALL.
"""

import sys
import time

import duckdb

root, year = sys.argv[1], 2020
db = duckdb.connect(f"{root}/warehouse.duckdb", read_only=True)
db.execute("SET threads = 1")


def cpu(sql):
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        rows = db.execute(sql).fetchone()[0]
        best = min(best, time.process_time() - start)
    return best, rows


print("| | written | hashed | compared by key | EXCEPT ALL |\n|---|---|---|---|---|")
for mart, column, key in ("mart_profil_desa", "tahun", ["kode_desa", "tahun"]), ("mart_perpindahan_desa", "tahun_ke", ["id_desa", "tahun_ke", "metodologi"]):
    new, old = f"(SELECT * FROM {mart} WHERE {column} = {year})", f"'{root}/marts/{mart}/{year}.parquet'"
    columns = [r[0] for r in db.execute(f"DESCRIBE {mart}").fetchall()]
    same = " AND ".join(f"a.{c} IS NOT DISTINCT FROM b.{c}" for c in columns)
    written, n = cpu(f"COPY (FROM {new} ORDER BY {', '.join(key)}) TO '/dev/null' (FORMAT PARQUET, COMPRESSION ZSTD)")
    hashed, _ = cpu(f"SELECT sum(hash(hash({', '.join(columns)}))) FROM {new}")
    joined, equal = cpu(f"SELECT count(*) FROM {new} a JOIN {old} b USING ({', '.join(key)}) WHERE {same}")
    excepted, other = cpu(f"SELECT count(*) FROM ({new} EXCEPT ALL FROM {old})")
    assert (equal, other) == (n, 0), f"{mart}: the file is not what the view gives"
    print(f"| {mart} {year}, {n:,} rows | {written:.2f} s | {hashed:.2f} s | {joined:.2f} s | {excepted:.2f} s |")
