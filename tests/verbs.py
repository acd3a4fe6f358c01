"""A verb of the command line, run in this process: imports are paid once."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import pytest

from frontmap.cli import main

if TYPE_CHECKING:
    from pathlib import Path


class Answer(NamedTuple):
    """What a process would have left behind."""

    returncode: object
    stdout: str
    stderr: str


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
