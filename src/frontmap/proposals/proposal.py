"""What recording a snapshot would change: ground, settlements, zones, sources, findings."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from frontmap.archive import history, lookup
from frontmap.checks.proposed import proposed_findings
from frontmap.errors import FrontmapError
from frontmap.facts import read_places, require_plain_files
from frontmap.geometry.counted_once import counted_km2, pieces
from frontmap.measure.area_errors import snapshot_uncertainty
from frontmap.measure.cache import measured_revisions
from frontmap.measure.difference import compare_snapshots
from frontmap.measure.held_places import place_changes
from frontmap.measure.timeline import border_of, parties_of
from frontmap.model import STATUSES
from frontmap.proposals.doubts import (
    Doubt,
    large_changes,
    largest_steps_km2,
    vanishing_ground,
    vanishing_sources,
    vanishing_zones,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from frontmap.archive import Archive
    from frontmap.geometry.uncertainty import Uncertainty
    from frontmap.measure.difference import Difference
    from frontmap.measure.held_places import PlaceChange
    from frontmap.model import Finding, Revision, Snapshot, Status

    #: A party's ground by status, in km².
    AreasByParty = Mapping[str, Mapping[Status, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundArea:
    """Ground of one party under one status, counted once, in km²: standard error and worst case.

    ``error_km2`` and ``bound_km2`` are None where they could not be worked out.
    """

    party: str
    status: Status
    area_km2: float
    error_km2: float | None
    bound_km2: float | None


@dataclass(frozen=True, slots=True)
class AdjacentDates:
    """The snapshots in force that a proposed one stands beside; None where there is none.

    ``replaced`` is that of its own date (and instant), ``before`` and ``after`` are of the dates
    next to it.
    """

    replaced: Snapshot | None = None
    before: Snapshot | None = None
    after: Snapshot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What recording a snapshot would change.

    ``correction``, ``since`` and ``until`` are the differences from the revision that it would
    replace, from the date before, and to the date after; None where there is none. ``ground`` is
    every party's with each status of which it has some. ``places`` are the settlements of
    ``places.csv`` that lie on other ground than in what would be replaced, else on the date before.
    ``findings`` are those of :func:`frontmap.checks.proposed.proposed_findings`, ``doubts`` what is
    asked about before it is recorded. ``unknown`` says what could not be compared, and why.
    """

    snapshot: Snapshot
    neighbours: AdjacentDates
    correction: Difference | None
    since: Difference | None
    until: Difference | None
    ground: tuple[GroundArea, ...]
    places: tuple[PlaceChange, ...]
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]
    unknown: tuple[str, ...]

    @property
    def removed_zones(self) -> tuple[str, ...]:
        """The ids of zones that the replaced revision has and this one has not."""
        zones = () if self.correction is None else self.correction.zones
        return tuple(zone.zone_id for zone in zones if zone.change == "removed")

    @property
    def removed_sources(self) -> tuple[str, ...]:
        """The sources that the replaced revision names and this one does not."""
        return () if self.correction is None else self.correction.sources_removed


