"""Controlled and contested zones share their borders to the bit, and what is not so is matched."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

import frontmap
from conftest import KURSK
from frontmap import MendedWarning, check_file
from frontmap.archive.matching import match_zones
from frontmap.archive.snapshot_rules import check_snapshot
from frontmap.draft import feature_collection
from frontmap.errors import InputError
from frontmap.formats import canonical
from frontmap.geometry.coverage import match_borders, unmatched_borders
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.grid import GRID_DEGREES, on_grid, snap, to_grid
from frontmap.geometry.polygons import polygonal
from fronts import new_archive, snapshot, zone
from verbs import run


def shapes(*ground):
    return np.array(ground, dtype=object)


def on_cells(ground):
    """Return ground with its vertices as whole cells, where GEOS decides without rounding."""
    return shapely.transform(ground, lambda degrees: np.rint(degrees * 1e6) - [35e6, 51e6])


def pinched(ground):
    """Tell whether a hole touches the outer ring: what GEOS takes for a border unmatched."""
    for part in shapely.get_parts(ground):
        corners = np.concatenate([ring.coords[:-1] for ring in shapely.get_rings(part)])
        if len(np.unique(corners, axis=0)) < len(corners):
            return True
    return False


@st.composite
def coverages(draw):
    """Triangles between points on the grid, joined to a few zones; some are nobody's."""
    width = draw(st.sampled_from([30, 1000, 200_000]))
    cells = st.tuples(st.integers(0, width), st.integers(0, width))
    points = np.array(draw(st.lists(cells, min_size=4, max_size=25, unique=True)))
    corners = shapely.MultiPoint(to_grid(points / 1e6 + [35, 51]))
    triangles = shapely.get_parts(shapely.delaunay_triangles(corners))
    assume(len(triangles) and shapely.coverage_is_valid(on_cells(triangles)))
    owners = st.integers(-1, 3)
    owner = np.array(draw(st.lists(owners, min_size=len(triangles), max_size=len(triangles))))
    found = [polygonal(shapely.coverage_union_all(triangles[owner == n])) for n in range(4)]
    return shapes(*(ground for ground in found if not ground.is_empty))


@st.composite
def drawn(draw):
    """Zones that meet about: vertices left out or moved in one of them, or some on each other."""
    chance = draw(st.randoms(use_true_random=False))
    reach = draw(st.sampled_from([0, 1, 3, 40])) * GRID_DEGREES
    found = []
    for ground in draw(coverages()):
        moved = [
            Polygon(*(_shaken(part.exterior, chance, reach),
                      [_shaken(ring, chance, reach) for ring in part.interiors]))
            for part in shapely.get_parts(ground)
        ]  # fmt: skip
        found.append(snap(polygonal(shapely.union_all(shapely.make_valid(moved)))).geometry)
    return shapes(*(ground for ground in found if not ground.is_empty))


def _shaken(ring, chance, reach):
    return [
        (x + chance.uniform(-reach, reach), y + chance.uniform(-reach, reach))
        if chance.random() < 0.3
        else (x, y)
        for n, (x, y) in enumerate(ring.coords[:-1])
        if n < 3 or chance.random() < 0.8
    ]


@given(st.one_of(coverages(), drawn()))
def test_borders_match_where_shapely_says_so_but_for_holes_that_touch_their_ring(ground):
    ours = not unmatched_borders(ground)
    theirs = bool(shapely.coverage_is_valid(on_cells(ground)))
    assert ours == theirs or (ours and any(map(pinched, ground)))


@given(coverages())
def test_a_coverage_has_no_unmatched_border(ground):
    assert unmatched_borders(ground) == []


@given(coverages())
def test_canonical_text_keeps_a_coverage_a_coverage(ground):
    zones = [zone(each, f"z{n}") for n, each in enumerate(ground)]
    written = canonical.loads(canonical.dumps(snapshot(*zones)))
    after = shapes(*(each.geometry for each in written.zones))
    assert unmatched_borders(after) == []
    assert shapely.coverage_is_valid(after) == shapely.coverage_is_valid(ground)


@given(drawn())
def test_matched_borders_match_on_the_grid(ground):
    after = match_borders(ground).shapes
    left = after[~shapely.is_empty(after)]
    assert unmatched_borders(left) == []
    assert shapely.is_valid(left).all()
    assert all(map(on_grid, left))


@given(drawn())
def test_matching_is_done_once(ground):
    once = match_borders(ground).shapes
    left = once[~shapely.is_empty(once)]
    assert match_borders(left).shapes is left


