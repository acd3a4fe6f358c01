"""The written answer: ``compose_report`` makes it, ``save_report`` writes HTML and Markdown."""

from __future__ import annotations

from pathlib import Path

from frontmap import outputs
from frontmap.report.content import Report, compose_report
from frontmap.report.render import html, markdown, short, svg
from frontmap.report.text_tables import Cell, Table

__all__ = [
    "Cell",
    "Report",
    "Table",
    "compose_report",
    "html",
    "markdown",
    "save_report",
    "short",
    "svg",
]


def save_report(report: Report, path: str | Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write ``path`` (HTML), and beside it the same as ``.md`` with its picture as ``.svg``.

    Each file is written whole or not at all; returns the paths. ``force`` replaces what is there
    and was not made by frontmap. Raises as :func:`frontmap.outputs.save`.

    >>> import tempfile, frontmap
    >>> report = frontmap.compose_report(frontmap.open("geodata/kursk"))
    >>> [path.suffix for path in frontmap.save_report(report, f"{tempfile.mkdtemp()}/kursk.html")]
    ['.html', '.md', '.svg']
    """
    path = Path(path)
    files = {
        path: html(report),
        path.with_suffix(".md"): markdown(report, path.with_suffix(".svg").name),
        path.with_suffix(".svg"): svg(report),
    }
    outputs.save(files, force=force)
    return tuple(files)
