"""Verbs that record: init, add, correct, withdraw, revert, resolve."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path  # noqa: TC003  typer reads it
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from frontmap.cli.app import app
from frontmap.cli.bases import FromOption, base_of, copy_of, named_revision
from frontmap.cli.candidates import Candidate
from frontmap.cli.differences import listed_ids
from frontmap.cli.file_choices import FileChoices
from frontmap.cli.foresight import Foresight  # noqa: TC001  typer reads it
from frontmap.cli.groups import grouped
from frontmap.cli.makers_words import MakersWords
from frontmap.cli.options import (
    ArchiveOption,
    AuthorOption,
    DateArgument,
    SnapOption,
    find_archive,
    parse_bbox,
)
from frontmap.cli.output import say
from frontmap.dates import as_date, as_instant, instant_text
from frontmap.errors import FrontmapError, UsageError
from frontmap.model import CONFIDENCES, STATUSES
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt

    from frontmap.archive import Archive
    from frontmap.archive.core import RevisionFields
    from frontmap.archive.recording import Edits
    from frontmap.intake.file_zones import FileZones
    from frontmap.intake.profiles import Profile
    from frontmap.intake.zone_words import Defaults
    from frontmap.model import Revision, Zone

_Word = TypeVar("_Word", bound=str)

NoGroundOption = Annotated[
    bool,
    typer.Option("--no-ground", help="No ground was held; FILE may be left out, or holds none."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence.")]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source", metavar="ID", help="An id of sources.csv; may be given several times."
    ),
]


@dataclass(frozen=True, slots=True)
class Statement:
    """Why something is recorded, from which sources, and by whom."""

    reason: ReasonOption
    source: SourceOption = None
    author: AuthorOption = ""

    @property
    def sources(self) -> tuple[str, ...] | None:
        """Return the ids given, in their order; None where none are, which leaves them as they are.

        >>> Statement("first", ["isw", "dw"]).sources
        ('isw', 'dw')
        """
        return tuple(self.source) if self.source else None


@dataclass(frozen=True, slots=True)
class ZoneDefaults:
    """What zones are taken for that don't say so themselves."""

    party: Annotated[
        str | None,
        typer.Option(
            "--party", metavar="ID", help="Party of the zones that name none.", show_default=False
        ),
    ] = None
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="WORD",
            help=f"Status of the zones that name none: {', '.join(STATUSES)}.",
            show_default=False,
        ),
    ] = None
    confidence: Annotated[
        str | None,
        typer.Option(
            "--confidence",
            metavar="WORD",
            help=f"Confidence of the zones that name none: {', '.join(CONFIDENCES)}.",
            show_default=False,
        ),
    ] = None
    accuracy: Annotated[
        float | None,
        typer.Option(
            "--accuracy",
            metavar="METRES",
            help="Position error of the line of the zones that name none.",
            show_default=False,
        ),
    ] = None

    def defaults(self, sources: tuple[str, ...] | None) -> Defaults:
        """Return what the zones of a file are read with, or raise UsageError for a wrong word.

        >>> ZoneDefaults(status="contested").defaults(None).status
        'contested'
        >>> ZoneDefaults(status="held").defaults(None)
        Traceback (most recent call last):
        frontmap.errors.UsageError: --status 'held': choose one of controlled, contested, claimed
        """
        from frontmap.intake.zone_words import Defaults

        return Defaults(
            party=self.party,
            status=_one_of("--status", self.status, STATUSES),
            confidence=_one_of("--confidence", self.confidence, CONFIDENCES),
            accuracy_m=self.accuracy,
            sources=sources or (),
        )


