"""``archive.json``: whose assessment, of what region, of which parties."""

from __future__ import annotations

import json
import re
import zoneinfo
from typing import TYPE_CHECKING, Any

from frontmap import storage
from frontmap.errors import InputError, NotFoundError
from frontmap.formats import strict
from frontmap.model import FORMAT_VERSION, About, Theatre

if TYPE_CHECKING:
    from pathlib import Path

_BOX_NUMBERS = 4
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TITLE_IN = "title_"
LONGEST_TEXT = 1000
MOST_PARTIES = 100
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")
_PARTY = re.compile(r"[^\W_][\w.-]{0,99}")


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
    return loads(data, path)


def loads(data: bytes, path: Path) -> About:
    """Read the text of ``archive.json``; ``path`` is what an error names.

    >>> from pathlib import Path
    >>> loads(b'{"format": 99}', Path("archive.json"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: archive.json: format: 99 is not the one that this frontmap reads...
    """
    value, _ = strict.parse(data, path)
    format_version = _member(value, "format", path)
    if type(format_version) is not int or format_version != FORMAT_VERSION:
        raise InputError(
            f"{path}: format: {format_version!r:.80} is not the one that this frontmap reads "
            f"({FORMAT_VERSION}); use a newer frontmap"
        )
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
        parties=_parties(_member(value, "parties", path), path),
        language=_language(value.get("language", "en"), path),
        titles={
            _language(key.removeprefix(_TITLE_IN), path): _text(value, key, path)
            for key in value
            if key.startswith(_TITLE_IN)
        },
    )
    _require_zone(about.theatre.time_zone, path)
    return about


def dumps(about: About) -> bytes:
    """Write ``archive.json``: sorted keys, two spaces, LF.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> text = (root / "archive.json").read_bytes()
    >>> dumps(loads(text, root)) == text
    True
    """
    value = {
        "format": about.version,
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
        "parties": {k: dict(v) for k, v in about.parties.items()},
    }
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return text.encode(errors="surrogatepass")  # half a letter is refused when it is read


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


def _parties(value: object, path: Path) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        raise InputError(f'{path}: parties: must be as {{"UA": {{"name_en": "Ukraine"}}}}')
    if len(value) > MOST_PARTIES:
        raise InputError(f"{path}: parties: {len(value)}; {MOST_PARTIES} at most")
    if unusable := [name for name in value if not _PARTY.fullmatch(name)]:
        raise InputError(
            f"{path}: parties: {unusable[0]!r:.80} is no id; use letters, digits, dots, dashes "
            "and underscores"
        )
    return {name: {key: _text(texts, key, path) for key in texts} for name, texts in value.items()}


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
            "a theatre across the antimeridian is not supported"
        )
    return west, south, east, north
