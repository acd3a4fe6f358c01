"""The UA Control Map as its daily KML files hold it: one folder a status, one file a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from frontmap import storage
from frontmap.dates import parse_date
from frontmap.errors import InputError
from frontmap.formats.splitting import BoundedCache
from frontmap.imports.clues import RUSSIA, STATED, UKRAINE, Clue, OurWords, look_up, settle
from frontmap.imports.foreign import (
    REFUSED,
    Converted,
    ForeignFile,
    MakerFormat,
    assemble,
    make_zone,
    said_texts,
)
from frontmap.intake.ground import clean_ground
from frontmap.intake.readings import Note
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from frontmap.imports.choices import Choices

SOURCE = "uacontrolmap"
DEEPEST = 32

#: Folders that show something other than who holds the ground.
NOT_CONTROL = ("Points of interest", "Never forget", "Direction definitions", "Cities")
_NAMES = {r"^russian-controlled\b": RUSSIA, r"^ukrainian-controlled\b": UKRAINE}
_COLOURS = {
    "#a52714": RUSSIA,
    "#880e4f": RUSSIA,
    "#ffd600": RUSSIA,
    "#1a237e": UKRAINE,
    "#0288d1": UKRAINE,
}
_CONTESTED_COLOUR = "#9c27b0"


class Placemark(NamedTuple):
    """One placemark: what it says, the texts of its polygons' rings, the types of all else."""

    folder: str
    name: str
    description: str
    colour: str
    polygons: tuple[tuple[str, ...], ...]
    others: tuple[str, ...]


def when_of(path: Path) -> tuple[dt.date, None]:
    """Return the valid date that a file's name tells; the maker gives no instant.

    >>> from pathlib import Path
    >>> when_of(Path("2026-02-01.kml"))
    (datetime.date(2026, 2, 1), None)
    """
    try:
        return parse_date(path.stem), None
    except ValueError:
        raise InputError(
            f"{path}: the name tells no date; name the file by its valid date, "
            "for example 2026-02-01.kml"
        ) from None


def reader(choices: Choices) -> Callable[[Path], ForeignFile]:
    """Return a function that reads a file, and remembers placemarks seen lately.

    The valid date is the file's name; the maker gives no instant. Raises ``InputError`` when the
    name is no date, or the text no KML or one that declares entities or a document type.

    >>> from pathlib import Path
    >>> from frontmap.imports.choices import Choices
    >>> read_file = reader(Choices())
    >>> file = read_file(Path("tests/data/uacontrolmap/2026-02-01.kml"))
    >>> file.date.isoformat(), len(file.zones)
    ('2026-02-01', 6)
    """

    def converted(placemark: Placemark) -> Converted:
        return convert_placemark(placemark, choices)

    convert = BoundedCache(converted, size=_size)

    def read_file(path: Path) -> ForeignFile:
        date, _ = when_of(path)
        return assemble(path, date, [convert(each) for each in placemarks(_root(path))])

    return read_file


def placemarks(root: Element) -> Iterator[Placemark]:
    """Yield the placemarks of a KML document in their order, each with its folder.

    >>> root = fromstring(
    ...     "<kml><Document><Folder><name>Cities</name><Placemark><name>Sudzha</name>"
    ...     "<Point/></Placemark></Folder></Document></kml>"
    ... )
    >>> [(each.folder, each.name, each.others) for each in placemarks(root)]
    [('Cities', 'Sudzha', ('Point',))]
    """
    colours = _colours(root)
    yield from _in_folder(root, "", colours)


def convert_placemark(placemark: Placemark, choices: Choices) -> Converted:
    """Turn one placemark into a zone and notes.

    The status comes from the folder, then from the name, then from the fill colour.

    >>> from frontmap.imports.choices import Choices
    >>> ring = "36,48,0 37,48,0 37,49,0 36,49,0 36,48,0"
    >>> made = convert_placemark(
    ...     Placemark("Confirmed Ukrainian control", "Polygon 1", "", "#1a237e", ((ring,),), ()),
    ...     Choices(),
    ... )
    >>> made.zone.id, [note.rule for note in made.notes]
    ('ua-controlled-04c06dd2a0', ['z-dropped'])
    """
    if placemark.folder in NOT_CONTROL:
        kinds = ("Polygon",) * len(placemark.polygons) + placemark.others
        details = (f"{kind} in folder {placemark.folder!r}" for kind in kinds)
        return Converted(None, tuple(Note("not-ground", detail) for detail in details))
    notes = tuple(Note("not-ground", kind) for kind in placemark.others)
    if not placemark.polygons:
        return Converted(None, notes or (Note("not-ground", "no geometry"),))
    parts = [[_positions(ring) for ring in rings] for rings in placemark.polygons]
    try:
        made = clean_ground(parts, choices.region, accuracy_m=choices.accuracy_m)
    except InputError as error:
        return Converted(None, (Note(REFUSED, str(error)),))
    notes += made.notes
    if len(placemark.polygons) > 1:
        notes += (Note("collection-joined", counted(len(placemark.polygons), "polygon")),)
    if made.geometry is None:
        return Converted(None, notes)
    meaning, doubts = _meaning(placemark, choices.contested_party)
    extra, cut_texts = said_texts(
        {
            "maker_status": placemark.folder,
            "maker_name": placemark.name,
            "maker_colour": placemark.colour,
            "maker_description": placemark.description,
        }
    )
    zone = make_zone(
        meaning,
        made.geometry,
        source=SOURCE,
        extra={key: value for key, value in extra.items() if value},
        choices=choices,
    )
    return Converted(zone, notes + doubts + cut_texts)


