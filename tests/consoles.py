"""Read the console sessions of a Markdown page: commands and the output that is shown for them."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

COPY_LEAVES_OUT = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache")
FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command of a session: its text on the page, as one line, and the output shown for it."""

    page: str
    prompt: str
    command: str
    shown: str


def sessions(page: Path) -> list[list[Step]]:
    """Return the console blocks of `page`, each as its commands in order."""
    return [_steps(page.name, block) for block in FENCE.findall(page.read_text("utf-8"))]


def _steps(page: str, block: str) -> list[Step]:
    steps: list[Step] = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        prompt = f"$ {command}"
        while command.endswith("\\"):
            more, _, shown = shown.partition("\n")
            prompt += f"\n{more}"
            command = f"{command[:-1].rstrip()} {more.removeprefix('>').strip()}"
        steps.append(Step(page, prompt, command, shown))
    return steps


def matches(shown: str, printed: str) -> bool:
    """Tell whether the output shown is the one printed.

    A line of `...` stands for any lines, `...` within a line for any text of that line.
    """
    lines = [
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"\n"
        for line in shown.strip().splitlines()
    ]
    text = "".join(f"{line}\n" for line in printed.strip().splitlines())
    return re.fullmatch("".join(lines), text) is not None


def environment() -> dict[str, str]:
    """What a reader's shell has: a terminal of 100 columns, and the frontmap of these tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    made = "-s --no-print-directory -o .venv/run.stamp -o .venv/dev.stamp"
    return {**os.environ, "PATH": path, "COLUMNS": "100", "MAKEFLAGS": made}
