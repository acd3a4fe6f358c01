"""Where this is: countries in an inset, disputed borders, how exact the map beneath is."""

from __future__ import annotations

import json

import pytest
from shapely import LineString, box
from shapely.geometry import mapping

from frontmap import page
from frontmap.page.bundle import palette
from fronts import Clock, new_archive, zone
from test_page_ground import archive  # noqa: F401  the front that these pages show

from .test_everyone import assert_axe_finds_nothing

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(archive, tmp_path, visit):  # noqa: F811
    path = tmp_path / "front.html"
    page.save_page(archive, path)
    return visit("#lang=en", path)


def test_an_inset_shows_where_in_the_world_the_theatre_is(opened):
    inside = """() => {
      const land = document.querySelector('.fm-land').getBoundingClientRect();
      const theatre = document.querySelector('.fm-theatre').getBoundingClientRect();
      return land.left < theatre.left && theatre.right < land.right
        && land.top < theatre.top && theatre.bottom < land.bottom;
    }"""
    assert opened.run(inside)
    assert opened.tab.locator(".fm-inset svg").get_attribute("aria-label") == (
        "Where in the world this is"
    )
    assert_axe_finds_nothing(opened)


def test_the_legend_has_disputed_borders_and_says_how_exact_lines_are(opened):
    legend = opened.text(".fm-legend")
    assert "State border" in legend
    assert "Disputed border" in legend
    assert "drawn to about 3 km" in legend


#: The colour of the map's canvas at a point, given as longitude and latitude; none: nothing drawn.
AT = """([lon, lat]) => {
  const canvas = document.querySelector('.fm-canvas');
  const { map, canvas: { view } } = document.querySelector('.folium-map').frontmap;
  const at = map.project([lat, lon]);
  const [x, y] = [(at.x - view.left) * view.ratio, (at.y - view.top) * view.ratio];
  const { data: [r, g, b, a] } = canvas.getContext('2d').getImageData(x, y, 1, 1);
  return a ? '#' + [r, g, b].map((n) => n.toString(16).padStart(2, '0')).join('') : '';
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sea_has_a_tone_of_its_own_and_land_has_not(tmp_path, visit, scheme):
    made = new_archive(tmp_path / "front", Clock(), bbox=(35, 51, 36, 52))
    ground = [zone(box(35, 51, 35.2, 51.2)), zone(box(35.2, 51, 35.7, 51.1), "b")]
    made.add("2024-08-31", ground, reason="for this test")
    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": {"kind": kind}}
        for kind, shape in (
            ("country", box(20, 40, 35.5, 60)),
            ("coast", LineString([(35.5, 40), (35.5, 60)])),
        )
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (made.root / "reference.geojson").write_text(text, "utf-8")
    page.save_page(made, tmp_path / "front.html")
    opened = visit("#lang=en", tmp_path / "front.html", color_scheme=scheme)
    assert opened.run(AT, [35.6, 51.15]) == palette()[scheme]["sea"]
    assert opened.run(AT, [35.4, 51.15]) == ""
    # Ground that is held at sea looks as it does on land.
    assert opened.run(AT, [35.6, 51.05]) == opened.run(AT, [35.3, 51.05]) != ""
