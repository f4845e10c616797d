"""Palette and figure style of the notebooks: the same as in the dashboard."""

import matplotlib as mpl

URUTAN = ["SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"]
WARNA = {
    "SANGAT TERTINGGAL": "#7A1F14",
    "TERTINGGAL": "#D4742A",
    "BERKEMBANG": "#F2E2B0",
    "MAJU": "#78B7D0",
    "MANDIRI": "#0B4A72",
}
# The two lowest statuses are hatched, so that greyscale prints keep them apart.
ARSIR = {"SANGAT TERTINGGAL": "////", "TERTINGGAL": "\\\\\\\\"}
TULISAN = {"SANGAT TERTINGGAL": "white", "MANDIRI": "white"}


def pakai() -> None:
    """Set the style for all figures of a notebook."""
    mpl.rcParams.update(
        {
            "figure.figsize": (7.2, 4),
            "figure.dpi": 100,
            "savefig.dpi": 144,
            "font.size": 10,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "hatch.linewidth": 0.8,
            "svg.hashsalt": "lumbung",
        }
    )
