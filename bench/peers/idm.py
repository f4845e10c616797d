"""One yearly workbook, read with polars (calamine through fastexcel) and checked row by row, for the peers that do the whole job."""

import logging
import re

import fastexcel
import polars as pl

logging.getLogger("fastexcel.types.dtype").setLevel(logging.ERROR)  # it warns of columns that are empty at first

STATUS = ["SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"]


def baca(file):
    """The rows that load, and those that do not with their cell and its text."""
    year = int(re.search(r"\d{4}", file.name)[0])
    scores = [f"{c}_{year}" for c in ("IKS", "IKE", "IKL", "NILAI_IDM")]
    df = fastexcel.read_excel(file).load_sheet(f"IDM {year}", dtypes={c: "string" for c in scores}).to_polars()
    df = df.with_row_index("baris", offset=2).with_columns([pl.col(c).cast(pl.Float64, strict=False).alias(c + "_n") for c in scores])
    s, e, k, v = [pl.col(c + "_n") for c in scores]
    ok = (
        pl.all_horizontal([pl.col(c + "_n").is_between(0, 1) for c in scores])
        & ((3 * v - s - e - k).abs() <= 0.00031)
        & (pl.col("KODE_DESA") // 10000 == pl.col("KODE_KEC"))
        & pl.col(f"STATUS_IDM_{year}").is_in(STATUS)
        & pl.col("KODE_DESA").is_first_distinct()
    ).fill_null(False)
    good = df.filter(ok).select(
        "baris", pl.lit(file.name).alias("bagian"), pl.lit(year).alias("tahun"),
        *[(pl.col(c).cast(pl.Int64) if c.startswith("KODE") else pl.col(c)).alias(c.lower()) for c in ("KODE_DESA", "NAMA_DESA", "KODE_KEC", "NAMA_KECAMATAN", "KODE_KAB", "NAMA_KABUPATEN", "KODE_PROV", "NAMA_PROVINSI")],
        *[pl.col(c + "_n").alias(n) for c, n in zip(scores, ("iks", "ike", "ikl", "skor"))],
        pl.col(f"STATUS_IDM_{year}").alias("status"), pl.col("Keterangan").alias("keterangan"),
    )
    bad = df.filter(~ok).select(pl.lit(file.name).alias("berkas"), pl.format("I{}", "baris").alias("sel"), pl.col(scores[0]).alias("teks"))
    return good, bad
