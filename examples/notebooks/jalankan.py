"""Run the notebooks on a snapshot and keep, or compare, their outputs.

    python jalankan.py --mart DIR            run and store the outputs in the notebooks
    python jalankan.py --mart DIR --periksa  run and compare text outputs with the stored ones; exit 1 on a difference

DIR is data/current/marts of a project made by `lumbung init` and `lumbung run`.
Pictures are made again but not compared: their bytes depend on fonts.
"""

import argparse
import os
import pathlib
import sys

import nbformat
from nbclient import NotebookClient

DI_SINI = pathlib.Path(__file__).parent


def teks(nb) -> list[str]:
    """Text outputs of a notebook, one entry for each."""
    out = []
    for i, cell in enumerate(nb.cells):
        for o in cell.get("outputs", []):
            if o.output_type == "stream":
                out.append(f"{i} {o.name}: {o.text}")
            elif o.output_type == "error":
                out.append(f"{i} error: {o.ename}: {o.evalue}")
            elif "text/plain" in o.data and "image/png" not in o.data:
                out.append(f"{i}: {o.data['text/plain']}")
    return out


def gambar(nb) -> int:
    """Number of pictures in the outputs."""
    return sum("image/png" in o.get("data", {}) for c in nb.cells for o in c.get("outputs", []))


def bersihkan(nb) -> None:
    """Drop what changes from run to run."""
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
        cell.pop("id", None)
    nb.metadata.get("language_info", {}).pop("version", None)
    nb.nbformat_minor = 4


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--mart", required=True, help="data/current/marts of a project")
    p.add_argument("--periksa", action="store_true", help="compare with the stored outputs")
    a = p.parse_args()
    os.environ["LUMBUNG_MART"] = str(pathlib.Path(a.mart).resolve())
    rc = 0
    for f in sorted(DI_SINI.glob("*.ipynb")):
        stored = nbformat.read(f, as_version=4)
        nb = nbformat.read(f, as_version=4)
        NotebookClient(nb, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(DI_SINI)}}).execute()
        bersihkan(nb)
        if not a.periksa:
            nbformat.write(nb, f)
            print(f"{f.name}: {len(teks(nb))} text outputs, {gambar(nb)} pictures stored")
        elif teks(nb) != teks(stored) or gambar(nb) != gambar(stored):
            rc = 1
            print(f"{f.name}: outputs differ from the stored ones; run `make notebooks` and look at them")
            for old, new in zip(teks(stored), teks(nb)):
                if old != new:
                    print(f"--- stored\n{old}\n--- now\n{new}")
        else:
            print(f"{f.name}: {len(teks(nb))} text outputs and {gambar(nb)} pictures as stored")
    return rc


if __name__ == "__main__":
    sys.exit(main())
