"""What the ground of a party and status stands for, as the profiles in force say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.errors import NotFoundError
from frontmap.intake.profiles import read_profile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from frontmap.intake.rules import Meaning
    from frontmap.model import Revision


def stands_for(root: Path, revisions: Iterable[Revision]) -> dict[Meaning, dict[str, str]]:
    """Return what ground is by language, where it is not all of its party and status.

    That is said by the profiles that ``revisions`` were imported by, of the archive in ``root``;
    a profile that is nowhere says nothing. What several say is joined.

    Raises ``InputError`` for a profile that cannot be read.

    >>> import datetime as dt
    >>> from dataclasses import replace
    >>> from pathlib import Path
    >>> import frontmap
    >>> from frontmap.model import ImportedFrom
    >>> day = frontmap.open("geodata/kursk").in_force()[0]
    >>> made = ImportedFrom(file="1.geojson", sha256="", profile="deepstate", version="1")
    >>> found = stands_for(Path("geodata/kursk"), [replace(day, imported_from=made)])
    >>> [(str(meaning), said["en"]) for meaning, said in found.items()]
    [('UA controlled', 'ground regained, not all that Ukraine holds')]
    >>> stands_for(Path("geodata/kursk"), [day])
    {}
    """
    names = {each.imported_from.profile for each in revisions if each.imported_from is not None}
    found: dict[Meaning, dict[str, list[str]]] = {}
    for name in sorted(names - {""}):
        try:
            profile = read_profile(name, root)
        except NotFoundError:
            continue
        for meaning, texts in profile.stands_for.items():
            said = found.setdefault(meaning, {})
            for language, text in texts.items():
                said.setdefault(language, []).append(text)
    return {
        meaning: {language: "; ".join(dict.fromkeys(texts)) for language, texts in said.items()}
        for meaning, said in sorted(found.items())
    }


def said_in(texts: dict[str, str], language: str) -> str:
    """Return the text in a language, else in English, else in any.

    >>> said_in({"uk": "повернута територія"}, "en")
    'повернута територія'
    """
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
