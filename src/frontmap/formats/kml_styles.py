"""The colour that a KML document draws a placemark with, in each form that KML has for it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from frontmap.formats.xml_text import name_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

_UNREAD = "in a document that is not read"
_FURTHEST = 8  # references that lead from one style map to another
_HEX = re.compile(r"#?(?:[0-9a-f]{2})?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
_GOOGLE_ID = "{http://www.opengis.net/kml/2.2}id"
_CLEAR = re.compile(r"#?00[0-9a-f]{6}", re.IGNORECASE)


class Style(NamedTuple):
    """What a style says of a polygon, as KML has it; None where it says nothing.

    A colour that a document which is not read may say is no colour, and stands before others.
    """

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
    def is_elsewhere(self) -> bool:
        """Whether a colour is in a document that is not read."""
        return _UNREAD in (self.fill, self.line)

    @property
    def colour(self) -> str:
        """The colour of the ground (``#rrggbb``): the fill's, or the line's where it is not filled.

        Blank where there is none, or it is in a document that is not read.

        >>> Style(fill="4c1427a5").colour, Style(fill="4c1427a5", is_filled=False, line="ffff0000")\
            .colour
        ('#a52714', '#0000ff')
        """
        fill, line = self.fill or "", self.line or ""
        is_seen = self.is_filled is not False and not _CLEAR.fullmatch(fill.strip())
        drawn = (fill if is_seen else "", line, fill)
        return rgb(next((each for each in drawn if each == _UNREAD or rgb(each)), ""))


def rgb(aabbggrr: str) -> str:
    """Turn a KML colour (alpha, blue, green, red) into #rrggbb; blank where it is none.

    >>> rgb("4c1427a5"), rgb("#FF0000FF"), rgb("red")
    ('#a52714', '#ff0000', '')
    """
    found = _HEX.fullmatch(aabbggrr.strip())
    return "#" + "".join(reversed(found.groups())).lower() if found else ""


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles that documents have under an id: of those read, and those beside that they name.

    ``beside`` returns the root of a document by its name, or None where it is not at hand.
    """

    beside: Callable[[str], Element | None] = lambda _: None
    _nodes: dict[str, dict[str, Element] | None] = field(default_factory=dict)
    _named: dict[tuple[str, str], Style] = field(default_factory=dict)

    def add(self, document: str, root: Element) -> None:
        """Take the styles of a document, whatever its placemarks are."""
        self._nodes[document] = _with_id(root)

    def of(self, node: Element, document: str, *, further: int = _FURTHEST) -> Style:
        """Return the style of a placemark: its own, over the one that its ``styleUrl`` names.

        >>> from xml.etree.ElementTree import fromstring
        >>> styles = Styles()
        >>> styles.add("a.kml", fromstring(
        ...     "<Document><Style id='a'><PolyStyle><color>ff0000ff</color></PolyStyle></Style>"
        ...     "<StyleMap id='b'><Pair><key>normal</key><styleUrl>#a</styleUrl></Pair></StyleMap>"
        ...     "</Document>"))
        >>> own = fromstring("<Placemark><styleUrl>#b</styleUrl><Style><LineStyle>"
        ...     "<color>ff00ff00</color></LineStyle></Style></Placemark>")
        >>> styles.of(own, "a.kml")
        Style(fill='ff0000ff', line='ff00ff00', is_filled=None)
        >>> elsewhere = fromstring("<Placemark><styleUrl>b.kml#a</styleUrl></Placemark>")
        >>> styles.of(elsewhere, "a.kml").is_elsewhere
        True
        """
        style = Style()
        for child in node:
            if name_of(child) == "Style":
                style = _of_style(child).over(style)
            elif name_of(child) == "StyleMap":
                style = self._of_map(child, document, further).over(style)
        reference = text_of(node, "styleUrl")
        return style.over(self._at(reference, document, further)) if reference else style

    def _at(self, reference: str, document: str, further: int) -> Style:
        address, _, own_id = reference.rpartition("#")
        target = document_at(address, document) if address else document
        if target not in self._nodes:
            root = self.beside(target)
            self._nodes[target] = None if root is None else _with_id(root)
        nodes = self._nodes[target]
        if nodes is None:
            return Style(fill=_UNREAD, line=_UNREAD)
        node, known = nodes.get(own_id), (target, own_id)
        if node is None or not further:
            return Style()
        if known not in self._named:
            self._named[known] = Style()  # a map that leads back to itself has no colour
            self._named[known] = self._of_named(node, target, further - 1)
        return self._named[known]

    def _of_named(self, node: Element, document: str, further: int) -> Style:
        if name_of(node) == "StyleMap":
            return self._of_map(node, document, further)
        if name_of(node) == "CascadingStyle":  # Google Earth's: a style, and one to go by
            return self.of(node, document, further=further)
        return _of_style(node)

    def _of_map(self, node: Element, document: str, further: int) -> Style:
        """Return the style of a map's pair ``normal``, which holds or names it."""
        for pair in node.iterfind("{*}Pair"):
            if text_of(pair, "key").lower() == "normal":
                return self.of(pair, document, further=further)
        return Style()


def document_at(address: str, document: str) -> str:
    """Return the name of the document at an address that stands in another one.

    >>> document_at("../my%20styles.kml", "layers/a.kml"), document_at("http://a.b/c.kml", "a.kml")
    ('my styles.kml', 'http:/a.b/c.kml')
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(document), unquote(address)))


def _with_id(root: Element) -> dict[str, Element]:
    """Return the styles and style maps of a document by their ids, the first of each."""
    found: dict[str, Element] = {}
    for kind in ("Style", "StyleMap", "CascadingStyle"):
        for node in root.iterfind(f".//{{*}}{kind}"):
            if own_id := node.get("id") or node.get(_GOOGLE_ID):
                found.setdefault(own_id, node)  # shared ones stand before those of placemarks
    return found


def _of_style(node: Element) -> Style:
    polygon, line = node.find("{*}PolyStyle"), node.find("{*}LineStyle")
    filled = "" if polygon is None else text_of(polygon, "fill").lower()
    return Style(
        fill=None if polygon is None else text_of(polygon, "color") or None,
        line=None if line is None else text_of(line, "color") or None,
        is_filled=None if not filled else filled not in {"0", "false"},
    )
