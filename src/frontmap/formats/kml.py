"""Features of a KML document: folders, colours, times and data of each placemark. Nothing fetched.

Network links, overlays, tracks and models become features without ground, so that they are seen.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from frontmap.formats.features import Feature
from frontmap.formats.kml_styles import Styles
from frontmap.formats.kml_text import Ring, positions
from frontmap.formats.source import Source, each_once, source_of
from frontmap.formats.xml_text import name_of, text_of
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

ROOTS = frozenset({"kml", "Document", "Folder", "Placemark"})

_CONTAINERS = frozenset({"kml", "Document", "Folder"})
#: What stands for ground that is in another file, or in a picture.
NOT_DRAWN = frozenset({"NetworkLink", "GroundOverlay", "PhotoOverlay"})
_SHAPES = frozenset(
    {"Polygon", "Point", "LineString", "LinearRing", "Model", "Track", "MultiTrack", "Curve",
     "MultiCurve"}
)  # fmt: skip
#: Of all coordinates of a document: three of each vertex that may be in a file.
MOST_NUMBERS = 3_000_000
_NUMBER = re.compile(r"[^\s,]+")
_STRAY = (
    "a Polygon has coordinates that are in no LinearRing of its outer or inner boundary; "
    "save it anew from a GIS"
)


def read_kml(
    root: Element, repairs: tuple[str, ...] = (), name: str = "", styles: Styles | None = None
) -> Source:
    """Return the features of a KML document in its order; ``repairs`` are those of its text.

    ``name`` is the document's own, and ``styles`` has those of the documents beside it: a colour
    that is said in any other one is not known, which is said.

    >>> from xml.etree.ElementTree import fromstring
    >>> source = read_kml(fromstring(
    ...     "<kml><Document><name>Map</name><Folder><name>Cities</name><Placemark>"
    ...     "<name>Sudzha</name><Point/></Placemark></Folder></Document></kml>"))
    >>> [(each.folders, each.properties, each.others)
    ...  for each in map(source.parse, source.texts)]
    [(('Cities', 'Map'), {'name': 'Sudzha'}, ('Point',))]
    """
    styles = styles or Styles()
    styles.add(name, root)
    reader = _Reader(styles, name)
    features = list(reader.below(root, _Context()))
    said = [f"{what} ({counted(count, 'ring')})" for what, count in sorted(reader.mended.items())]
    if elsewhere := reader.elsewhere:
        more = f" (and {len(elsewhere) - 1} more)" if len(elsewhere) > 1 else ""
        said.append(
            f"styleUrl {next(iter(elsewhere))}{more} leads to another document, "
            "whose colours are not known"
        )
    return source_of("KML", features, repairs=(*repairs, *said), degrees=True)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a container hands on to what lies in it."""

    folders: tuple[str, ...] = ()
    begin: str = ""
    end: str = ""

    def of(self, node: Element) -> _Context:
        begin, end = _time(node)
        return self if not begin and not end else replace(self, begin=begin, end=end)


