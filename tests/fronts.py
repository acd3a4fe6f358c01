"""Small fronts for tests: zones, drawn snapshots, archives with a clock of their own."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from frontmap import archive
from frontmap.archive import layout
from frontmap.formats import canonical
from frontmap.model import (
    CONFIDENCES,
    READ_VERSIONS,
    STATUSES,
    ImportedFrom,
    Revision,
    Snapshot,
    Zone,
)

if TYPE_CHECKING:
    from pathlib import Path

SMALL, LARGE = box(35, 51, 35.2, 51.2), box(35, 51, 35.4, 51.4)


def sealed_in(page: Path) -> str:
    """Return the payload of a page as it was sealed."""
    text = page.read_text("utf-8")
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text)
    assert found
    return found[1]


class Clock:
    """A clock that tests set."""

    def __init__(self, text: str = "2026-09-01T10:00:00+00:00") -> None:
        self.set(text)

    def __call__(self) -> dt.datetime:
        return self.now

    def set(self, text: str) -> None:
        self.now = dt.datetime.fromisoformat(text)


def zone(ground: Polygon | MultiPolygon, name: str = "a", **details: object) -> Zone:
    values: dict[str, Any] = {
        "party": "UA",
        "status": "controlled",
        "sources": ("isw",),
        "confidence": "medium",
        "accuracy_m": 1000,
        **details,
    }
    return Zone(id=name, geometry=ground, **values)


def snapshot(*zones: Zone, **header: object) -> Snapshot:
    values: dict[str, Any] = {
        "date": dt.date(2024, 8, 31),
        "recorded": dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
        "kind": "snapshot",
        "maker": "us",
        "author": "us",
        "license": "CC0-1.0",
        "reason": "for this test",
        **header,
    }
    return Snapshot(Revision(**values), tuple(sorted(zones, key=lambda zone: zone.id)))


def new_archive(folder: Path, clock: Clock | None = None, **about: object) -> archive.Archive:
    usual: dict[str, Any] = {
        "title": "A front",
        "maker": "us",
        "license": "CC0-1.0",
        "bbox": (34, 50, 38, 53),
        "parties": {"UA": {"name_en": "Ukraine"}, "RU": {"name_en": "Russia"}},
    }
    return archive.init(folder, **{**usual, **about}, clock=clock or Clock())


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
ids = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
instants = st.integers(1_700_000_000, 1_800_000_000).map(
    lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC)
)


@st.composite
def rings(draw, lon: float, lat: float, most: float) -> list[tuple[float, float]]:
    """A star about a point: never crosses itself."""
    radii = draw(st.lists(st.floats(most / 4, most), min_size=3, max_size=12))
    turn = 2 * math.pi / len(radii)
    return [
        (lon + r * math.cos(i * turn), lat + r * math.sin(i * turn)) for i, r in enumerate(radii)
    ]


@st.composite
def grounds(draw, lon: float = 35.0) -> Polygon | MultiPolygon:
    parts = []
    for row in range(draw(st.integers(1, 3))):
        lat = 51 + 0.3 * row
        shell = draw(rings(lon, lat, 0.1))
        holes = [draw(rings(lon, lat, 0.01))] if draw(st.booleans()) else []
        parts.append(Polygon(shell, holes))
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


@st.composite
def zones(draw) -> tuple[Zone, ...]:
    names = draw(st.lists(ids, max_size=4, unique=True))
    return tuple(
        Zone(
            id=name,
            party=draw(st.sampled_from(["UA", "RU"])),
            status=draw(st.sampled_from(STATUSES)),
            geometry=draw(grounds(34.5 + 0.5 * column)),
            sources=tuple(draw(st.lists(ids, min_size=1, max_size=3))),
            confidence=draw(st.sampled_from(CONFIDENCES)),
            accuracy_m=draw(st.floats(0.5, 1e5)),
            note=draw(st.just("") | words),
            extra={
                f"x-{key}": draw(words | st.integers(-(2**53), 2**53) | st.booleans())
                for key in draw(st.lists(ids, max_size=2, unique=True))
            },
        )
        for column, name in enumerate(names)
    )


digests = st.text("0123456789abcdef", min_size=64, max_size=64)
origins = st.builds(
    ImportedFrom, file=words, sha256=digests, profile=words, version=st.integers(1, 99).map(str)
)


@st.composite
def snapshots(draw) -> Snapshot:
    """A snapshot of either format."""
    version = draw(st.sampled_from(READ_VERSIONS))
    origin = draw(st.none() | origins)
    revision = Revision(
        version=version,
        date=draw(st.dates(dt.date(2022, 1, 1), dt.date(2030, 1, 1))),
        recorded=draw(instants),
        published=draw(st.none() | instants),
        kind=draw(st.sampled_from(["snapshot", "correction"])),
        maker=draw(words),
        author=draw(words),
        license="CC0-1.0",
        reason=draw(words),
        sources=tuple(draw(st.lists(ids, max_size=3))),
        supersedes=frozenset(draw(st.lists(digests, max_size=2))),
        imported_from=replace(origin, profile="") if origin and version == 1 else origin,
    )
    return Snapshot(revision, draw(zones()))


def to_format_1(root: Path) -> None:
    """Rewrite an archive as the first edition would have written it, revision by revision."""
    opened = archive.open_archive(root)
    recorded = [opened.read(revision) for revision in opened.revisions()]
    shutil.rmtree(root / "revisions")
    digests: dict[str, str] = {}
    for snapshot in sorted(recorded, key=lambda each: each.revision.recorded):
        before = frozenset(digests.get(each, each) for each in snapshot.revision.supersedes)
        header = replace(snapshot.revision, version=1, supersedes=before)
        text = canonical.dumps(replace(snapshot, revision=header))
        revision = canonical.loads(text).revision
        digests[snapshot.digest] = revision.digest
        for path in (layout.revision_path(root, revision), layout.copy_path(root, revision)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    about = root / "archive.json"
    value = json.loads(about.read_bytes())
    names = {each["id"]: each["names"] for each in value["parties"]}
    parties = {name: {f"name_{k}": v for k, v in each.items()} for name, each in names.items()}
    about.write_text(json.dumps({**value, "format": 1, "parties": parties}, indent=2), "utf-8")
