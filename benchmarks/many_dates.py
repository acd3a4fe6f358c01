"""What many dates cost in every verb: ``python -m benchmarks.many_dates [DATES]``.

An archive of a quarter of the dates and one of all of them, a little ground on each and no border,
with the tables of the Kursk record beside it; each verb in a fresh process with nothing cached.
Work that is linear grows four times.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from shapely import box

from benchmarks.processes import Cost, cost_of, frontmap
from frontmap.archive import NewRevision, init
from frontmap.model import Zone

if TYPE_CHECKING:
    from collections.abc import Iterator

DATES = 20_000
LAST = dt.date(2024, 10, 3)
FACTS = Path(__file__).parent.parent / "geodata" / "kursk"
VERBS = (
    ("log",),
    ("show", str(LAST)),
    ("diff", str(LAST)),
    ("verify",),
    ("fmt",),
    ("check",),
    ("area", "--errors", "none"),
    ("area",),
    ("change",),
    ("front",),
    ("held",),
    ("reported",),
    ("report", "--output", "report.html"),
    ("map", "--output", "map.html"),
)


def make(root: Path, dates: int) -> None:
    """Make an archive of so many dates up to a last one, the line moving a little each day."""
    made = init(
        root,
        title="Many dates",
        maker="made up",
        license="CC0-1.0",
        bbox=(30, 45, 40, 55),
        parties={"UA": {"name_en": "Ukraine"}, "RU": {"name_en": "Russia"}},
    )
    made.add_many(
        NewRevision(
            date=LAST - dt.timedelta(back),
            zones=tuple(_zones(back)),
            reason="made up",
            sources=("isw",),
        )
        for back in range(dates)
    )
    for table in FACTS.glob("*.csv"):
        shutil.copy(table, root)


def _zones(number: int) -> Iterator[Zone]:
    line = round(35 + (number * 37 % 1000) * 1e-3, 6)
    for name, status, west, east in (
        ("held", "controlled", 34.5, line),
        ("fought", "contested", line, round(line + 0.01, 6)),
    ):
        yield Zone(
            id=name,
            party="UA",
            status=status,  # type: ignore[arg-type]
            geometry=box(west, 51, east, 52),
            sources=("isw",),
            confidence="high",
            accuracy_m=500.0,
        )


def main() -> None:
    dates = int(sys.argv[1]) if len(sys.argv) > 1 else DATES
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        roots = [Path(scratch, f"front-{count}") for count in (dates // 4, dates)]
        for root, count in zip(roots, (dates // 4, dates), strict=True):
            make(root, count)
        print(f"{'verb':<20}{dates // 4:>8} dates{dates:>9} dates   growth   peak")
        for number, verb in enumerate(VERBS):
            few, many = (_cost(verb, root, Path(scratch, f"cache-{number}")) for root in roots)
            name = " ".join(word for word in verb if word.isalpha() or word.startswith("--"))
            print(
                f"{name:<20}{few.cpu_s:>12.1f} s"
                f"{many.cpu_s:>13.1f} s{many.cpu_s / few.cpu_s:>9.1f}{many.peak_mb:>7.0f} MB",
                flush=True,
            )


def _cost(verb: tuple[str, ...], root: Path, cache: Path) -> Cost:
    os.environ["XDG_CACHE_HOME"] = str(cache)
    return cost_of(frontmap(*verb, "--archive", root), accepted={0, 1})


if __name__ == "__main__":
    main()