@app.command(
    epilog="Example: frontmap init my-front --title 'My front' --maker 'Me' --bbox 34,50,38,52.5 "
    "--party UA=Ukraine --party RU=Russia --time-zone Europe/Kyiv"
)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new archive.")],
    title: Annotated[str, typer.Option("--title", help="What the archive is about.")],
    maker: Annotated[str, typer.Option("--maker", help="Whose assessment it holds.")],
    bbox: Annotated[
        str, typer.Option("--bbox", metavar="W,S,E,N", help="The theatre, in degrees.")
    ],
    party: Annotated[
        list[str], typer.Option("--party", metavar="ID=NAME", help="A party; give each one.")
    ],
    title_in: Annotated[
        list[str] | None,
        typer.Option("--title-in", metavar="LANG=TITLE", help="The title in another language."),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="Language of the title and of what is recorded.")
    ] = "en",
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="Where a valid date ends at midnight (IANA name).")
    ] = "UTC",
    license: Annotated[  # noqa: A002  the header's own word
        str, typer.Option("--license", help="Licence of what is recorded (SPDX id).")
    ] = "CC-BY-4.0",
    attribution: Annotated[
        str, typer.Option("--attribution", help="How the maker wants to be credited.")
    ] = "",
    covered: Annotated[
        Path | None,
        typer.Option("--covered", help="GeoJSON file with the ground that the maker maps at all."),
    ] = None,
) -> None:
    """Make a new archive in DIR."""
    from frontmap import archive, storage

    parties = dict(word.partition("=")[::2] for word in party)
    made = archive.init(
        folder,
        title=title,
        maker=maker,
        license=license,
        bbox=parse_bbox(bbox),
        parties={key: {"name_en": name or key} for key, name in parties.items()},
        time_zone=time_zone,
        language=language,
        titles=dict(word.partition("=")[::2] for word in title_in or []),
        attribution=attribution,
        covered=covered,
    )
    for name, lines in archive.GIT_FILES.items():
        path = made.root / name
        is_file = storage.kind_of(path, below=made.root) == "file"
        if not is_file or storage.read(path, below=made.root) != lines:
            wanted = " and ".join(lines.decode().split("\n")[:-1])
            say(f"left {path} as it is; git needs in it: {wanted}")
    say(f"made {made.root / 'archive.json'}; next: frontmap add DATE FILE --archive {made.root}")


@app.command(
    epilog="Example: frontmap add 2024-12-03 zones.geojson --reason 'First map of this day' "
    "--source isw-2024-12-03 --party UA --status controlled --confidence medium --accuracy 2000"
)
@grouped
def add(
    date: DateArgument,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="GeoJSON, GeoPackage, Shapefile, KML or another map."),
    ] = None,
    *,
    statement: Statement,
    zone_defaults: ZoneDefaults,
    choices: FileChoices,
    words: MakersWords,
    foresight: Foresight,
    snap: SnapOption = None,
    no_ground: NoGroundOption = False,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            metavar="INSTANT",
            help="When the maker said it, such as 2024-08-31T03:49Z: keeps maps of one day apart.",
            show_default=False,
        ),
    ] = None,
    from_: FromOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Record the first snapshot of DATE from FILE, and say what it changes."""
    if file is None and not no_ground:
        raise UsageError("give FILE, or --no-ground where no ground was held")
    opened, day = find_archive(archive), as_date(date)
    said = Said(zone_defaults, choices, words, from_, snap, no_ground, _instant(published))
    candidate = first_of(opened, day, file, statement, said)
    proposed = candidate.snapshot()
    if foresight.go_ahead(opened, proposed):
        _acknowledge(opened, candidate.record(proposed), proposed.zones)


@app.command(
    epilog="Example: frontmap correct 2024-08-31 zones.geojson --reason 'Korenevo is not held' "
    "--source isw-2024-09-15"
)
@grouped
def correct(
    date: DateArgument,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="A map; without it, the archive's own copy, as you edited it."
        ),
    ] = None,
    *,
    statement: Statement,
    zone_defaults: ZoneDefaults,
    choices: FileChoices,
    words: MakersWords,
    foresight: Foresight,
    no_sources: Annotated[
        bool,
        typer.Option("--no-sources", help="Name no sources; without this and --source, they stay."),
    ] = False,
    snap: SnapOption = None,
    no_ground: NoGroundOption = False,
    from_: FromOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Record new zones for DATE, and say what they change; the earlier revision is kept."""
    if no_sources and statement.source:
        raise UsageError("--source and --no-sources: give one of them")
    opened, day = find_archive(archive), as_date(date)
    sources = () if no_sources else statement.sources
    said = Said(zone_defaults, choices, words, from_, snap, no_ground)
    candidate = correction_of(opened, day, file, statement, said, sources)
    proposed = candidate.snapshot()
    if not foresight.go_ahead(opened, proposed):
        return
    revision = candidate.record(proposed)
    if sources is None and revision.sources:
        stay = listed_ids(revision.sources)
        say(f"its sources stay: {stay} (else: --source, or --no-sources)")
    _acknowledge(opened, revision, proposed.zones)


