"""The verb for the words of a page in a language: words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import ArchiveOption, FormatOption, find_any_archive
from frontmap.cli.output import emit_findings, exit_code_of, say
from frontmap.errors import NotFoundError, UsageError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from pathlib import Path

words = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="Example: frontmap words check uk",
)
app.add_typer(words, name="words", help="Words of the page in another language: what they lack.")


@words.command("check", epilog="Example: frontmap words check uk")
def check_words(
    language: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|LANG]",
            help="A file LANG.json, or a language that ships or that the archive brings; without "
            "it, all of these.",
            show_default=False,
        ),
    ] = None,
    form: FormatOption = "text",
    archive: ArchiveOption = None,
) -> int:
    """List what a language lacks: texts, plural forms; blanks of texts that differ, unknown names.

    Exit code 1 when there is anything, 0 when a page can be all in that language.
    """
    from frontmap.page.bundle import LANGUAGES
    from frontmap.page.languages import found_language, own_languages, shipped_language
    from frontmap.page.words_faults import faults

    root = _root_near(archive)
    if language is not None:
        languages = [found_language(language, root)]
    else:
        own = () if root is None else own_languages(root)
        languages = [*map(shipped_language, LANGUAGES), *own]
    found = [fault for each in languages for fault in faults(each)]
    emit_findings(found, form)
    codes = ", ".join(each.code for each in languages)
    say(f"{codes}: {counted(len(found), 'finding') if found else 'nothing is lacking'}")
    return exit_code_of(found)


@words.command("new", epilog="Example: frontmap words new ar > ar.json")
def new_words(
    language: Annotated[
        str, typer.Argument(metavar="LANG", help="The language's tag, such as ar or pt-BR.")
    ],
) -> None:
    """Print a language's file to be filled in: every text blank, with its English beside it."""
    from frontmap.page.words_faults import template_text

    print(template_text(language), end="")


def _root_near(folder: Path | None) -> Path | None:
    """Find the folder of the archive that is said, or lies near; None where there isn't one."""
    try:
        return find_any_archive(folder).root
    except (NotFoundError, UsageError):
        if folder is not None:
            raise
        return None
