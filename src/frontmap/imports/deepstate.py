"""Snapshots as the DeepState map publishes them: GeoJSON files named by their Unix second."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from frontmap import storage
from frontmap.errors import InputError
from frontmap.formats.splitting import BoundedCache, each_feature, parse_feature
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
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from frontmap.imports.choices import Choices

SOURCE = "deepstate"
TIME_ZONE = "Europe/Kyiv"

_UNIX_SECOND = re.compile(r"\d{9,11}", re.ASCII)
_LOST_LETTER = "\ufffd"
_SAID = ("name", "fill", "description")


def when_of(path: Path) -> tuple[dt.date, dt.datetime]:
    """Return the valid date (the day in Kyiv) and the instant (UTC) that a file's name tells.

    >>> from pathlib import Path
    >>> date, published = when_of(Path("1725138000.geojson"))
    >>> date.isoformat(), published.isoformat()
    ('2024-09-01', '2024-08-31T21:00:00+00:00')
    """
    if not _UNIX_SECOND.fullmatch(path.stem):
        raise InputError(
            f"{path}: the name tells no instant; name the file by its Unix second (UTC), "
            "as the maker does, for example 1725134400.geojson"
        )
    published = dt.datetime.fromtimestamp(int(path.stem), dt.UTC)
    return published.astimezone(ZoneInfo(TIME_ZONE)).date(), published


def reader(choices: Choices) -> Callable[[Path], ForeignFile]:
    """Return a function that reads a file, and remembers texts of features seen lately.

    The valid date is the day in Kyiv at the instant in the file's name. Raises ``InputError`` when
    the name is no Unix second or the text no GeoJSON FeatureCollection.

    >>> from pathlib import Path
    >>> from frontmap.imports.choices import Choices
    >>> read_file = reader(Choices())
    >>> file = read_file(Path("tests/data/deepstate/1709294400.geojson"))
    >>> file.date.isoformat(), len(file.zones)
    ('2024-03-01', 10)
    """

    def converted(text: bytes) -> Converted:
        return convert_feature(parse_feature(text), choices)

    convert = BoundedCache(converted)

    def read_file(path: Path) -> ForeignFile:
        date, published = when_of(path)
        text = storage.read(path).removeprefix(b"\xef\xbb\xbf")
        try:
            features = each_feature(text, lambda texts: [convert(piece) for piece in texts])
        except ValueError as error:
            raise InputError(
                f"{path}: {error}; the file may be cut short: fetch it again, or leave it out"
            ) from None
        return assemble(path, date, features, published=published)

    return read_file


def convert_feature(feature: Any, choices: Choices) -> Converted:  # noqa: ANN401  whatever the JSON holds
    """Turn one GeoJSON feature into a zone and notes.

    The status comes from the key in the name, then from its Latin part, then from the fill colour.

    >>> from frontmap.imports.choices import Choices
    >>> square = [[[36, 48], [37, 48], [37, 49], [36, 49], [36, 48]]]
    >>> made = convert_feature(
    ...     {
    ...         "properties": {"name": "… /// Occupied", "fill": "#0f9d58"},
    ...         "geometry": {"type": "Polygon", "coordinates": square},
    ...     },
    ...     Choices(),
    ... )
    >>> made.zone.party, made.zone.status, [note.rule for note in made.notes]
    ('RU', 'controlled', ['status-conflict'])
    """
    if not isinstance(feature, dict):
        return Converted(None, (Note("not-ground", type(feature).__name__),))
    geometry = _object(feature.get("geometry"))
    parts, others = _split(geometry)
    notes = tuple(Note("not-ground", kind) for kind in others)
    if not parts:
        return Converted(None, notes or (Note("not-ground", "no geometry"),))
    try:
        made = clean_ground(parts, choices.region, accuracy_m=choices.accuracy_m)
    except InputError as error:
        return Converted(None, (Note(REFUSED, str(error)),))
    notes += made.notes
    if geometry.get("type") == "GeometryCollection":
        notes += (Note("collection-joined", counted(len(parts), "polygon")),)
    if made.geometry is None:
        return Converted(None, notes)
    properties = _object(feature.get("properties"))
    texts, unread = said_texts({key: properties.get(key) for key in _SAID})
    name, colour = texts["name"], texts["fill"].lower()
    meaning, given, doubts = _meaning(name, colour, choices.contested_party)
    extra = {
        "maker_status": given,
        "maker_name": name,
        "maker_colour": colour,
        "maker_description": texts["description"],
    }
    zone = make_zone(
        meaning,
        made.geometry,
        source=SOURCE,
        extra={key: value for key, value in extra.items() if value},
        choices=choices,
    )
    return Converted(zone, notes + doubts + unread + tuple(_text_notes(extra)))


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  whatever the JSON holds
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:  # noqa: ANN401  whatever the JSON holds
    return value if isinstance(value, list) else []


def _split(geometry: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """Return the polygons' coordinates in a geometry, and the types of what is no polygon."""
    parts, others = [], []
    pending = [geometry]
    while pending:
        one = pending.pop()
        kind = one.get("type")
        if kind == "Polygon":
            parts.append(_list(one.get("coordinates")))
        elif kind == "MultiPolygon":
            parts += _list(one.get("coordinates"))
        elif kind == "GeometryCollection":
            pending += reversed([_object(each) for each in _list(one.get("geometries"))])
        elif kind:
            others.append(kind if isinstance(kind, str) else type(kind).__name__)
    return parts, others


