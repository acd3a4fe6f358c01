"""What a fresh process costs: processor time, wall time, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Cost:
    """Processor seconds (user and system) and wall seconds of a process, and its peak memory."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def script(name: str, *words: object) -> list[str]:
    """Return the command that runs a script of the benchmarks."""
    return [sys.executable, "-m", f"benchmarks.scripts.{name}", *map(str, words)]


def frontmap(*words: object) -> list[str]:
    """Return the command that runs frontmap, as a user does."""
    return [str(Path(sys.executable).with_name("frontmap")), *map(str, words)]


def cheapest(rounds: int, *commands: list[str]) -> list[Cost]:
    """Run each command in fresh processes, in turn; return the cheapest run of each."""
    runs = [[cost_of(command) for command in commands] for _ in range(rounds)]
    return [min(costs, key=lambda cost: cost.cpu_s) for costs in zip(*runs, strict=True)]


def cost_of(command: list[str], *, accepted: Collection[int] = (0,)) -> Cost:
    """Run a command; ``accepted`` are the exit codes that are no failure."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        said = child.stderr.read() if child.stderr else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in accepted:
        raise SystemExit(f"{' '.join(command)}: {said.decode()}")
    wall_s = time.perf_counter() - begin
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss / 1024)
