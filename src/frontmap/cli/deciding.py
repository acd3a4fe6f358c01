"""Verbs that say which revision is in force, without new zones: withdraw, revert, resolve."""

from __future__ import annotations

from typing import Annotated

import typer

from frontmap.cli.acknowledging import acknowledge
from frontmap.cli.app import app
from frontmap.cli.groups import grouped
from frontmap.cli.options import ArchiveOption, AuthorOption, DateArgument, find_archive
from frontmap.cli.output import say
from frontmap.cli.statements import SourceOption, Statement  # noqa: TC001  typer reads them
from frontmap.dates import as_date


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
    acknowledge(opened, revision)


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
    acknowledge(opened, revision)


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
    acknowledge(opened, revision)
