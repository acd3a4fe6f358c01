"""A file's features as zones: what they are named, and what is said of what tells them apart."""

from __future__ import annotations

import json

import geopandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from shapely.geometry import mapping

from frontmap.errors import InputError
from frontmap.imports.choices import Choices
from frontmap.imports.dating import dated_files
from frontmap.imports.foreign import How, foreign_reader
from frontmap.intake.file_zones import read_zones
from frontmap.intake.profiles import Profile
from frontmap.intake.rules import parse_rule
from frontmap.intake.zone_words import Defaults

TOLD = Defaults(party="UA", status="controlled", confidence="low", accuracy_m=500)
CHOSEN = Choices(confidence="low", accuracy_m=500)
CELLS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, unique=True)


def drawn(path, *features):
    """Write features of cells of a grid, each with its own properties, and read them as zones."""
    rows = [
        {
            "type": "Feature",
            "properties": words,
            "geometry": mapping(box(30 + east, 40 + north, 30.5 + east, 40.5 + north)),
        }
        for (east, north), words in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), "utf-8")
    return read_zones(path, defaults=TOLD)


@given(cells=CELLS, data=st.data())
def test_a_zone_without_an_id_is_named_for_its_ground_whatever_else_the_file_has(
    tmp_path_factory, cells, data
):
    path = tmp_path_factory.mktemp("drawn") / "zones.geojson"
    others = data.draw(st.permutations(cells))[: data.draw(st.integers(1, len(cells)))]
    named = {zone.geometry.wkb: zone.id for zone in drawn(path, *((c, {}) for c in cells)).zones}
    assert len({*named.values()}) == len(cells)
    for zone in drawn(path, *((cell, {}) for cell in others)).zones:
        assert zone.id == named[zone.geometry.wkb]


def test_the_same_ground_twice_has_two_names(tmp_path):
    claims = [((1, 1), {"party": party, "status": "claimed"}) for party in ("UA", "RU")]
    first, second = (zone.id for zone in drawn(tmp_path / "a.geojson", *claims).zones)
    assert second == f"{first}-2"


@pytest.mark.parametrize("place", ["type", "Layer", "fill"])
def test_features_that_tell_themselves_apart_are_named_where_an_option_says_it_for_all(
    tmp_path, place
):
    words = {"fill": ["#aa0000", "#0000aa"]}.get(place, ["Held by Russia", "Held by Ukraine"])
    features = [((n, 1), {place: word}) for n, word in enumerate(words)]
    one, two = sorted(words)
    said, _ = drawn(tmp_path / "a.geojson", *features).repairs
    assert said == (
        f"{place.lower()} '{one}' (1 feature), {place.lower()} '{two}' (1 feature): all are taken "
        "by --party UA --status controlled; to tell them apart: --rule"
    )
    alike = [((n, 1), {place: one}) for n in range(2)]
    assert len(drawn(tmp_path / "a.geojson", *alike).repairs) == 1
    own = [((n, 1), {place: w, "party": "RU", "status": "claimed"}) for n, w in enumerate(words)]
    assert not any("--rule" in said for said in drawn(tmp_path / "a.geojson", *own).repairs)


def test_what_is_no_ground_is_said_by_its_kind_and_a_link_with_its_address(tmp_path):
    ring = "35,51 35.2,51 35.2,51.2 35,51"
    path = tmp_path / "front.kml"
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><Polygon>'
        f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark><Placemark><Point><coordinates>35,51"
        "</coordinates></Point></Placemark><NetworkLink><Link><href>https://x.org/live.kml"
        "</href></Link></NetworkLink></Document></kml>",
        "utf-8",
    )
    assert read_zones(path, defaults=TOLD).repairs[:2] == (
        "feature 2: Point left out: no ground",
        "feature 3: NetworkLink to https://x.org/live.kml, which is not read, left out: no ground",
    )


NO_GROUND = {
    "a place, metres unsaid": ("geom;n\nPOINT (36 48);1", r"left in it: feature 1: Point left out"),
    "a hole equal to its shell": (
        "geom;n\nPOLYGON ((36 48,37 48,37 49,36 48),(36 48,37 48,37 49,36 48));1",
        "left in it: feature 1: left out: its rings enclose no ground (and 2 more)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", NO_GROUND)
def test_why_nothing_is_left_of_a_file_is_said_first(tmp_path, form):
    text, says = NO_GROUND[form]
    path = tmp_path / "2024-08-31.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_zones(path, defaults=TOLD)
    assert says in str(refused.value)
    how = How(Profile(name="m", rules=(parse_rule("n=1 => UA controlled"),)), CHOSEN)
    with pytest.raises(InputError, match=r"read from it: (?!repaired|file)"):
        foreign_reader(how)(dated_files([path], how.profile, how.dating).snapshots[0])


def test_the_number_of_a_row_is_no_id_and_no_word(tmp_path):
    path = tmp_path / "zones.gpkg"
    ground = [box(35, 51, 35.2, 51.2), box(35.5, 51, 35.7, 51.2)]
    geopandas.GeoDataFrame(geometry=ground, crs=4326).to_file(path)
    names = {zone.geometry.wkb: zone.id for zone in read_zones(path, defaults=TOLD).zones}
    geopandas.GeoDataFrame(geometry=ground[::-1], crs=4326).to_file(tmp_path / "again.gpkg")
    again = read_zones(tmp_path / "again.gpkg", defaults=TOLD).zones
    assert {zone.geometry.wkb: zone.id for zone in again} == names
    with pytest.raises(
        InputError, match=r"feature 1 \(1\): no party.*: layer 'zones' \(2 features"
    ):
        read_zones(path)
