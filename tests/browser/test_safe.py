"""Text from data is only ever text; the page asks nobody for anything."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import folium
import pytest
from shapely import box

import frontmap
from frontmap import archive, page
from frontmap.model import Zone
from fronts import Clock

pytestmark = pytest.mark.browser

KURSK = Path(__file__).parents[2] / "geodata" / "kursk"

HOSTILE = (
    "{{ 7*7 }}{% for x in y %}{# a #}</script><script>window.fired = 1</script>"
    "<img src=x onerror='window.fired = 1'>${window.fired = 1}\u2028&amp;<!--"
)
SOME_EVENTS = 60
TEXTS = {"note", "what", "unit", "claimant", "publisher", "name_en", "name_uk", "name_ru"}


def poisoned(cell: str) -> str:
    return f"{cell}{HOSTILE}".replace("\u2028", "")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Facts of the Kursk archive with hostile text in every text field, and one snapshot."""
    root = tmp_path_factory.mktemp("hostile") / "front"
    root.mkdir()
    tables = {table.name: rows_of(table) for table in KURSK.glob("*.csv")}
    some = {row["place_id"] for row in tables["settlement_events.csv"][:SOME_EVENTS]}
    for name, key in {"places.csv": "id", "settlement_events.csv": "place_id"}.items():
        tables[name] = [row for row in tables[name] if row[key] in some]
    for name, rows in tables.items():
        write_poisoned(rows, root / name)
    reference = json.loads((KURSK / "reference.geojson").read_text("utf-8"))
    for feature in reference["features"]:
        names = {key: poisoned(text) for key, text in feature["properties"].items() if key in TEXTS}
        feature["properties"].update(names)
    (root / "reference.geojson").write_text(json.dumps(reference), "utf-8")
    made = archive.init(
        root,
        title=HOSTILE,
        maker=HOSTILE,
        license=HOSTILE,
        bbox=(34, 50.7, 36.2, 51.8),
        parties={
            "UA": {"name_en": HOSTILE, "short_name": HOSTILE},
            "RU": {"name_en": HOSTILE + "RU"},
        },
        attribution=HOSTILE,
        clock=Clock(),
    )
    zone = Zone(
        id=HOSTILE.replace("\u2028", ""),
        party="UA",
        status="controlled",
        geometry=box(35.2, 51.1, 35.4, 51.3),
        sources=("isw",),
        confidence="low",
        accuracy_m=500,
        note=HOSTILE,
    )
    made.add("2024-08-12", [zone], reason=HOSTILE, author=HOSTILE, sources=["isw"])
    return made


def rows_of(table):
    with table.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def write_poisoned(rows, target):
    for row in rows:
        row.update({name: poisoned(text) for name, text in row.items() if name in TEXTS and text})
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def hostile_page(hostile, tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "page.html"
    page.save_page(hostile, path)
    return path


def test_hostile_text_in_every_field_is_shown_as_given_and_runs_nothing(look, hostile_page):
    opened = look(path=hostile_page)
    opened.open_all()
    body = opened.run("document.body.textContent")
    assert opened.run("window.fired") is None
    assert opened.run("document.querySelectorAll('img').length") == 0
    assert opened.run("document.querySelector('.fm-title').textContent") == HOSTILE
    assert body.count("{{ 7*7 }}{% for x in y %}{# a #}</script>") > 100
    assert "49{%" not in body
    assert opened.errors == []


@pytest.mark.parametrize("kind", ["zones", "places", "reported"])
def test_hostile_text_is_only_text_in_what_a_click_opens(look, hostile_page, kind):
    opened = look(path=hostile_page)
    opened.run(
        """kind => {
          const reader = document.querySelector('.folium-map').frontmap;
          const one = reader.model[kind][0];
          reader.set({ [{ zones: 'zone', places: 'place', reported: 'figure' }[kind]]: one });
        }""",
        kind,
    )
    opened.settle()
    shown = opened.run("document.querySelector('.fm-selection').textContent")
    assert "{{ 7*7 }}{% for x in y %}{# a #}</script><script>window.fired = 1</script>" in shown
    assert opened.run("window.fired") is None


def test_the_same_text_put_in_as_markup_does_fire(visit, tmp_path):
    control = tmp_path / "control.html"
    control.write_text(f"<!DOCTYPE html><body><p>{HOSTILE}</p></body>", "utf-8")
    opened = visit(path=control, ready="")
    opened.settle()
    assert opened.run("window.fired") == 1


def test_hostile_text_is_only_text_on_somebodys_folium_map(visit, hostile, tmp_path):
    theirs = tmp_path / "theirs.html"
    somebodys = folium.Map(tiles=None, location=(51.2, 35.3), zoom_start=9)
    frontmap.layer(hostile).add_to(somebodys)
    theirs.write_text(with_own_leaflet(somebodys.get_root().render()), "utf-8")
    opened = visit(path=theirs, ready=".fm-control")
    assert opened.run("document.querySelector('.fm-control .fm-title').textContent") == HOSTILE
    assert opened.run("window.fired") is None


def with_own_leaflet(text: str) -> str:
    """Put Leaflet where a stock folium page would fetch it: this test has no network."""
    from frontmap.page import bundle

    return text.replace("<head>", f"<head><script>{bundle.leaflet_script()}</script>", 1)


def test_the_page_makes_no_request_and_has_no_error(visit):
    opened = visit()
    opened.open_all()
    for _ in range(3):
        opened.click(".fm-buttons button >> nth=2")
    opened.settle()
    assert opened.requests == []
    assert opened.errors == []


class Loads(HTMLParser):
    """Collects what a browser would fetch for the document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.found += [given[key] for key in ("src", "srcset", "data") if key in given]
        self.found += [given["href"]] if tag == "link" and "href" in given else []


def test_the_document_names_nothing_to_load(kursk_page):
    assert Loads(kursk_page.read_text("utf-8")).found == []


def test_the_policy_allows_only_the_scripts_of_the_page(look):
    opened = look()
    opened.run(
        """() => { const s = document.createElement('script');
                  s.textContent = 'window.fired = 1'; document.body.append(s); }"""
    )
    assert opened.run("window.fired") is None
    assert any("Content Security Policy" in line for line in opened.errors)