@app.command(epilog="Example: frontmap withdraw 2024-08-31 --reason 'The source took its map back'")
@grouped
def withdraw(date: DateArgument, statement: Statement, archive: ArchiveOption = None) -> None:
    """Record that nothing is known for DATE any more; what was said is kept."""
    opened = find_archive(archive)
    revision = opened.withdraw(
        as_date(date),
        reason=statement.reason,
        sources=statement.sources,
        author=statement.author,
    )
    _acknowledge(opened, revision)


@app.command(
    epilog="Example: frontmap revert 2024-08-31 4c237868 --reason 'It was right after all'"
)
def revert(
    date: DateArgument,
    digest: Annotated[
        str | None,
        typer.Argument(metavar="[DIGEST]", help="Digest of the revision, or the beginning of it."),
    ] = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            help="Why, in a sentence; without it, which revision it is.",
            show_default=False,
        ),
    ] = "",
    source: SourceOption = None,
    author: AuthorOption = "",
    archive: ArchiveOption = None,
) -> None:
    """Record an earlier revision of DATE again; what it replaces is kept.

    Without DIGEST: the one before the one in force; of a withdrawn date, what was withdrawn. To see
    first what would change: frontmap diff DATE DIGEST.
    """
    opened = find_archive(archive)
    revision = opened.revert(
        as_date(date), digest, reason=reason, sources=source or None, author=author
    )
    if not reason:
        say(revision.reason)
    _acknowledge(opened, revision)


@app.command(
    epilog="Example: frontmap resolve 2024-08-31 --keep c4248eb6 --reason 'The later source'"
)
def resolve(
    date: DateArgument,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="DIGEST",
            help="The revision (its digest or the beginning of it) whose zones hold from now on.",
            show_default=False,
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence.")] = "",
    source: SourceOption = None,
    author: AuthorOption = "",
    archive: ArchiveOption = None,
) -> None:
    """Choose between two revisions of DATE that are both in force; both stay in the history.

    Without --keep: say between which, and record nothing.
    """
    opened = find_archive(archive)
    if keep is None:
        opened.require_one(as_date(date))
        say(f"{date} is not forked: there is nothing to resolve")
        return
    revision = opened.resolve(
        as_date(date), keep=keep, reason=reason, sources=source or None, author=author
    )
    _acknowledge(opened, revision)


@dataclass(frozen=True, slots=True)
class Said:
    """What the user says of a file: of its zones and its form, its words, what it was made from.

    ``no_ground`` says that none was held: there need be no file, and it has no zones.
    """

    zone_defaults: ZoneDefaults = field(default_factory=ZoneDefaults)
    choices: FileChoices = field(default_factory=FileChoices)
    words: MakersWords = field(default_factory=MakersWords)
    from_: str | None = None
    snap_m: float | None = None
    no_ground: bool = False
    published: dt.datetime | None = None


def _instant(text: str | None) -> dt.datetime | None:
    if text is not None and len(text) == len("2024-08-31"):
        raise UsageError(f"--published {text}: give the hour too, such as {text}T03:49Z")
    return as_instant(text)


def first_of(
    archive: Archive, date: dt.date, file: Path | None, statement: Statement, said: Said
) -> Candidate:
    """Read a file as the first snapshot of a date, as ``add`` does.

    >>> import datetime as dt, frontmap
    >>> kursk, day = frontmap.open("geodata/kursk"), dt.date(2024, 8, 31)
    >>> copy = kursk.root / "snapshots/2024/2024-08-31.geojson"
    >>> first_of(kursk, day, copy, Statement("x"), Said()).snapshot()
    Traceback (most recent call last):
    frontmap.errors.ConflictError: 2024-08-31 has a snapshot already; to replace it: frontmap
    correct 2024-08-31 FILE
    """
    sources = statement.sources
    start = named_revision(archive, said.from_) if said.from_ is not None else None
    profile = said.words.made_profile(archive.root)
    unstated = said.zone_defaults.defaults(sources)
    reading = _read(file, date, unstated, archive, start, profile, said)
    reading = _snapped(archive, reading, said.snap_m)
    fields: RevisionFields = {"reason": statement.reason, "sources": sources}
    fields |= {"author": statement.author, "places": reading.places}
    fields["published"] = said.published
    keeping = partial(said.words.held_by, profile, file, archive.root)
    return Candidate(archive, date, reading, fields, keeping)


