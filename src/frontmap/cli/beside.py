"""Verbs for what stands beside the snapshots: source, party."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import ArchiveOption, FormatOption, find_archive
from frontmap.cli.output import emit, say
from frontmap.errors import UsageError

if TYPE_CHECKING:
    from frontmap.model import About

sources = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="Example: frontmap source add isw-2024-08-31 --publisher ISW --published 2024-08-31",
)
parties = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="Example: frontmap party add BY --name Belarus --name-in uk=Білорусь",
)
app.add_typer(sources, name="source", help="Add to the sources of an archive, or list them.")
app.add_typer(parties, name="party", help="Add to the parties of an archive, name or list them.")

NameInOption = Annotated[
    list[str] | None,
    typer.Option("--name-in", metavar="LANG=NAME", help="Its name in another language."),
]
IdArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="Short name: letters, digits, dots, dashes, underscores."),
]


@sources.command(
    "add",
    epilog="Example: frontmap source add isw-2024-08-31 --publisher ISW "
    "--url https://example.org/isw --published 2024-08-31 --read 2026-11",
)
def add_source(
    name: IdArgument,
    publisher: Annotated[str, typer.Option("--publisher", help="Outlet or maker.")],
    url: Annotated[str, typer.Option("--url", help="Address as it was read.")] = "",
    published: Annotated[
        str, typer.Option("--published", help="Day (YYYY-MM-DD) or month (YYYY-MM) of publication.")
    ] = "",
    read: Annotated[
        str, typer.Option("--read", help="Day or month in which a stored copy was read for this.")
    ] = "",
    archive: ArchiveOption = None,
) -> None:
    """Add a row to sources.csv. Again, it changes nothing; with other values it is refused."""
    opened = find_archive(archive)
    added = opened.add_source(name, publisher=publisher, url=url, published=published, read=read)
    say(_done(name, "sources.csv", added=added))


@sources.command("list", epilog="Example: frontmap source list")
def list_sources(archive: ArchiveOption = None, form: FormatOption = "text") -> None:
    """Print the sources of an archive."""
    from frontmap.facts import read_sources

    emit(read_sources(find_archive(archive).root), form)


@parties.command(
    "add",
    epilog="Example: frontmap party add BY --name Belarus --name-in uk=Білорусь",
)
def add_party(
    name: IdArgument,
    english: Annotated[
        str, typer.Option("--name", help="Its name in English; without it, the id.")
    ] = "",
    name_in: NameInOption = None,
    short: Annotated[
        str, typer.Option("--short", help="Its name where room is short; without it, the id.")
    ] = "",
    colour: Annotated[
        str,
        typer.Option(
            "--colour",
            metavar="#RRGGBB",
            help="The colour of its ground; without it, the next of the palette.",
        ),
    ] = "",
    archive: ArchiveOption = None,
) -> None:
    """Add a party to archive.json. Again, it changes nothing; with other values it is refused."""
    stated = _stated(english or name, name_in, short, colour)
    opened = find_archive(archive)
    added = opened.add_party(name, **stated)
    say(_done(name, "archive.json", added=added))
    if added:
        say_shared_colours(find_archive(opened.root).about)


@parties.command("rename", epilog="Example: frontmap party rename BY --name-in ru=Беларусь")
def rename_party(
    name: IdArgument,
    english: Annotated[str, typer.Option("--name", help="Its name in English.")] = "",
    name_in: NameInOption = None,
    short: Annotated[str, typer.Option("--short", help="Its name where room is short.")] = "",
    archive: ArchiveOption = None,
) -> None:
    """Give a party other names. Its id, its colour and all other parties stay as they are."""
    stated = _stated(english, name_in, short)
    if not stated:
        raise UsageError("say a name: --name, --name-in or --short")
    renamed = find_archive(archive).rename_party(name, **stated)
    say(f"renamed {name} in archive.json" if renamed else f"{name} has these names already")


@parties.command("list", epilog="Example: frontmap party list")
def list_parties(archive: ArchiveOption = None, form: FormatOption = "text") -> None:
    """Print the parties of an archive, in order of first appearance, with their colours."""
    import pandas as pd

    known = find_archive(archive).about.parties
    languages = sorted({language for party in known.values() for language in party.names})
    rows = [
        {
            "id": name,
            "short_name": party.short_name,
            "colour": party.colour,
            **{f"name_{language}": party.names.get(language, "") for language in languages},
        }
        for name, party in known.items()
    ]
    emit(pd.DataFrame(rows), form)


def say_shared_colours(about: About) -> None:
    """Name the parties that have one colour, as where there are more than the palette has.

    >>> import frontmap
    >>> say_shared_colours(frontmap.open("geodata/kursk").about)
    """
    of_each: dict[str, list[str]] = {}
    for name, party in about.parties.items():
        of_each.setdefault(party.colour, []).append(name)
    for colour, names in of_each.items():
        if len(names) > 1:
            say(
                f"{', '.join(names)} have one colour, {colour}: the palette has no more; give one "
                "of them another in archive.json, or say --colour when you add a party"
            )


def _stated(
    english: str, name_in: list[str] | None, short: str, colour: str = ""
) -> dict[str, str]:
    """Return what is said of a party, by the key of its text."""
    texts = {"name_en": english, "short_name": short, "colour": colour}
    for word in name_in or []:
        language, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"--name-in {word!r}: give LANG=NAME, as uk=Україна")
        texts[f"name_{language}"] = text
    return {key: text for key, text in texts.items() if text}


def _done(name: str, file: str, *, added: bool) -> str:
    return f"added {name} to {file}" if added else f"{name} is in {file} already"
