"""What all benchmarks share: fresh processes, processor time, the rows of one table."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One line of the table: ours against a named peer, and the ratio that had to be reached.

    ``ours`` and ``peer`` are seconds of processor time (or what ``unit`` says); ``need`` is the
    least ratio of the two, or with ``at_most`` the greatest.
    """

    name: str
    ours: float
    peer: float
    peer_name: str
    need: float | None = None
    at_most: bool = False
    unit: str = "s"

    @property
    def ratio(self):
        return self.ours / self.peer if self.at_most else self.peer / self.ours

    @property
    def verdict(self):
        if self.need is None:
            return ""
        met = self.ratio <= self.need if self.at_most else self.ratio >= self.need
        sign = "≤" if self.at_most else "≥"
        return f"{sign} {self.need:g}: {'reached' if met else 'NOT REACHED'}"


@dataclass(frozen=True)
class Cost:
    """Processor seconds (user and system), wall seconds and peak memory of a fresh process."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def python(script, *words, times=3):
    """Run a script of this folder in fresh processes; return the cheapest run."""
    return run([sys.executable, str(HERE / script), *map(str, words)], times=times)


def frontmap(*words, times=3):
    """Run the command in fresh processes; return the cheapest run."""
    return run([str(Path(sys.executable).with_name("frontmap")), *map(str, words)], times=times)


def run(command, *, times=3):
    return min((_once(command) for _ in range(times)), key=lambda cost: cost.cpu_s)


def _once(command):
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: {said.decode()}")
    wall = time.perf_counter() - start
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def peers(*names):
    """Name packages with their versions."""
    return " + ".join(f"{name} {version(name)}" for name in names)
