"""How far the line lies off where a place's reports are left out, and how far it errs together.

Every sixth reported place is left out with all its events, and the ground drafted from the rest.
Along the line of that draft, every 500 m, lies a point whose nearest reported place is one that was
left out: there the line is held against that of the draft from all reports. Its displacement is
the distance between the two, positive where the full draft has more ground.

The correlation length is twice the integral of the displacements' correlation over the distance
between two points, up to where the correlation first falls to nothing: the length that the error's
rule (``docs/method.md``) wants. Both points lie where reports were left out, so that no report of
the one holds the other in its place. The interval comes from drawing folds, and months within
them, with replacement.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from benchmarks.left_out_drafts import BASES, drafts, folds, moving_line, period_of
from frontmap.geometry.plane import plane_about

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from benchmarks.left_out_drafts import Ground, Record
    from frontmap.geometry.plane import Plane

    Floats = NDArray[np.float64]

FOLDS = 6
STEP_M = 500.0
BIN_KM = 2.0
BINS_KM = np.arange(0, 42, BIN_KM)
DRAWS = 1000


class Stretch(NamedTuple):
    """The points of one drafted line whose nearest reported place was left out.

    Positions in kilometres on a plane, displacements in kilometres, the accuracy that the draft
    states for its line there, and the number of the nearest place.
    """

    date: dt.date
    basis: str
    fold: tuple[int, int]
    points_km: Floats
    moved_km: Floats
    accuracy_km: Floats
    place: NDArray[np.int64]


def left_out_lines(record: Record, dates: Sequence[dt.date], seeds: Iterable[int]) -> list[Stretch]:
    """Draft each date without each fold of places, for each way to deal them out."""
    reported, where = record.reported, record.reported_points()
    plane = plane_about(where)
    places = shapely.get_coordinates(plane.flat(where))
    theatre = _Theatre(plane, plane.flat(record.border), places)
    full = drafts(record, dates)
    found = []
    for seed in seeds:
        for number, fold in enumerate(folds(reported, FOLDS, seed)):
            out = np.isin(reported, fold)
            for (date, basis), ground in drafts(record.without(fold), dates).items():
                if (date, basis) in full:
                    measured = _displacements(theatre, ground, full[date, basis], out)
                    found.append(Stretch(date, basis, (seed, number), *measured))
    return found


class _Theatre(NamedTuple):
    """The border and the reported places on one plane, in metres."""

    plane: Plane
    border: BaseGeometry
    places: Floats


def _displacements(
    theatre: _Theatre, ground: Ground, full: Ground, out: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    plane, border, places = theatre
    line = moving_line(plane.flat_ground(ground.whole), border)
    whole = plane.flat_ground(full.whole)
    parts = shapely.get_parts(shapely.line_merge(line))
    steps = [np.arange(STEP_M / 2, part.length, STEP_M) for part in parts]
    points = np.concatenate(
        [shapely.line_interpolate_point(part, at) for part, at in zip(parts, steps, strict=True)]
    )
    nearest = shapely.STRtree(np.array(shapely.points(places))).nearest(points)
    points, nearest = points[out[nearest]], nearest[out[nearest]]
    inside = np.where(shapely.contains_properly(whole, points), 1, -1)
    moved = inside * shapely.distance(moving_line(whole, border), points) / 1000
    outlines = [plane.flat_ground(outline.geometry).boundary for outline in ground.outlines]
    accuracy = np.array([outline.accuracy_m for outline in ground.outlines]) / 1000
    away = shapely.distance(np.array(outlines)[:, None], points[None])
    stated = np.where(away <= away.min(axis=0, initial=np.inf) + 1, accuracy[:, None], 0)
    return shapely.get_coordinates(points) / 1000, moved, stated.max(axis=0, initial=0), nearest


class Sums(NamedTuple):
    """Of one fold and month: products of displacements by distance, and their squares."""

    pairs: Floats
    products: Floats
    points: int
    squares: float


def sums(stretches: Iterable[Stretch]) -> dict[tuple[tuple[int, int], int], Sums]:
    """Sum up by fold and month what a correlation is worked out from."""
    found: dict[tuple[tuple[int, int], int], list[Sums]] = defaultdict(list)
    for each in stretches:
        one, other = np.triu_indices(len(each.moved_km), 1)
        apart = np.linalg.norm(each.points_km[one] - each.points_km[other], axis=1)
        product = each.moved_km[one] * each.moved_km[other]
        pairs, _ = np.histogram(apart, BINS_KM)
        products, _ = np.histogram(apart, BINS_KM, weights=product)
        month = each.date.year * 12 + each.date.month
        found[each.fold, month].append(
            Sums(pairs, products, len(each.moved_km), float((each.moved_km**2).sum()))
        )
    return {key: _together(of) for key, of in found.items()}


def _together(many: Iterable[Sums]) -> Sums:
    return Sums(*(sum(column) for column in zip(*many, strict=True)))


def length_km(many: Iterable[Sums]) -> float:
    """Work out the correlation length."""
    all_of = _together(many)
    mean_square = all_of.squares / all_of.points
    correlation = all_of.products / np.maximum(all_of.pairs, 1) / mean_square
    ends = np.flatnonzero(correlation <= 0)
    return float(2 * BIN_KM * correlation[: ends[0] if len(ends) else None].sum())


def interval_km(by_unit: dict[tuple[tuple[int, int], int], Sums]) -> tuple[float, float]:
    """Draw folds and months with replacement: the 5th and the 95th percentile of the length."""
    units = list(by_unit.values())
    random = np.random.default_rng(0)
    drawn = [
        length_km([units[n] for n in random.integers(len(units), size=len(units))])
        for _ in range(DRAWS)
    ]
    low, high = np.percentile(drawn, [5, 95])
    return float(low), float(high)


def coverage(stretches: Iterable[Stretch]) -> pd.DataFrame:
    """Say how often the line at a left-out place lies within one and two stated errors.

    One row a basis and period: the displacement of the line at a place on a date is the mean over
    its points; ``within_1``, ``within_2`` are shares, and the kilometres root mean squares and
    medians of displacements and accuracies.
    """
    rows = [
        (
            each.basis,
            period_of(each.date),
            abs(each.moved_km[own].mean()),
            each.accuracy_km[own].mean(),
        )
        for each in stretches
        for own in (each.place == place for place in np.unique(each.place))
    ]
    table = pd.DataFrame(rows, columns=["basis", "period", "moved_km", "accuracy_km"])
    table["within_1"] = table["moved_km"] <= table["accuracy_km"]
    table["within_2"] = table["moved_km"] <= 2 * table["accuracy_km"]
    table["square"] = table["moved_km"] ** 2
    found = table.groupby(["basis", "period"], sort=False).agg(
        lines=("within_1", "size"),
        within_1=("within_1", "mean"),
        within_2=("within_2", "mean"),
        off_km=("square", lambda square: float(np.sqrt(square.mean()))),
        accuracy_km=("accuracy_km", "median"),
    )
    return found.reset_index()


def main(record: Record, dates: Sequence[dt.date], seeds: Sequence[int]) -> None:
    """Print the correlation length with its interval, and the coverage of lines."""
    stretches = left_out_lines(record, dates, seeds)
    for bases in (*((basis,) for basis in BASES), BASES):
        by_unit = sums(each for each in stretches if each.basis in bases)
        low, high = interval_km(by_unit)
        print(
            f"correlation length, {' and '.join(bases)}: {length_km(by_unit.values()):.1f} km "
            f"(90 %: {low:.0f} to {high:.0f})"
        )
    print("\nlines at left-out places")
    print(coverage(stretches).to_string(index=False, float_format="%.2f"))
