"""Narrow gaps and overlaps between zones are found, and closed where somebody asks for it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

import frontmap
from frontmap import check_file
from frontmap.archive.matching import WIDEST_SNAP_M, snap_zones
from frontmap.checks.narrow_ground import narrow_gaps
from frontmap.draft import feature_collection
from frontmap.errors import InputError, UsageError
from frontmap.formats import canonical
from frontmap.geometry.coverage import unmatched_borders
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.gaps import find_gaps
from frontmap.geometry.grid import GRID_DEGREES, on_grid, snap
from frontmap.geometry.plane import plane_about
from frontmap.geometry.polygons import polygonal
from frontmap.geometry.snapping import snap_borders
from fronts import new_archive, snapshot, zone
from test_coverage import coverages, drawn
from verbs import run

LAT = 51.05
#: Half a cell in each coordinate, on both sides, and what 16 corners of a circle leave out.
ROUNDED_M = 0.6


def east_by(metres: float) -> float:
    return metres / (111_320 * math.cos(math.radians(LAT)))


def north_by(metres: float) -> float:
    return metres / 111_250


def shapes(*ground: Polygon | MultiPolygon) -> Any:
    return np.array([snap(each).geometry for each in ground], dtype=object)


WEST = box(35, 51, 35.1, 51.1)


def eastern(metres: float) -> Polygon:
    """Return the ground east of the western square, so many metres off it."""
    return box(35.1 + east_by(metres), 51, 35.2, 51.1)


def holed(hole: Polygon) -> Any:
    return box(35, 51, 35.2, 51.1).difference(hole)


def inset(outer: Polygon, metres: float) -> Polygon:
    west, south, east, north = outer.bounds
    x, y = east_by(metres), north_by(metres)
    return box(west + x, south + y, east - x, north - y)


TIP = (35.1, LAT + north_by(40))
LEFT, RIGHT = 35.1 - east_by(30), 35.1 + east_by(30)
AROUND_A_TRIANGLE = (
    Polygon([(35, 51), (LEFT, 51), (LEFT, LAT), TIP, (35.1, 51.1), (35, 51.1)]),
    Polygon([(35.1, 51.1), TIP, (RIGHT, LAT), (RIGHT, 51), (35.2, 51), (35.2, 51.1)]),
    box(LEFT, 51, RIGHT, LAT),
)
OFF = (35.1 + east_by(3), LAT)
INNER = box(35.05, 51.04, 35.1, 51.06)

#: The widest gap, how long it is, how many; what closes all of it, and what leaves all of it.
GAPS: dict[str, tuple[Any, ...]] = {
    "a slit of 15 m": (15, 11_125, 1, 15, 14, WEST, eastern(15)),
    "a slit of 90 m": (90, 11_050, 1, 91, 85, WEST, eastern(90)),
    "a slit that opens from 0 to 40 m": (
        40, 11_085, 1, 41, 0.3,
        WEST, Polygon([(35.1, 51), (35.2, 51), (35.2, 51.1), (35.1 + east_by(40), 51.1)])),
    "a sliver on either side of a corner that stands 3 m off a border": (
        3, 11_122, 1, 3, 0.3, WEST,
        Polygon([OFF, (35.2, LAT), (35.2, 51.1), (35.1, 51.1)]),
        Polygon([(35.1, 51), (35.2, 51), (35.2, LAT), OFF])),
    "10 m of nobody's ground around an island": (
        11.7, 11_410, 1, 10, 9, holed(INNER), inset(INNER, 10)),
    "a hole in one zone, 10 m wide": (
        10, 2_225, 1, 10, 9, holed(box(35.05, 51.04, 35.05 + east_by(10), 51.06))),
    "a triangle where three zones meet": (30, 50, 1, 31, 20, *AROUND_A_TRIANGLE),
    "a slit between two parts of one zone": (
        12, 11_125, 1, 12, 11, MultiPolygon([WEST, eastern(12)])),
    "an inlet of one zone": (
        12, 8_900, 1, 12, 11,
        holed(box(35.1, 51.02, 35.1 + east_by(12), 51.2))),
    "two slits, of 5 and of 15 m": (
        15, 11_125, 2, 15, 4,
        WEST, box(35.1 + east_by(15), 51, 35.2, 51.1), box(35.2 + east_by(5), 51, 35.3, 51.1)),
}  # fmt: skip


@pytest.mark.parametrize("what", GAPS)
def test_a_gap_is_found_with_its_width_its_length_and_its_place(what):
    width_m, length_m, number, _, _, *ground = GAPS[what]
    found = find_gaps(shapes(*ground), 100, slender=10)
    assert len(found) == number
    widest = max(found, key=lambda gap: gap.width_m)
    assert widest.width_m == pytest.approx(width_m, rel=0.03, abs=0.2)
    assert widest.length_m == pytest.approx(length_m, rel=0.02)
    assert widest.ground.covers(shapely.Point(widest.position))
    assert widest.km2 == pytest.approx(float(polygon_areas_km2([widest.ground])[0]), rel=1e-12)


@pytest.mark.parametrize("what", GAPS)
def test_a_gap_is_closed_by_its_width_and_stays_below(what):
    *_, enough, too_little, _ = (*GAPS[what][:5], None)
    ground = shapes(*GAPS[what][5:])
    closed = snap_borders(ground, enough)
    gap_km2 = sum(gap.km2 for gap in find_gaps(ground, 100, slender=10))
    assert closed.gained_km2.sum() == pytest.approx(gap_km2, rel=0.01)
    assert closed.lost_km2.sum() == 0
    assert find_gaps(closed.shapes, 100, slender=10) == []
    assert unmatched_borders(closed.shapes) == []
    assert snap_borders(ground, too_little).gained_km2.sum() < 0.3 * gap_km2


WIDE = {
    "two zones 500 m apart": (WEST, eastern(500)),
    "one square": (WEST,),
    "a hole of 300 m": (holed(box(35.05, 51.05, 35.05 + east_by(300), 51.05 + north_by(300))),),
    "a right angle between two zones": (WEST, box(35.1, 51, 35.2, 51.05)),
    "zones that meet at a corner": (WEST, box(35.1, 51.1, 35.2, 51.2)),
}


@pytest.mark.parametrize("what", WIDE)
def test_ground_that_is_wider_stays_and_is_no_finding(what):
    ground = shapes(*WIDE[what])
    assert find_gaps(ground, 100, slender=10) == []
    assert snap_borders(ground, 100).closed == []


OVERLAPS: dict[str, tuple[Any, ...]] = {
    "3 m of a border": (3, 4, WEST, eastern(-3)),
    "3 m along two zones": (
        3, 4, WEST, box(35.1 - east_by(3), 51, 35.2, LAT), box(35.1 - east_by(3), LAT, 35.2, 51.1)),
    "a strip of 5 m that reaches into a zone, which keeps it": (
        5, 6, box(35.05, LAT, 35.2, LAT + north_by(5)), WEST),
}  # fmt: skip


@pytest.mark.parametrize("what", OVERLAPS)
def test_an_overlap_is_closed_by_its_width_and_stays_below(what):
    width_m, enough, *drawn_as = OVERLAPS[what]
    ground = shapes(*drawn_as)
    closed = snap_borders(ground, enough)
    assert {each.kind for each in closed.closed} == {"overlap"}
    assert closed.closed[0].width_m == pytest.approx(width_m, rel=0.05)
    assert closed.lost_km2.sum() > 0
    assert closed.gained_km2.sum() == 0
    assert unmatched_borders(closed.shapes) == []
    assert (
        shapely.union_all(closed.shapes).symmetric_difference(shapely.union_all(ground)).area < 1e-9
    )
    still = snap_borders(ground, width_m - 1)
    assert still.lost_km2.sum() == 0


def test_of_an_overlap_the_first_keeps_all_unless_it_lies_deep_in_the_second():
    first, _ = snap_borders(shapes(WEST, eastern(-3)), 4).shapes
    assert first.equals(shapes(WEST)[0])
    strip, whole = snap_borders(shapes(*OVERLAPS[max(OVERLAPS)][2:]), 6).shapes
    assert whole.equals(shapes(WEST)[0])
    assert strip.bounds[0] == 35.1


def test_a_gap_goes_to_the_first_zone_as_far_as_it_is_near_and_then_to_the_next():
    ground = shapes(
        box(35.1 + east_by(15), LAT, 35.2, 51.1), box(35.1 + east_by(15), 51, 35.2, LAT), WEST
    )
    upper, lower, west = snap_borders(ground, 15).shapes
    assert west.equals(ground[2])
    assert upper.bounds[0] == lower.bounds[0] == 35.1
    assert LAT - north_by(16) < upper.bounds[1] < LAT


def test_ground_outside_of_what_may_be_filled_is_given_to_nobody():
    within = box(35, 51, 36, LAT)
    closed = snap_borders(shapes(WEST, eastern(15)), 15, within=within)
    [gained] = [each.ground for each in closed.closed]
    assert gained.bounds[3] == LAT
    assert closed.shapes[0].covers(box(35.1, 51, 35.1 + east_by(14), LAT))
    assert not closed.shapes[0].intersects(box(35.1 + east_by(1), LAT + 0.001, 35.1001, 51.1))


# Laws


@st.composite
def pulled_apart(draw):
    """Zones of which each is drawn some metres too small or too large."""
    found = []
    for ground in draw(st.one_of(coverages(), drawn())):
        metres = draw(st.sampled_from([0, -20, -8, -2, 3, 10, 25]))
        moved = shapely.buffer(ground, metres / 90_000, join_style="mitre")
        found.append(snap(polygonal(ground if moved.is_empty else moved)).geometry)
    return np.array([each for each in found if not each.is_empty], dtype=object)


maps = st.one_of(drawn(), pulled_apart()).filter(
    lambda ground: len(ground) and shapely.is_valid(ground).all()
)
widths = st.sampled_from([0.5, 3, 15, 40, 100])


@given(maps, widths)
def test_nobody_gains_or_loses_further_from_its_border_than_asked_for(ground, width_m):
    snapped = snap_borders(ground, width_m)
    plane = plane_about(*ground)
    reach_m = width_m + ROUNDED_M
    for before, after in zip(ground, snapped.shapes, strict=True):
        gained, lost = shapely.difference(after, before), shapely.difference(before, after)
        line = shapely.buffer(plane.flat(shapely.boundary(before)), reach_m)
        assert gained.is_empty or line.covers(plane.flat(gained))
        assert lost.is_empty or line.covers(plane.flat(lost))


@given(maps, widths)
def test_no_ground_that_somebody_has_becomes_nobodys(ground, width_m):
    after = shapely.union_all(snap_borders(ground, width_m).shapes, grid_size=GRID_DEGREES)
    before = shapely.union_all(ground, grid_size=GRID_DEGREES)
    assert shapely.buffer(shapely.difference(before, after), -1.5 * GRID_DEGREES).is_empty


@given(maps, widths)
def test_what_is_snapped_is_valid_on_the_grid_and_a_coverage_but_for_what_two_keep(ground, width_m):
    after = snap_borders(ground, width_m).shapes
    left = after[~shapely.is_empty(after)]
    assert shapely.is_valid(left).all()
    assert all(map(on_grid, left))
    whole = shapely.union_all(left, grid_size=GRID_DEGREES).area
    if math.isclose(shapely.area(left).sum(), whole, abs_tol=1e-16):
        assert unmatched_borders(left) == []


@given(maps, widths)
def test_what_was_gained_and_lost_is_how_the_areas_differ_but_for_the_grid(ground, width_m):
    snapped = snap_borders(ground, width_m)
    lines = polygonal(
        shapely.buffer(shapely.union_all(shapely.boundary(ground)), 1.5 * GRID_DEGREES)
    )
    grid_km2 = float(polygon_areas_km2([lines])[0])
    before_km2, after_km2 = polygon_areas_km2(ground), polygon_areas_km2(snapped.shapes)
    said_km2 = snapped.gained_km2 - snapped.lost_km2
    assert np.abs(after_km2 - before_km2 - said_km2).max() <= grid_km2


@given(maps, widths, st.randoms(use_true_random=False))
def test_snapped_zones_do_not_depend_on_their_order(ground, width_m, chance):
    zones = [
        zone(each, f"z{n}", status=chance.choice(["controlled", "contested", "claimed"]))
        for n, each in enumerate(ground)
    ]
    turned = chance.sample(zones, len(zones))
    try:
        one = snap_zones(zones, width_m)
    except InputError as error:
        with pytest.raises(InputError, match=re.escape(str(error))):
            snap_zones(turned, width_m)
        return
    other = snap_zones(turned, width_m)
    assert canonical.same_zones(one.zones, other.zones)
    assert one.said == other.said
    assert [z for z in one.zones if z.status == "claimed"] == [
        z for z in zones if z.status == "claimed"
    ]


@given(coverages(), widths)
def test_a_coverage_without_gaps_stays_as_it_is(ground, width_m):
    assume(len(ground) and not find_gaps(ground, width_m))
    assert snap_borders(ground, width_m).shapes is ground


# Of zones, and said


def slit(metres: float = 15, **east: object) -> list[Any]:
    return [zone(WEST, "west"), zone(eastern(metres), "east", party="RU", **east)]


def test_each_zone_is_said_with_what_it_gained_and_lost():
    assert snap_zones(slit(), 15).said == (
        "zone 'east' gained 0.167 km² of 1 gap, up to 15 m wide near 35.1001, 51.0498",
    )
    assert snap_zones(slit(-3), 4).said[0].startswith("zone 'west' lost 0.033")
    assert snap_zones(slit(500), 15).said == ()


def test_a_contested_zone_has_what_lies_between():
    names = [said.split("'")[1] for said in snap_zones(slit(status="contested"), 15).said]
    assert names == ["east"]
    zones = [zone(WEST, "west", status="contested"), zone(eastern(15), "east", party="RU")]
    assert snap_zones(zones, 15).said[0].startswith("zone 'west' gained")


def test_claimed_zones_take_no_part():
    zones = slit(status="claimed")
    assert snap_zones(zones, 15).zones == tuple(zones)


def test_many_zones_are_counted():
    side = east_by(100)
    zones = [
        zone(box(x := 35 + n * (side + east_by(10)), 51, x + side, 51.01), f"z{n:03}")
        for n in range(150)
    ]
    *named, rest = snap_zones(zones, 10).said
    assert len(named) == 100
    assert re.fullmatch(r"49 zones more gained and lost 0\.5\d+ km²", rest)


@pytest.mark.parametrize("width_m", [0, -3, math.nan, math.inf, WIDEST_SNAP_M + 1, 1e308])
def test_a_width_that_makes_no_sense_is_refused(width_m):
    with pytest.raises(UsageError, match=r"^--snap .*: give metres above 0, 1,000 at most"):
        snap_zones(slit(), width_m)


def test_ground_that_the_rules_refuse_is_left_to_them():
    bow = zone(Polygon([(35, 51), (35.1, 51.1), (35.1, 51), (35, 51.1)]), "bow")
    assert snap_zones([bow, *slit()], 15).zones == (bow, *slit())


# Found


def found_in(*zones: Any) -> list[str]:
    return [each.message for each in narrow_gaps([snapshot(*zones)])]


def test_a_gap_is_a_finding_with_place_width_length_area_and_remedy():
    [said] = found_in(*slit())
    assert said == (
        "no zone has 0.167 km² between 'east' and 'west', 15 m wide and 11,125 m long, near "
        "35.1001, 51.0498: close it (add, correct --snap 16), or accept it in accepted.csv where "
        "nobody holds that ground"
    )


def test_the_largest_gap_is_named_and_the_others_are_counted():
    zones = [*slit(), zone(box(35.2 + east_by(5), 51, 35.3, 51.1), "further")]
    [said] = found_in(*zones)
    assert said.startswith("no zone has 0.167 km² between 'east' and 'west', 15 m wide")
    assert "(and 1 gap more, 0.0554 km²): close it (add, correct --snap 16)" in said


@pytest.mark.parametrize("what", GAPS)
def test_the_remedy_that_a_finding_names_is_one(what):
    zones = [zone(snap(each).geometry, f"z{n}") for n, each in enumerate(GAPS[what][5:])]
    [said] = found_in(*zones)
    asked = re.search(r"--snap (\d+)", said)
    assert asked
    assert found_in(*snap_zones(zones, float(asked[1])).zones) == []


SUSPICIOUS = {
    "an accuracy better than the slit is wide": (0, slit(accuracy_m=10)),
    "one as wide as the accuracy": (1, slit(accuracy_m=15.2)),
    "wider than 100 m": (0, slit(110)),
    "less than ten times as long as wide": (
        0, [zone(box(35, 51, 35.1, 51.001), "a"),
            zone(box(35.1 + east_by(15), 51, 35.2, 51.001), "b")]),
    "a claimed zone in it": (1, [*slit(), zone(box(35, 51, 35.2, 51.1), "c", status="claimed")]),
    "a claimed zone beside it": (0, slit(status="claimed")),
    "what six decimals do": (
        0, [zone(WEST, "a"), zone(box(35.100001, 51, 35.2, 51.1), "b")]),
}  # fmt: skip


@pytest.mark.parametrize("what", SUSPICIOUS)
def test_only_a_gap_that_its_lines_may_be_off_by_is_a_finding(what):
    number, zones = SUSPICIOUS[what]
    assert len(found_in(*zones)) == number


@pytest.fixture
def front(tmp_path):
    return new_archive(tmp_path / "front")


def test_a_gap_that_stays_is_found_on_the_first_date_that_has_it(front):
    for day, zones in (("2024-08-30", slit()), ("2024-08-31", slit()), ("2024-09-01", slit(40))):
        front.add(day, zones, reason="drawn")
    front.correct("2024-08-31", slit(15, note="as before"), reason="a note")
    found = [each for each in frontmap.check_archive(front) if each.rule == "gap"]
    assert [(each.severity, f"{each.date}", each.zone) for each in found] == [
        ("warning", "2024-08-30", None)
    ]


def test_gaps_that_zones_keep_from_the_state_border_are_not_looked_for(front):
    border = {
        "type": "Feature",
        "properties": {"kind": "state_border", "source": "x", "license": "CC0-1.0"},
        "geometry": {"type": "LineString", "coordinates": [[34.5, 51], [35.5, 51]]},
    }
    collection = {"type": "FeatureCollection", "features": [border]}
    (front.root / "reference.geojson").write_text(json.dumps(collection))
    opened = frontmap.open(front.root)
    along = [
        zone(box(35, 51 + north_by(5), 35.1, 51.1), "north"),
        zone(box(35, 50.9, 35.1, 51 - north_by(5)), "south", party="RU"),
    ]
    opened.add("2024-08-30", along, reason="drawn")
    assert "gap" not in {each.rule for each in frontmap.check_archive(opened)}


def geojson(path, zones):
    path.write_text(feature_collection(zones), "utf-8")
    return path


def test_add_says_that_there_is_a_gap_and_records_what_was_drawn(front, tmp_path):
    file = geojson(tmp_path / "slit.geojson", slit())
    words = (f"{file}", "--archive", f"{front.root}", "--reason", "first")
    answer = run("add", "2024-08-30", *words)
    assert answer.returncode == 0
    assert "no zone has 0.167 km² between 'east' and 'west'" in (answer.stdout + answer.stderr)
    assert canonical.same_zones(
        front["2024-08-30"].zones, canonical.normal(snapshot(*slit())).zones
    )


def test_add_and_correct_snap_and_the_line_of_contact_is_what_it_is_without_the_slit(
    front, tmp_path
):
    drawn_as = [zone(WEST, "west"), zone(eastern(15), "east")]
    file = geojson(tmp_path / "slit.geojson", drawn_as)
    words = ("--archive", f"{front.root}", "--reason", "drawn")
    run("add", "2024-08-29", f"{file}", *words)
    front.add("2024-08-30", [zone(WEST, "west"), zone(eastern(0), "east")], reason="no slit")
    answer = run("add", "2024-08-31", f"{file}", "--snap", "15", *words)
    assert "mended: zone 'east' gained 0.167 km² of 1 gap, up to 15 m wide" in answer.stderr
    assert "no zone has" not in answer.stdout + answer.stderr
    lengths = frontmap.fronts(front).query("scale_km == 0")["length_km"].tolist()
    assert lengths[0] > 1.4 * lengths[1]
    assert lengths[2] == pytest.approx(lengths[1], rel=1e-9)
    assert run("correct", "2024-08-29", "--snap", "15", *words).returncode == 0
    assert canonical.same_zones(front["2024-08-29"].zones, front["2024-08-31"].zones)


def test_a_narrow_overlap_is_refused_with_its_place_and_a_remedy_that_is_one(front, tmp_path):
    file = geojson(tmp_path / "overlap.geojson", slit(-3))
    words = (f"{file}", "--archive", f"{front.root}", "--reason", "first")
    refused = run("add", "2024-08-30", *words)
    assert refused.returncode == 1
    assert re.search(
        r"'east' and 'west' overlap by 0.03 km², up to 3.\d* m wide near 35.1, 51.0\d+: controlled "
        r"and contested ground must not; cut one by the other, or --snap 4\b",
        refused.stderr.strip(),
    )
    assert run("add", "2024-08-30", *words, "--snap", "4").returncode == 0


def test_a_file_is_checked_with_its_gaps_and_as_it_would_be_snapped(front, tmp_path):
    file = geojson(tmp_path / "slit.geojson", slit())
    assert [each.severity for each in check_file(file) if each.rule == "gap"] == ["warning"]
    rules = {each.rule: each.message for each in check_file(file, front, snap_m=15)}
    assert "gap" not in rules
    assert rules["mended"].startswith("zone 'east' gained 0.167 km²")
    asked = run("check", f"{file}", "--snap", "15", "--archive", f"{front.root}")
    assert "zone 'east' gained 0.167 km²" in asked.stdout


def test_snapping_is_for_what_is_not_recorded_yet(front):
    answer = run("check", f"{front.root}", "--snap", "15")
    assert answer.returncode == 2
    assert "frontmap correct DATE --snap METRES" in answer.stderr


def test_covered_ground_is_not_left(tmp_path):
    covered = tmp_path / "covered.geojson"
    ground = json.dumps(shapely.geometry.mapping(box(34, 50, 36, LAT)))
    covered.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
        f'"geometry": {ground}}}]}}'
    )
    front = new_archive(tmp_path / "front", covered=covered)
    bay = MultiPolygon([box(35, 51, 35.1, LAT), box(35.1 + east_by(15), 51, 35.2, LAT)])
    file = geojson(tmp_path / "bay.geojson", [zone(bay, "bay")])
    words = (f"{file}", "--archive", f"{front.root}", "--reason", "first")
    assert run("add", "2024-08-30", *words, "--snap", "15").returncode == 0
    [held] = front["2024-08-30"].zones
    assert isinstance(held.geometry, Polygon)
    assert held.geometry.bounds[3] == LAT
