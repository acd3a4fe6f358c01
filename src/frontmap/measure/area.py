"""How much ground: the area of zones on the ellipsoid, and the table of a whole archive."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from frontmap.geometry.counted import pieces, union
from frontmap.geometry.ellipsoid import polygon_areas_km2
from frontmap.geometry.geodesic import geodesic_difference_km2
from frontmap.geometry.uncertainty import (
    CORRELATION_KM,
    RULE,
    Outline,
    Uncertainty,
    area_uncertainty,
)
from frontmap.measure.cache import keep_uncertainties, measured_revisions, recall_uncertainties
from frontmap.measure.timeline import answers, border_of, parties_of, require
from frontmap.model import STATUSES, By, Edges, Errors, Per, Status
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.geometry.counted import Memory, Piece
    from frontmap.geometry.ellipsoid import Geometries
    from frontmap.measure.cache import KnownUncertainties, MeasuredRevisions
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Fill, Snapshot

Row = dict[str, Any]
GEODESIC = "geodesic_difference_km2"
_ORDER = ("date", "_instant", "party", "_place")
METHOD = "WGS 84 ellipsoid, edges straight in lon/lat"
_HEAD = ("date", "maker", "party")
_TAIL = ("error_km2", "bound_km2", "age_days", "digest", "method")
COLUMNS: dict[By, tuple[str, ...]] = {
    "party": (*_HEAD, "controlled_km2", "contested_km2", "claimed_km2", *_TAIL),
    "status": (*_HEAD, "status", "area_km2", *_TAIL),
    "zone": (*_HEAD, "zone", "status", "area_km2", "counted_km2", "accuracy_m", *_TAIL),
}


def area_km2(zones: Geometries) -> NDArray[np.float64]:
    """Area on the WGS 84 ellipsoid of each polygon (edges straight in lon/lat, RFC 7946).

    ``zones`` is an array, a list or a GeoSeries of polygons and multipolygons in EPSG:4326; the
    result is a float64 array of the same shape in square kilometres, 0.0 where a geometry is empty
    or missing. Overlapping polygons each count in full: see :func:`areas` for ground counted once.
    Raises InputError as :func:`frontmap.geometry.ellipsoid.polygon_areas_km2`, where the method is.

    >>> from shapely import MultiPolygon, box
    >>> area_km2([box(36, 48, 37, 49), MultiPolygon()]).round(1)
    array([8217.7,    0. ])
    """
    return polygon_areas_km2(zones)


def areas(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    by: By = "party",
    dates: Iterable[dt.date | str] | None = None,
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    errors: Errors = "estimate",
    edges: Edges = "straight",
    correlation_km: float = CORRELATION_KM,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure the ground of each party on each date, with its error.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    by
        - ``"party"``: one row per date and party: ``controlled_km2``, ``contested_km2``,
          ``claimed_km2``.
        - ``"status"``: one row per date, party and status: ``area_km2``.
        - ``"zone"``: one row per zone: ``area_km2`` of the zone as drawn, ``counted_km2`` what of
          it counts under its status, its ``accuracy_m``.
    dates, known, fill, per
        As :func:`frontmap.measure.timeline.answers`. With ``per="snapshot"`` the table has the
        column ``published``, the maker's instant, after ``date``.
    errors
        ``"none"`` leaves ``error_km2`` and ``bound_km2`` blank, which is many times faster.
    edges
        ``"compare"`` adds ``geodesic_difference_km2``: what the area (by party, the controlled
        area) would differ by with geodesic edges.
    correlation_km
        Stretches of line further apart than this err independently.
    executor
        Any ``concurrent.futures`` executor; None works in this process. The same to the bit.

    Returns
    -------
    pandas.DataFrame
        Ordered by date, then party (then status or zone). ``date`` is a ``datetime.date``; areas
        are in square kilometres on the WGS 84 ellipsoid; ``age_days`` is how much older than
        ``date`` the snapshot is; ``digest`` says which revision was measured. Ground counts once
        (:mod:`frontmap.geometry.counted`): contested before controlled, opposite controls are
        contested for both, claimed ground apart. What can be called held lies between
        ``controlled_km2`` and ``controlled_km2 + contested_km2``; by party, ``error_km2`` (one
        standard deviation) and
        ``bound_km2`` (worst case) hold for both ends of that range: the greater of the two. A
        party that the series names and a snapshot doesn't has 0.0 there.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``.
    UsageError
        ``archive`` is not an open archive, or a word is none of the choices.

    See Also
    --------
    frontmap.geometry.uncertainty.area_uncertainty : the rule behind the error and the bound.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> list(areas(kursk).columns[:6])
    ['date', 'maker', 'party', 'controlled_km2', 'contested_km2', 'claimed_km2']
    """
    require(archive, by=by, fill=fill, per=per, errors=errors, edges=edges)
    stored = edges == "straight" and by != "zone" and dates is None
    ground = measured_revisions(archive.root, executor=executor) if stored else None
    among = None if ground is None else ground.revisions
    found = answers(archive, dates, known=known, fill=fill, per=per, among=among)
    border = None if errors == "none" else border_of(archive)
    rule = _Rule(by, per, errors, edges, border, correlation_km)
    if ground is not None:
        measured = _spreads(archive, rule, ground, found, executor)
        rows = list(_stored_rows(ground, rule, found, measured))
    else:
        rows = list(map_batches(partial(_measured, archive, rule), found, executor=executor))
    if by != "zone" and ground is None:
        rows += _blank_rows(archive, rule, found, rows, known)
    columns = [*COLUMNS[by]]
    if per == "snapshot":
        columns.insert(1, "published")
    if edges == "compare":
        columns.insert(columns.index("error_km2"), GEODESIC)
    rows.sort(key=lambda row: [row[name] for name in _ORDER])
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is measured of every snapshot alike."""

    by: By
    per: Per
    errors: Errors
    edges: Edges
    border: BaseGeometry | None
    correlation_km: float

    @property
    def name(self) -> str:
        """Tell this rule's errors from those of any other."""
        border = hashlib.blake2b(shapely.to_wkb(self.border) or b"", digest_size=8).hexdigest()
        return f"errors-{RULE}-{self.by}-{border}-{self.correlation_km}"

    def uncertainty(self, outlines: Sequence[Outline], memory: Memory) -> Uncertainty:
        """Work out error and bound of the ground within outlines that do not overlap."""
        if self.errors == "none":
            return Uncertainty(math.nan, math.nan)
        key = tuple((shapely.to_wkb(o.geometry), o.accuracy_m) for o in outlines)
        if key not in memory:
            ground = union([outline.geometry for outline in outlines])
            memory[key] = area_uncertainty(
                ground, outlines, self.border, correlation_km=self.correlation_km
            )
        found: Uncertainty = memory[key]
        return found

    def geodesic(self, outlines: Sequence[Outline]) -> Row:
        """Say what geodesic edges would change, where that was asked for."""
        if self.edges == "straight":
            return {}
        shapes = [outline.geometry for outline in outlines]
        return {GEODESIC: float(geodesic_difference_km2(shapes).sum())}


