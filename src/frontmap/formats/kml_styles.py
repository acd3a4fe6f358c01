"""The colour that a KML document draws a placemark with, in each form that KML has for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from frontmap.formats.xml_text import name_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

_FURTHEST = 8  # references that lead from one style map to another
_HEX = re.compile(r"#?(?:[0-9a-f]{2})?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
_CLEAR = re.compile(r"#?00[0-9a-f]{6}", re.IGNORECASE)


class Style(NamedTuple):
    """What a style says of a polygon, as KML has it; None where it says nothing."""

    fill: str | None = None
    line: str | None = None
    is_filled: bool | None = None

    def over(self, other: Style) -> Style:
        """Return this style with what it leaves open as the other one says it.

        >>> Style(fill="4c1427a5").over(Style(fill="ff000000", line="ffffffff")).line
        'ffffffff'
        """
        return Style(
            fill=other.fill if self.fill is None else self.fill,
            line=other.line if self.line is None else self.line,
            is_filled=other.is_filled if self.is_filled is None else self.is_filled,
        )

    @property
    def colour(self) -> str:
        """The colour of the ground (``#rrggbb``): the fill's, or the line's where it is not filled.

        >>> Style(fill="4c1427a5").colour, Style(fill="4c1427a5", is_filled=False, line="ffff0000")\
            .colour
        ('#a52714', '#0000ff')
        """
        fill, line = rgb(self.fill or ""), rgb(self.line or "")
        is_seen = self.is_filled is not False and not _CLEAR.fullmatch((self.fill or "").strip())
        return (fill if is_seen else "") or line or fill


def rgb(aabbggrr: str) -> str:
    """Turn a KML colour (alpha, blue, green, red) into #rrggbb; blank where it is none.

    >>> rgb("4c1427a5"), rgb("#FF0000FF"), rgb("red")
    ('#a52714', '#ff0000', '')
    """
    found = _HEX.fullmatch(aabbggrr.strip())
    return "#" + "".join(reversed(found.groups())).lower() if found else ""


def shared_styles(root: Element) -> dict[str, Style]:
    """Return the styles of a document that have an id, those of style maps among them.

    >>> from xml.etree.ElementTree import fromstring
    >>> shared_styles(fromstring(
    ...     "<Document><Style id='a'><PolyStyle><color>ff0000ff</color></PolyStyle></Style>"
    ...     "<StyleMap id='b'><Pair><key>normal</key><styleUrl>#a</styleUrl></Pair></StyleMap>"
    ...     "</Document>"))["b"].colour
    '#ff0000'
    """
    found: dict[str, Style] = {}
    for node in root.iterfind(".//{*}Style"):
        if name := node.get("id"):
            found.setdefault(name, _of_style(node))  # shared ones stand before those of placemarks
    maps = {node.get("id", ""): node for node in root.iterfind(".//{*}StyleMap") if node.get("id")}
    for name, node in maps.items():
        found.setdefault(name, _of_map(node, found, maps, _FURTHEST))
    return found


def style_of(node: Element, shared: Mapping[str, Style]) -> Style:
    """Return the style of a placemark: its own, over the one that its ``styleUrl`` names.

    >>> from xml.etree.ElementTree import fromstring
    >>> own = fromstring("<Placemark><styleUrl>map.kml#a</styleUrl><Style><LineStyle>"
    ...     "<color>ff00ff00</color></LineStyle></Style></Placemark>")
    >>> style_of(own, {"a": Style(fill="ff0000ff")})
    Style(fill='ff0000ff', line='ff00ff00', is_filled=None)
    """
    style = Style()
    for child in node:
        if name_of(child) == "Style":
            style = _of_style(child).over(style)
        elif name_of(child) == "StyleMap":
            style = _of_map(child, shared, {}, _FURTHEST).over(style)
    return style.over(shared.get(_reference(node), Style()))


def _of_style(node: Element) -> Style:
    polygon, line = node.find("{*}PolyStyle"), node.find("{*}LineStyle")
    filled = "" if polygon is None else text_of(polygon, "fill").lower()
    return Style(
        fill=None if polygon is None else text_of(polygon, "color") or None,
        line=None if line is None else text_of(line, "color") or None,
        is_filled=None if not filled else filled not in {"0", "false"},
    )


def _of_map(
    node: Element, shared: Mapping[str, Style], maps: Mapping[str, Element], further: int
) -> Style:
    """Return the style of a map's pair ``normal``, which holds or names it."""
    for pair in node.iterfind("{*}Pair"):
        if text_of(pair, "key").lower() == "normal":
            name = _reference(pair)
            named = shared.get(name)
            if named is None and name in maps and further:
                named = _of_map(maps[name], shared, maps, further - 1)
            return style_of(pair, {name: named} if named is not None else {})
    return Style()


def _reference(node: Element) -> str:
    """Return the id that a ``styleUrl`` names, whatever file it says that it is in."""
    return text_of(node, "styleUrl").rpartition("#")[2]
