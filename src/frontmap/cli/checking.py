"""The verb that holds an archive, a date of it, or a file against the rules: check."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.bases import FromOption  # noqa: TC001  typer reads it
from frontmap.cli.candidates import correction_of, first_of
from frontmap.cli.file_choices import FileChoices  # noqa: TC001  typer reads it
from frontmap.cli.groups import grouped
from frontmap.cli.makers_words import MakersWords  # noqa: TC001  typer reads it
from frontmap.cli.options import ArchiveOption, FormatOption, SnapOption, find_archive
from frontmap.cli.output import (
    EXIT_FINDINGS,
    Format,
    emit_findings,
    exit_code_of,
    grouped_findings,
    printable,
    say,
)
from frontmap.cli.statements import Said, SourceOption, Statement, ZoneDefaults
from frontmap.dates import as_date
from frontmap.errors import InputError, NotFoundError, UsageError
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from frontmap.archive import Archive
    from frontmap.cli.candidates import Candidate
    from frontmap.model import Finding, Snapshot

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@app.command(epilog="Example: frontmap check zones.geojson --date 2024-12-03")
@grouped
def check(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATH|DATE]",
            help="An archive's folder, a file, or a date of the archive; without it, the archive.",
            show_default=False,
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date",
            metavar="DATE",
            help="The date that the file is of: it is held against the dates beside it, too.",
            show_default=False,
        ),
    ] = None,
    *,
    zone_defaults: ZoneDefaults,
    choices: FileChoices,
    words: MakersWords,
    source: SourceOption = None,
    snap: SnapOption = None,
    from_: FromOption = None,
    archive: ArchiveOption = None,
    form: FormatOption = "text",
) -> int:
    """Hold an archive, one of its dates, or a file before it is recorded, against the rules.

    A date is held against them as its copy was edited, else as it is in force; a file as add or
    correct would take it, with their options. Exit code 1 for an archive when a finding is not
    accepted in accepted.csv (5 when a revision is damaged), for a file or date when it would be
    refused.
    """
    path = None if what is None else Path(what)
    is_date = path is not None and _DATE.fullmatch(path.name) and path.name == what
    if path is None or path.is_dir() or (is_date and not path.exists()):
        _require_no_snap(snap)
    if path is None or path.is_dir():
        if date is not None:
            raise UsageError("--date says of what date a FILE is; of an archive: check DATE")
        return _check_archive(archive if path is None else path, form)
    if is_date and not path.exists():
        if date is not None:
            raise UsageError("--date says of what date a FILE is")
        return _check_date(find_archive(archive), as_date(path.name), form)
    statement = Statement(reason="checked, not recorded", source=source)
    opened = _archive_near(archive, path)
    said = Said(zone_defaults, choices, words, from_, snap)
    if opened is None or date is None:
        return _check_any_date(path, opened, form, said, statement, date)
    day = as_date(date)
    candidate = (
        correction_of(opened, day, path, statement, said, statement.sources)
        if opened.revisions(day)
        else first_of(opened, day, path, statement, said)
    )
    return _check_candidate(candidate, form, f"{path}, of {day}")


def _require_no_snap(width_m: float | None) -> None:
    if width_m is not None:
        raise UsageError(
            "--snap is for a FILE that is not recorded yet; to record a date again with it: "
            "frontmap correct DATE --snap METRES"
        )


def _check_archive(folder: Path | None, form: Format) -> int:
    from frontmap.archive.inspection import DAMAGE
    from frontmap.checks import check_archive
    from frontmap.facts import read_accepted

    opened = find_archive(folder)
    found = check_archive(opened)
    if not found:
        count = len(read_accepted(opened.root))
        accepted = counted(count, "finding", "accepted")
        say(f"{counted(len(opened.dates), 'date')}: nothing to mend; {accepted}")
    _emit(found, form)
    if not any(finding.rule == "table" or finding.rule in DAMAGE for finding in found):
        _say_untold(opened)
    return exit_code_of(found)


def _say_untold(archive: Archive) -> None:
    from frontmap.checks.untold import rules_untold

    for untold in rules_untold(archive):
        say(f"not told: {untold.why}")


def _check_date(archive: Archive, date: dt.date, form: Format) -> int:
    """Check what is in force of a date, or its copy where somebody edited it."""
    from frontmap.archive import copies, history

    recorded = archive.as_of(date)
    revision = recorded.revision
    chain = archive.chain(history.chain_key(revision))
    if copies.copy_state(archive.root, chain) != "edited":
        return _report(archive, recorded, form, f"{date}, as it is in force")
    statement = Statement(reason="checked, not recorded")
    said = Said(from_=revision.digest)
    candidate = correction_of(archive, date, None, statement, said, statement.sources)
    return _check_candidate(candidate, form, f"{date}, as its copy was edited")


def _check_candidate(candidate: Candidate, form: Format, name: str) -> int:
    """Report what would be found once it is recorded; where it is refused, all that is wrong.

    Raises the refusal itself where that is none by a rule of a snapshot.
    """
    from frontmap.checks import candidate_errors

    try:
        snapshot = candidate.snapshot()
    except InputError:
        errors = candidate_errors(candidate.archive, candidate.date, candidate.reading)
        if not errors:
            raise
        _emit(errors, form)
        return EXIT_FINDINGS
    return _report(candidate.archive, snapshot, form, name)


def _report(archive: Archive, snapshot: Snapshot, form: Format, name: str) -> int:
    from frontmap.proposals import propose

    proposal = propose(archive, snapshot)
    for why in proposal.unknown:
        say(f"not compared: {why}")
    _emit(proposal.findings, form)
    if not proposal.findings:
        say(f"{name}: nothing to mend")
    if not proposal.unknown:
        _say_untold(archive)
    return 0


def _check_any_date(
    path: Path,
    archive: Archive | None,
    form: Format,
    said: Said,
    statement: Statement,
    date: str | None,
) -> int:
    from frontmap.checks import check_file

    found = check_file(
        path,
        archive,
        defaults=said.zone_defaults.defaults(statement.sources),
        date=None if date is None else as_date(date),
        options=said.choices.options(),
        profile=said.words.made_profile(None if archive is None else archive.root),
        snap_m=said.snap_m,
    )
    if not found:
        say(f"{path}: nothing to mend")
    _emit(found, form)
    return EXIT_FINDINGS if any(finding.severity == "error" for finding in found) else 0


def _archive_near(folder: Path | None, path: Path) -> Archive | None:
    """Open the archive that a file is checked against: said, around the file, near; or none."""
    folder = folder or next((p for p in path.parents if (p / "archive.json").is_file()), None)
    try:
        return find_archive(folder)
    except (NotFoundError, UsageError):
        if folder is not None:
            raise
        return None


def _emit(findings: Sequence[Finding], form: Format) -> None:
    if form != "text":
        emit_findings(findings, form)
        return
    for line in grouped_findings(findings):
        print(printable(line))
