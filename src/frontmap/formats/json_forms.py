"""JSON in every form that holds features, read strictly: which form it is, and its features."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from frontmap.errors import InputError
from frontmap.formats import esrijson, strict, topojson
from frontmap.formats.geojson import GEOMETRIES, feature_of, stated_crs
from frontmap.formats.source import Source
from frontmap.formats.splitting import split_collection, whole_feature
from frontmap.plurals import counted

if TYPE_CHECKING:
    from frontmap.formats.features import Feature
    from frontmap.formats.source import FileOptions

_RECORD = b"\x1e"  # before each text of a sequence (RFC 8142)
_BOM = b"\xef\xbb\xbf"
_MARKS = (_BOM, b"\xff\xfe", b"\xfe\xff")
_BOM_REMOVED = "byte order mark removed"
_SAYS_WHY = ("error", "errors", "message", "detail", "remark")
_LONGEST_SHOWN = 160
_MOST_KEYS_SHOWN = 6


class NotSplitError(ValueError):
    """A text was split where a JSON parser would not split it, or holds what is refused."""


def is_json(data: bytes) -> bool:
    """Whether a file's first bytes are those of JSON.

    >>> is_json(b' {"type": "Feature"}'), is_json(b"<kml>")
    (True, False)
    """
    start = data[:64].replace(b"\x00", b"")  # UTF-16 too, which is then refused by name
    for mark in _MARKS:
        start = start.removeprefix(mark)
    return start.lstrip()[:1] in {b"{", b"[", _RECORD}


def split_source(data: bytes, path: Path) -> Source | None:
    """Return a FeatureCollection whose features can be told apart unparsed; else None.

    ``parse`` of its texts raises :class:`NotSplitError` where only :func:`read_json` can tell what
    is meant, or what is wrong.

    >>> path = Path("tests/data/deepstate/1709294400.geojson")
    >>> split_source(path.read_bytes(), path).form
    'GeoJSON'
    """
    text = data.removeprefix(_BOM)
    pieces = split_collection(text)
    if pieces is None:
        return None
    may_be_too_much = len(text) > 2 * strict.MOST_VALUES  # a value takes two bytes at least
    if may_be_too_much and (why := strict.excess(text)):
        raise InputError(f"{path}: {why}")
    collection, _ = strict.parse(pieces.frame, path)
    repairs = (_BOM_REMOVED,) * (len(text) < len(data))
    return _collection(collection, repairs)._replace(texts=pieces.features, parse=_strict_feature)


def read_json(data: bytes, path: Path, options: FileOptions) -> Source:
    """Read GeoJSON of any form, line by line or under a wrapper too, Esri JSON or TopoJSON.

    Raises ``InputError`` with the place in the text, or with what the file is instead.

    >>> from frontmap.formats.source import FileOptions
    >>> text = b'{"value": {"type": "FeatureCollection", "features": []}}'
    >>> read_json(text, Path("a.json"), FileOptions()).repairs
    ("read what stands under 'value'",)
    """
    if (lines := _lines(data)) is not None:
        return _sequence(lines, path)
    value, repairs = strict.parse(data, path)
    source = _source(value, path, options)
    if source is None:
        key = _wrapped(value, path)
        repairs = (*repairs, f"read what stands under {key!r}")
        source = _source(value[key], path, options)
        if source is None:  # _wrapped names only what is one
            raise _refused(value, path)
    return source._replace(repairs=(*repairs, *source.repairs))


def _source(value: Any, path: Path, options: FileOptions) -> Source | None:  # noqa: ANN401  any JSON value
    """Return the features of a value that is a map itself; None where it is none."""
    if not isinstance(value, dict):
        return _features(value) if isinstance(value, list) and _is_map(value) else None
    kind = value.get("type")
    if kind == "FeatureCollection":
        if not isinstance(value.get("features"), list):
            raise InputError(f"{path}: 'features' must be a list")
        return _collection(value, ())
    if kind == "Feature" or _is_geometry(value):
        return _features([value])._replace(crs=stated_crs(value))
    if kind == "Topology":
        return topojson.read_topology(value, path, options)
    return esrijson.read_feature_set(value) if esrijson.is_feature_set(value) else None


def _collection(value: dict[str, Any], repairs: tuple[str, ...]) -> Source:
    header = value.get("frontmap")
    if value.get("exceededTransferLimit") is True:
        repairs += (esrijson.NOT_ALL,)
    return _features(value["features"])._replace(
        repairs=repairs,
        header=header if isinstance(header, dict) else None,
        crs=stated_crs(value),
    )


def _features(values: list[Any]) -> Source:
    return Source("GeoJSON", [orjson.dumps(each) for each in values], _parsed_feature, degrees=True)


def _parsed_feature(text: bytes) -> Feature:
    return feature_of(orjson.loads(text))


def _strict_feature(text: bytes) -> Feature:
    try:
        value, _ = strict.parse(whole_feature(text), Path())
    except InputError as error:
        raise NotSplitError(str(error)) from None
    return feature_of(value)


def _lines(data: bytes) -> list[tuple[int, bytes]] | None:
    """Return the JSON texts of a sequence with the lines on which they begin; None if it is none.

    They stand one on a line, or each after a record separator.
    """
    text = data.removeprefix(_BOM)
    if text.lstrip().startswith(_RECORD):
        records = text.split(_RECORD)
        numbers = [1]
        for record in records:
            numbers.append(numbers[-1] + record.count(b"\n"))
        found = list(zip(numbers, records, strict=False))
    else:
        first, _, rest = text.lstrip().partition(b"\n")
        if not rest.strip() or not _is_whole(first.rstrip()):
            return None
        found = list(enumerate(text.split(b"\n"), 1))
    return [(number, each) for number, each in found if each.strip()]


def _is_whole(line: bytes) -> bool:
    if not line.startswith(b"{") or not line.endswith(b"}"):
        return False
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _sequence(lines: list[tuple[int, bytes]], path: Path) -> Source:
    values: list[Any] = []
    for number, text in lines:
        value, _ = strict.parse(text, path, line=number)
        if isinstance(value, dict) and value.get("type") == "FeatureCollection":
            values += value["features"] if isinstance(value.get("features"), list) else [None]
        else:
            values.append(value)
    return _features(values)._replace(form="GeoJSON text sequence")


def _wrapped(value: Any, path: Path) -> str:  # noqa: ANN401  any JSON value
    """Return the one key under which a map stands; ``InputError`` when there is none, or more."""
    members = value if isinstance(value, dict) else {}
    keys: list[str] = [key for key, inner in members.items() if _is_map(inner)]
    if not keys:
        raise _refused(value, path)
    if len(keys) > 1:
        named = " and ".join(map(repr, keys[:_MOST_KEYS_SHOWN]))
        raise InputError(
            f"{path}: holds {counted(len(keys), 'map')}, under {named}; "
            "save the one that you mean as a file of its own"
        )
    return keys[0]


def _is_map(value: Any) -> bool:  # noqa: ANN401  any JSON value
    if isinstance(value, list):
        return any(
            isinstance(each, dict) and (each.get("type") == "Feature" or _is_geometry(each))
            for each in value
        )
    if not isinstance(value, dict):
        return False
    return (
        value.get("type") in ("FeatureCollection", "Feature", "Topology")
        or _is_geometry(value)
        or esrijson.is_feature_set(value)
    )


def _is_geometry(value: dict[str, Any]) -> bool:
    return value.get("type") in GEOMETRIES and (
        isinstance(value.get("coordinates"), list) or isinstance(value.get("geometries"), list)
    )


def _refused(value: Any, path: Path) -> InputError:  # noqa: ANN401  any JSON value
    """Say what a JSON text is that holds no map, and what to do."""
    if not isinstance(value, dict):
        what = "an empty list" if value == [] else f"JSON of another kind ({_kind(value)})"
        return InputError(f"{path}: {what}, no map; give GeoJSON, such as a FeatureCollection")
    if isinstance(value.get("elements"), list):
        said = f", and says: {value['remark']}" if isinstance(value.get("remark"), str) else ""
        return InputError(
            f"{path}: is OpenStreetMap data as Overpass answers{said}; "
            "export it as GeoJSON (in overpass turbo: Export)"
        )
    for key in _SAYS_WHY:
        if (said := _text(value.get(key))) and not isinstance(value.get("features"), list):
            return InputError(
                f"{path}: is a service's answer, no map: {key}: {said}; fetch the file again"
            )
    kind = value.get("type")
    what = f"must be a FeatureCollection, not {kind!r}" if kind else "JSON without features"
    keys = ", ".join(map(repr, list(value)[:_MOST_KEYS_SHOWN])) or "none"
    return InputError(f"{path}: {what} (its keys: {keys}); save it as GeoJSON")


def _text(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Return in one line what an error says: a text, or the texts that it holds."""
    if isinstance(value, dict):
        value = ": ".join(
            str(each) for each in value.values() if isinstance(each, str | int) and each != ""
        )
    if isinstance(value, list):
        value = "; ".join(str(each) for each in value if isinstance(each, str | int))
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."


def _kind(value: Any) -> str:  # noqa: ANN401  any JSON value
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "nothing" if value is None else kinds.get(type(value), "a number")
