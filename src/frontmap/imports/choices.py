"""What the importing person decides, because the makers' files do not say it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from frontmap.archive.snapshot_rules import LARGEST_ACCURACY_M, SMALLEST_ACCURACY_M
from frontmap.errors import InputError
from frontmap.formats.region import as_region
from frontmap.model import CONFIDENCES

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from frontmap.intake.profiles import Profile
    from frontmap.model import Confidence


PARTIES = {"RU": {"name_en": "Russia"}, "UA": {"name_en": "Ukraine"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What an import assumes of all files; ``None`` leaves it to the profile.

    ``region`` cuts all ground (EPSG:4326); ``contested_party`` is the party whose hold is in
    question in all contested ground (``None``: whose each rule says); ``accuracy_m`` and
    ``confidence`` are assumed of every line that states none, ``sources`` (ids of ``sources.csv``)
    of every zone.
    ``snap_m`` closes gaps between zones that are narrower, in metres.
    """

    region: Polygon | MultiPolygon | None = None
    contested_party: str | None = None
    accuracy_m: float | None = None
    confidence: Confidence | None = None
    sources: tuple[str, ...] = ()
    snap_m: float | None = None


def resolved(choices: Choices, profile: Profile) -> Choices:
    """Return choices with what a profile has where nothing was chosen.

    >>> from frontmap.intake.profiles import read_profile
    >>> chosen = resolved(Choices(), read_profile("deepstate"))
    >>> chosen.accuracy_m, chosen.confidence, chosen.contested_party
    (500.0, 'medium', None)
    """
    accuracy_m = profile.accuracy_m if choices.accuracy_m is None else choices.accuracy_m
    return replace(
        choices,
        accuracy_m=None if accuracy_m is None else float(accuracy_m),
        confidence=choices.confidence or profile.confidence,
        sources=choices.sources or ((profile.source,) if profile.source else ()),
    )


def with_contested_party(profile: Profile, party: str | None) -> Profile:
    """Return a profile whose contested ground is that of a party; as it is for ``None``.

    >>> from frontmap.intake.profiles import read_profile
    >>> made = with_contested_party(read_profile("uacontrolmap"), "UA")
    >>> [str(rule) for rule in made.rules if "contested" in str(rule)][0]
    'folder=*low consolidation => UA contested'
    """
    if party is None:
        return profile
    rules = tuple(
        replace(rule, meaning=rule.meaning._replace(party=party))
        if rule.meaning is not None and rule.meaning.status == "contested"
        else rule
        for rule in profile.rules
    )
    return replace(profile, rules=rules)


def choices_text(maker: str, choices: Choices) -> bytes:
    """Write choices, and the profile that they are for, as JSON: one text for the same choices.

    >>> "contested_party" in choices_text("deepstate", Choices()).decode()
    True
    """
    region = choices.region
    value: dict[str, object] = {
        "accuracy_m": choices.accuracy_m,
        "confidence": choices.confidence,
        "contested_party": choices.contested_party,
        "maker": maker,
        "region": None if region is None else shapely.geometry.mapping(region),
    }
    if choices.sources not in ((), (maker,)):
        value["sources"] = choices.sources
    if choices.snap_m is not None:
        value["snap_m"] = choices.snap_m
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def parse_choices(text: bytes, path: Path) -> tuple[str, Choices]:
    """Read what :func:`choices_text` wrote: the profile's name, and the choices.

    ``path`` is named where it raises ``InputError``.

    >>> from pathlib import Path
    >>> text = choices_text("deepstate", Choices(accuracy_m=250))
    >>> name, choices = parse_choices(text, Path("import.json"))
    >>> name, choices.accuracy_m
    ('deepstate', 250)
    """
    try:
        value = json.loads(text)
        region = value["region"]
        ground = None if region is None else shapely.from_geojson(json.dumps(region))
        given = {key: value[key] for key in ("accuracy_m", "confidence", "contested_party")}
        maker, sources, snap_m = value["maker"], value.get("sources", []), value.get("snap_m")
    except (KeyError, TypeError, ValueError, RecursionError, shapely.GEOSException) as error:
        raise InputError(f"{path}: {error!r:.200}; restore it from git or a copy") from None
    if not isinstance(sources, list) or not isinstance(maker, str):
        raise InputError(
            f"{path}: its sources or maker are no texts; restore it from git or a copy"
        )
    choices = Choices(
        region=None if ground is None else as_region(ground, path),
        sources=tuple(map(str, sources)),
        snap_m=snap_m,
        **given,
    )
    require_possible(choices, path)
    return maker, choices


def require_possible(choices: Choices, named: Path | str) -> None:
    """Raise ``InputError``, with what is named, when a choice is none that could be made.

    >>> require_possible(Choices(accuracy_m=1e308), "import.json")
    Traceback (most recent call last):
    frontmap.errors.InputError: import.json: accuracy_m is 1e+308; give metres, 0.001 to 100000
    """
    smallest, largest = SMALLEST_ACCURACY_M, LARGEST_ACCURACY_M
    for key in ("accuracy_m", "snap_m"):
        metres = getattr(choices, key)
        if metres is None:
            continue
        if type(metres) not in (int, float) or not smallest <= metres <= largest:
            raise InputError(
                f"{named}: {key} is {metres!r:.80}; give metres, {smallest} to {largest}"
            )
    confidence = choices.confidence
    if confidence is not None and confidence not in CONFIDENCES:
        raise InputError(
            f"{named}: confidence is {confidence!r:.80}; choose one of {', '.join(CONFIDENCES)}"
        )
    party = choices.contested_party
    if party is not None and (not isinstance(party, str) or not party):
        raise InputError(f"{named}: contested_party is {party!r:.80}; give the id of a party")
