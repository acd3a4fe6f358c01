"""What a format's own reader hands on: each feature as a text that stands for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from frontmap.formats.features import Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class FileOptions(NamedTuple):
    """What the user says of a file: which of its layers, or what it doesn't say itself.

    ``encoding`` is that of its texts, ``crs`` that of its coordinates (``EPSG:3857``).
    """

    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None


UNSAID = FileOptions()
MOST_FEATURES = 1_000_000


class Source(NamedTuple):
    """A file taken apart, not yet read: two features of one text are the same.

    ``parse`` makes a feature of a text. ``crs`` is the file's own coordinate system, as an
    authority's code or as WKT; None where it states none. ``degrees`` says that the format itself
    has longitude/latitude (EPSG:4326) where nothing else is stated.
    """

    form: str
    texts: Iterable[bytes]
    parse: Callable[[bytes], Feature]
    repairs: tuple[str, ...] = ()
    header: Mapping[str, Any] | None = None
    crs: str | None = None
    degrees: bool = False


def source_of(
    form: str,
    features: Iterable[Feature],
    *,
    repairs: Iterable[str] = (),
    crs: str | None = None,
    degrees: bool = False,
) -> Source:
    """Return features that a reader has made as a source of them.

    >>> made = source_of("KML", [Feature(own_id="a", others=("Point",))], degrees=True)
    >>> [made.parse(text).others for text in made.texts]
    [('Point',)]
    """
    texts = (orjson.dumps(each, default=str, option=_NUMBERS) for each in features)
    return Source(form, texts, parse_feature, tuple(repairs), None, crs, degrees)


def parse_feature(text: bytes) -> Feature:
    """Return the feature that a text of :func:`source_of` stands for.

    >>> parse_feature(orjson.dumps(Feature(layer="front", folders=("held", "Map")))).folders
    ('held', 'Map')
    """
    members = orjson.loads(text)
    return Feature(**members | {key: tuple(members[key]) for key in _TUPLES})


def each_once(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return pairs as properties; where a name has several values, all of them in a list.

    >>> each_once([("party", "UA"), ("note", ""), ("party", "RU"), ("note", "a"), ("note", "a")])
    {'party': ['UA', 'RU'], 'note': 'a'}
    """
    found: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        found.setdefault(name, {})[value] = None
    stated = {name: [*filter(None, values)] or [""] for name, values in found.items()}
    return {name: values[0] if len(values) == 1 else values for name, values in stated.items()}


def stated_id(properties: Mapping[str, Any]) -> str:
    """Return the id that a feature's properties have, in capitals or not; blank without one.

    >>> stated_id({"ID": 7}), stated_id({"name": "a"})
    ('7', '')
    """
    for key, value in properties.items():
        is_id = key.lower() == "id" and isinstance(value, str | int)
        if is_id and not isinstance(value, bool):
            return str(value)
    return ""


_NUMBERS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
_TUPLES = ("polygons", "others", "folders")
