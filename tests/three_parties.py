"""A war of three parties on an island of the open ocean, with tables of its own."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import frontmap

if TYPE_CHECKING:
    from pathlib import Path


PARTIES = {
    "GOV": {"name_en": "Government", "name_uk": "Уряд"},
    "REB": {"name_en": "Rebels"},
    "NSF": {"name_en": "Northern Force", "short_name": "North"},
}
BBOX = (-31.0, 20.0, -30.0, 20.6)
DAY, LATER = "2020-05-10", "2020-05-20"
SIDES = {"West Radio": "GOV", "Rebel staff": "REB", "North post": "NSF", "Monitor": "none"}
#: Nine villages: three of each party, the last of each beside the next party's first.
PLACES = {name: (-30.9 + 0.1 * n, 20.2 + 0.03 * (n % 3)) for n, name in enumerate("abcdefghi")}
HOLDERS = ("GOV", "REB", "NSF")
_FLAGS = ("doubted", "seen", "repelled", "passed", "fought")


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows under the header that ``init`` gave the table."""
    header = next(csv.reader(path.read_text("utf-8").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def event(place: str, day: str, said: str, claimant: str = "Monitor") -> dict[str, object]:
    """A row of ``settlement_events.csv``: ``said`` is the event and its parties."""
    word, party = said.split(" ", 1)
    return {
        "place_id": place,
        "date": day,
        "event": word,
        "party": party,
        "claimant": claimant,
        "publisher": "Post",
        "published": day,
        "source": "post-1",
    }


#: Each holds its three villages; the rebels take the third from the government later.
EVENTS = [
    event(place, "2020-05-05", f"stays {HOLDERS[n // 3]}") for n, place in enumerate(PLACES)
] + [
    event("c", "2020-05-14", "contested GOV REB"),
    event("c", "2020-05-17", "claims_control REB"),
    event("f", "2020-05-17", "contested NSF REB"),
]


def figure(value_km2: float, party: str) -> dict[str, object]:
    """A row of ``reported.csv``: controlled ground on the first day."""
    return {
        "as_of": DAY,
        "as_of_precision": "day",
        "value_km2": value_km2,
        "qualifier": "about",
        "measure": "controlled",
        "party": party,
        "claimant": "Monitor",
        "source": "post-1",
    }


def island(root: Path, *, events: list[dict[str, object]] = EVENTS) -> frontmap.Archive:
    """Make the archive, with its tables and no snapshot."""
    archive = frontmap.init(
        root,
        title="Three parties on an island",
        maker="us",
        license="CC0-1.0",
        bbox=BBOX,
        parties=PARTIES,
    )
    archive.add_source("post-1", publisher="Post", published="2020-05-05")
    _write(
        root / "places.csv",
        [
            {
                "id": name,
                "name_en": f"Village {name.upper()}",
                "lon": lon,
                "lat": lat,
                "accuracy_m": 500,
                "source": "post-1",
            }
            for name, (lon, lat) in PLACES.items()
        ],
    )
    _write(
        root / "claimants.csv",
        [
            {"claimant": name, "side": side, "kind": "monitor" if side == "none" else "authority"}
            for name, side in SIDES.items()
        ],
    )
    _write(root / "settlement_events.csv", events)
    _write(root / "reported.csv", [figure(1500, "GOV"), figure(900, "NSF"), figure(1, "")])
    return archive


def with_two_dates(root: Path) -> frontmap.Archive:
    """The island with a snapshot of each day: what the events draft."""
    archive = island(root)
    for day in (DAY, LATER):
        zones = frontmap.draft_snapshot(archive, day)
        archive.add(day, zones, reason="Drafted from the events", sources=["post-1"])
    return archive