@dataclass(frozen=True, slots=True)
class _Reader:
    styles: Styles
    document: str
    mended: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    elsewhere: dict[str, None] = field(default_factory=dict)

    def below(self, node: Element, context: _Context) -> Iterator[Feature]:
        name = name_of(node)
        if name in _CONTAINERS:
            inner = context.of(node)
            if title := text_of(node, "name"):
                inner = replace(inner, folders=(title, *inner.folders))
            for child in node:
                yield from self.below(child, inner)
        elif name == "Placemark":
            yield self.placemark(node, context.of(node))
        elif name in NOT_DRAWN:
            yield Feature(
                properties=_texts(node, "name") | _href(node),
                others=(name,),
                folders=context.folders,
            )

    def placemark(self, node: Element, context: _Context) -> Feature:
        shapes = [shape for child in node for shape in _shapes(child)]
        polygons = [shape for shape in shapes if name_of(shape) == "Polygon"]
        rings = [_rings(polygon) for polygon in polygons]
        if self.are_too_many(rings):
            return Feature(
                own_id=node.get("id", ""),
                flaw=f"coordinates of more than {MOST_NUMBERS:,} numbers up to here; "
                "simplify it (in QGIS: Simplify)",
            )
        properties = _properties(node)
        style = self.styles.of(node, self.document)
        if style.is_elsewhere:
            reference = text_of(node, "styleUrl")
            self.elsewhere[reference] = None
            properties.setdefault("styleUrl", reference)
        return Feature(
            own_id=node.get("id", "") or str(properties.get("id", "")),
            properties=properties,
            polygons=tuple([self.positions(ring) for ring in own] for own in rings),
            others=tuple(name_of(shape) for shape in shapes if name_of(shape) != "Polygon"),
            folders=context.folders,
            fill=style.colour,
            begin=context.begin,
            end=context.end,
            flaw=_STRAY if any(map(_has_stray_positions, polygons)) else "",
        )

    def are_too_many(self, polygons: list[list[str]]) -> bool:
        """Count the numbers of rings, without reading them; tell whether a file may have them."""
        for text in (ring for rings in polygons for ring in rings):
            left = MOST_NUMBERS - self.numbers["all"]
            self.numbers["all"] += sum(1 for _ in islice(_NUMBER.finditer(text), left + 1))
        return self.numbers["all"] > MOST_NUMBERS

    def positions(self, text: str) -> Ring:
        ring, mended = positions(text)
        if mended:
            self.mended[mended] += 1
        return ring


def _shapes(node: Element) -> Iterator[Element]:
    """Yield the geometries of an element: those of KML, and what else has coordinates."""
    name = name_of(node)
    if name == "MultiGeometry":
        for child in node:
            yield from _shapes(child)
    elif name in _SHAPES or (name != "ExtendedData" and _coordinates(node)):
        yield node


def _rings(polygon: Element) -> list[str]:
    """Return the coordinates of the outer ring, blank where only inner ones are; then of those."""
    outer, inner = (
        [
            node.text or ""
            for boundary in polygon.iterfind(f"{{*}}{side}")
            for node in boundary.iterfind("{*}LinearRing/{*}coordinates")
        ]
        for side in ("outerBoundaryIs", "innerBoundaryIs")
    )
    return [*(outer or [""]), *inner] if outer or inner else []


def _coordinates(node: Element) -> list[str]:
    """Return the texts of all coordinates within an element that are not blank."""
    texts = (each.text or "" for each in node.iter() if name_of(each) == "coordinates")
    return [text for text in texts if text.strip()]


def _has_stray_positions(polygon: Element) -> bool:
    return len(_coordinates(polygon)) > sum(bool(ring.strip()) for ring in _rings(polygon))


def _time(node: Element) -> tuple[str, str]:
    """Return the texts of begin and end that an element states itself; an instant is both."""
    span = node.find("{*}TimeSpan")
    if span is not None:
        return text_of(span, "begin"), text_of(span, "end")
    stamp = node.find("{*}TimeStamp")
    when = "" if stamp is None else text_of(stamp, "when")
    return when, when


def _properties(node: Element) -> dict[str, object]:
    own = _texts(node, "name", "description")
    if text_of(node, "visibility") == "0":
        own["visibility"] = "0"
    data = each_once(_data(node))
    for key in own.keys() & data.keys():
        if data[key] in (own[key], ""):
            del data[key]
        else:
            data[f"{key} (ExtendedData)"] = data.pop(key)
    return {**own, **data}


def _data(node: Element) -> Iterator[tuple[str, str]]:
    """Yield the names and values of a placemark's extended data, typed or not."""
    for extended in node.iterfind("{*}ExtendedData"):
        for child in extended:
            if name_of(child) == "Data":
                yield child.get("name", ""), text_of(child, "value")
            elif name_of(child) == "SchemaData":
                for value in child.iterfind("{*}SimpleData"):
                    yield value.get("name", ""), (value.text or "").strip()
            elif not len(child):
                yield name_of(child), (child.text or "").strip()


def _texts(node: Element, *names: str) -> dict[str, object]:
    return {name: text for name in names if (text := text_of(node, name))}


def _href(node: Element) -> dict[str, object]:
    for child in node:
        if name_of(child) in {"Link", "Url", "Icon"} and (address := text_of(child, "href")):
            return {"href": address}
    return {}
