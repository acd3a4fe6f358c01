"""The application, and the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TextIO

import typer
import typer.main

import frontmap
from frontmap.cli import interrupts, streams
from frontmap.cli.output import say
from frontmap.errors import FrontmapError, InputError, MendedWarning, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    name="frontmap",
    help="Dated, versioned control polygons; their exact area; one map page to read them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

EXIT_USAGE = 2
EXIT_BUG = 70


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"frontmap {frontmap.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Dated, versioned control polygons; their exact area; one map page to read them."""


def main() -> NoReturn:
    """Run the command line; every error ends as one line on stderr and an exit code.

    >>> from unittest import mock
    >>> with mock.patch("sys.argv", ["frontmap", "show", "2024-08-31", "--archive", "nowhere"]):
    ...     main()
    Traceback (most recent call last):
    SystemExit: 3
    """
    streams.guard()
    interrupts.interrupt_on_signals()
    try:
        code = _run()
    except KeyboardInterrupt as error:
        code = interrupts.end_by(error)
    if lost := streams.lost_output():
        code = _fail(lost.message, code or lost.exit_code)
    sys.exit(code)


def _run() -> int:
    try:
        command = typer.main.get_command(app)
        with _saying_what_is_mended(), command.make_context("frontmap", sys.argv[1:]) as context:
            code = command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    except Exception as error:  # noqa: BLE001  the last line of defence: no traceback reaches a user
        return _failed(error)
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    """Say in one line what went wrong; return the exit code of its kind."""
    match error:
        case FrontmapError():
            return _fail(f"{error}{_written_beside(error)}", error.exit_code)
        case typer.Abort():
            return _fail("nothing is recorded: the question had no answer", InputError.exit_code)
        case typer.TyperException():
            return _fail(f"{error.format_message()} See: {_verb(error)} --help", EXIT_USAGE)
        case OSError():
            named, why = error.filename or "this folder", error.strerror or error
            return _fail(f"{named}: {why}; check what is there", StorageError.exit_code)
    return _bug(error)


def _written_beside(error: FrontmapError) -> str:
    """Write what helps with an error, and say where: a profile to edit, for unknown words."""
    words = sys.modules.get("frontmap.intake.unknown_words")  # not loaded, no such error
    if words is None or not isinstance(error, words.UnknownWordsError):
        return ""
    from frontmap.cli.makers_words import written_draft

    path = written_draft(error, Path.cwd())
    if path is None:
        return ""
    named = path.name if path.parent == Path.cwd() else path
    return f"; or finish the rules in {named}, written to be edited, and give --profile {named}"


@contextmanager
def _saying_what_is_mended() -> Iterator[None]:
    """Say each ``MendedWarning`` once, however often what it is of is read."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", MendedWarning)
        usual, said = warnings.showwarning, set[str]()

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if not issubclass(category, MendedWarning):
                usual(message, category, filename, lineno, file, line)
            elif str(message) not in said:
                said.add(str(message))
                say(f"mended: {message}")

        warnings.showwarning = show
        yield


def _verb(error: typer.TyperException) -> str:
    """Return the command that was called wrongly, as far as it was understood."""
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context else "frontmap"


def _bug(error: Exception) -> int:
    if os.environ.get("FRONTMAP_DEBUG"):
        traceback.print_exception(error)
    return _fail(
        f"this is a bug in frontmap: {type(error).__name__}: {error}; "
        "set FRONTMAP_DEBUG=1 to see where, and report it",
        EXIT_BUG,
    )


def _fail(message: str, code: int) -> int:
    line = " ".join(message.splitlines())
    say(f"frontmap: {line}")
    return code
