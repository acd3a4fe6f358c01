"""What the importing person decides, because the makers' files do not say it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely import MultiPolygon, Polygon

from frontmap import storage
from frontmap.archive.snapshot_rules import LARGEST_ACCURACY_M, SMALLEST_ACCURACY_M
from frontmap.errors import InputError
from frontmap.model import CONFIDENCES

if TYPE_CHECKING:
    from pathlib import Path

    from frontmap.model import Confidence


PARTIES = {"RU": {"name_en": "Russia"}, "UA": {"name_en": "Ukraine"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What an import assumes of all files.

    ``region`` cuts all ground (EPSG:4326); ``contested_party`` is the party whose hold is in
    question where the maker knows neither side's control; ``accuracy_m`` and ``confidence`` are
    assumed for every line.
    """

    region: Polygon | MultiPolygon | None = None
    contested_party: str = "RU"
    accuracy_m: float = 500.0
    confidence: Confidence = "medium"


def choices_text(maker: str, choices: Choices) -> bytes:
    """Write choices, and the maker that they are for, as JSON: one text for the same choices.

    >>> "contested_party" in choices_text("deepstate", Choices()).decode()
    True
    """
    region = choices.region
    value = {
        "accuracy_m": choices.accuracy_m,
        "confidence": choices.confidence,
        "contested_party": choices.contested_party,
        "maker": maker,
        "region": None if region is None else shapely.geometry.mapping(region),
    }
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def parse_choices(text: bytes, path: Path) -> Choices:
    """Read what :func:`choices_text` wrote; ``path`` is named where it raises ``InputError``.

    >>> from pathlib import Path
    >>> text = choices_text("deepstate", Choices(accuracy_m=250))
    >>> parse_choices(text, Path("import.json")).accuracy_m
    250
    """
    try:
        value = json.loads(text)
        region = value["region"]
        ground = None if region is None else shapely.from_geojson(json.dumps(region))
        given = {key: value[key] for key in ("accuracy_m", "confidence", "contested_party")}
    except (KeyError, TypeError, ValueError, RecursionError, shapely.GEOSException) as error:
        raise InputError(f"{path}: {error!r:.200}; restore it from git or a copy") from None
    choices = Choices(region=None if ground is None else as_region(ground, path), **given)
    require_possible(choices, path)
    return choices


def require_possible(choices: Choices, named: Path | str) -> None:
    """Raise ``InputError``, with what is named, when a choice is none that could be made.

    >>> require_possible(Choices(accuracy_m=1e308), "import.json")
    Traceback (most recent call last):
    frontmap.errors.InputError: import.json: accuracy_m is 1e+308; give metres, 0.001 to 100000
    """
    accuracy_m = choices.accuracy_m
    smallest, largest = SMALLEST_ACCURACY_M, LARGEST_ACCURACY_M
    if type(accuracy_m) not in (int, float) or not smallest <= accuracy_m <= largest:
        raise InputError(
            f"{named}: accuracy_m is {accuracy_m!r:.80}; give metres, {smallest} to {largest}"
        )
    for key, words in (("confidence", CONFIDENCES), ("contested_party", PARTIES)):
        word = getattr(choices, key)
        if not isinstance(word, str) or word not in words:
            raise InputError(f"{named}: {key} is {word!r:.80}; choose one of {', '.join(words)}")


def read_region(path: Path) -> Polygon | MultiPolygon:
    """Return the ground that the polygons of a GeoJSON file cover, to cut an import to.

    Raises ``InputError`` when the file is no GeoJSON or holds something other than valid polygons.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "region.geojson")
    ...     _ = path.write_text(shapely.to_geojson(shapely.box(36, 50, 37, 51)))
    ...     read_region(path).bounds
    (36.0, 50.0, 37.0, 51.0)
    """
    try:
        shapes = shapely.from_geojson(storage.read(path).decode())
    except (shapely.GEOSException, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no GeoJSON: {error}; give a file with polygons") from None
    parts = shapely.get_parts(shapes)
    if any(not part.is_valid for part in parts):
        raise InputError(f"{path}: not valid; mend it (in QGIS: Fix geometries)")
    return as_region(shapely.union_all(parts), path)


def as_region(geometry: shapely.Geometry, named: Path | str) -> Polygon | MultiPolygon:
    """Return a polygon as a region to cut to; raises ``InputError`` when it is none or not valid.

    >>> as_region(shapely.box(34, 50, 37, 52), "--bbox").bounds
    (34.0, 50.0, 37.0, 52.0)
    """
    if not isinstance(geometry, Polygon | MultiPolygon) or geometry.is_empty:
        raise InputError(
            f"{named}: a region is a polygon, not {type(geometry).__name__} or nothing"
        )
    if not geometry.is_valid:
        raise InputError(
            f"{named}: {shapely.is_valid_reason(geometry)}; mend it (in QGIS: Fix geometries)"
        )
    west, south, east, north = geometry.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):  # noqa: PLR2004  degrees
        raise InputError(f"{named}: a position is not longitude, latitude in degrees (EPSG:4326)")
    return shapely.force_2d(geometry)
