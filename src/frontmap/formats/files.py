"""The one way to read a file of features, whose format its first bytes tell, not its name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from frontmap.errors import InputError
from frontmap.formats import coordinates, json_forms
from frontmap.formats.coordinates import UnknownCRSError
from frontmap.formats.detection import Opened, source_of_bytes
from frontmap.formats.features import Feature, FeatureFile
from frontmap.formats.json_forms import NotSplitError
from frontmap.formats.no_ground import understood
from frontmap.formats.source import MOST_FEATURES, UNSAID, FileOptions, Source
from frontmap.formats.splitting import BoundedCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

MOST_VERTICES = 1_000_000


class _Text(NamedTuple):
    """What a feature is made of: equal texts, read in one way, are one feature."""

    parse: Callable[[bytes], Feature]
    crs: str | None
    text: bytes


class _RefusedError(ValueError):
    """Why one feature cannot be taken."""


def reader(
    convert: Callable[[Feature], T],
    *,
    below: Path | None = None,
    options: FileOptions = UNSAID,
) -> Callable[[Path], FeatureFile[T]]:
    """Return a function that reads a file of any format, and remembers features seen lately.

    ``convert`` is called once for each distinct feature of all files read; its result is used again
    for features that are the same to the byte. ``below`` is the folder of an archive: of a file in
    it, no link leads there, and it is a plain file. ``options`` are what the user says of the file.

    The function raises ``InputError`` naming the file, what it is and the remedy, and
    ``NotFoundError`` without a file.

    >>> from pathlib import Path
    >>> read_file = reader(lambda feature: feature.folders)
    >>> file = read_file(Path("tests/data/uacontrolmap/2026-02-01.kml"))
    >>> file.form, file.features[0][0]
    ('KML', 'Confirmed Russian controlled territory')
    """

    def converted(one: _Text) -> tuple[T, int]:
        feature = _taken(one)
        return convert(feature), _vertices(feature)

    remembered = BoundedCache(converted, size=lambda one: sys.getsizeof(one.text))

    def read_file(path: Path) -> FeatureFile[T]:
        opened = Opened.at(path, below)
        source = json_forms.split_source(opened.data, path) if opened.is_json() else None
        if source is not None and options.layer is None:
            try:
                return _collected(source, path, options, remembered)
            except NotSplitError:
                pass  # the whole text tells what is meant, or what is wrong and where
        return _collected(source_of_bytes(opened, options), path, options, remembered)

    return read_file


def read_features(
    path: Path,
    convert: Callable[[Feature], T],
    *,
    below: Path | None = None,
    options: FileOptions = UNSAID,
) -> FeatureFile[T]:
    """Read one file; everything as in :func:`reader`.

    >>> from pathlib import Path
    >>> file = read_features(Path("tests/data/deepstate/1709294400.geojson"), lambda each: each)
    >>> file.form, len(file.features), file.features[0].others
    ('GeoJSON', 12, ())
    """
    return reader(convert, below=below, options=options)(path)


def _taken(one: _Text) -> Feature:
    """Make a feature of its text, in degrees."""
    feature = understood(one.parse(one.text))
    if (vertices := _vertices(feature)) > MOST_VERTICES:
        raise _RefusedError(_too_many(vertices))
    if one.crs is not None:
        return coordinates.to_degrees(feature, one.crs)
    if not coordinates.are_degrees(feature):
        raise _RefusedError(
            "its coordinates are no degrees, and the file states no coordinate system; "
            "say which one it is, as its maker knows: --crs EPSG:CODE; or save it in EPSG:4326"
        )
    return feature


def _collected(
    source: Source, path: Path, options: FileOptions, made_of: Callable[[_Text], tuple[T, int]]
) -> FeatureFile[T]:
    crs, said = _coordinate_system(source, options, path)
    features: list[T] = []
    count = 0
    for number, text in enumerate(source.texts, 1):
        if number > MOST_FEATURES:
            raise InputError(f"{path}: more than {MOST_FEATURES:,} features; split it")
        try:
            feature, vertices = made_of(_Text(source.parse, crs, text))
        except _RefusedError as error:
            raise InputError(f"{path}: feature {number}: {error}") from None
        features.append(feature)
        count += vertices
        if count > MOST_VERTICES:
            raise InputError(f"{path}: {_too_many(count)}")
    return FeatureFile(
        form=source.form,
        features=tuple(features),
        repairs=(*source.repairs, *said),
        header=source.header,
        crs="" if crs is None else coordinates.name_of(crs),
    )


def _coordinate_system(
    source: Source, options: FileOptions, path: Path
) -> tuple[str | None, tuple[str, ...]]:
    """Return what a file's coordinates are to be converted from, if anything, and what is said."""
    asked = options.crs
    if asked is not None and asked.strip().isdecimal():  # a bare number is EPSG's
        asked = f"EPSG:{asked.strip()}"
    try:
        if asked is not None:
            _require_known(asked, path)
        own = None if source.crs is None or coordinates.is_local(source.crs) else source.crs
        if own is not None and asked is not None:
            name, given = map(coordinates.name_of, (own, asked))
            if name != given:
                raise InputError(f"{path}: states {name} itself; leave out --crs {options.crs}")
        stated = own if own is not None else asked
        if stated is None and not source.degrees:
            said = "no coordinate system is stated; taken as longitude and latitude (EPSG:4326)"
            return None, (said,)
        if stated is None or coordinates.is_degrees(stated):
            return None, ()
        coordinates.converter(stated)
        return stated, (f"converted from {coordinates.name_of(stated)}",)
    except UnknownCRSError as error:
        raise InputError(f"{path}: {error}; save it in EPSG:4326") from None


def _require_known(crs: str, path: Path) -> None:
    try:
        coordinates.converter(crs)
    except UnknownCRSError as error:
        raise InputError(f"{path}: --crs: {error}; give its code, such as EPSG:3857") from None


def _vertices(feature: Feature) -> int:
    return sum(
        len(ring) if isinstance(ring, list) else 1
        for rings in feature.polygons
        for ring in (rings if isinstance(rings, list) else ())
    )


def _too_many(count: int) -> str:
    return f"{count:,} vertices, {MOST_VERTICES:,} at most; simplify it (in QGIS: Simplify)"
