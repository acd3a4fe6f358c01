"""What is said to import: which files, of which days, what their words mean, into what archive."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path  # noqa: TC003  typer reads the signatures
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.options import SnapOption, parse_bbox
from frontmap.dates import as_date
from frontmap.errors import UsageError
from frontmap.model import CONFIDENCES

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from frontmap.imports.choices import Choices
    from frontmap.imports.dating import Dating
    from frontmap.imports.founding import Founding
    from frontmap.intake.profiles import Profile

_Texts = list[str] | None


def _text(option: str, metavar: str, help: str) -> typer.models.OptionInfo:  # noqa: A002  typer's word
    found: typer.models.OptionInfo = typer.Option(
        option, metavar=metavar, help=help, show_default=False
    )
    return found


@dataclass(frozen=True, slots=True)
class DatingOptions:
    """How it is known of which day a file is."""

    dates: Annotated[
        str | None,
        _text(
            "--dates",
            "PATTERN",
            "How dates stand in names: 'Control_{yy}_{mm}_{dd}', '{unix}', '{yyyy}/{mm}/{dd}/*', "
            "'world_{yyyy} => {yyyy}-12-31'. Without it, what has only one reading is taken.",
        ),
    ] = None
    split: Annotated[
        str | None,
        _text(
            "--split",
            "PROPERTY",
            "Each feature's date is in this property, or its period in two: start,end.",
        ),
    ] = None
    ends_included: Annotated[
        bool, typer.Option("--ends-included", help="A period's end is its last day.")
    ] = False
    at: Annotated[
        _Texts, _text("--at", "DATE", "With --split: this day alone; may be given several times.")
    ] = None
    join_day: Annotated[
        bool, typer.Option("--join-day", help="Files of one day are layers of one snapshot.")
    ] = False
    layer: Annotated[
        str | None, _text("--layer", "NAME", "Read this layer of files that have several.")
    ] = None
    encoding: Annotated[
        str | None,
        _text("--encoding", "NAME", "Encoding of texts of files that don't say, such as cp1251."),
    ] = None
    crs: Annotated[
        str | None,
        _text("--crs", "EPSG:CODE", "Coordinate system of files that state none."),
    ] = None
    time_zone: Annotated[
        str | None,
        _text("--time-zone", "ZONE", "Where the maker's days end (IANA name); for a new archive."),
    ] = None
    no_ground: Annotated[
        bool, typer.Option("--no-ground", help="Files without ground say that none was held.")
    ] = False

    def dating(self, profile: Profile, into: Path) -> Dating:
        """Return how the days of files are found, or raise ``UsageError``.

        >>> from frontmap.intake.profiles import read_profile
        >>> given = DatingOptions(dates="{yyyy}{mm}{dd}")
        >>> given.dating(read_profile("deepstate"), Path("new")).time_zone
        'Europe/Kyiv'
        """
        from frontmap.date_patterns import parse_pattern
        from frontmap.formats.source import FileOptions
        from frontmap.imports.dating import Dating
        from frontmap.intake.periods import parse_split

        if self.ends_included and self.split is None:
            raise UsageError("--ends-included says what --split start,end means; give both")
        if self.at and self.split is None:
            raise UsageError("--at chooses days of --split; give both")
        pattern = parse_pattern(profile.dates) if profile.dates and self.split is None else None
        split = None
        if self.split is not None:
            split = parse_split(self.split, ends_included=self.ends_included)
        return Dating(
            pattern=pattern,
            split=split,
            at=tuple(map(as_date, self.at or ())),
            time_zone=self._time_zone(
                profile, into, instants=pattern is not None and pattern.has_clock
            ),
            join_day=self.join_day,
            file_options=FileOptions(self.layer, self.encoding, self.crs),
            no_ground=self.no_ground,
        )

    def _time_zone(self, profile: Profile, into: Path, *, instants: bool) -> str:
        """Return the archive's time zone, or for a new one what is said or the profile's."""
        if (into / "archive.json").is_file():
            from frontmap.archive import open_archive

            own = open_archive(into).about.theatre.time_zone
            if self.time_zone not in (None, own):
                raise UsageError(f"--time-zone {self.time_zone}: days of {into} end in {own}")
            return own
        given = self.time_zone or profile.time_zone
        if not given and instants:
            raise UsageError("the names tell hours: of which clock? --time-zone Europe/Kyiv")
        _require_time_zone(given or "UTC")
        return given or "UTC"


def _require_whole(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"{text!r:.80}: half a letter, which nothing can be written with"
        ) from None


def _require_time_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise UsageError(
            f"--time-zone {name!r}: no such time zone; give an IANA name such as Europe/Kyiv"
        ) from None


@dataclass(frozen=True, slots=True)
class MeaningOptions:
    """What the words of files mean, and whose map they are."""

    profile: Annotated[
        str | None,
        _text(
            "--profile",
            "NAME",
            "What a maker's words mean: deepstate, uacontrolmap, one of the archive, or a file.",
        ),
    ] = None
    rule: Annotated[
        _Texts,
        _text("--rule", "RULE", "'layer=their word => RU controlled'; may be given several times."),
    ] = None
    leave_out: Annotated[
        _Texts, _text("--leave-out", "WHAT", "'type=losses'; may be given several times.")
    ] = None
    maker: Annotated[str | None, _text("--maker", "NAME", "Whose map it is.")] = None
    license: Annotated[
        str | None, _text("--license", "TERMS", "On what terms the maker's map may be used.")
    ] = None
    attribution: Annotated[
        str | None, _text("--attribution", "TEXT", "How the maker wants to be credited.")
    ] = None
    source: Annotated[
        _Texts,
        _text("--source", "ID", "Id of sources.csv for all zones (without it: the maker's)."),
    ] = None

    def made_profile(self, into: Path, dates: str | None) -> Profile:
        """Return the profile that files are read by: as named or as kept, with what is said here.

        >>> made = MeaningOptions(rule=["layer=Held => RU controlled"], maker="ISW")
        >>> profile = made.made_profile(Path("new"), None)
        >>> profile.name, profile.source, [str(rule) for rule in profile.rules]
        ('isw', 'isw', ['layer=Held => RU controlled'])
        """
        from frontmap.cli.makers_words import MakersWords
        from frontmap.imports.founding import imported_profile
        from frontmap.intake.profiles import Profile

        root = into if (into / "archive.json").is_file() else None
        name = imported_profile(into) if self.profile is None else self.profile
        words = MakersWords(name, self.rule, self.leave_out)
        made = words.made_profile(root)
        if name is None or made is None:
            usual = self._maker_of(root)
            rules = () if made is None else made.rules
            made = Profile(name=usual[1], maker=usual[0], source=usual[1], rules=rules)
        said = {"maker": self.maker, "license": self.license, "attribution": self.attribution}
        said["dates"] = dates
        given = {key: text for key, text in said.items() if text is not None}
        for text in (*given.values(), *(self.source or ())):
            _require_whole(text)
        if not (given.get("maker") or made.maker):
            raise UsageError("whose map is it? name its maker: --maker NAME")
        return replace(made, **given)  # type: ignore[arg-type]  # texts

    def _maker_of(self, root: Path | None) -> tuple[str, str]:
        """Return the maker where no profile names one, and an id for it."""
        maker = self.maker
        if maker is None and root is not None:
            from frontmap.archive import open_archive

            maker = open_archive(root).about.maker
        plain = re.sub(r"[^a-z0-9]+", "-", (maker or "").lower()).strip("-")[:40]
        return maker or "", plain or "maker"


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """What is assumed of all files, and what a new archive needs."""

    bbox: Annotated[str | None, _text("--bbox", "W,S,E,N", "Cut all ground to this box.")] = None
    within: Annotated[
        Path | None,
        _text("--within", "FILE", "Cut all ground to the polygons of this GeoJSON file."),
    ] = None
    contested_party: Annotated[
        str | None,
        _text(
            "--contested-party",
            "ID",
            "Whose hold is in question where the maker knows neither side's control "
            "(without it: as the profile says).",
        ),
    ] = None
    accuracy_m: Annotated[
        float | None,
        typer.Option(
            "--accuracy-m",
            "--accuracy",
            metavar="METRES",
            min=1,
            max=100_000,
            help="Position error assumed for every line that states none "
            "(without it: as the profile says).",
            show_default=False,
        ),
    ] = None
    confidence: Annotated[
        str | None,
        _text(
            "--confidence",
            "WORD",
            f"Confidence of zones that state none: {', '.join(CONFIDENCES)}.",
        ),
    ] = None
    snap: SnapOption = None
    party: Annotated[
        _Texts, _text("--party", "ID=NAME", "A party of a new archive; may be given several times.")
    ] = None
    title: Annotated[str, _text("--title", "TEXT", "What a new archive is about.")] = ""

    def choices(self, profile: Profile, sources: tuple[str, ...] = ()) -> Choices | None:
        """Return what was chosen, or None where nothing was: then the archive's own hold.

        >>> from frontmap.intake.profiles import read_profile
        >>> ArchiveOptions(accuracy_m=250.0).choices(read_profile("deepstate")).accuracy_m
        250.0
        >>> ArchiveOptions().choices(read_profile("deepstate"))
        """
        from frontmap.imports.choices import Choices

        if self.confidence not in (None, *CONFIDENCES):
            raise UsageError(
                f"--confidence {self.confidence!r}: choose one of {', '.join(CONFIDENCES)}"
            )
        parties = sorted({rule.meaning.party for rule in profile.rules if rule.meaning})
        if self.contested_party not in (None, *parties):
            raise UsageError(
                f"--contested-party {self.contested_party!r}: one of {', '.join(parties)}"
            )
        chosen = Choices(
            region=self.region(),
            contested_party=self.contested_party,
            accuracy_m=self.accuracy_m,
            confidence=self.confidence,
            sources=sources,
            snap_m=self.snap,
        )
        return None if chosen == Choices() else chosen

    def region(self) -> Polygon | MultiPolygon | None:
        """Return the ground that all else is cut to, or None.

        >>> ArchiveOptions(bbox="34,50,38,52.5").region().bounds
        (34.0, 50.0, 38.0, 52.5)
        """
        if self.bbox is not None and self.within is not None:
            raise UsageError("--bbox and --within exclude each other; give one of them")
        if self.bbox is not None:
            import shapely

            return shapely.box(*parse_bbox(self.bbox), ccw=True)
        if self.within is not None:
            from frontmap.formats.region import read_region

            return read_region(self.within)
        return None

    def founding(self) -> Founding:
        """Return what a new archive needs beside the profile.

        >>> dict(ArchiveOptions(party=["UA=Ukraine"]).founding().parties)
        {'UA': 'Ukraine'}
        """
        from frontmap.imports.founding import Founding

        named = (word.partition("=")[::2] for word in self.party or ())
        return Founding(title=self.title, parties={key: name or key for key, name in named})
