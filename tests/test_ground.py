"""Ground is mended where it has one meaning, alike in files, in Python and in imports."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

import frontmap
from frontmap.errors import InputError, MendedWarning
from frontmap.geometry.contact_lines import contact_line, length_km
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.uncertainty import Outline, area_uncertainty
from frontmap.imports.importing import import_files, sources_in
from frontmap.intake.file_zones import read_zones
from frontmap.intake.ground import clean_ground
from fronts import Clock, new_archive

SQUARE = box(35, 51, 35.2, 51.2)
LOOP = [(35, 51), (35.05, 51.1), (35.1, 51.05)]
TOUCHING = [[35, 51], [35.2, 51], [35.2, 51.2], [35, 51.2], *map(list, LOOP), [35, 51]]
PROPERTIES = {
    "party": "UA",
    "status": "controlled",
    "confidence": "high",
    "accuracy_m": 500,
    "sources": "isw",
}


def km2(*grounds):
    return float(polygon_areas_km2(list(grounds)).sum())


def feature(geometry, name="a", **properties):
    return {
        "type": "Feature",
        "id": name,
        "properties": {**PROPERTIES, **properties},
        "geometry": geometry and shapely.geometry.mapping(geometry),
    }


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [[list(p) for p in ring] for ring in rings]}


def ring(ground):
    return [list(position) for position in ground.exterior.coords]


def as_is(coordinates, kind="Polygon", name="a"):
    return {**feature(None, name), "geometry": {"type": kind, "coordinates": coordinates}}


def write(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


#: What is in the file, what must come out (km²), and what is said of it.
ONE_MEANING = {
    "a hole drawn as a loop that touches the ring": (
        [as_is([TOUCHING])],
        km2(SQUARE) - km2(Polygon(LOOP)),
        "a ring touches itself near 35, 51",
    ),
    "parts that share an edge": (
        [
            as_is(
                [[ring(box(35, 51, 35.1, 51.2))], [ring(box(35.1, 51, 35.2, 51.2))]], "MultiPolygon"
            )
        ],
        km2(SQUARE),
        "run along each other",
    ),
    "parts that lie over each other": (
        [
            as_is(
                [[ring(box(35, 51, 35.15, 51.2))], [ring(box(35.1, 51, 35.2, 51.2))]],
                "MultiPolygon",
            )
        ],
        km2(SQUARE),
        "counted once",
    ),
    "a spike": (
        [as_is([[*ring(SQUARE)[:2], [35.2, 51.4], *ring(SQUARE)[1:]]])],
        km2(SQUARE),
        "run along each other",
    ),
    "a knot of a few square metres": (
        [as_is([[[35, 51], [35.2, 51], [35.2, 51.2], [35.00001, 51.2], [35.00001, 51.20001],
                 [35.00002, 51.20001], [35, 51.199], [35, 51]]])],
        km2(Polygon([(35, 51), (35.2, 51), (35.2, 51.2), (35.00002, 51.2), (35, 51.199)]))
        + km2(box(35.00001, 51.2, 35.00002, 51.20001)),
        "may be meant otherwise",
    ),
    "no geometry beside a good zone": (
        [feature(SQUARE), feature(None, "b")],
        km2(SQUARE),
        "feature 2 (b): left out: no geometry",
    ),
    "a speck": (
        [feature(SQUARE), as_is([[[36, 51], [36.0000002, 51], [36, 51.0000002]]], name="b")],
        km2(SQUARE),
        "left out: 1 part vanished",
    ),
    "a point and a line among the zones": (
        [
            feature(SQUARE),
            feature(shapely.Point(35.1, 51.1), "b"),
            feature(shapely.LineString([(35, 51), (36, 52)]), "c"),
        ],
        km2(SQUARE),
        "LineString left out: no ground",
    ),
    "what an overlay left": (
        [
            feature(
                shapely.GeometryCollection(
                    [SQUARE, shapely.LineString([(36, 51), (36, 52)]), shapely.Point(36, 51)]
                )
            )
        ],
        km2(SQUARE),
        "LineString, Point left out",
    ),
    "altitudes and measures here and there": (
        [as_is([[[*p, *[7] * (n % 3)] for n, p in enumerate(ring(SQUARE))]])],
        km2(SQUARE),
        "altitudes left out",
    ),
}  # fmt: skip


@pytest.fixture
def front(tmp_path):
    return new_archive(tmp_path / "front", Clock())


def area_km2(front, date="2024-08-31"):
    (row,) = frontmap.areas(front, dates=[date]).itertuples()
    return row.controlled_km2


@pytest.mark.parametrize("what", ONE_MEANING)
def test_what_has_one_meaning_is_mended_and_said(what, front, tmp_path):
    features, expected, says = ONE_MEANING[what]
    path = write(tmp_path / "zones.geojson", *features)
    with pytest.warns(MendedWarning) as warned:
        front.add("2024-08-31", path, reason="try")
    assert says in " ".join(str(each.message) for each in warned)
    assert area_km2(front) == pytest.approx(expected, rel=1e-9)
    found = [each.message for each in frontmap.check_file(path) if each.rule == "mended"]
    assert says in " ".join(found)


#: Rings of one feature, and the km² that one reading has and another has not.
SEVERAL_MEANINGS = {
    "a bow tie": ([[(35, 51), (35.2, 51.2), (35.2, 51), (35, 51.2)]], "156 km² near 35.1, 51.1"),
    "a ring that goes round twice": (
        [[*ring(SQUARE)[:-1], *ring(box(35.05, 51.05, 35.1, 51.1))[:-1], ring(SQUARE)[0]]],
        "km² near",
    ),
    "a hole beside its ground": ([ring(SQUARE), ring(box(36, 51, 36.1, 51.1))], "78 km² near 36"),
    "a hole over another": (
        [ring(SQUARE), ring(box(35.05, 51.05, 35.1, 51.1)), ring(box(35.07, 51.05, 35.12, 51.1))],
        "holes lie over each other: 11.7 km² near 35.085, 51.075",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SEVERAL_MEANINGS)
def test_what_has_several_meanings_is_refused_with_its_km2_and_place(what, front, tmp_path):
    rings, says = SEVERAL_MEANINGS[what]
    path = write(tmp_path / "zones.geojson", as_is([[list(p) for p in r] for r in rings]))
    with pytest.raises(InputError, match=r"zones.geojson: feature 1 \(a\): .*Fix geom") as refused:
        front.add("2024-08-31", path, reason="try")
    assert says in str(refused.value)
    assert front.dates == ()


def test_no_more_is_mended_than_the_line_may_be_off():
    lobe = 0.00004
    drawn = [[35, 51], [35.2, 51.2], [35.2, 51.2 - lobe], [35.2 - 2 * lobe, 51.2], [35, 51.2]]
    assert clean_ground([[drawn]], accuracy_m=500).geometry is not None
    with pytest.raises(InputError, match="several meanings"):
        clean_ground([[drawn]], accuracy_m=1e-5)


def test_a_part_wound_as_a_hole_of_another_has_two_meanings():
    island = ring(box(35.05, 51.05, 35.1, 51.1))
    assert clean_ground([[ring(SQUARE)], [island]], accuracy_m=500).geometry.equals(SQUARE)
    with pytest.raises(InputError, match="wound as a hole of another"):
        clean_ground([[ring(SQUARE)], [island[::-1]]], accuracy_m=500)


# laws

cells = st.tuples(st.integers(0, 12), st.integers(0, 12))
rings = st.lists(cells, min_size=3, max_size=9).map(
    lambda at: [[35 + x / 50, 51 + y / 50] for x, y in at]
)
drawn = st.lists(st.lists(rings, min_size=1, max_size=3), min_size=1, max_size=3)


def mended(parts):
    """Return the ground of parts, or None where it is refused or nothing is left."""
    try:
        return clean_ground(parts, accuracy_m=500).geometry
    except InputError:
        return None


def as_parts(ground):
    return [
        [[list(p) for p in r.coords] for r in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(ground)
    ]


@given(drawn)
@settings(max_examples=150, deadline=None)
def test_what_is_mended_is_valid_and_mending_it_again_changes_no_bit(parts):
    ground = mended(parts)
    if ground is not None:
        assert ground.is_valid
        again = clean_ground(as_parts(ground), accuracy_m=500)
        assert [note.rule for note in again.notes if note.rule != "rewound"] == []
        assert shapely.to_wkb(again.geometry) == shapely.to_wkb(ground)


@given(drawn, st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_order_of_parts_holes_and_vertices_does_not_matter(parts, chance, turned):
    def shuffled(drawn_ring):
        at = chance.randrange(len(drawn_ring))
        moved = drawn_ring[at:] + drawn_ring[:at]
        return moved[::-1] if turned else moved

    other = [
        [shuffled(part[0]), *chance.sample([shuffled(r) for r in part[1:]], len(part) - 1)]
        for part in chance.sample(parts, len(parts))
    ]
    one, two = mended(parts), mended(other)
    assert (one is None) == (two is None)
    if one is not None:
        assert km2(one.symmetric_difference(two)) <= 1e-5


@given(st.lists(rings, min_size=1, max_size=1))
@settings(max_examples=150, deadline=None)
def test_a_ring_that_is_taken_has_the_area_that_it_was_drawn_with(part):
    ground = mended([part])
    if ground is not None:
        signed = shapely.Polygon(part[0])
        run = abs(sum(_signed_km2(a, b) for a, b in _edges(signed)))
        assert abs(km2(ground) - run) <= max(0.01, 0.001 * km2(ground)) + 1e-3


def _edges(ground):
    positions = list(ground.exterior.coords)
    return pairwise(positions)


def _signed_km2(a, b):
    """The ground between an edge and a parallel in the south, as a polygon of its own."""
    if a[0] == b[0]:
        return 0.0
    strip = Polygon([a, b, (b[0], 50), (a[0], 50)])
    return math.copysign(km2(strip), a[0] - b[0])


@given(st.integers(3, 40), st.floats(0.001, 0.2))
def test_what_is_valid_stays_to_the_bit(corners, radius):
    angles = [2 * math.pi * n / corners for n in range(corners)]
    at = [
        [round(35 + radius * math.cos(a), 6), round(51 + radius * math.sin(a), 6)] for a in angles
    ]
    made = clean_ground([[[*at, at[0]]]], accuracy_m=500)
    assert made.notes == ()
    assert shapely.get_coordinates(made.geometry).tolist() == [*at, at[0]]


# many of a kind


def test_many_of_a_kind_are_said_in_one_line_with_the_worst(tmp_path):
    squares = [box(35 + n / 10, 51, 35.05 + n / 10, 51.05) for n in range(9)]
    features = [
        as_is([[[x, y, 7] for x, y in ring(square)]], name=f"z{n}")
        for n, square in enumerate(squares)
    ]
    knot = [[36, 52], [36.1, 52], [36.1, 52.1], [36.00001, 52.1], [36.00001, 52.10001],
            [36.00002, 52.10001], [36, 52.099], [36, 52]]  # fmt: skip
    path = write(tmp_path / "z.geojson", *features, as_is([TOUCHING]), as_is([knot], name="knot"))
    altitudes, invalid = read_zones(path).repairs
    assert altitudes == "9 features: altitudes left out"
    assert "2 features: the geometry was invalid" in invalid
    assert "the most, feature 11 (knot): " in invalid


# overlaps


def test_zones_of_one_party_and_status_that_overlap_count_once_and_are_said_once(front, tmp_path):
    other = box(35.1, 51.1, 35.3, 51.3)
    path = write(tmp_path / "zones.geojson", feature(SQUARE), feature(other, "b"))
    with pytest.warns(MendedWarning) as warned:
        front.add("2024-08-31", path, reason="try")
    (said,) = (str(each.message) for each in warned)
    assert said == (
        "2024-08-31: zones 'a' and 'b' of one party and status overlap by 77.84 km², "
        "counted once: left to 'a'"
    )
    zones = front["2024-08-31"].zones
    assert [zone.id for zone in zones] == ["a", "b"]
    assert shapely.coverage_is_valid([zone.geometry for zone in zones])
    expected = km2(SQUARE) + km2(other) - km2(box(35.1, 51.1, 35.2, 51.2))
    assert area_km2(front) == pytest.approx(expected, rel=1e-9)
    assert front.verify() == ()


def test_a_zone_that_lies_within_others_of_its_party_and_status_is_left_out(front, tmp_path):
    inside = feature(box(35.05, 51.05, 35.1, 51.1), "b")
    with pytest.warns(MendedWarning, match="nothing is left of 'b': left out"):
        front.add("2024-08-31", write(tmp_path / "z.json", feature(SQUARE), inside), reason="try")
    assert [zone.id for zone in front["2024-08-31"].zones] == ["a"]


@pytest.mark.parametrize("other", [{"party": "RU"}, {"status": "contested"}])
def test_zones_that_disagree_must_not_overlap(front, tmp_path, other):
    path = write(tmp_path / "z.geojson", feature(SQUARE), feature(SQUARE, "b", **other))
    with pytest.raises(InputError, match=r"overlap by 311\.71 km²"):
        front.add("2024-08-31", path, reason="try")


@pytest.fixture
def imported(tmp_path):
    """An archive of a maker whose zones overlap."""
    name = "Окуповано /// Occupied /// geoJSON.status.occupied"
    grounds = [box(36, 48, 37, 49), box(36.9, 48, 38, 49)]
    features = [{**feature(g), "properties": {"name": name, "fill": "#a52714"}} for g in grounds]
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder / "1725134400.geojson", *features)
    for _ in import_files(sources_in([folder], "deepstate"), tmp_path / "made", maker="deepstate"):
        pass
    return frontmap.open(tmp_path / "made")


def corrected(archive, zones):
    (revision,) = archive.revisions()
    return archive.correct(
        revision.date, zones, reason="try", base=revision.digest, published=revision.published
    )


def test_a_note_of_an_import_that_overlaps_can_be_corrected(imported):
    (revision,) = imported.revisions()
    first, *others = imported.read(revision).zones
    after = imported.read(corrected(imported, [replace(first, note="seen"), *others]))
    assert [zone.note for zone in after.zones] == ["seen", ""]
    assert [z.geometry.wkb for z in after.zones] == [
        z.geometry.wkb for z in imported.read(revision).zones
    ]


def test_a_correction_of_an_import_is_refused_for_an_overlap_that_is_new(imported):
    (revision,) = imported.revisions()
    first, second = imported.read(revision).zones
    rival = replace(first, id="rival", party="UA", geometry=box(36.2, 48.2, 36.3, 48.3))
    with pytest.raises(InputError, match=r"overlap by 8\d\.\d\d km²") as refused:
        corrected(imported, [first, second, rival])
    assert "more" not in str(refused.value)


# no ground


def test_a_file_without_ground_is_refused_and_says_how_to_say_that_none_was_held(front, tmp_path):
    for features in ((), (feature(None),), (feature(shapely.Point(35, 51)),)):
        path = write(tmp_path / "zones.geojson", *features)
        with pytest.raises(InputError, match=r"zones.geojson: no ground .*--no-ground"):
            front.add("2024-08-31", path, reason="try")
    assert front.add("2024-08-31", [], reason="nothing was held").kind == "snapshot"


def test_an_import_of_a_file_without_ground_is_refused_by_name(tmp_path):
    path = write(tmp_path / "1725134400.geojson")
    sources = sources_in([path], "deepstate")
    with pytest.raises(InputError, match=r"1725134400.geojson: no ground is read"):
        list(import_files(sources, tmp_path / "made", maker="deepstate"))
    assert not (tmp_path / "made").exists()


# what no measure could take

WIDE = {
    "across the antimeridian": box(-179, 51, 179, 52),
    "a belt with long edges": box(-170, 0, 170, 10),
}


@pytest.mark.parametrize("what", WIDE)
def test_ground_that_could_not_be_measured_is_refused_first(what, tmp_path):
    front = new_archive(tmp_path / "front", Clock(), bbox=(-180, -90, 180, 90))
    path = write(tmp_path / "zones.geojson", feature(WIDE[what]))
    says = "more than 180 degrees of longitude; cut the polygon at the antimeridian"
    with pytest.raises(InputError, match=rf"feature 1 \(a\): .*{says}"):
        front.add("2024-08-31", path, reason="try")
    with pytest.raises(InputError, match=says):
        frontmap.check_file(path, front)
    zone = read_zones(write(path, feature(SQUARE))).zones[0]
    with pytest.raises(InputError, match=rf"zone 'a': .*{says}"):
        front.add("2024-08-31", [replace(zone, geometry=WIDE[what])], reason="try")


def test_an_edge_along_a_pole_has_no_length():
    half = polygon_areas_km2([box(-180, -90, 0, 0)])[0]
    round_it = Polygon([(-180, 0), (-60, 0), (60, 0), (180, 0), (180, -90), (-180, -90)])
    assert km2(round_it) == pytest.approx(2 * half, rel=1e-12)


# the seam and the poles


def test_the_seam_is_no_line_for_error_bound_and_front(tmp_path):
    """The same shape, cut at the antimeridian and elsewhere."""
    both = shapely.MultiPolygon([box(179, 51, 180, 52), box(-180, 51, -179, 52)])
    rows = []
    for name, ground in (("cut", both), ("whole", box(100, 51, 102, 52))):
        front = new_archive(tmp_path / name, Clock(), bbox=(-180, -90, 180, 90))
        front.add("2024-08-31", write(tmp_path / "z.json", feature(ground)), reason="try")
        area, line = frontmap.areas(front), frontmap.fronts(front, scales_km=[0, 5])
        columns = ["controlled_km2", "error_km2", "bound_km2"]
        rows.append([*area.loc[0, columns], *line["length_km"]])
    assert rows[0] == pytest.approx(rows[1], rel=1e-9)
    assert rows[0][:3] == pytest.approx([15451.4, 44.73, 250.6], abs=0.05)


def test_an_edge_along_a_pole_and_the_seam_to_it_are_no_line():
    positions = [(-180, -63), *[(lon, -63) for lon in range(-120, 180, 60)], (180, -63)]
    cap = Polygon([*positions, (180, -90), (-180, -90)])
    found = area_uncertainty(cap, [Outline(cap, 500.0)])
    around_km = 2 * math.pi * 2904  # the parallel of 63 degrees
    assert length_km(contact_line(cap, shapely.LineString())) == pytest.approx(around_km, rel=1e-2)
    assert found.bound_km2 == pytest.approx(around_km * 0.5, rel=0.06)  # so far on a plane
