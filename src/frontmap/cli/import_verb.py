"""The verb import: other makers' files into an archive of that maker."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path  # noqa: TC003  typer reads the signatures
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.first_reference import NoReferenceOption, say_filled
from frontmap.cli.groups import grouped
from frontmap.cli.import_options import (  # noqa: TC001  typer reads the signatures
    ArchiveOptions,
    DatingOptions,
    MeaningOptions,
)
from frontmap.cli.options import DaskOption, FormatOption, JobsOption  # noqa: TC001  the same
from frontmap.cli.output import EXIT_FINDINGS, say
from frontmap.cli.streams import only_extra_follows
from frontmap.cli.terms import UNSTATED, asked_terms, require_same_terms
from frontmap.errors import FrontmapError, UsageError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from frontmap.cli.output import Format
    from frontmap.imports.dating import Dated, SnapshotFiles
    from frontmap.imports.finding import FoundFiles
    from frontmap.imports.importing import Outcome
    from frontmap.imports.repairs import Repair

_MOST_NAMED = 3
_PROPOSED = (
    "number", "date", "published", "file", "step", "zones", "repairs", "party", "status",
    "area_km2",
)  # fmt: skip


@app.command(
    "import",
    epilog="Example: frontmap import deepstate tests/data/deepstate --into build/deepstate "
    "--bbox 34,50,38,52.5",
)
@grouped
def import_files_of_makers(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="[PROFILE] PATH...",
            help="The maker's files, or folders of them; before them may stand deepstate or "
            "uacontrolmap, which is short for --profile.",
        ),
    ],
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="The archive's folder; made when missing.")
    ],
    meaning: MeaningOptions,
    days: DatingOptions,
    options: ArchiveOptions,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Also what the first edition imported, by the profile of today."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read all, say what would be recorded, write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    no_reference: NoReferenceOption = False,
    jobs: JobsOption = 1,
    dask: DaskOption = None,
    form: FormatOption = "text",
) -> None:
    """Turn other makers' files into an archive of that maker.

    Importing again changes nothing; an import that was stopped goes on where it stopped. Prints
    what was left out, repaired or doubtful: a count for each rule, or with --format csv or json
    every row, as it is kept in repairs/ beside the archive. With --dry-run: what each snapshot
    would be.
    """
    import frontmap
    from frontmap.imports.dating import dated_files
    from frontmap.imports.finding import files_at
    from frontmap.imports.importing import import_files
    from frontmap.parallel import executor_for

    paths, meaning = _with_leading_profile(paths, meaning)
    require_same_terms(into, meaning.license, meaning.attribution)
    profile = meaning.made_profile(into, days.dates)
    dating = days.dating(profile, into)
    choices = options.choices(profile, tuple(meaning.source or ()))
    found = files_at(paths, beside=into)
    dated = dated_files(found.maps, profile, dating)
    _say_found(found, dated)
    if dating.pattern is None and dating.split is None and not (yes or dry_run):
        _require_meant(len(dated.snapshots), into)
    if not (yes or dry_run):
        profile = asked_terms(profile, into)
    is_new = not (dry_run or (into / "archive.json").is_file())
    is_open = is_new and not profile.license
    report = _Report(into, dated.snapshots, form, dry_run)
    with executor_for(jobs=jobs, dask=dask) as executor:
        report.follow(
            import_files(
                dated.snapshots,
                into,
                maker=profile,
                choices=choices,
                dating=dating,
                founding=options.founding(),
                again=again,
                dry_run=dry_run,
                executor=executor,
            )
        )
    if is_new and not no_reference:
        say_filled(frontmap.open(into))
    only_extra_follows()
    report.print()
    if is_open:
        say(UNSTATED)


LEFT = "to take what the file has: frontmap correct DATE FILE"


@dataclass(frozen=True, slots=True)
class _Report:
    """What is said of an import: while it goes on, and in the end."""

    into: Path
    snapshots: Sequence[SnapshotFiles]
    form: Format
    dry_run: bool
    steps: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)
    bounds: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def counted(self) -> str:
        """How many files there are; of snapshots where these are not the same."""
        paths = [path for snapshot in self.snapshots for path in snapshot.paths]
        files = len(set(paths)) == len(paths) == len(self.snapshots)
        return counted(len(self.snapshots), "file" if files else "snapshot")

    def follow(self, outcomes: Iterable[Outcome]) -> None:
        try:
            for outcome in _shown(outcomes, len(self.snapshots)):
                self.steps[outcome.step] += 1
                if outcome.bounds is not None:
                    self.bounds.append(outcome.bounds)
                if outcome.step == "left":
                    say(f"{outcome.files.when}: recorded by hand last, and left as it is: {LEFT}")
                for repair in outcome.repairs:
                    self.rules[repair.rule] += repair.count
                if self.form != "text" or self.dry_run:
                    self.outcomes.append(outcome)
        except (KeyboardInterrupt, FrontmapError) as error:
            if not self.dry_run and (self.steps or isinstance(error, KeyboardInterrupt)):
                done = f"{self.steps.total()} of {self.counted}"
                say(
                    f"stopped after {done}, which are recorded; mend what stopped it, or move it "
                    "elsewhere, and run the same again to go on"
                    if isinstance(error, FrontmapError)
                    else f"stopped after {done}, which are recorded; run the same again to go on"
                )
            raise

    def print(self) -> None:
        if self.dry_run:
            _print_proposed(self.outcomes, self.form)
        if self.form == "text":
            if self.rules:
                _print_rules(self.rules)
        elif not self.dry_run:
            _print_repairs([each for done in self.outcomes for each in done.repairs], self.form)
        left = ["left"] if self.steps["left"] else []
        steps = ("added", "corrected", "unchanged", *left, *(["refused"] * self.dry_run))
        counts = ", ".join(f"{self.steps[step]} {step}" for step in steps)
        if self.bounds:
            wests, souths, easts, norths = zip(*self.bounds, strict=True)
            west, south, east, north = min(wests), min(souths), max(easts), max(norths)
            say(f"ground from {west:.2f}° E, {south:.2f}° N to {east:.2f}° E, {north:.2f}° N")
        say(f"{self.into}: {self.counted}: {counts}")
        if self.dry_run:
            refused = [done.error for done in self.outcomes if done.error is not None]
            for error in refused:
                say(f"{error}")
            say("nothing is recorded (--dry-run)")
            if refused:
                raise typer.Exit(EXIT_FINDINGS)


def _with_leading_profile(
    paths: list[Path], meaning: MeaningOptions
) -> tuple[list[Path], MeaningOptions]:
    """Take a shipped profile's name before the paths for ``--profile``."""
    from frontmap.intake.profiles import shipped_names

    first, *others = paths
    if str(first) not in shipped_names() or (not others and first.exists()):
        return paths, meaning
    if not others:
        raise UsageError(
            f"{first} is a profile; give the maker's files after it, or a folder of them"
        )
    if meaning.profile not in (None, str(first)):
        raise UsageError(f"{first} and --profile {meaning.profile}: give one of them")
    return others, replace(meaning, profile=str(first))


