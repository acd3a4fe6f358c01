"""Error and bound of the ground of whole snapshots, worked out once and cached by their digests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from frontmap.errors import InputError
from frontmap.geometry.counted_once import PieceCache, pieces, pieces_of, union
from frontmap.geometry.fixed_lines import FixedLines
from frontmap.geometry.polygons import content_key
from frontmap.geometry.uncertainty import (
    CORRELATION_KM,
    RULE,
    Outline,
    Uncertainty,
    area_uncertainty,
)
from frontmap.measure.cache import read_uncertainties, write_uncertainties
from frontmap.measure.timeline import parties_of
from frontmap.model import STATUSES
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.geometry.counted_once import Piece
    from frontmap.model import By, Revision, Snapshot, Status

#: The ground whose error stands in a row, by the row's status (blank: a row for a party). Of two,
#: the greater error and the greater bound count.
GROUND: dict[By, dict[str, tuple[tuple[Status, ...], ...]]] = {
    "party": {"": (("controlled",), ("controlled", "contested"))},
    "status": {status: ((status,),) for status in STATUSES},
}


def snapshot_uncertainties(
    archive: Archive,
    revisions: Sequence[Revision],
    *,
    by: By,
    border: BaseGeometry | None,
    executor: Executor | None = None,
) -> dict[tuple[str, str, str], Uncertainty]:
    """Error and bound of each party's ground in snapshots, by digest, party and status.

    ``by``: ``"party"`` for its range, from controlled to controlled and contested, under a blank
    status; ``"status"`` for each status alone. ``border`` does not move. In km²; by the rule of
    :func:`frontmap.geometry.uncertainty.area_uncertainty`. What was worked out before is read from
    the archive's cache.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> first = kursk.as_of("2024-08-12").revision
    >>> found = snapshot_uncertainties(kursk, [first], by="party", border=None)
    >>> found[first.digest, "UA", ""].error_km2 < found[first.digest, "UA", ""].bound_km2
    True
    """
    known = read_uncertainties(archive.root, by, _inputs(border))
    missing = [revision for revision in revisions if revision.digest not in known]
    work = partial(_worked_out, archive, by, border)
    known.update(map_batches(work, missing, executor=executor))
    if missing:
        write_uncertainties(archive.root, by, _inputs(border), known)
    return {
        (revision.digest, *key): each
        for revision in revisions
        for key, each in known[revision.digest].items()
    }


def snapshot_uncertainty(
    snapshot: Snapshot, *, by: By, border: BaseGeometry | None
) -> dict[tuple[str, str], Uncertainty]:
    """Error and bound of each party's ground in one snapshot, recorded or not, by party and status.

    Arguments and values as :func:`snapshot_uncertainties`; nothing is cached.

    >>> import frontmap
    >>> found = snapshot_uncertainty(frontmap.open("geodata/kursk")["2024-08-12"], by="status",
    ...                              border=None)
    >>> found["UA", "controlled"].error_km2 < found["UA", "controlled"].bound_km2
    True
    """
    return _of_one(snapshot, by, PieceCache(), cached_uncertainty(border))


def cached_uncertainty(
    border: BaseGeometry | None,
) -> Callable[[tuple[Outline, ...]], Uncertainty]:
    """Return a function from outlines that do not overlap to the uncertainty of their ground.

    Outlines of one content are worked out once.

    >>> import shapely
    >>> uncertainty = cached_uncertainty(None)
    >>> square = Outline(shapely.box(35.0, 51.0, 35.1, 51.1), 500.0)
    >>> round(uncertainty((square,)).error_km2, 2)
    12.05
    """
    fixed = None if border is None else FixedLines(border)
    known: dict[tuple[tuple[bytes, float], ...], Uncertainty] = {}

    def uncertainty(outlines: tuple[Outline, ...]) -> Uncertainty:
        key = tuple((content_key(each.geometry), each.accuracy_m) for each in outlines)
        if key not in known:
            ground = union([each.geometry for each in outlines])
            known[key] = area_uncertainty(ground, outlines, fixed)
        return known[key]

    return uncertainty


def _inputs(border: BaseGeometry | None) -> dict[str, object]:
    """Return what errors are worked out from, beside the revisions and the code."""
    return {
        "rule": RULE,
        "correlation_km": CORRELATION_KM,
        "border": None if border is None else content_key(border).hex(),
    }


def _worked_out(
    archive: Archive, by: By, border: BaseGeometry | None, batch: Sequence[Revision]
) -> list[tuple[str, dict[tuple[str, str], Uncertainty]]]:
    cache, uncertainty = PieceCache(), cached_uncertainty(border)
    return [
        (revision.digest, _of_one(snapshot, by, cache, uncertainty))
        for revision, snapshot in zip(batch, archive.read_each(batch), strict=True)
    ]


def _of_one(
    snapshot: Snapshot,
    by: By,
    cache: PieceCache,
    uncertainty: Callable[[tuple[Outline, ...]], Uncertainty],
) -> dict[tuple[str, str], Uncertainty]:
    parts, own = pieces(snapshot, cache), {}
    for party in parties_of([snapshot]):
        for status, grounds in GROUND[by].items():
            try:
                found = [uncertainty(_outlines(parts, party, ground)) for ground in grounds]
            except InputError as error:
                raise InputError(f"{snapshot.date}, ground of {party}: {error}") from None
            own[party, status] = Uncertainty(*map(max, zip(*found, strict=True)))
    return own


def _outlines(
    parts: Sequence[Piece], party: str, statuses: tuple[Status, ...]
) -> tuple[Outline, ...]:
    own = pieces_of(parts, *statuses, party=party)
    return tuple(Outline(part.geometry, part.zone.accuracy_m) for part in own)
