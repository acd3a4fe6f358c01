"""Still pictures: the area series with its range and error, and the reported figures over it.

They need matplotlib: ``pip install 'frontmap[figures]'``. No text from data enters a picture, and
the same series gives the same bytes.
"""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from frontmap.errors import UsageError
from frontmap.verdicts.wording import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from frontmap.verdicts import Measured, Verdict

PictureFormat = Literal["svg", "png"]

STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "frontmap",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}
CONTROLLED, CONTESTED, INK = "#3b6ea8", "#c9a227", "#222222"
MARKS: Final[Mapping[Verdict, tuple[str, str]]] = {
    "agrees": ("o", "#1b7837"),
    "contested": ("s", "#8c6d1f"),
    "above": ("^", "#a6361c"),
    "below": ("v", "#5e3c99"),
}
WIDEST_BAR_DAYS = 2.5


def area_series(series: Sequence[Measured], figures: pd.DataFrame | None = None) -> Figure:
    """Draw the range of each date, controlled to controlled and contested, with its error.

    Parameters
    ----------
    series
        From :func:`frontmap.verdicts.measured_series`, in km².
    figures
        The table of :func:`frontmap.verdicts.figure_verdicts`; figures of ground held on a day that
        could be checked are drawn at their as-of date, by verdict.

    Raises
    ------
    UsageError
        matplotlib is not installed.

    Examples
    --------
    >>> area_series([]).axes[0].get_ylabel()
    'km²'
    """
    try:
        from matplotlib import rc_context  # noqa: PLC0415  an extra
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "pictures need matplotlib; install it: pip install 'frontmap[figures]'"
        ) from None
    with rc_context(STYLE):  # type: ignore[arg-type]  # names of settings are ours to spell
        figure = Figure(figsize=(9.6, 4.6), layout="constrained")
        axes = figure.add_subplot()
        _draw_ranges(axes, series)
        if figures is not None:
            _draw_figures(axes, figures)
        _dress(axes)
    return figure


def draw_picture(figure: Figure, form: PictureFormat = "svg") -> bytes:
    r"""Give the bytes of a drawing, the same each time it is made.

    >>> draw_picture(area_series([]), "png")[:4]
    b'\x89PNG'
    """
    from matplotlib import rc_context  # noqa: PLC0415  an extra

    metadata = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[form]
    data = io.BytesIO()
    with rc_context(STYLE):  # type: ignore[arg-type]  # as above
        figure.savefig(data, format=form, metadata=metadata, dpi=150)
    return data.getvalue()


def _draw_ranges(axes: Axes, series: Sequence[Measured]) -> None:
    days = [measured.date for measured in series]
    gaps = [(after - before).days for before, after in pairwise(days)]
    width = min([WIDEST_BAR_DAYS, *(0.8 * gap for gap in gaps)])
    controlled = [measured.controlled_km2 for measured in series]
    contested = [measured.contested_km2 for measured in series]
    axes.bar(days, controlled, width, color=CONTROLLED, label="controlled")  # type: ignore[arg-type]
    axes.bar(
        days,  # type: ignore[arg-type]  # matplotlib takes dates
        contested,
        width,
        bottom=controlled,
        color="white",
        edgecolor=CONTESTED,
        hatch="////",
        linewidth=0.8,
        label="contested",
    )
    axes.errorbar(
        days + days,  # type: ignore[arg-type]  # as above
        controlled + [measured.held_km2 for measured in series],
        yerr=2 * [measured.error_km2 for measured in series],
        fmt="none",
        ecolor=INK,
        elinewidth=0.8,
        capsize=2,
        label="error",
    )


def _draw_figures(axes: Axes, figures: pd.DataFrame) -> None:
    held = figures[figures["measure"] == "controlled"]
    for verdict, (marker, colour) in MARKS.items():
        rows = held[held["verdict"] == VERDICT_WORDS[verdict]]
        axes.scatter(
            list(rows["as_of"]),
            list(rows["value_km2"]),
            marker=marker,
            facecolor="white",
            edgecolor=colour,
            s=26,
            zorder=3,
            label=f"reported: {VERDICT_WORDS[verdict]}",
        )


def _dress(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter  # noqa: PLC0415  an extra

    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=10))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))  # type: ignore[no-untyped-call]
    axes.tick_params(axis="x", rotation=30)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("km²")
    axes.grid(axis="y", linewidth=0.4, color="#cccccc")
    axes.set_axisbelow(True)
    axes.legend(loc="upper right", frameon=False)
