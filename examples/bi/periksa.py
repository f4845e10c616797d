"""Reads a published schema as BI tools on SQLAlchemy (Superset, Redash, pandas) do, and tries to write to it.

The connection comes from libpq's variables (PGHOST, PGUSER, PGDATABASE, PGPASSWORD): give it the read-only role.
Prints what it found as one line of JSON; ends with an error where the role may do more than read the views.

    PGHOST=db PGUSER=pembaca PGDATABASE=desa .venv/bin/python examples/bi/periksa.py lumbung
"""

import json
import sys

from sqlalchemy import MetaData, create_engine, func, inspect, select, text
from sqlalchemy.exc import ProgrammingError

AREA = "64.02"


def reflect(engine, schema):
    """The views as tables, found the way a BI tool finds them: by asking the server."""
    meta = MetaData(schema=schema)
    meta.reflect(engine, views=True)
    return meta


def tertinggal(engine, trend):
    """Villages TERTINGGAL of the area by year, from mart_tren_status."""
    query = (
        select(trend.c.tahun, trend.c.jumlah)
        .where(trend.c.kode_wilayah == AREA, trend.c.status == "TERTINGGAL")
        .order_by(trend.c.tahun)
    )
    with engine.connect() as connection:
        return {str(year): count for year, count in connection.execute(query)}


def villages(engine, profile):
    """The same, counted from the village rows of mart_profil_desa."""
    query = (
        select(profile.c.tahun, func.count())
        .where(profile.c.kode_wilayah.like(AREA + ".%"), profile.c.status == "TERTINGGAL")
        .group_by(profile.c.tahun)
    )
    with engine.connect() as connection:
        return {str(year): count for year, count in connection.execute(query)}


def refused(engine, statement):
    """Whether the server refuses the statement for want of a right, and for nothing else."""
    with engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            if error.orig.sqlstate == "42501":  # insufficient_privilege
                return True
            raise
        connection.rollback()
        return False


def main(schema):
    engine = create_engine("postgresql+psycopg://")
    inspector = inspect(engine)
    meta = reflect(engine, schema)
    trend, profile = meta.tables[schema + ".mart_tren_status"], meta.tables[schema + ".mart_profil_desa"]
    columns = {c["name"]: c for c in inspector.get_columns("mart_tren_status", schema)}
    found = {
        "views": sorted(inspector.get_view_names(schema)),
        "table_comment": inspector.get_table_comment("mart_tren_status", schema)["text"],
        "column_comment": columns["jumlah"]["comment"],
        "without_comment": sorted(
            f"{view}.{c['name']}"
            for view in inspector.get_view_names(schema)
            for c in inspector.get_columns(view, schema)
            if not c["comment"]
        ),
        "types": {name: str(profile.c[name].type) for name in ("kode_wilayah", "tahun", "skor", "status_sama")},
        "tertinggal": tertinggal(engine, trend),
        "villages": villages(engine, profile),
    }
    print(json.dumps(found))
    allowed = [
        statement
        for statement in (
            f"INSERT INTO {schema}.mart_tren_status (jumlah) VALUES (0)",
            f"UPDATE {schema}.mart_tren_status SET jumlah = 0",
            f"DELETE FROM {schema}.mart_tren_status",
            f"DELETE FROM {schema}._lumbung",
            f"DROP VIEW {schema}.mart_tren_status",
            f"CREATE TABLE {schema}.baru (x int)",
            f"CREATE TABLE {schema}_data.baru (x int)",
        )
        if not refused(engine, statement)
    ]
    if allowed:
        sys.exit("the role may do more than read: " + "; ".join(allowed))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "lumbung")
