"""A process to be traced, failed and killed: it has frontmap loaded and forks a child a command.

Reads one JSON list of words a line. The child stops itself until somebody continues it, runs the
words as frontmap would, and leaves its exit code and standard error in the file that the first word
names.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import frontmap.archive
import frontmap.cli


def run(answer: str, words: list[str]) -> None:
    said, printed = io.StringIO(), io.StringIO()
    code: object = None
    os.kill(os.getpid(), signal.SIGSTOP)
    sys.argv = ["frontmap", *words]
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        try:
            frontmap.cli.main()
        except SystemExit as ended:
            code = ended.code
    Path(answer).write_text(json.dumps([code, said.getvalue()]), "utf-8")


def warm_up(root: str) -> None:
    """Load whatever a verb loads when it first runs, so that a trace shows the archive only."""
    reading = (
        ["log"],
        ["verify"],
        ["diff", "2024-08-12"],
        ["check", "2024-08-12"],
        ["area", "--errors", "none"],
    )
    because = ["2024-08-12", "--reason", "because"]
    recording = (["correct", *because, "--no-ground"], ["withdraw", *because])
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        copy = shutil.copytree(root, Path(folder) / "front")
        for words in (*reading, *recording):
            sys.argv = ["frontmap", *words, "--archive", str(copy)]
            with contextlib.suppress(SystemExit):
                frontmap.cli.main()


if __name__ == "__main__":
    warm_up(sys.argv[1])
    for line in sys.stdin:
        answer, *words = json.loads(line)
        child = os.fork()
        if child == 0:
            run(answer, words)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)