@given(drawn())
def test_matching_moves_ground_by_no_more_than_a_cell_along_its_line_and_what_others_have(ground):
    matched = match_borders(ground)
    for n, (before, gained_km2) in enumerate(zip(ground, matched.gained_km2, strict=True)):
        around = shapely.union_all(shapely.boundary(ground)).buffer(1.5 * GRID_DEGREES)
        shared = shapely.intersection(before, shapely.union_all(ground[:n]))
        line_km2 = float(polygon_areas_km2([polygonal(around)])[0])
        shared_km2 = float(polygon_areas_km2([polygonal(shared)])[0])
        assert -line_km2 - shared_km2 <= gained_km2 <= line_km2


OFF = 3 * GRID_DEGREES
WEST, EAST = box(35, 51, 35.1, 51.1), box(35.1, 51, 35.2, 51.1)
UPPER, LOWER = box(35.1, 51.05, 35.2, 51.1), box(35.1, 51, 35.2, 51.05)
MIDDLE, FAR = box(35.04, 51.04, 35.06, 51.06), box(36, 51, 36.1, 51.1)
HOLED = WEST.difference(MIDDLE)


def east(x, y=51.05):
    """Return the eastern square with one more corner in its western edge."""
    return Polygon([(35.1, 51), (35.2, 51), (35.2, 51.1), (35.1, 51.1), (x, y)])


def tip(x, y):
    return Polygon([(x, y), (35.2, 51), (35.2, 51.1)])


