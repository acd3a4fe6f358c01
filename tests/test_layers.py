"""Layers on somebody's map: each is there, also two of one archive."""

from __future__ import annotations

import re

import folium
import pytest

import frontmap
from fronts import LARGE, SMALL, Clock, new_archive, zone


@pytest.fixture
def front(tmp_path):
    clock = Clock()
    made = new_archive(tmp_path / "front", clock)
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    clock.set("2026-09-03T10:00:00+00:00")
    made.correct("2024-08-31", [zone(LARGE)], reason="second")
    return made


def started(text: str) -> set[tuple[str, str]]:
    """Which data is drawn on which map, of what is there."""
    there = set(re.findall(r'<script type="application/json" id="(\w+)">', text))
    pairs = set(re.findall(r'frontmapStart\(\(\) => (\w+), "(\w+)"', text))
    assert {data for _, data in pairs} == there
    return pairs


def test_two_states_of_one_archive_are_two_layers_of_one_map(front):
    somebodys = folium.Map()
    for known in ("2026-09-02", "2026-09-04"):
        frontmap.layer(front, known=known).add_to(somebodys)
    assert len(started(somebodys.get_root().render())) == 2


def test_what_was_known_at_two_instants_is_two_layers_though_the_zones_are_the_same(front):
    somebodys = folium.Map()
    for known in ("2026-09-01T12:00:00Z", "2026-09-02T12:00:00Z"):
        frontmap.layer(front, known=known).add_to(somebodys)
    assert len(started(somebodys.get_root().render())) == 2


def test_one_layer_on_two_maps_of_a_page_is_drawn_on_both(front):
    page = folium.Figure()
    for _ in range(2):
        frontmap.layer(front).add_to(folium.Map().add_to(page))
    assert len({where for where, _ in started(page.render())}) == 2


def test_a_layer_is_drawn_once_however_often_its_map_is_rendered(front):
    somebodys = folium.Map()
    frontmap.layer(front).add_to(somebodys)
    texts = [somebodys.get_root().render() for _ in range(2)]
    assert started(texts[0]) == started(texts[1])
    assert [text.count("frontmapStart(() =>") for text in texts] == [1, 1]
