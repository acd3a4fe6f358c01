"""A verb of the command line, run in this process: imports are paid once."""

from __future__ import annotations

import contextlib
import io
import signal
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import pytest

from frontmap.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

DAY, LATER = "2024-08-31", "2024-09-02"
#: Every way to ask an archive: DAY has a snapshot, OUT is a folder to write to.
QUESTIONS = {
    "show": ["show", DAY],
    "show, as GeoJSON": ["show", DAY, "--format", "geojson"],
    "show, the last before": ["show", LATER, "--fill", "previous"],
    "show, as known": ["show", DAY, "--known", "2100-01-01"],
    "log": ["log"],
    "log of a date": ["log", DAY, "--format", "json"],
    "diff": ["diff", DAY],
    "area": ["area"],
    "area by status": ["area", DAY, "--by", "status", "--edges", "compare", "--format", "csv"],
    "area by zone": ["area", DAY, "--by", "zone", "--format", "json"],
    "area, certain and possible": ["area", "--fill", "between"],
    "change": ["change"],
    "change, as GeoJSON": ["change", "2024-08-12", DAY, "--format", "geojson"],
    "front": ["front"],
    "front, as GeoJSON": ["front", DAY, "--format", "geojson"],
    "held": ["held"],
    "held, as GeoJSON": ["held", "--format", "geojson"],
    "makers": ["makers", "{archive}", "--date", DAY],
    "map": ["map", "--output", "{out}/map.html", "--party", "UA"],
    "report": ["report", "--output", "{out}/report.html", "--party", "UA"],
    "reported": ["reported", "--party", "UA"],
    "places": ["places"],
    "places of a date": ["places", DAY],
    "draft": ["draft", DAY],
    "review": ["review", DAY],
    "check": ["check"],
    "source list": ["source", "list"],
    "party list": ["party", "list"],
    "verify": ["verify"],
}
#: Every way to add to an archive; FILE holds zones.
RECORDING = {
    "add": ["add", LATER, "{file}", "--reason", "because"],
    "correct": ["correct", DAY, "{file}", "--reason", "because"],
    "correct from the copy": ["correct", DAY, "--reason", "because"],
    "withdraw": ["withdraw", DAY, "--reason", "because"],
    "revert": ["revert", DAY],
    "resolve": ["resolve", DAY],
    "fmt": ["fmt"],
    "upgrade": ["upgrade"],
    "source add": ["source", "add", "isw-9", "--publisher", "ISW"],
    "party add": ["party", "add", "BY", "--name", "Belarus"],
}


class Answer(NamedTuple):
    """What a process would have left behind."""

    returncode: object
    stdout: str
    stderr: str


class HangingError(BaseException):
    """A verb took longer than it may."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise ``HangingError`` in what takes longer."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HangingError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run(*words: str, cwd: Path | None = None) -> Answer:
    """Run ``frontmap WORDS`` from a folder."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd or "."),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch("sys.argv", ["frontmap", *words]),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return Answer(ended.value.code, out.getvalue(), err.getvalue())


def failure(*words: str, cwd: Path | None = None, seconds: float = 60) -> str:
    """Run a verb and say what is wrong with its answer: an error that isn't ours, or none in time.

    Nothing where it answered, or refused in one line.
    """
    try:
        with within(seconds):
            answer = run(*words, cwd=cwd)
    except HangingError:
        return f"no answer in {seconds:g} s"
    except BaseException as error:  # noqa: BLE001  what the tests are about
        return f"not an answer: {error!r}"
    if answer.returncode not in range(7) or "Traceback" in answer.stderr:
        return f"exit {answer.returncode}: {answer.stderr.strip()}"
    if answer.returncode not in {0, 1, 5} and len(answer.stderr.splitlines()) != 1:
        return f"not one line: {answer.stderr}"
    return ""
