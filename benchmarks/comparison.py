"""One line of the table: what was compared with whom, the ratio, and what it has to reach."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

Work = Callable[[], object]


@dataclass(frozen=True)
class Comparison:
    """Processor time of the peer over ours; `agree_km2` is how far the two results lie apart."""

    name: str
    peer: str
    peer_s: float
    ours_s: float
    wanted: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.peer_s / self.ours_s

    def line(self) -> str:
        reached = verdict(self.ratio >= self.wanted)
        return (
            f"{self.name}: {self.ratio:.1f} x (wanted {self.wanted:g} x: {reached}); "
            f"peer {self.peer}: {self.peer_s * 1000:.0f} ms, frontmap: {self.ours_s * 1000:.0f} ms"
            + (f"; {self.note}" if self.note else "")
        )


def verdict(reached: bool) -> str:  # noqa: FBT001  a word for a truth
    """Say whether what was wanted was reached."""
    return "reached" if reached else "MISSED"


def best_of(rounds: int, *works: Work) -> list[float]:
    """Return the least processor seconds of each work, their rounds taken in turn."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            begin = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - begin)
    return best


def named(package: str) -> str:
    """Return a package with its version, as installed here."""
    return f"{package} {version(package)}"
