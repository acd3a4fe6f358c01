"""Ground by unit of the reference: what is in each, what outside, and that it adds up."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box
from typer.testing import CliRunner

import frontmap
from frontmap.cli import app
from frontmap.errors import InputError, NotFoundError, UsageError
from fronts import new_archive, zone

KM2 = ["controlled_km2", "contested_km2", "claimed_km2"]
PARTIES = {name: {"name_en": name} for name in "ABCDE"}


def with_units(root, *units, **names):
    features = [
        {
            "type": "Feature",
            "properties": {"kind": "unit", "name_en": f"Unit {n}", **names},
            "geometry": shapely.geometry.mapping(unit),
        }
        for n, unit in enumerate(units)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (root / "reference.geojson").write_text(text, "utf-8")


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front", parties=PARTIES)
    made.add(
        "2024-08-31",
        [
            zone(box(35, 51, 36, 51.5), "a", party="A"),
            zone(box(36, 51, 36.5, 51.5), "b", party="B", status="contested"),
        ],
        reason="first",
    )
    with_units(made.root, box(35, 51, 35.5, 52), box(35.5, 51, 36.25, 52))
    return made


def test_each_unit_says_what_each_party_has_of_it_and_the_last_what_lies_outside(front):
    table = frontmap.areas(front, by="unit")
    assert table["unit"].tolist() == ["Unit 0", "Unit 0", "Unit 1", "Unit 1", "", ""]
    assert table["party"].tolist() == ["A", "B"] * 3
    own = table.set_index(["unit", "party"])
    assert own.loc[("Unit 0", "A"), "share"] == pytest.approx(0.5, abs=0.01)
    assert own.loc[("Unit 1", "B"), "contested_km2"] == pytest.approx(
        own.loc[("", "B"), "contested_km2"]
    )
    assert list(own.loc[("Unit 0", "B"), KM2]) == [0, 0, 0]
    assert table["unit_km2"].isna().tolist() == [False] * 4 + [True] * 2


def test_a_unit_is_named_in_the_archives_language_or_as_it_can(tmp_path):
    made = new_archive(tmp_path / "front", parties=PARTIES, language="uk")
    made.add("2024-08-31", [zone(box(35, 51, 36, 51.5), party="A")], reason="first")
    with_units(made.root, box(35, 51, 36, 52), name_uk="Район")
    assert frontmap.areas(made, by="unit")["unit"].tolist() == ["Район", ""]
    with_units(made.root, box(35, 51, 36, 52), name_en="", name_ar="منطقة")
    assert frontmap.areas(made, by="unit")["unit"].tolist() == ["منطقة", ""]


boxes = st.builds(
    lambda x, y, wide, high: box(x, y, x + wide, y + high),
    *[st.floats(34.5, 37), st.floats(50.5, 52), st.floats(0.05, 0.9), st.floats(0.05, 0.9)],
)
grounds = st.lists(
    st.tuples(boxes, st.sampled_from("ABCDE"), st.sampled_from(["controlled", "contested"])),
    min_size=2,
    max_size=5,
)


@settings(max_examples=15)
@given(grounds, st.lists(boxes, min_size=1, max_size=5))
def test_units_and_what_lies_outside_add_up_to_the_whole(drawn, units):
    with tempfile.TemporaryDirectory() as folder:
        made = new_archive(Path(folder, "front"), parties=PARTIES)
        zones = [
            zone(ground, f"z{n}", party=party, status=status)
            for n, (ground, party, status) in enumerate(drawn)
        ]
        made.add("2024-08-31", zones, reason="first", overlaps="keep")
        with_units(made.root, *units)
        by_unit = frontmap.areas(made, by="unit").groupby("party")[KM2].sum()
        whole = frontmap.areas(made, errors="none").set_index("party")[KM2]
        assert np.allclose(by_unit.loc[whole.index], whole, rtol=1e-9, atol=1e-9)
        shares = frontmap.areas(made, by="unit")["share"].dropna()
        assert ((shares >= 0) & (shares <= 1 + 1e-9)).all()


@pytest.mark.parametrize(
    ("units", "error", "says"),
    [
        ([], NotFoundError, "has no feature of kind unit that is an area"),
        ([shapely.LineString([(35, 51), (36, 52)])], NotFoundError, "that is an area"),
        ([shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], InputError, "crosses itself"),
    ],
)
def test_units_that_cannot_be_measured_by_are_refused_by_name(front, units, error, says):
    with_units(front.root, *units)
    with pytest.raises(error, match=says) as refused:
        frontmap.areas(front, by="unit")
    assert "reference.geojson" in str(refused.value)


def test_what_lies_between_two_dates_is_told_of_the_whole_alone(front):
    with pytest.raises(UsageError, match="leave by"):
        frontmap.areas(front, by="unit", fill="between")


def test_the_verb_prints_it(front):
    words = ["area", "--by", "unit", "--archive", str(front.root), "--format", "csv"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    head, first, *_ = done.stdout.splitlines()
    assert head.split(",")[:4] == ["date", "maker", "party", "unit"]
    assert first.startswith("2024-08-31,us,A,Unit 0,")


def test_kursks_raions_add_up():
    archive = frontmap.open("geodata/kursk")
    table = frontmap.areas(archive, by="unit", dates="2024-08-31")
    whole = frontmap.areas(archive, dates="2024-08-31", errors="none")
    assert np.allclose(table[KM2].sum(), whole[KM2].sum(), rtol=1e-9)
    assert table.set_index("unit")["share"]["Sudzhansky raion"] > 0.5
