"""The yearly job with dlt and dbt: workbooks to typed tables to marts to a trend.

    python dlt_dbt.py FOLDER OUT

Each by its documented fast path: dlt is given Arrow tables, which it loads as Parquet without touching the rows, by
several workers; dbt-core runs in the same process and dbt-duckdb writes the marts as external Parquet files.
"""

import os
import pathlib
import shutil
import sys

folder, out = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
shutil.rmtree(out, ignore_errors=True)
out.mkdir(parents=True)
os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL", "DLT_DATA_DIR": str(out / "dlt"),
    "EXTRACT__WORKERS": "2", "NORMALIZE__WORKERS": "1", "LOAD__WORKERS": "2",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_TARGET_PATH": str(out / "target"), "DBT_LOG_PATH": str(out / "logs"),
    "GUDANG": str(out / "gudang.duckdb"), "MART": str(out),
}

import dlt  # noqa: E402 -- both read their settings when they are imported
import duckdb  # noqa: E402
from dbt.cli.main import dbtRunner  # noqa: E402
from idm import baca  # noqa: E402


@dlt.resource(name="berkas")
def berkas():
    yield from sorted(folder.glob("idm-*.xlsx"))


@dlt.transformer(data_from=berkas, parallelized=True)
def idm(file):
    good, bad = baca(file)
    yield dlt.mark.with_table_name(good.to_arrow(), "indeks")
    yield dlt.mark.with_table_name(bad.to_arrow(), "karantina")


pipeline = dlt.pipeline("idm", destination=dlt.destinations.duckdb(os.environ["GUDANG"]), dataset_name="mentah")
pipeline.run(idm, loader_file_format="parquet", write_disposition="replace")
project = str(pathlib.Path(__file__).parent / "dbt")
if not dbtRunner().invoke(["--quiet", "build", "--project-dir", project, "--profiles-dir", project]).success:
    sys.exit("dbt build did not succeed")
trend = f"SELECT tahun, status, n FROM '{out}/mart_tren_status.parquet' WHERE kode = 6402 ORDER BY ALL"
print(len(duckdb.sql(trend).fetchall()), "figures in the trend of 64.02")