def _measured(archive: Archive, rule: _Rule, batch: Sequence[Answer]) -> list[Row]:
    memory: Memory = {}
    rows = []
    snapshots = archive.read_each(answer.revision for answer in batch)
    for answer, snapshot in zip(batch, snapshots, strict=True):
        parts = pieces(snapshot, memory)
        found = _ROWS[rule.by](parts, snapshot, rule, memory)
        rows += [_identity(answer, rule, place) | row for place, row in enumerate(found)]
    return rows


def _stored_rows(
    ground: MeasuredRevisions, rule: _Rule, found: Sequence[Answer], spreads: KnownUncertainties
) -> Iterator[Row]:
    """Rows by party or by status of what the store measured, for every party of the series."""
    places = {revision.digest: place for place, revision in enumerate(ground.revisions)}
    wanted = [places[answer.revision.digest] for answer in found]
    named = np.any(ground.present[wanted], axis=0).tolist()
    nothing = rule.uncertainty([], {})
    for answer, place in zip(found, wanted, strict=True):
        for number, party in enumerate(ground.parties):
            if any(named) and not named[number]:
                continue
            sums = dict(zip(STATUSES, ground.areas_km2[place, number].tolist(), strict=True))
            for order, row in enumerate(_SUMMED[rule.by](sums)):
                of = (answer.revision.digest, party, row.get("status", ""))
                spread = Uncertainty(*spreads.get(of, nothing))._asdict()
                yield _identity(answer, rule, order) | {"party": party} | row | spread


def _by_party(sums: Mapping[Status, float]) -> Iterator[Row]:
    yield {f"{status}_km2": area for status, area in sums.items()}


def _by_status(sums: Mapping[Status, float]) -> Iterator[Row]:
    for status, area in sums.items():
        yield {"status": status, "area_km2": area}


_SUMMED = {"party": _by_party, "status": _by_status}