def _say_found(found: FoundFiles, dated: Dated) -> None:
    for line in dated.said:
        say(line)
    if found.others:
        names = ", ".join(path.name for path in found.others[:_MOST_NAMED])
        more = ", ..." * (len(found.others) > _MOST_NAMED)
        count = counted(len(found.others), "file")
        say(f"left {count} aside, no maps by their names: {names}{more}")


def _require_meant(count: int, into: Path) -> None:
    """Ask on a terminal whether dates that nobody said how to read are meant so."""
    import sys

    if sys.stdin.isatty() and sys.stderr.isatty():
        question = f"record {counted(count, 'snapshot')} of these dates in {into}?"
        if not typer.confirm(question, default=True, err=True):
            raise UsageError("nothing is recorded; say how dates are read: --dates PATTERN")


def _shown(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Pass outcomes on, with a progress bar where stderr is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return iter(
        track(
            outcomes,
            description="importing",
            total=total,
            console=console,
            disable=not console.is_terminal,
        )
    )


def _print_rules(rules: Counter[str]) -> None:
    import pandas as pd

    from frontmap.cli.output import emit

    emit(pd.DataFrame(sorted(rules.items()), columns=["rule", "count"]), "text")


def _print_repairs(repairs: Sequence[Repair], form: Format) -> None:
    import pandas as pd

    from frontmap.cli.output import emit
    from frontmap.imports.repairs import REPAIR_COLUMNS

    frame = pd.DataFrame(map(asdict, repairs), columns=list(REPAIR_COLUMNS))
    emit(frame.astype({"feature": "Int64"}), form)


def _print_proposed(outcomes: Sequence[Outcome], form: Format) -> None:
    """Print what each snapshot would be: a row each as text, else one for each ground of it."""
    from frontmap.cli.output import emit

    rows = _ground_rows(outcomes)
    if form != "text":
        emit(rows.drop(columns="number"), form)
        return
    shown = ["date", "published", "file", "step", "zones", "repairs"]
    table = rows.drop_duplicates("number").set_index("number")[shown]
    if table["published"].isna().all():
        table = table.drop(columns="published")
    for (party, status), own in rows[rows["party"] != ""].groupby(["party", "status"]):
        table[f"{party} {status}_km2"] = own.set_index("number")["area_km2"].round(1)
    emit(table.astype({"zones": object}).fillna({"zones": ""}), "text")


def _ground_rows(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    import pandas as pd

    from frontmap.geometry.counted_once import counted_km2, pieces

    rows = []
    for number, outcome in enumerate(outcomes):
        files = outcome.files
        row = {
            "number": number,
            "date": files.date,
            "published": files.published,
            "file": outcome.file,
            "step": outcome.step,
            "zones": None if outcome.snapshot is None else len(outcome.snapshot.zones),
            "repairs": sum(repair.count for repair in outcome.repairs),
        }
        parts = () if outcome.snapshot is None else pieces(outcome.snapshot)
        held = sorted({(part.zone.party, part.status) for part in parts})
        areas = [
            {"party": party, "status": status, "area_km2": counted_km2(parts, status, party=party)}
            for party, status in held
        ]
        rows += [{**row, **area} for area in areas or [{"party": "", "status": ""}]]
    return pd.DataFrame(rows, columns=list(_PROPOSED)).astype({"zones": "Int64"})
