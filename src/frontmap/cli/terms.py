"""On what terms a maker's map is imported: as said, or asked for where somebody can answer."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from frontmap.errors import ConflictError
from frontmap.licences import OWN_TERMS

if TYPE_CHECKING:
    from pathlib import Path

    from frontmap.intake.profiles import Profile


UNSTATED = (
    f"no licence is stated, so what is recorded is {OWN_TERMS!r}: pages, reports and exports say "
    "that no known licence lets others pass the map on; to state one, edit license and attribution "
    "in archive.json"
)


def asked_terms(profile: Profile, into: Path) -> Profile:
    """Return a profile with the maker's licence and credit, for an archive that is not there yet.

    What the profile leaves open is asked for on a terminal, and stays open elsewhere.

    >>> from pathlib import Path
    >>> from frontmap.intake.profiles import Profile
    >>> asked_terms(Profile(name="isw", license="CC0-1.0"), Path("new")).license
    'CC0-1.0'
    """
    is_stated = bool(profile.license) or (into / "archive.json").is_file()
    if is_stated or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return profile
    return replace(
        profile,
        license=_answer(f"On what licence is {profile.maker}'s map (SPDX id; blank: not known)?"),
        attribution=profile.attribution
        or _answer(f"How does {profile.maker} want to be credited (or blank)?"),
    )


def require_same_terms(into: Path, license_text: str | None, attribution: str | None) -> None:
    """Raise ``ConflictError`` where an archive is on other terms than those said with an import.

    >>> from pathlib import Path
    >>> require_same_terms(Path("geodata/kursk"), "MIT", None)
    Traceback (most recent call last):
    frontmap.errors.ConflictError: geodata/kursk/archive.json: license is 'ODbL-1.0' and not 'MIT';
    leave the option out, or edit the file
    """
    if (license_text is None and attribution is None) or not (into / "archive.json").is_file():
        return
    from frontmap.archive import open_archive

    about = open_archive(into).about
    stated = {
        "license": (license_text, about.license),
        "attribution": (attribution, about.attribution),
    }
    for key, (given, recorded) in stated.items():
        if given is not None and given != recorded:
            raise ConflictError(
                f"{into / 'archive.json'}: {key} is {recorded!r} and not {given!r}; "
                "leave the option out, or edit the file"
            )


def _answer(question: str) -> str:
    text: str = typer.prompt(question, default="", show_default=False, err=True)
    return text.strip()
