"""What the page holds of settlements is what the rule says of them."""

from __future__ import annotations

import json
import shutil
from itertools import groupby
from operator import itemgetter

import pandas as pd
import pytest
from shapely import box

import frontmap
import three_parties
from conftest import KURSK
from frontmap.facts import read_reference
from frontmap.page.payload.claimants import Claimants
from frontmap.page.payload.settlements import packed_settlements
from frontmap.page.payload.sources import CitedSources
from frontmap.places import SettlementTables, read_evidence, statuses_on
from fronts import zone

WORDS = {
    "controlled": "held UA",
    "contested": "contested UA",
    "claimed": "claimed UA",
    "not held": "",
}


def test_the_status_of_each_settlement_over_time_is_that_of_the_rule(kursk_payload):
    archive = frontmap.open(KURSK)
    evidence = read_evidence(SettlementTables.read(archive))
    by_date = [statuses_on(evidence, date).status for date in archive.dates]
    places = kursk_payload["places"]
    changes = zip(places["since"], places["statuses"], strict=True)
    histories = {
        name: list(zip(*change, strict=True))
        for name, change in zip(places["names"]["en"], changes, strict=True)
    }
    names = evidence.places["name_en"].tolist()
    single = [number for number, name in enumerate(names) if names.count(name) == 1]
    for number in single:
        statuses = [(index, WORDS[row[number]]) for index, row in enumerate(by_date)]
        runs = [next(run) for _, run in groupby([(0, ""), *statuses], key=itemgetter(1))][1:]
        assert histories.get(names[number], []) == runs, names[number]
    assert sum(bool(histories.get(names[number])) for number in single) > 60


def page_places(tmp_path, rows, events=()):
    """The places of a page whose reference has one town, 1,000 m exact, and these of the table."""
    archive = three_parties.island(tmp_path / "island", events=list(events))
    town = {
        "type": "Feature",
        "properties": {
            "kind": "place",
            "name_en": "Izāz",
            "name_fr": "Azaz (France)",
            "accuracy_m": 1000,
            "population": 66000,
        },
        "geometry": {"type": "Point", "coordinates": [-30.5, 20.3]},
    }
    collection = {"type": "FeatureCollection", "features": [town]}
    (archive.root / "reference.geojson").write_text(json.dumps(collection), "utf-8")
    table = pd.DataFrame([{"name_uk": "", "name_ru": "", "raion": ""} | row for row in rows])
    table.assign(source="post-1").to_csv(archive.root / "places.csv", index=False)
    codes = ["en", "ar", "fr"]
    ground = [zone(box(-30.9, 20.1, -30.8, 20.2), party="GOV")]
    archive.add("2020-05-10", ground, reason="Drawn by hand", sources=["post-1"])
    packed = packed_settlements(
        archive,
        [archive.as_of("2020-05-10")],
        read_reference(archive.root),
        CitedSources(archive.root),
        Claimants(archive.root, codes),
    )
    return packed["places"]


OWN = {"id": "azaz", "name_en": "A'zaz", "name_ar": "أعزاز", "lat": 20.305, "accuracy_m": 500}


def test_a_town_that_the_archive_spells_otherwise_is_one_place_under_its_own_names(tmp_path):
    found = page_places(tmp_path, [OWN | {"lon": -30.504}])
    assert found["names"] == {"en": ["A'zaz"], "ar": ["أعزاز"], "fr": ["Azaz (France)"]}
    assert found["population"] == [66000]


def test_it_has_the_status_of_that_settlement(tmp_path):
    events = [three_parties.event("azaz", "2020-05-05", "stays GOV")]
    found = page_places(tmp_path, [OWN | {"lon": -30.504}], events)
    assert found["statuses"] == [["held GOV"]]


@pytest.mark.parametrize(
    "other", [{"lon": -30.52}, {"lon": -30.5, "accuracy_m": 8000}], ids=["far", "not located"]
)
def test_another_settlement_near_a_town_is_not_the_town(tmp_path, other):
    events = [three_parties.event("azaz", "2020-05-05", "stays GOV")]
    found = page_places(tmp_path, [OWN | other], events)
    assert found["names"]["en"] == ["Izāz", "A'zaz"]


def test_a_village_with_the_name_of_a_far_town_is_not_the_town(tmp_path):
    """Two places of one name are common; only what lies near is the same."""
    root = tmp_path / "kursk"
    shutil.copytree(KURSK, root)
    reference = root / "reference.geojson"
    value = json.loads(reference.read_bytes())
    (sudzha,) = (f for f in value["features"] if f["properties"].get("name_en") == "Sudzha")
    lon, lat = sudzha["geometry"]["coordinates"]
    sudzha["geometry"]["coordinates"] = [lon + 0.5, lat]
    reference.write_text(json.dumps(value), "utf-8")
    archive = frontmap.open(root)
    packed = packed_settlements(
        archive,
        [archive.as_of("2024-08-31")],
        read_reference(root),
        CitedSources(root),
        Claimants(root),
    )
    places = packed["places"]
    found = [number for number, name in enumerate(places["names"]["en"]) if name == "Sudzha"]
    shown = [(places["lon"][n], places["kind"][n], bool(places["statuses"][n])) for n in found]
    assert shown == [(round(lon + 0.5, 5), "town", False), (round(lon, 5), "", True)]
