"""The page's own script and style, and Leaflet's, as they go into a page."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rjsmin

from frontmap.page.linking import linked
from frontmap.page.shortening import shortened

if TYPE_CHECKING:
    from frontmap.page.payload.fields import LeafletParts, MapColours

LANGUAGES = ("en", "uk", "ru")


@cache
def boot() -> str:
    """Return the small script that inflates a payload and starts the reader in it.

    >>> boot().startswith('(function(){"use strict";'), "window.frontmapStart=" in boot()
    (True, True)
    """
    return _script("start/boot.js")


@cache
def script(*, beside: bool = False) -> str:
    """Return the reader's script: one function scope, one name, ``frontmapMount``, outside it.

    ``beside``: the one that also draws other makers' lines.

    >>> "window.frontmapMount=" in script(), "import" in script()
    (True, False)
    """
    return _script("start/reader-beside.js" if beside else "start/reader.js")


@cache
def style() -> str:
    """Return the reader's style sheet.

    >>> ".fm-page" in style()
    True
    """
    return _compact(_text("assets", "page.css"))


@cache
def document_style() -> str:
    """Return the style of the document around it.

    >>> "body{" in document_style()
    True
    """
    return _compact(_text("assets", "document.css"))


@cache
def palette() -> dict[str, MapColours]:
    """Return the map's colours, light and dark, but for those of parties, which an archive has.

    >>> palette()["light"]["contested"]
    '#c05a00'
    """
    found: dict[str, MapColours] = json.loads(_text("assets", "palette.json"))
    return found


@cache
def words() -> dict[str, dict[str, Any]]:
    """Return the interface's texts by language.

    >>> words()["uk"]["zoom_in"]
    'Наблизити'
    """
    return {language: json.loads(_text("words", f"{language}.json")) for language in LANGUAGES}


def leaflet() -> LeafletParts:
    """Return the parts of a payload that hold Leaflet.

    >>> {name: part[:2] for name, part in leaflet().items()}
    {'leaflet': b'/*', 'leaflet_style': b'/*'}
    """
    return {"leaflet": leaflet_script().encode(), "leaflet_style": leaflet_style().encode()}


@cache
def leaflet_script() -> str:
    """Return Leaflet's script as xstatic-leaflet ships it, less the line that names a map file.

    >>> "sourceMappingURL" in leaflet_script()
    False
    """
    return "\n".join(
        line
        for line in _leaflet("leaflet.js").splitlines()
        if not line.startswith("//# sourceMappingURL")
    )


@cache
def leaflet_style() -> str:
    """Return Leaflet's style sheet without the rules that load pictures, which we don't use.

    >>> "url(images/" in leaflet_style()
    False
    """
    rules = _leaflet("leaflet.css").split("}")
    return "}".join(rule for rule in rules if "url(images/" not in rule)


def _leaflet(name: str) -> str:
    import xstatic.pkg.leaflet  # noqa: PLC0415  its import reads the file system

    return (Path(xstatic.pkg.leaflet.BASE_DIR) / name).read_text(encoding="utf-8")


def _script(entry: str) -> str:
    joined = linked(entry, lambda path: _text("modules", path))
    return shortened(_minified(f'(function () {{\n"use strict";\n{joined}\n}})();'))


def _text(folder: str, name: str) -> str:
    return files("frontmap.page").joinpath(folder, name).read_text(encoding="utf-8")


def _minified(script: str) -> str:
    r"""Drop comments and needless space; names stay, so that a reader can follow an error.

    >>> _minified("if (a) {\n  // why\n  b();\n\n}")
    'if(a){b();}'
    """
    return str(rjsmin.jsmin(script))


def _compact(style: str) -> str:
    r"""Drop needless space; text in quotes that it would touch is no style of ours.

    >>> _compact("a, b {\n  color: red;\n\n}\nb > a { margin: 0 1px; }")
    'a,b{color:red}b > a{margin:0 1px}'
    """
    return re.sub(r"\s*([{};,])\s*", r"\1", style.strip()).replace(": ", ":").replace(";}", "}")