def correction_of(
    archive: Archive,
    date: dt.date,
    file: Path | None,
    statement: Statement,
    said: Said,
    sources: tuple[str, ...] | None,
) -> Candidate:
    """Read a file, or without one the archive's own copy, as a correction, as ``correct`` does.

    >>> import datetime as dt, frontmap
    >>> kursk, day = frontmap.open("geodata/kursk"), dt.date(2024, 8, 31)
    >>> correction_of(kursk, day, None, Statement("x"), Said(), None).snapshot()
    Traceback (most recent call last):
    frontmap.errors.InputError: 2024-08-31: nothing to correct: these zones are in force already
    """
    start = named_revision(archive, said.from_) if said.from_ is not None else None
    path = file or copy_of(archive, date, start)
    profile = said.words.made_profile(archive.root)
    unstated = said.zone_defaults.defaults(sources)
    given = None if said.no_ground and file is None else path
    reading = _read(given, date, unstated, archive, start, profile, said)
    reading = _snapped(archive, reading, said.snap_m)
    base = base_of(archive, date, path, reading.base, start)
    if given is None:
        base = base._replace(assumed="")
    fields: RevisionFields = {"reason": statement.reason, "sources": sources}
    fields |= {"author": statement.author, "published": base.published}
    edits: Edits = "replace" if file is None and given is not None else "spare"
    fields |= {"edits": edits, "places": reading.places}
    keeping = partial(said.words.held_by, profile, given, archive.root)
    return Candidate(archive, date, reading, fields, keeping, base)


def _read(
    file: Path | None,
    date: dt.date,
    defaults: Defaults,
    archive: Archive,
    start: Revision | None,
    profile: Profile | None,
    said: Said,
) -> FileZones:
    from frontmap.intake.file_zones import FileZones, read_zones

    if file is None:
        return FileZones(())
    reading = read_zones(
        file,
        date=date,
        from_date=None if start is None else start.date,
        defaults=defaults,
        below=archive.root,
        options=said.choices.options(),
        profile=profile,
        parties=archive.about.parties,
        split=said.choices.days(),
        time_zone=archive.about.theatre.time_zone,
        no_ground=said.no_ground,
    )
    if said.no_ground and reading.zones:
        count = counted(len(reading.zones), "zone")
        raise UsageError(f"--no-ground, but {file} has {count}: leave out one of them")
    return reading


def _snapped(archive: Archive, reading: FileZones, width_m: float | None) -> FileZones:
    """Close the gaps and overlaps of what was read, where that is asked for."""
    if width_m is None:
        return reading
    from frontmap.archive.covered import ground_to_fill
    from frontmap.archive.matching import snap_zones

    within = ground_to_fill(archive.about, archive.root)
    snapped = snap_zones(reading.zones, width_m, within=within)
    return replace(reading, zones=snapped.zones, repairs=(*reading.repairs, *snapped.said))


def _one_of(option: str, word: str | None, words: tuple[_Word, ...]) -> _Word | None:
    found = next((known for known in words if known == word), None)
    if word is not None and found is None:
        raise UsageError(f"{option} {word!r}: choose one of {', '.join(words)}")
    return found


def _acknowledge(
    archive: Archive, revision: Revision, recorded: tuple[Zone, ...] | None = None
) -> None:
    zones = ""
    if recorded is not None:
        count = len(recorded)
        zones = f", {counted(count, 'zone')}" if count else ", no zones: no ground was held"
    say(f"recorded {revision.kind} of {revision.date}{zones}: {revision.digest[:12]}")
    if revision.author != revision.maker:
        say(f"author: {revision.author}")
    if revision.recorded > archive.clock():
        say(
            f"it is dated {instant_text(revision.recorded)}, after this machine's clock: so is "
            "what it follows; a clock is wrong, this machine's or that of who recorded it"
        )
    named = {*revision.sources, *(s for z in recorded or () for s in z.sources)}
    if unknown := sorted(named - _known_sources(archive.root, named)):
        say(
            f"{', '.join(unknown)}: not in sources.csv yet; add its row: "
            f"frontmap source add {unknown[0]} --publisher NAME --url URL --published DAY"
        )


def _known_sources(root: Path, named: set[str]) -> set[str]:
    """Return the ids of ``sources.csv``; of a table that cannot be read, ``check`` has more."""
    from frontmap.facts import read_sources

    try:
        return set(read_sources(root)["id"])
    except FrontmapError:
        return named