#: How many pairs of zones do not match, and the zones.
CASES: dict[str, tuple[Any, ...]] = {
    "one zone": (0, WEST),
    "two that share an edge": (0, WEST, EAST),
    "a corner on the other's edge": (2, WEST, UPPER, LOWER),
    "a vertex on the edge in one of them only": (1, WEST, east(35.1)),
    "a vertex of one, three cells within the other": (1, WEST, east(35.1 - OFF)),
    "a vertex of one, three cells off the other": (0, WEST, east(35.1 + OFF)),
    "an overlap of three cells": (1, WEST, box(35.1 - OFF, 51, 35.2, 51.1)),
    "a gap of three cells": (0, WEST, box(35.1 + OFF, 51, 35.2, 51.1)),
    "corners that touch": (0, WEST, box(35.1, 51.1, 35.2, 51.2)),
    "a corner that touches an edge": (1, WEST, tip(35.1, 51.05)),
    "a corner a cell before an edge": (0, WEST, tip(35.100001, 51.05)),
    "a corner a cell within": (1, WEST, tip(35.099999, 51.05)),
    "a hole that another zone fills": (0, HOLED, MIDDLE),
    "a hole filled but for a gap": (1, HOLED, box(35.04 + OFF, 51.04, 35.06, 51.06)),
    "a zone within another": (1, WEST, MIDDLE),
    "a zone within another, corner on corner": (
        1, WEST, Polygon([(35, 51), (35.1, 51.1), (35.06, 51.04)])),
    "the same zone twice": (1, WEST, WEST),
    "islands apart": (0, MultiPolygon([WEST, box(35.3, 51, 35.4, 51.1)]), FAR),
    "an island in two parts, one on another zone": (1, WEST, MultiPolygon([MIDDLE, FAR])),
    "two beside each other under a third": (2, WEST, EAST, box(35.05, 51, 35.15, 51.1)),
    "two beside each other under a third that is both": (2, WEST, EAST, box(35, 51, 35.2, 51.1)),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_borders_that_do_not_match_are_found_and_matched(what):
    pairs, *drawn_as = CASES[what]
    ground = shapes(*(snap(each).geometry for each in drawn_as))
    found = unmatched_borders(ground)
    assert len(found) == pairs
    assert all(each.length_km > 0 for each in found)
    assert bool(found) == (not shapely.coverage_is_valid(on_cells(ground)))
    after = match_borders(ground).shapes
    left = after[~shapely.is_empty(after)]
    assert unmatched_borders(left) == []
    assert shapely.coverage_is_valid(on_cells(left))


def test_ground_of_several_goes_to_the_first_and_a_gap_to_nobody():
    overlapping = shapes(WEST, box(35.05, 51, 35.2, 51.1))
    one, other = match_borders(overlapping).shapes
    assert one.equals(WEST)
    assert other.equals(EAST)
    gap = match_borders(shapes(WEST, box(35.1 + OFF, 51, 35.2, 51.1), UPPER)).shapes
    assert not shapely.union_all(gap).covers(box(35.1, 51, 35.1 + OFF, 51.05))


def test_nothing_is_left_of_a_zone_that_lies_in_an_earlier_one():
    matched = match_borders(shapes(WEST, MIDDLE))
    assert matched.shapes[1].is_empty
    assert matched.gained_km2[1] == pytest.approx(-polygon_areas_km2([MIDDLE])[0])


def test_the_length_is_that_of_the_border_and_the_place_lies_on_it():
    [found] = unmatched_borders(shapes(WEST, east(35.1)))
    assert found.length_km == pytest.approx(11.124, abs=1e-3)
    assert found.position == (35.1, 51.05)


def test_holes_that_touch_their_ring_match_where_shapely_says_that_they_do_not():
    """An edge that starts where they touch lies within the hole's outside, and is nobody else's."""
    held = Polygon(
        [(35, 51), (35.5, 51), (35.5, 51.5), (35, 51.5)],
        [[(35.5, 51.5), (35.2, 51.4), (35.4, 51.2)]],
    )
    apart = Polygon([(35.5, 51.5), (35.6, 51.6), (35.5, 51.7)])
    ground = shapes(held, MultiPolygon([Polygon(held.interiors[0]), apart]))
    assert not shapely.coverage_is_valid(on_cells(ground))
    assert unmatched_borders(ground) == []


def test_matching_makes_every_snapshot_of_kursk_a_coverage():
    kursk = frontmap.open(KURSK)
    unmatched, moved_km2 = 0, 0.0
    for drawn_day in kursk.read_each(kursk.revisions()):
        ground = shapes(*(z.geometry for z in drawn_day.zones if z.status != "claimed"))
        unmatched += bool(unmatched_borders(ground))
        matched = match_borders(ground)
        moved_km2 = max(moved_km2, np.abs(matched.gained_km2).max())
        assert unmatched_borders(matched.shapes) == []
        assert shapely.coverage_is_valid(matched.shapes)
    assert unmatched >= 64
    assert moved_km2 < 0.002


# In an archive


@pytest.fixture
def front(tmp_path):
    return new_archive(tmp_path / "front")


def pair(ground=EAST, status="contested"):
    return [zone(WEST, "west"), zone(ground, "east", status=status, party="RU")]


def geojson(path, zones):
    path.write_text(feature_collection(zones), "utf-8")
    return path


CLOSE = box(35.1 - OFF, 51, 35.2, 51.1)
MENDED = (
    r"borders of 2 zones matched to those of their neighbours: no area changes by more than "
    r"0.0023 km²; the longest is near 35.1, 51.05"
)


def test_close_borders_are_matched_and_said_once(front):
    with pytest.warns(MendedWarning, match=f"^2024-08-31: {MENDED}$") as said:
        front.add("2024-08-31", pair(CLOSE), reason="first")
    assert len(said) == 1
    west, east = sorted(front["2024-08-31"].zones, key=lambda z: z.id, reverse=True)
    assert unmatched_borders(shapes(west.geometry, east.geometry)) == []
    assert east.geometry.covers(CLOSE), "contested ground is contested, whose else it may be"


@pytest.mark.parametrize("other", [east(35.1), UPPER, tip(35.1, 51.05)], ids=str)
def test_of_a_vertex_that_a_border_lacked_nothing_is_said(front, other):
    front.add("2024-08-31", pair(other), reason="first")
    ground = shapes(*(each.geometry for each in front["2024-08-31"].zones))
    assert unmatched_borders(ground) == []
    assert shapely.union_all(ground).equals(shapely.union_all([WEST, other]))


def test_of_two_controlled_zones_the_first_by_id_keeps_what_both_have(front):
    with pytest.warns(MendedWarning):
        front.add("2024-08-31", pair(CLOSE, "controlled"), reason="first")
    grounds = {z.id: z.geometry for z in front["2024-08-31"].zones}
    assert grounds["east"].covers(CLOSE)
    assert not grounds["west"].covers(WEST)


@pytest.mark.filterwarnings("ignore::frontmap.MendedWarning")
def test_what_was_matched_when_added_is_nothing_to_correct(front):
    front.add("2024-08-31", pair(CLOSE), reason="first")
    for zones in (pair(CLOSE), pair(CLOSE)[::-1], front["2024-08-31"].zones):
        with pytest.raises(InputError, match="nothing to correct"):
            front.correct("2024-08-31", zones, reason="again")


@given(drawn(), st.randoms(use_true_random=False))
def test_matched_zones_do_not_depend_on_their_order(ground, chance):
    zones = [
        zone(each, f"z{n}", status=chance.choice(["controlled", "contested", "claimed"]))
        for n, each in enumerate(ground)
    ]
    turned = chance.sample(zones, len(zones))
    try:
        one, other = match_zones(zones), match_zones(turned)
    except InputError as error:
        with pytest.raises(InputError, match=re.escape(str(error))):
            match_zones(turned)
        return
    assert canonical.same_zones(one.zones, other.zones)
    assert one.gained_km2 == other.gained_km2
    assert match_zones(one.zones).zones == one.zones
    assert [z for z in one.zones if z.status == "claimed"] == [
        z for z in zones if z.status == "claimed"
    ]


WIDE = 2e-5
REFUSED = {
    "an area would change by more than 1 ha": [
        zone(WEST, "west"),
        *(zone(box(35.1 - WIDE, 51 + n / 100, 35.2, 51 + (n + 1) / 100), f"e{n}")
          for n in range(10)),
    ],
    "nothing would be left of a zone": [
        zone(WEST, "a"), zone(box(35.05, 51.05, 35.0505, 51.0505), "b")
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_matched_closely_is_refused_with_its_place(front, what):
    said = r"^2024-08-31: zones '\w+' and '\w+' do not share [\d.]+ km of border near 35.\d+, 51"
    with pytest.raises(InputError, match=said):
        front.add("2024-08-31", REFUSED[what], reason="first")
    assert len(front) == 0


OVERLAPPING = [*pair(box(35.05, 51, 35.2, 51.1)), zone(box(34.9, 51.02, 35, 51.03), "further")]


def test_an_overlap_of_more_than_a_hectare_is_refused_and_nothing_else_said(front):
    with pytest.raises(InputError, match=r"overlap by 39.* cut one by the other$"):
        front.add("2024-08-31", OVERLAPPING, reason="first")


def test_of_zones_that_overlap_by_more_nothing_is_said_of_their_border(front):
    front.add("2024-08-31", OVERLAPPING, reason="as its maker drew it", overlaps="keep")
    found = {each.rule: each.message for each in frontmap.check_archive(front)}
    assert "'east' and 'west'" in found["overlap"]
    assert found["coverage"].startswith("zones 'further' and 'west' do not share 1.11 km ")


def test_a_file_is_checked_as_it_would_be_added(front, tmp_path):
    matched = check_file(geojson(tmp_path / "close.geojson", pair(CLOSE)), front)
    assert [each.message for each in matched if each.rule == "mended"] == [MENDED.replace("\\", "")]
    assert not [each for each in matched if each.rule == "coverage"]
    refused = check_file(geojson(tmp_path / "wide.geojson", REFUSED[min(REFUSED)]), front)
    found = [each for each in refused if each.rule == "coverage"]
    assert [each.severity for each in found] == ["error"]


def test_the_command_says_what_it_mended(front, tmp_path):
    file = geojson(tmp_path / "close.geojson", pair(CLOSE))
    words = ("2024-08-31", f"{file}", "--archive", f"{front.root}", "--reason", "first")
    answer = run("add", *words)
    assert re.search(f"^mended: 2024-08-31: {MENDED}$", answer.stderr, re.MULTILINE)


def test_a_series_of_imports_has_one_finding_that_can_be_accepted(front):
    for day in ("2024-08-30", "2024-08-31", "2024-09-01"):
        front.add(day, pair(CLOSE), reason="as its maker drew it", overlaps="keep")
    assert front["2024-08-30"].zones == canonical.normal(snapshot(*pair(CLOSE))).zones
    found = [each for each in frontmap.check_archive(front) if each.rule == "coverage"]
    assert [(each.severity, f"{each.date}", each.zone) for each in found] == [
        ("warning", "2024-08-30", None)
    ]
    assert found[0].message.endswith("; so it is in 2 later snapshots")
    (front.root / "accepted.csv").write_text(
        "date,rule,zone,reason\n2024-08-30,coverage,,as its maker drew it\n"
    )
    assert "coverage" not in {each.rule for each in frontmap.check_archive(front)}


def test_a_drafted_snapshot_is_a_coverage_and_is_added_as_it_is(tmp_path):
    kursk = frontmap.open(KURSK)
    drafted = frontmap.draft_snapshot(kursk, "2024-08-31")
    ground = shapes(*(z.geometry for z in drafted if z.status != "claimed"))
    assert shapely.coverage_is_valid(ground)
    front = new_archive(tmp_path / "front", bbox=kursk.about.theatre.bbox)
    front.add("2024-08-31", geojson(tmp_path / "draft.geojson", drafted), reason="drafted")
    assert canonical.same_zones(front["2024-08-31"].zones, drafted)


def test_revisions_of_version_1_are_not_asked_for_it():
    kursk = frontmap.open(KURSK)
    first = kursk.read(kursk.revisions("2024-08-31")[0])
    assert first.revision.version == 1
    found = check_snapshot(first, kursk.about)
    assert "coverage" not in {each.rule for each in found}
