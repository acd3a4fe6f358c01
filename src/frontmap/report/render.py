"""The report as HTML, Markdown and a short text; text from data is only ever text in them."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from frontmap.report import picture

if TYPE_CHECKING:
    from frontmap.report.content import Report

WIDTH = 100
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&$@!])")
_LOADER = PackageLoader("frontmap.report", "templates")
_HTML = Environment(loader=_LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_MARKDOWN = Environment(
    loader=_LOADER,
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    finalize=lambda value: value if isinstance(value, Markup) else _inert(str(value)),
)


def inert_markdown(text: str) -> str:
    r"""Escape what Markdown (CommonMark, GitHub's) would take for markup, in one line.

    >>> inert_markdown("a|b *c* <d> https://e")
    'a\\|b \\*c\\* \\<d\\> https:\\//e'
    """
    line = " ".join(text.split())
    return _MARKUP.sub(r"\\\1", line).replace("://", r":\//").replace("www.", r"www\.")


def _inert(text: str) -> Markup:
    return Markup(inert_markdown(text))  # noqa: S704  escaped for Markdown


def svg(report: Report) -> bytes:
    """Draw the area series with the reported figures over it.

    >>> import frontmap
    >>> from frontmap.report import compose_report
    >>> report = compose_report(frontmap.open("geodata/kursk"))
    >>> b"</svg>" in svg(report)
    True
    """
    drawn = picture.draw_picture(picture.area_series(report.series, report.verdicts))
    return drawn + b"<!-- generator: frontmap -->\n"


def html(report: Report) -> bytes:
    """Render one HTML file that holds its picture and asks for nothing.

    >>> import frontmap
    >>> from frontmap.report import compose_report
    >>> report = compose_report(frontmap.open("geodata/kursk"))
    >>> page = html(report).decode()
    >>> "default-src 'none'" in page, "<script" in page
    (True, False)
    """
    drawn = svg(report).decode()
    inline = Markup(drawn[drawn.index("<svg") :])  # noqa: S704  ours: numbers and fixed words only
    return _HTML.get_template("report.html").render(report=report, picture=inline).encode()


def markdown(report: Report, picture_name: str) -> bytes:
    """Render Markdown that shows the picture of the given name beside it.

    >>> import frontmap
    >>> from frontmap.report import compose_report
    >>> report = compose_report(frontmap.open("geodata/kursk"))
    >>> markdown(report, "kursk.svg").decode().splitlines()[0]
    '# How much ground is held?'
    """
    template = _MARKDOWN.get_template("report.md")
    return template.render(report=report, picture_name=picture_name, address=_address).encode()


def short(report: Report) -> str:
    """Give the answer and the area series for a terminal, 100 columns at most.

    >>> import frontmap
    >>> from frontmap.report import compose_report
    >>> report = compose_report(frontmap.open("geodata/kursk"))
    >>> short(report).splitlines()[0]
    'How much ground is held?'
    >>> max(map(len, short(report).splitlines())) <= 100
    True
    """
    counts = textwrap.fill(report.counts, WIDTH, break_on_hyphens=False)
    first = textwrap.fill(report.answer[0], WIDTH, break_on_hyphens=False)
    rows = [report.area.heads, *(tuple(c.text for c in row) for row in report.area.rows)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(report.area.heads))]
    lines = ["  ".join(cell.rjust(w) for cell, w in zip(r, widths, strict=True)) for r in rows]
    return "\n".join([report.question, first, "", *lines, "", counts])


def _address(url: str) -> Markup:
    """Write an address for a Markdown link; the reader of sources.csv let no < or > pass."""
    return Markup(url.replace("\\", "%5C").replace("|", "%7C"))  # noqa: S704  inert in <…>