def _root(path: Path) -> Element:
    try:
        root: Element = fromstring(storage.read(path), forbid_dtd=True)
    except DefusedXmlException as error:
        raise InputError(
            f"{path}: refused: {type(error).__name__}: KML needs no document type and no entities; "
            "remove the declaration"
        ) from None
    except (ParseError, ValueError, LookupError) as error:  # the last two of encodings
        raise InputError(
            f"{path}: no XML: {error}; fetch the file again, or leave it out"
        ) from None
    if _is_deep(root):
        raise InputError(f"{path}: nested more than {DEEPEST} deep; KML needs about ten")
    return root


def _is_deep(root: Element) -> bool:
    level, depth = [root], 0
    while level and depth <= DEEPEST:
        level, depth = [child for node in level for child in node], depth + 1
    return bool(level)


def _meaning(placemark: Placemark, contested_party: str) -> tuple[OurWords, tuple[Note, ...]]:
    contested = OurWords(contested_party, "contested")
    folders = {
        r"^confirmed russian (controlled territory|advances)$": RUSSIA,
        r"^confirmed ukrainian (control|advances)$": UKRAINE,
        r"low consolidation$": contested,
    }
    colours = {**_COLOURS, _CONTESTED_COLOUR: contested}
    decided, against = settle(
        (
            Clue("folder", placemark.folder, look_up(placemark.folder, folders)),
            Clue("name", placemark.name, look_up(placemark.name, _NAMES)),
            Clue("colour", placemark.colour, colours.get(placemark.colour)),
        )
    )
    if decided is None or decided.meaning is None:
        said = f"folder {placemark.folder!r}, name {placemark.name!r}, colour {placemark.colour!r}"
        return STATED, (Note("status-unknown", f"{said}: kept as claimed"),)
    return decided.meaning, tuple(
        Note("status-conflict", f"{decided.kind} {decided.text!r}, but {clue.kind} {clue.text!r}")
        for clue in against
    )


def _in_folder(node: Element, folder: str, colours: dict[str, str]) -> Iterator[Placemark]:
    for child in node:
        tag = _tag(child)
        if tag == "Placemark":
            yield _placemark(child, folder, colours)
        elif tag == "Folder":
            yield from _in_folder(child, _text(child, "name"), colours)
        elif tag == "Document":
            yield from _in_folder(child, folder, colours)


def _placemark(node: Element, folder: str, colours: dict[str, str]) -> Placemark:
    shapes = [shape for child in node for shape in _shapes(child)]
    polygons = [shape for shape in shapes if _tag(shape) == "Polygon"]
    return Placemark(
        folder=folder,
        name=_text(node, "name"),
        description=_text(node, "description"),
        colour=colours.get(_text(node, "styleUrl"), ""),
        polygons=tuple(tuple(_rings(polygon)) for polygon in polygons),
        others=tuple(_tag(shape) for shape in shapes if _tag(shape) != "Polygon"),
    )


def _shapes(node: Element) -> Iterator[Element]:
    if _tag(node) == "MultiGeometry":
        for child in node:
            yield from _shapes(child)
    elif _tag(node) in ("Polygon", "Point", "LineString", "LinearRing", "Model", "Track"):
        yield node


def _rings(polygon: Element) -> Iterator[str]:
    """Yield the coordinates of the outer ring, then of the inner ones."""
    for side in ("outerBoundaryIs", "innerBoundaryIs"):
        for boundary in polygon.iterfind(f"{{*}}{side}"):
            yield from (
                node.text or "" for node in boundary.iterfind("{*}LinearRing/{*}coordinates")
            )


def _positions(ring: str) -> list[list[float | str]]:
    return [_numbers(position) for position in ring.split()]


def _numbers(position: str) -> list[float | str]:
    try:
        return [float(number) for number in position.split(",")]
    except ValueError:
        return [position]


def _colours(root: Element) -> dict[str, str]:
    """Return the fill colour (#rrggbb) that each style reference stands for."""
    fills = {
        f"#{style.get('id')}": colour
        for style in root.iterfind(".//{*}Style")
        if (colour := _rgb(style.findtext("{*}PolyStyle/{*}color", "")))
    }
    for pairs in root.iterfind(".//{*}StyleMap"):
        for pair in pairs.iterfind("{*}Pair"):
            if _text(pair, "key") == "normal" and _text(pair, "styleUrl") in fills:
                fills[f"#{pairs.get('id')}"] = fills[_text(pair, "styleUrl")]
    return fills


def _rgb(aabbggrr: str) -> str:
    """Turn a KML colour (alpha, blue, green, red) into #rrggbb.

    >>> _rgb("4c1427a5"), _rgb("")
    ('#a52714', '')
    """
    text = aabbggrr.strip().lower()
    return f"#{text[6:8]}{text[4:6]}{text[2:4]}" if len(text) == 8 else ""  # noqa: PLR2004  four bytes


def _text(node: Element, child: str) -> str:
    return (node.findtext(f"{{*}}{child}") or "").strip()


def _tag(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _size(placemark: Placemark) -> int:
    return sum(len(ring) for rings in placemark.polygons for ring in rings)


FORMAT = MakerFormat(
    maker="UA Control Map",
    source=SOURCE,
    link="",
    suffix=".kml",
    time_zone="Europe/Kyiv",
    when_of=when_of,
    reader=reader,
)
