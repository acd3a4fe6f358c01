"""``archive.json``: whose assessment, of what region, of which parties, on what terms."""

from __future__ import annotations

import itertools
import json
import re
import zoneinfo
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import shapely

from frontmap import storage
from frontmap.errors import InputError, NotFoundError
from frontmap.formats import strict
from frontmap.formats.region import read_region
from frontmap.model import FORMAT_VERSION, READ_VERSIONS, About, Party, Theatre

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BOX_NUMBERS = 4
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TITLE_IN = "title_"
LONGEST_TEXT = 1000
MOST_PARTIES = 100
MOST_COVERED_VERTICES = 50_000
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")
_PARTY = re.compile(r"[^\W_][\w.-]{0,99}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_COVERED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.geojson")
_NAME_IN = "name_"
_TEXTS_OF_A_PARTY = ("short_name", "colour")
#: Colours of parties in the order in which they come. With any of the three colour-blindnesses too,
#: none can be taken for another or for contested ground on a page (CIEDE2000 of 7 at least).
PALETTE = (
    "#00697a", "#7d3f98", "#42984a", "#388cdd", "#6e1100", "#a8778a", "#4b0e83", "#57242d",
)  # fmt: skip


def read_about(path: Path) -> About:
    """Read ``archive.json``; raises ``NotFoundError`` or ``InputError`` naming file and key.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> read_about(root / "archive.json").theatre.time_zone
    'Europe/Moscow'
    """
    try:
        data = storage.read(path, below=path.parent)
    except NotFoundError:
        raise NotFoundError(
            f"{path.parent}: no archive here (no {path.name}); "
            f"make one: frontmap init {path.parent}"
        ) from None
    about = loads(data, path)
    if not about.covered_file:
        return about
    covered = read_region(
        path.parent / about.covered_file, below=path.parent, most_vertices=MOST_COVERED_VERTICES
    )
    shapely.prepare(covered)
    return replace(about, covered=covered)


def loads(data: bytes, path: Path) -> About:
    """Read the text of ``archive.json``; ``path`` is what an error names.

    The ground in ``covered_file`` is not read.

    >>> from pathlib import Path
    >>> loads(b'{"format": 99}', Path("archive.json"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: archive.json: format: 99 is none that this frontmap reads...
    """
    value, _ = strict.parse(data, path)
    format_version = _member(value, "format", path)
    if type(format_version) is not int or format_version not in READ_VERSIONS:
        known = " and ".join(map(str, READ_VERSIONS))
        raise InputError(
            f"{path}: format: {format_version!r:.80} is none that this frontmap reads ({known}); "
            "use a newer frontmap"
        )
    new = value if format_version > 1 else {}  # what format 1 gave no meaning
    theatre = _member(value, "theatre", path)
    about = About(
        title=_text(value, "title", path),
        maker=_text(value, "maker", path),
        license=_text(value, "license", path),
        theatre=Theatre(
            name=_text(theatre, "name", path),
            bbox=_box(_member(theatre, "bbox", path), path),
            time_zone=_text(theatre, "time_zone", path),
        ),
        parties=_parties(_member(value, "parties", path), format_version, path),
        language=_language(value.get("language", "en"), path),
        titles={
            _language(key.removeprefix(_TITLE_IN), path): _text(value, key, path)
            for key in value
            if key.startswith(_TITLE_IN)
        },
        attribution=_text(value, "attribution", path) if "attribution" in new else "",
        covered_file=_covered_file(value["covered"], path) if "covered" in new else "",
        version=format_version,
    )
    _require_zone(about.theatre.time_zone, path)
    return about


def dumps(about: About) -> bytes:
    """Write ``archive.json``, in the present format: sorted keys, two spaces, LF.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> text = (root / "archive.json").read_bytes()
    >>> dumps(loads(text, root)) == text
    True
    """
    value = {
        "format": FORMAT_VERSION,
        "title": about.title,
        **{f"{_TITLE_IN}{language}": text for language, text in about.titles.items()},
        "language": about.language,
        "maker": about.maker,
        "license": about.license,
        "theatre": {
            "name": about.theatre.name,
            "bbox": list(about.theatre.bbox),
            "time_zone": about.theatre.time_zone,
        },
        "parties": [party_members(name, party) for name, party in about.parties.items()],
    }
    if about.attribution:
        value["attribution"] = about.attribution
    if about.covered_file:
        value["covered"] = about.covered_file
    return text_of(value)


