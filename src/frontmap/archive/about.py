"""``archive.json``: whose assessment, of what region, of which parties."""

from __future__ import annotations

import json
import math
import re
import zoneinfo
from typing import TYPE_CHECKING, Any

from frontmap import storage
from frontmap.errors import InputError, NotFoundError
from frontmap.model import FORMAT_VERSION, About, Theatre

if TYPE_CHECKING:
    from pathlib import Path

_BOX_NUMBERS = 4
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TITLE_IN = "title_"


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
    try:
        value = json.loads(data.decode())
        if not isinstance(value, dict):
            raise InputError(f"{path}: must be one JSON object")
        if value["format"] != FORMAT_VERSION:
            raise InputError(
                f"{path}: format: {value['format']!r} is not the one that this frontmap reads "
                f"({FORMAT_VERSION}); use a newer frontmap"
            )
        theatre = value["theatre"]
        about = About(
            title=_text(value, "title", path),
            maker=_text(value, "maker", path),
            license=_text(value, "license", path),
            theatre=Theatre(
                name=_text(theatre, "name", path),
                bbox=_box(theatre["bbox"], path),
                time_zone=_text(theatre, "time_zone", path),
            ),
            parties={str(k): dict(v) for k, v in value["parties"].items()},
            language=_language(value.get("language", "en"), path),
            titles={
                _language(key.removeprefix(_TITLE_IN), path): _text(value, key, path)
                for key in value
                if key.startswith(_TITLE_IN)
            },
        )
        _require_zone(about.theatre.time_zone, path)
    except KeyError as error:
        raise InputError(
            f"{path}: {error.args[0]!r} is missing or unknown; see docs/format.md"
        ) from error
    except (ValueError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise InputError(f"{path}: cannot be read as archive.json: {error}") from error
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
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _text(value: dict[str, Any], key: str, path: Path) -> str:
    text = value[key]
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"{path}: {key}: must be a text that is not empty")
    return text


def _language(tag: object, path: Path) -> str:
    if not isinstance(tag, str) or not _LANGUAGE.fullmatch(tag):
        raise InputError(
            f"{path}: language: {tag!r} is no language tag; write one such as en or uk"
        )
    return tag


def _require_zone(name: str, path: Path) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InputError(
            f"{path}: no time zone {name!r}; use an IANA name such as Europe/Kyiv"
        ) from None


def _box(box: list[float], path: Path) -> tuple[float, float, float, float]:
    numbers = [float(value) for value in box]
    if len(numbers) != _BOX_NUMBERS or not all(map(math.isfinite, numbers)):
        raise InputError(f"{path}: theatre.bbox: must be four numbers: west, south, east, north")
    west, south, east, north = numbers
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004  degrees
        raise InputError(
            f"{path}: theatre.bbox: must be west < east and south < north, in degrees; "
            "a theatre across the antimeridian is not supported"
        )
    return west, south, east, north
