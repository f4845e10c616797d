"""Read one yearly workbook with a Python peer, check the scores, and print how many rows load.

    python baca.py polars|pandas|openpyxl WORKBOOK

Each peer gets its fast path: polars reads through fastexcel (calamine), pandas with engine="calamine".
"""

import sys

SKOR = ["IKS_2024", "IKE_2024", "IKL_2024", "NILAI_IDM_2024"]


def baca_polars(name):
    import fastexcel
    import polars as pl

    sheet = fastexcel.read_excel(name).load_sheet("IDM 2024", dtypes={c: "string" for c in SKOR})
    df = sheet.to_polars().with_columns([pl.col(c).cast(pl.Float64, strict=False) for c in SKOR])
    good = df.filter(pl.all_horizontal([pl.col(c).is_between(0, 1) for c in SKOR]))
    return len(good), len(df) - len(good)


def baca_pandas(name):
    import pandas as pd

    df = pd.read_excel(name, sheet_name="IDM 2024", engine="calamine")
    for c in SKOR:
        df[c] = pd.to_numeric(df[c], errors="coerce")
    good = df[df[SKOR].apply(lambda s: s.between(0, 1)).all(axis=1)]
    return len(good), len(df) - len(good)


def baca_openpyxl(name):
    import openpyxl

    ws = openpyxl.load_workbook(name, read_only=True)["IDM 2024"]
    ws.reset_dimensions()  # the stated size of streamed workbooks is A1
    rows = ws.iter_rows(values_only=True)
    head = next(rows)
    at = [head.index(c) for c in SKOR]
    good = bad = 0
    for r in rows:
        if all(isinstance(r[i], (int, float)) and 0 <= r[i] <= 1 for i in at):
            good += 1
        else:
            bad += 1
    return good, bad


if __name__ == "__main__":
    good, bad = {"polars": baca_polars, "pandas": baca_pandas, "openpyxl": baca_openpyxl}[sys.argv[1]](sys.argv[2])
    print(good, "loaded,", bad, "bad")