def text_of(value: dict[str, Any]) -> bytes:
    """Write the members of an ``archive.json``.

    >>> text_of({"title": "A front", "format": 2}).decode().splitlines()
    ['{', '  "format": 2,', '  "title": "A front"', '}']
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return text.encode(errors="surrogatepass")  # half a letter is refused when it is read


def party_members(name: str, party: Party) -> dict[str, Any]:
    """Return what ``archive.json`` says of a party.

    >>> sorted(party_members("UA", parties_of({"UA": {}})["UA"]))
    ['colour', 'id', 'names', 'short_name']
    """
    return {
        "id": name,
        "names": dict(party.names),
        "short_name": party.short_name,
        "colour": party.colour,
    }


def _member(value: object, key: str, path: Path) -> Any:  # noqa: ANN401  any JSON value
    if not isinstance(value, dict):
        raise InputError(f"{path}: {key!r} must stand in a JSON object; see docs/format.md")
    if key not in value:
        raise InputError(f"{path}: {key!r} is missing; see docs/format.md")
    return value[key]


def _text(value: object, key: str, path: Path) -> str:
    text = _member(value, key, path)
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"{path}: {key}: must be a text that is not empty")
    if len(text) > LONGEST_TEXT or _CONTROL.search(text):
        raise InputError(
            f"{path}: {key}: must be one line of {LONGEST_TEXT} letters at most; shorten it"
        )
    return text


def parties_of(texts: Mapping[str, Mapping[str, str]]) -> dict[str, Party]:
    """Return parties from the texts of each: ``name_en`` and others, ``short_name``, ``colour``.

    A short name that is not given is the id; a colour is the next of the palette that is not taken.

    >>> parties = parties_of({"UA": {"name_en": "Ukraine"}, "RU": {"colour": "#7d3f98"}})
    >>> parties["UA"]
    Party(names={'en': 'Ukraine'}, short_name='UA', colour='#00697a')
    """
    taken = [each["colour"] for each in texts.values() if "colour" in each]
    free = itertools.cycle([colour for colour in PALETTE if colour not in taken] or PALETTE)
    return {
        name: Party(
            names={
                key.removeprefix(_NAME_IN): text
                for key, text in each.items()
                if key.startswith(_NAME_IN)
            },
            short_name=each.get("short_name", name),
            colour=each["colour"] if "colour" in each else next(free),
        )
        for name, each in texts.items()
    }


def next_colour(taken: Iterable[str]) -> str:
    """Return the colour of a party that comes after others: of the palette, the one least taken.

    >>> next_colour(["#00697a"]), next_colour(PALETTE), next_colour([*PALETTE, PALETTE[0]])
    ('#7d3f98', '#00697a', '#7d3f98')
    """
    count = Counter(taken)
    return min(PALETTE, key=lambda colour: count[colour])  # of equal ones the first


def shared_name(name: str, party: Party, others: Mapping[str, Party]) -> str:
    """Say which name of a party is that of another one, in one language or in short; else blank.

    Letters' case and blanks make no difference.

    >>> parties = parties_of({"UA": {"name_en": "Ukraine"}, "RU": {"name_en": "ukraine"}})
    >>> shared_name("RU", parties["RU"], parties)
    "the name 'ukraine' (en) is that of 'UA'; give 'RU' one of its own"
    """
    for other, its in others.items():
        if other == name:
            continue
        for language, text in _called(party).items():
            if _plain(text) == _plain(_called(its).get(language, "")):
                return (
                    f"the name {text!r:.80} ({language}) is that of {other!r:.80}; give "
                    f"{name!r:.80} one of its own"
                )
    return ""


def _called(party: Party) -> dict[str, str]:
    return {**party.names, "in short": party.short_name}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def names_in(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a party that had a meaning in format 1: its names by language.

    >>> names_in({"name_en": "Ukraine", "name_in full": "Ukraine (state)", "colour": "teal"})
    {'name_en': 'Ukraine'}
    """
    return {
        key: text
        for key, text in texts.items()
        if key.startswith(_NAME_IN) and _LANGUAGE.fullmatch(key.removeprefix(_NAME_IN))
    }