def _spreads(
    archive: Archive,
    rule: _Rule,
    ground: MeasuredRevisions,
    found: Sequence[Answer],
    executor: Executor | None,
) -> KnownUncertainties:
    """Errors and bounds by digest, party and status: those kept, and the missing ones measured."""
    if rule.errors == "none":
        return {}
    held = {
        revision.digest: bool(areas.any())
        for revision, areas in zip(ground.revisions, ground.areas_km2, strict=True)
    }
    spreads = recall_uncertainties(archive.root, rule.name)
    known = {digest for digest, *_ in spreads}
    missing = [a for a in found if held[a.revision.digest] and a.revision.digest not in known]
    for row in map_batches(partial(_measured, archive, rule), missing, executor=executor):
        of = (row["digest"], row["party"], row.get("status", ""))
        spreads[of] = (row["error_km2"], row["bound_km2"])
    if missing:
        keep_uncertainties(archive.root, rule.name, spreads)
    return spreads


def _blank_rows(
    archive: Archive, rule: _Rule, found: Sequence[Answer], rows: Sequence[Row], known: Known
) -> list[Row]:
    """Rows of 0.0 for the parties that the series names and a snapshot doesn't."""
    there = {(row["digest"], row["date"], row["party"]) for row in rows}
    parties = {row["party"] for row in rows}
    if found and not parties:
        parties = set(parties_of(archive.snapshots(known=known)))
    return [
        _identity(answer, rule, place) | {"party": party} | row
        for answer in found
        for party in parties
        if (answer.revision.digest, answer.date, party) not in there
        for place, row in enumerate(_nothing(rule))
    ]


def _nothing(rule: _Rule) -> list[Row]:
    none = rule.geodesic([]) | rule.uncertainty([], {})._asdict()
    if rule.by == "status":
        return [{"status": status, "area_km2": 0.0} | none for status in STATUSES]
    return [{f"{status}_km2": 0.0 for status in STATUSES} | none]


def _identity(answer: Answer, rule: _Rule, place: int) -> Row:
    revision = answer.revision
    published = {"published": revision.published} if rule.per == "snapshot" else {}
    return published | {
        "date": answer.date,
        "maker": revision.maker,
        "age_days": answer.age_days,
        "digest": revision.digest,
        "method": METHOD,
        "_instant": revision.published.timestamp() if revision.published else 0.0,
        "_place": place,
    }


def _party_rows(
    parts: Sequence[Piece], snapshot: Snapshot, rule: _Rule, memory: Memory
) -> Iterator[Row]:
    for party in parties_of([snapshot]):
        sums = {f"{status}_km2": _counted_km2(parts, party, status) for status in STATUSES}
        geodesic = rule.geodesic(_outlines(parts, party, ("controlled",)))
        ends = [
            rule.uncertainty(_outlines(parts, party, statuses), memory)
            for statuses in (("controlled",), ("controlled", "contested"))
        ]
        worst = (max(end.error_km2 for end in ends), max(end.bound_km2 for end in ends))
        yield {"party": party} | sums | geodesic | Uncertainty(*worst)._asdict()


def _status_rows(
    parts: Sequence[Piece], snapshot: Snapshot, rule: _Rule, memory: Memory
) -> Iterator[Row]:
    for party in parties_of([snapshot]):
        for status in STATUSES:
            outlines = _outlines(parts, party, (status,))
            counted = {"area_km2": _counted_km2(parts, party, status)} | rule.geodesic(outlines)
            spread = rule.uncertainty(outlines, memory)
            yield {"party": party, "status": status} | counted | spread._asdict()


def _zone_rows(
    parts: Sequence[Piece], snapshot: Snapshot, rule: _Rule, memory: Memory
) -> Iterator[Row]:
    for zone in snapshot.zones:
        own = [p.geometry for p in parts if p.zone is zone and p.status == zone.status]
        outline = Outline(zone.geometry, zone.accuracy_m)
        spread = rule.geodesic([outline]) | rule.uncertainty([outline], memory)._asdict()
        yield {
            "party": zone.party,
            "zone": zone.id,
            "status": zone.status,
            "area_km2": float(area_km2([zone.geometry])[0]),
            "counted_km2": float(area_km2(own).sum()),
            "accuracy_m": zone.accuracy_m,
        } | spread


_ROWS = {"party": _party_rows, "status": _status_rows, "zone": _zone_rows}


def _counted_km2(parts: Sequence[Piece], party: str, status: Status) -> float:
    own = [p.geometry for p in parts if p.zone.party == party and p.status == status]
    return float(area_km2(own).sum())


def _outlines(parts: Sequence[Piece], party: str, statuses: tuple[Status, ...]) -> list[Outline]:
    return [
        Outline(part.geometry, part.zone.accuracy_m)
        for part in parts
        if part.zone.party == party and part.status in statuses
    ]
