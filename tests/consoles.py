"""Read and run a page's console sessions: its commands, and the output shown for each.

The sessions of a page are one: they run from top to bottom, in one shell, in one fresh clone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPY_LEAVES_OUT = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache")
FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\$ ", re.MULTILINE)
#: What the shell prints after each command, so that their outputs can be told apart.
END = "\x1e"


@dataclass(frozen=True)
class Step:
    """One command of a page: as it stands there, as one line, and the output shown for it."""

    prompt: str
    command: str
    shown: str


def steps(page: Path) -> list[Step]:
    """Return the commands of a page's console blocks, from top to bottom."""
    blocks = FENCE.findall(page.read_text("utf-8"))
    return [_step(part) for block in blocks for part in PROMPT.split(block)[1:]]


def _step(part: str) -> Step:
    command, _, shown = part.partition("\n")
    prompt = f"$ {command}"
    while command.endswith("\\"):
        more, _, shown = shown.partition("\n")
        prompt += f"\n{more}"
        command = f"{command[:-1].rstrip()} {more.removeprefix('>').strip()}"
    return Step(prompt, command, shown)


def fresh_clone(folder: Path) -> Path:
    """Copy what a user has into a folder, with the environment that runs these tests.

    It counts as built: no command on a page installs anything into the environment of the tests.
    """
    copy = folder / "frontmap"
    shutil.copytree(ROOT, copy, ignore=COPY_LEAVES_OUT)
    built = copy / ".venv"
    built.mkdir()
    for part in Path(sys.prefix).iterdir():
        if part.suffix != ".stamp":
            (built / part.name).symlink_to(part)
    for stamp in ("run.stamp", "dev.stamp"):
        (built / stamp).touch()
    return copy


def run(script: str, folder: Path) -> str:
    """Run a shell's script as a reader would; return all that it prints."""
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def outputs(commands: list[str], folder: Path) -> list[str]:
    """Run commands in one shell; return what each of them prints."""
    printed = run("".join(f"{command}\nprintf '{END}'\n" for command in commands), folder)
    return printed.split(END)[:-1]


def matches(shown: str, printed: str) -> bool:
    """Tell whether the output shown is the one printed.

    A line of `...` stands for any lines but an error, `...` within a line for any text of it.
    """
    lines = [
        r"(?:(?!frontmap: ).*\n)*?"
        if line == "..."
        else re.escape(line).replace(r"\.\.\.", ".*?") + r"\n"
        for line in shown.strip().splitlines()
    ]
    text = "".join(f"{line}\n" for line in printed.strip().splitlines())
    return re.fullmatch("".join(lines), text) is not None


def _environment(folder: Path) -> dict[str, str]:
    """What a reader's shell has: a terminal of 100 columns, and the frontmap of these tests.

    Tests that it runs keep their files apart from those of the tests that run it.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    quiet = "-s --no-print-directory"
    return {**os.environ, "PATH": path, "COLUMNS": "100", "MAKEFLAGS": quiet,
        "PYTEST_DEBUG_TEMPROOT": str(folder.parent)}  # fmt: skip
