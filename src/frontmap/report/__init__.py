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
    "report_paths",
    "save_report",
    "short",
    "svg",
]


def report_paths(path: Path) -> tuple[Path, Path, Path]:
    """Return where a report's HTML, Markdown and picture are written.

    >>> [path.name for path in report_paths(Path("build/kursk.html"))]
    ['kursk.html', 'kursk.md', 'kursk.svg']
    """
    markdown_path, picture_path = (path.parent / f"{path.stem}{end}" for end in (".md", ".svg"))
    return path, markdown_path, picture_path


def save_report(report: Report, path: str | Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write ``path`` (HTML), and beside it the same as ``.md`` with its picture as ``.svg``.

    Each file is written whole or not at all; returns the paths. ``force`` replaces what is there
    and was not made by frontmap. Raises as :func:`frontmap.outputs.save`.

    >>> import tempfile, frontmap
    >>> report = frontmap.compose_report(frontmap.open("geodata/kursk"))
    >>> [path.suffix for path in frontmap.save_report(report, f"{tempfile.mkdtemp()}/kursk.html")]
    ['.html', '.md', '.svg']
    """
    paths = report_paths(Path(path))
    texts = (html(report), markdown(report, paths[2].name), svg(report))
    outputs.save(dict(zip(paths, texts, strict=True)), force=force)
    return paths
