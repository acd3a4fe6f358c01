"""Ground that changed hands between two lists of zones: who held each face of it, before and after.

Who holds a spot follows from the zones over it, by the rules of
:mod:`frontmap.geometry.counted_once`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.overlay import changed_faces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from frontmap.model import Basis, Zone

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Label = tuple[str, str]


NOBODY: Label = ("", "")


@dataclass(frozen=True, slots=True)
class GroundChange:
    """Ground that a party gained and lost between two lists of zones, as faces in degrees."""

    gained: NDArray[np.object_]
    lost: NDArray[np.object_]


class HeldFaces(NamedTuple):
    """Faces of changed ground, and who holds each: parties in the order in which they were asked.

    ``polygons`` is ``(n,)`` of polygons in degrees that do not overlap; ``before`` and ``after``
    are ``(n, parties)``.
    """

    polygons: NDArray[np.object_]
    before: Bools
    after: Bools


def held_faces(
    before: Sequence[Zone], after: Sequence[Zone], parties: Sequence[str], basis: Basis
) -> HeldFaces:
    """Cut the ground that may have changed hands into faces, and say who holds each.

    ``basis`` is ``"controlled"`` or ``"held"`` (controlled and contested), by the rules of
    :mod:`frontmap.geometry.counted_once`. Claimed zones play no part. Nobody or one party controls
    a face; several may hold one that is contested.

    >>> import frontmap
    >>> first, second = list(frontmap.open("geodata/kursk").snapshots())[:2]
    >>> faces = held_faces(first.zones, second.zones, ["RU", "UA"], "controlled")
    >>> faces.after.any(axis=0).tolist()  # of what changed hands, RU controls nothing after
    [False, True]
    """
    before, after = ([z for z in zones if z.status != "claimed"] for zones in (before, after))
    faces = changed_faces(before, after)
    return HeldFaces(
        faces.polygons,
        _held_by(faces.before, before, parties, basis),
        _held_by(faces.after, after, parties, basis),
    )


class LabelledFaces(NamedTuple):
    """Faces of changed ground, and how each is held: a label for each before and after.

    ``polygons`` is ``(n,)`` of polygons in degrees that do not overlap. A label is a status and who
    holds the face: one party where it is controlled, all that contest it (sorted, a space between),
    or two blanks for nobody.
    """

    polygons: NDArray[np.object_]
    before: list[Label]
    after: list[Label]


def labelled_faces(
    before: Sequence[Zone], after: Sequence[Zone], parties: Sequence[str]
) -> LabelledFaces:
    """Cut the ground that may have changed hands into faces, and say how each is held.

    As :func:`held_faces`, for both statuses at once; claimed zones play no part.

    >>> import frontmap
    >>> first, second = list(frontmap.open("geodata/kursk").snapshots())[:2]
    >>> faces = labelled_faces(first.zones, second.zones, ["RU", "UA"])
    >>> sorted(set(faces.after))
    [('', ''), ('contested', 'UA'), ('controlled', 'UA')]
    """
    before, after = ([z for z in zones if z.status != "claimed"] for zones in (before, after))
    faces = changed_faces(before, after)
    return LabelledFaces(
        faces.polygons,
        _labels(faces.before, before, parties),
        _labels(faces.after, after, parties),
    )


def _labels(covered: Bools, zones: Sequence[Zone], parties: Sequence[str]) -> list[Label]:
    controlled = _held_by(covered, zones, parties, "controlled")
    held = _held_by(covered, zones, parties, "held")
    return [
        (
            status,
            " ".join(sorted(party for party, is_so in zip(parties, row, strict=True) if is_so)),
        )
        if row.any()
        else NOBODY
        for status, row in (
            ("controlled", own) if own.any() else ("contested", either)
            for own, either in zip(controlled, held, strict=True)
        )
    ]


def ground_changes(
    before: Sequence[Zone], after: Sequence[Zone], parties: Sequence[str], basis: Basis
) -> dict[str, GroundChange]:
    """Find the ground that each party holds after and not before, and the other way round.

    Arguments as :func:`held_faces`.

    >>> import frontmap
    >>> first, second = list(frontmap.open("geodata/kursk").snapshots())[:2]
    >>> there = ground_changes(first.zones, second.zones, ["UA"], "controlled")["UA"]
    >>> back = ground_changes(second.zones, first.zones, ["UA"], "controlled")["UA"]
    >>> there.gained.size == back.lost.size > 0
    True
    """
    polygons, was, now = held_faces(before, after, parties, basis)
    return {
        party: GroundChange(polygons[now[:, n] & ~was[:, n]], polygons[was[:, n] & ~now[:, n]])
        for n, party in enumerate(parties)
    }


def transferred_km2(faces: HeldFaces) -> Floats:
    """Sum the ground of faces by who held it before (rows) and who holds it after (columns), km².

    ``(1 + parties, 1 + parties)``: nobody, then the parties in their order; 0.0 from a party to
    itself. Where several lose a face, or gain it, it goes in equal shares from each who loses it to
    each who gains it; if more lose it than gain it, the rest goes to nobody, and if more gain it,
    the rest comes from nobody. So a row sums up to what its party lost, a column to what it gained.

    >>> from shapely import box
    >>> face = np.array([box(0, 0, 0.1, 0.1)])
    >>> two, another = np.array([[True, True, False]]), np.array([[False, False, True]])
    >>> print(transferred_km2(HeldFaces(face, two, another)).round(1))
    [[ 0.   0.   0.   0. ]
     [61.5  0.   0.  61.5]
     [61.5  0.   0.  61.5]
     [ 0.   0.   0.   0. ]]
    """
    lost, gained = faces.before & ~faces.after, faces.after & ~faces.before
    losers, gainers = lost.sum(axis=1), gained.sum(axis=1)
    most = np.maximum(losers, gainers)
    share_km2 = polygon_areas_km2(faces.polygons) / np.maximum(most, 1)
    givers = np.column_stack([most - losers, lost])  # nobody stands in for those who are too few
    takers = np.column_stack([most - gainers, gained])
    passed = [[(share_km2 * giver * taker).sum() for taker in takers.T] for giver in givers.T]
    return np.array(passed, dtype=np.float64)


def _held_by(covered: Bools, zones: Sequence[Zone], parties: Sequence[str], basis: Basis) -> Bools:
    """Tell which of the faces each party holds, from the zones that cover each."""
    columns = [_held(covered, zones, party, basis) for party in parties]
    return np.array(columns, dtype=bool).reshape(len(parties), len(covered)).T


def _held(covered: Bools, zones: Sequence[Zone], party: str, basis: Basis) -> Bools:
    def under(wanted: list[bool]) -> Bools:
        return np.asarray(covered[:, np.array(wanted, dtype=bool)].any(axis=1))

    controlled = under([z.party == party and z.status == "controlled" for z in zones])
    if basis == "held":
        return controlled | under([z.party == party and z.status == "contested" for z in zones])
    disputed = under(
        [z.status == "contested" or (z.status == "controlled" and z.party != party) for z in zones]
    )
    return controlled & ~disputed