def propose(archive: Archive, snapshot: Snapshot) -> Proposal:
    """Work out what recording a snapshot would change, and record nothing.

    ``snapshot`` is what ``Archive.would_add`` or ``Archive.would_correct`` returns; one that is in
    force is compared with its neighbours alone. What keeps an older revision from being compared
    (two in force, damage) is told in ``unknown`` and stops nothing. A table of facts that is no
    plain file, or closed, is refused: raises as :func:`frontmap.facts.require_plain_files`.

    >>> import tempfile, frontmap
    >>> from shapely import box
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0-1.0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> held = frontmap.Zone(id="sudzha", party="UA", status="controlled", confidence="medium",
    ...                      geometry=box(35, 51, 35.2, 51.2), sources=("isw",), accuracy_m=1500)
    >>> _ = front.add("2024-08-30", [], reason="nothing was held")
    >>> proposal = propose(front, front.would_add("2024-08-31", [held], reason="a map"))
    >>> [(each.party, round(each.area_km2), round(each.error_km2)) for each in proposal.ground]
    [('UA', 312, 51)]
    >>> round(proposal.since.gained_km2("UA")), [each.rule for each in proposal.findings]
    (312, ['jump', 'source'])
    """
    require_plain_files(archive.root)
    unknown: list[str] = []
    beside, recorded, proposed = AdjacentDates(), pd.DataFrame(), None
    recorded_km2: dict[Revision, AreasByParty] | None = None
    own_km2: AreasByParty | None = None
    with _telling(unknown):
        beside = _neighbours(archive, snapshot.revision)
    with _telling(unknown):
        recorded_km2 = _recorded_km2(archive, snapshot)
    with _telling(unknown):
        own_km2 = _own_km2(snapshot)
    if recorded_km2 is not None and own_km2 is not None:
        recorded, proposed = _series(snapshot.revision, recorded_km2, own_km2)
    correction = _difference(beside.replaced, snapshot, unknown)
    since = _difference(beside.before, snapshot, unknown)
    until = _difference(snapshot, beside.after, unknown)
    places: tuple[PlaceChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    with _telling(unknown):
        if earlier := beside.replaced or beside.before:
            places = place_changes(read_places(archive.root), earlier, snapshot)
    with _telling(unknown):
        findings = proposed_findings(archive, snapshot, proposed)
    return Proposal(
        snapshot=snapshot,
        neighbours=beside,
        correction=correction,
        since=since,
        until=until,
        ground=() if own_km2 is None else _ground(archive, snapshot, own_km2, unknown),
        places=places,
        findings=findings,
        doubts=tuple(_doubts(beside, snapshot, (correction, since, until), recorded)),
        unknown=tuple(dict.fromkeys(unknown)),
    )


@contextmanager
def _telling(unknown: list[str]) -> Iterator[None]:
    """Let what goes on without an answer do so, and take down why there is none."""
    try:
        yield
    except FrontmapError as error:
        unknown.append(str(error))


def _neighbours(archive: Archive, revision: Revision) -> AdjacentDates:
    key = history.chain_key(revision)
    own = history.in_force(archive.chain(key))
    replaced = None if own is None or own.digest == revision.digest else own
    stand = (replaced, *lookup.read_beside(archive.root, key))
    return AdjacentDates(*(None if each is None else archive.read(each) for each in stand))


def _difference(
    before: Snapshot | None, after: Snapshot | None, unknown: list[str]
) -> Difference | None:
    if before is not None and after is not None:
        with _telling(unknown):
            return compare_snapshots(before, after)
    return None


def _recorded_km2(archive: Archive, snapshot: Snapshot) -> dict[Revision, AreasByParty]:
    """Return the ground of all that is in force, but for what is proposed, in km²."""
    measured = measured_revisions(archive.root)
    return {
        each: {party: measured.counted_km2(each, party) for party in measured.parties}
        for each in history.all_in_force(measured.revisions)
        if each.digest != snapshot.digest
    }


def _own_km2(snapshot: Snapshot) -> AreasByParty:
    parts = pieces(snapshot)
    return {
        party: {status: counted_km2(parts, status, party=party) for status in STATUSES}
        for party in parties_of([snapshot])
    }


def _series(
    revision: Revision, recorded_km2: dict[Revision, AreasByParty], own_km2: AreasByParty
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ground of each date as it is recorded, and as it would be."""
    key = history.chain_key(revision)
    others = {each: km2 for each, km2 in recorded_km2.items() if history.chain_key(each) != key}
    return _table(recorded_km2), _table({**others, revision: own_km2})


def _table(areas_km2: Mapping[Revision, AreasByParty]) -> pd.DataFrame:
    """Return the ground of each date (where there are instants, of its last) and party."""
    by_date = {each.date: areas_km2[each] for each in sorted(areas_km2, key=history.order)}
    parties = sorted({party for own in by_date.values() for party in own})
    rows = [
        {"date": date, "party": party}
        | {
            f"{status}_km2": own.get(party, {}).get(status, 0.0)
            for status in ("controlled", "contested")
        }
        for date, own in by_date.items()
        for party in parties
    ]
    columns = ["date", "party", "controlled_km2", "contested_km2"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(date=pd.to_datetime(table["date"]))


def _ground(
    archive: Archive, snapshot: Snapshot, own_km2: AreasByParty, unknown: list[str]
) -> tuple[GroundArea, ...]:
    errors: dict[tuple[str, str], Uncertainty] = {}
    with _telling(unknown):
        errors = snapshot_uncertainty(snapshot, by="status", border=border_of(archive))
    found = []
    for party, by_status in own_km2.items():
        for status, area_km2 in by_status.items():
            if area_km2:
                error_km2, bound_km2 = errors.get((party, status), (None, None))
                found.append(
                    GroundArea(
                        party=party,
                        status=status,
                        area_km2=area_km2,
                        error_km2=error_km2,
                        bound_km2=bound_km2,
                    )
                )
    return tuple(found)


def _doubts(
    beside: AdjacentDates,
    snapshot: Snapshot,
    differences: tuple[Difference | None, ...],
    recorded: pd.DataFrame,
) -> Iterator[Doubt]:
    """Yield what is asked about, of each party and kind the largest that there is."""
    correction, since, _ = differences
    if beside.replaced is not None:
        yield from vanishing_zones(beside.replaced, snapshot)
    if correction is not None:
        yield from vanishing_sources(correction)
    largest_km2 = {} if recorded.empty else largest_steps_km2(recorded)
    found = [
        *(doubt for each in (correction, since) if each for doubt in vanishing_ground(each)),
        *(doubt for each in differences if each for doubt in large_changes(each, largest_km2)),
    ]
    largest = sorted(found, key=lambda doubt: (doubt.kind, doubt.name, -abs(doubt.area_km2)))
    for _, (first, *_) in groupby(largest, key=lambda doubt: (doubt.kind, doubt.name)):
        yield first
