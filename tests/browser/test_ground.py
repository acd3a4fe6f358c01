"""Where this is: countries in an inset, disputed borders, how exact the map beneath is."""

from __future__ import annotations

import pytest

from frontmap import page
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