def require_texts(parties: object) -> None:
    """Raise ``InputError`` when parties are not given as :func:`parties_of` takes them.

    >>> require_texts({"UA": {"name": "Ukraine"}})
    Traceback (most recent call last):
    frontmap.errors.InputError: parties: 'UA' has a text 'name'; give name_LANGUAGE, short_name or
    colour
    """
    _require_mappings(parties, "")
    alike: dict[str, str] = {}
    for name in cast("Mapping[str, object]", parties):
        other = alike.setdefault(f"{name}".casefold(), name)
        if other != name:
            raise InputError(
                f"parties: ids {other!r:.80} and {name!r:.80} differ in capitals alone; "
                "leave out one, or give it another id"
            )
    for name, texts in cast("Mapping[str, Mapping[str, str]]", parties).items():
        for key, text in texts.items():
            if not (key in _TEXTS_OF_A_PARTY or f"{key}".startswith(_NAME_IN)):
                raise InputError(
                    f"parties: {name!r:.80} has a text {key!r:.80}; give name_LANGUAGE, "
                    "short_name or colour"
                )
            if not isinstance(text, str):
                raise InputError(f"parties: {name!r:.80}: {key}: must be a text")


def _require_mappings(parties: object, where: str) -> None:
    if not (
        isinstance(parties, Mapping) and all(isinstance(each, Mapping) for each in parties.values())
    ):
        raise InputError(f'{where}parties: must be as {{"UA": {{"name_en": "Ukraine"}}}}')


def _parties(value: object, version: int, path: Path) -> dict[str, Party]:
    if version == 1:
        texts = _texts_of_parties(value, path)
        return parties_of({name: names_in(each) for name, each in texts.items()})
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InputError(
            f'{path}: parties: must be as [{{"id": "UA", "names": {{"en": "Ukraine"}}, '
            '"short_name": "UA", "colour": "#00697a"}]'
        )
    ids = [_text(each, "id", path) for each in value]
    _require_ids(ids, path)
    return {name: _party(each, path) for name, each in zip(ids, value, strict=True)}


def _party(value: dict[str, Any], path: Path) -> Party:
    names = _member(value, "names", path)
    if not isinstance(names, dict):
        raise InputError(f'{path}: names: must be as {{"en": "Ukraine"}}')
    colour = _text(value, "colour", path)
    if not _COLOUR.fullmatch(colour):
        raise InputError(
            f"{path}: colour: {colour!r:.80} is none; write six lower-case digits, as #00697a"
        )
    return Party(
        names={_language(tag, path): _text(names, tag, path) for tag in names},
        short_name=_text(value, "short_name", path),
        colour=colour,
    )


def _texts_of_parties(value: object, path: Path) -> dict[str, dict[str, str]]:
    _require_mappings(value, f"{path}: ")
    parties = cast("dict[str, dict[str, str]]", value)
    _require_ids(list(parties), path)
    return {name: {key: _text(each, key, path) for key in each} for name, each in parties.items()}


def _require_ids(ids: list[str], path: Path) -> None:
    if len(ids) > MOST_PARTIES:
        raise InputError(f"{path}: parties: {len(ids)}; {MOST_PARTIES} at most")
    if unusable := [name for name in ids if not _PARTY.fullmatch(name)]:
        raise InputError(
            f"{path}: parties: {unusable[0]!r:.80} is no id; use letters, digits, dots, dashes "
            "and underscores"
        )
    if len(set(ids)) < len(ids):
        raise InputError(f"{path}: parties: an id occurs twice; give each party its own")


def _covered_file(value: object, path: Path) -> str:
    if not isinstance(value, str) or not _COVERED.fullmatch(value) or value == "reference.geojson":
        raise InputError(
            f"{path}: covered: {value!r:.80} is no name of a file beside it; write one such as "
            "covered.geojson"
        )
    return value


def _language(tag: object, path: Path) -> str:
    if not isinstance(tag, str) or not _LANGUAGE.fullmatch(tag):
        raise InputError(
            f"{path}: language: {tag!r:.80} is no language tag; write one such as en or uk"
        )
    return tag


def _require_zone(name: str, path: Path) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InputError(
            f"{path}: no time zone {name!r}; use an IANA name such as Europe/Kyiv"
        ) from None


def _box(box: object, path: Path) -> tuple[float, float, float, float]:
    numbers = box if isinstance(box, list) else []
    if len(numbers) != _BOX_NUMBERS or not {type(number) for number in numbers} <= {int, float}:
        raise InputError(f"{path}: theatre.bbox: must be four numbers: west, south, east, north")
    west, south, east, north = map(float, numbers)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004  degrees
        raise InputError(
            f"{path}: theatre.bbox: must be west < east and south < north, in degrees; "
            "a theatre across the antimeridian goes from -180 to 180"
        )
    return west, south, east, north