def _meaning(
    name: str, colour: str, contested_party: str
) -> tuple[OurWords, str, tuple[Note, ...]]:
    """Return our meaning, the clue's text that decided it, and what speaks against it."""
    contested = OurWords(contested_party, "contested")
    key, latin = _name_parts(name)
    decided, against = settle(
        (
            Clue("key", key, look_up(key, _keys(contested))),
            Clue("Latin part of the name", latin, look_up(latin, _words(contested))),
            Clue("colour", colour, _colours(contested).get(colour)),
        )
    )
    if decided is None:
        return (
            STATED,
            "",
            (Note("status-unknown", f"name {name!r}, colour {colour!r}: kept as claimed"),),
        )
    return (
        decided.meaning or STATED,
        decided.text,
        tuple(
            Note(
                "status-conflict", f"{decided.kind} {decided.text!r}, but {clue.kind} {clue.text!r}"
            )
            for clue in against
        ),
    )


def _name_parts(name: str) -> tuple[str, str]:
    """Return the key and the Latin part of a name such as "Звільнено /// Liberated /// key".

    >>> _name_parts("Звільнено 5.03 /// Liberated 5.03 /// geoJSON.status.dismissed_at {{at:5.03}}")
    ('geoJSON.status.dismissed_at {{at:5.03}}', 'Liberated 5.03')
    """
    parts = [part.strip() for part in name.split("///")]
    keys = [part for part in parts if part.lower().startswith("geojson.")]
    latin = [part for part in parts if part not in keys and re.search("[A-Za-z]{3}", part)]
    return (keys or [""])[0], (latin or [""])[0]


def _keys(contested: OurWords) -> dict[str, OurWords]:
    return {
        r"status\.dismissed": UKRAINE,
        r"status\.occupied": RUSSIA,
        r"status\.(unknown|contested)": contested,
        r"territories\.(crimea|ordlo|tuzla)": RUSSIA,
        r"territories\.": STATED,
    }


def _words(contested: OurWords) -> dict[str, OurWords]:
    return {
        r"\b(liberated|taken back|recaptured)\b": UKRAINE,
        r"\b(unknown status|contested|contensed)\b": contested,
        r"\b(crimea|cadr and calr|tuzla)\b": RUSSIA,
        r"\b(petsamo|salla|karelia|estonia|latvia|pechorsky|prussia|kuril)\b": STATED,
        r"\b(transnistria|tskhinval\w*|abkhazia|ichkeria)\b": STATED,
        r"\boccupied\b": RUSSIA,
    }


def _colours(contested: OurWords) -> dict[str, OurWords]:
    return {
        "#0f9d58": UKRAINE,
        "#0288d1": UKRAINE,
        "#a52714": RUSSIA,
        "#880e4f": RUSSIA,
        "#000000": RUSSIA,
        "#bcaaa4": contested,
        "#bdbdbd": contested,
        "#ff5252": STATED,
    }


def _text_notes(extra: dict[str, str]) -> Iterator[Note]:
    for field, text in extra.items():
        if _LOST_LETTER in text:
            yield Note(
                "damaged-letters", f"{field}: {text.count(_LOST_LETTER)} lost, kept as they are"
            )
    if "{{" in extra["maker_name"]:
        yield Note("template-text", "kept as it is")


FORMAT = MakerFormat(
    maker="DeepState",
    source=SOURCE,
    link="https://deepstatemap.live/",
    suffix=".geojson",
    time_zone=TIME_ZONE,
    when_of=when_of,
    reader=reader,
)
