"""What the importing person decides, because the makers' files do not say it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from frontmap.archive.snapshot_rules import LARGEST_ACCURACY_M, SMALLEST_ACCURACY_M
from frontmap.errors import InputError
from frontmap.formats.region import as_region
from frontmap.model import CONFIDENCES

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

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
