"""Read the console sessions of a Markdown page: commands and the output that is shown for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command of a session, with the output that the page shows for it."""

    page: str
    command: str
    shown: str


def sessions(page: Path) -> list[list[Step]]:
    """Return the console blocks of `page`, each as its commands in order."""
    return [_steps(page.name, block) for block in FENCE.findall(page.read_text("utf-8"))]


def _steps(page: str, block: str) -> list[Step]:
    steps: list[Step] = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        while command.endswith("\\"):
            more, _, shown = shown.partition("\n")
            command = f"{command[:-1].rstrip()} {more.removeprefix('>').strip()}"
        steps.append(Step(page, command, shown))
    return steps


def matches(shown: str, printed: str) -> bool:
    """Tell whether the output shown is the one printed.

    A line of `...` stands for any lines, `...` within a line for any text of that line.
    """
    lines = [
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"\n"
        for line in shown.strip().splitlines()
    ]
    return re.fullmatch("".join(lines), printed.strip() + "\n") is not None
