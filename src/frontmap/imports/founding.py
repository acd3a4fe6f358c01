"""The archive that is imported into: opened, or made for a maker whose files come first."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import Archive, Clock, init, open_archive
from frontmap.errors import ConflictError, UsageError
from frontmap.imports.choices import (
    PARTIES,
    Choices,
    choices_text,
    parse_choices,
    require_possible,
    resolved,
)
from frontmap.intake.profiles import Profile, keep_profile, read_profile, shipped_names
from frontmap.licences import OWN_TERMS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHOICES_FILE = "import.json"
WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a new archive needs beside the profile that its files are read by.

    ``parties`` maps ids to names; those of the profile's rules are there anyway. ``bbox`` is the
    theatre (west, south, east, north in degrees): without one the region that is cut to, or else
    the world. Its days end at midnight in ``time_zone``; ``title`` is the maker's name unless said.
    """

    title: str = ""
    time_zone: str = "UTC"
    parties: Mapping[str, str] = field(default_factory=dict, hash=False)
    bbox: tuple[float, float, float, float] | None = None


def imported_profile(into: Path) -> str | None:
    """Return the name of the profile that an archive was imported with; None where it was not.

    >>> from pathlib import Path
    >>> imported_profile(Path("geodata/kursk"))
    """
    path = into / CHOICES_FILE
    if not into.is_dir() or storage.kind_of(path, below=into) is None:
        return None
    return parse_choices(storage.read(path, below=into), path)[0]


def found_archive(
    into: Path,
    profile: Profile,
    choices: Choices | None,
    founding: Founding,
    clock: Clock,
) -> tuple[Archive, Choices]:
    """Make the archive of a maker in a folder; return it with the choices it is imported with.

    Raises ``UsageError`` when nobody said whose map it is, ``ConflictError`` when a file is there
    that is somebody's.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from frontmap.archive import utc_now
    >>> from frontmap.intake.profiles import read_profile
    >>> archive, choices = found_archive(Path(tempfile.mkdtemp()), read_profile("deepstate"), None,
    ...                                  Founding(), utc_now)
    >>> archive.about.maker, sorted(archive.about.parties), choices.accuracy_m
    ('DeepState', ['RU', 'UA'], 500.0)
    """
    if not profile.maker:
        raise UsageError("whose map is it? name its maker: --maker NAME")
    chosen = resolved(choices or Choices(), profile)
    require_possible(chosen, "choices")
    storage.make_folder(into)
    _place(into / CHOICES_FILE, choices_text(profile.name, chosen), into)
    _place(into / "sources.csv", _sources_text(profile, chosen), into)
    region = chosen.region
    archive = init(
        into,
        title=founding.title or f"{profile.maker}, imported",
        maker=profile.maker,
        license=profile.license or OWN_TERMS,
        attribution=profile.attribution,
        bbox=founding.bbox or (WORLD if region is None else region.bounds),
        parties=_parties(profile, founding),
        time_zone=founding.time_zone,
        clock=clock,
    )
    return archive, chosen


def open_imported(
    into: Path, profile: Profile, choices: Choices | None, clock: Clock
) -> tuple[Archive, Choices]:
    """Open the archive that files are imported into; return it with its own choices.

    Raises ``ConflictError`` when it is of another maker, or was imported with other choices than
    those given.

    >>> from pathlib import Path
    >>> from frontmap.archive import utc_now
    >>> from frontmap.intake.profiles import read_profile
    >>> open_imported(Path("geodata/kursk"), read_profile("deepstate"), None, utc_now)
    Traceback (most recent call last):
    frontmap.errors.ConflictError: geodata/kursk: this archive is of frontmap, not of DeepState;
    makers are compared, never mixed: choose another folder with --into
    """
    archive = open_archive(into, clock=clock)
    if profile.maker and archive.about.maker != profile.maker:
        raise ConflictError(
            f"{into}: this archive is of {archive.about.maker}, not of {profile.maker}; makers are "
            "compared, never mixed: choose another folder with --into"
        )
    if choices is not None:
        require_possible(choices, "choices")
    path = into / CHOICES_FILE
    if storage.kind_of(path, below=into) is None:
        return archive, resolved(choices or Choices(), profile)
    name, made = parse_choices(storage.read(path, below=into), path)
    if choices is not None and _text(name, _over(made, choices)) != _text(name, made):
        raise ConflictError(
            f"{path}: this archive was imported with other choices (region, party, accuracy); "
            "leave them out to go on with those, or choose another folder with --into"
        )
    return archive, _without_the_usual_party(name, made)


def _without_the_usual_party(name: str, choices: Choices) -> Choices:
    """Leave out the party of contested ground that the first edition wrote though nobody chose."""
    if name not in shipped_names() or choices.contested_party is None:
        return choices
    rules = read_profile(name).rules
    usual = {
        m.party for each in rules if (m := each.meaning) is not None and m.status == "contested"
    }
    return replace(choices, contested_party=None) if choices.contested_party in usual else choices


def keep_choices(into: Path, profile: Profile, choices: Choices) -> None:
    """Keep beside an archive what it is imported with: choices, and a profile that is its own.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from frontmap.intake.profiles import Profile
    >>> folder = Path(tempfile.mkdtemp())
    >>> keep_choices(folder, Profile(name="isw", maker="ISW"), Choices())
    >>> sorted(path.name for path in folder.iterdir())
    ['import.json', 'profiles']
    """
    path = into / CHOICES_FILE
    if storage.kind_of(path, below=into) is None:
        storage.create(path, choices_text(profile.name, choices), below=into)
    keep_profile(profile, into)


def _over(made: Choices, given: Choices) -> Choices:
    """Return choices that were made with those that are given in their place."""
    said = {field.name: getattr(given, field.name) for field in fields(Choices)}
    return replace(made, **{name: value for name, value in said.items() if value not in (None, ())})


def _text(name: str, choices: Choices) -> bytes:
    metres = choices.accuracy_m
    return choices_text(
        name, replace(choices, accuracy_m=None if metres is None else float(metres))
    )


def _parties(profile: Profile, founding: Founding) -> dict[str, dict[str, str]]:
    stated = {rule.meaning.party for rule in profile.rules if rule.meaning is not None}
    ids = sorted(stated | set(founding.parties)) or sorted(PARTIES)
    usual = {key: names["name_en"] for key, names in PARTIES.items()} | dict(founding.parties)
    return {key: {"name_en": usual.get(key) or key} for key in ids}


def _place(path: Path, text: bytes, into: Path) -> None:
    """Write a file of a new archive; one that is there already is somebody's, and stays."""
    if storage.kind_of(path, below=into) is None:
        storage.create(path, text, below=into)
    elif storage.read(path, below=into) != text:
        raise ConflictError(
            f"{path}: was there before the archive; choose another folder with --into, or move it"
        )


def _sources_text(profile: Profile, choices: Choices) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", "publisher", "url", "published", "read"])
    rows.writerows([source, profile.maker, profile.link, "", ""] for source in choices.sources)
    return text.getvalue().encode()
