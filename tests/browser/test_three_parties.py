"""A page of three parties: whose ground is whose, wherever the page tells or draws it."""

from __future__ import annotations

import pytest
from shapely import box

import frontmap
import three_parties
from frontmap.archive.about import PALETTE
from frontmap.page.payload.party_colours import ON_DARK
from fronts import zone

pytestmark = pytest.mark.browser

NAMES = {"GOV": "Government", "REB": "Rebels", "NSF": "Northern Force"}
LIGHT = dict(zip(NAMES, PALETTE, strict=False))
#: A day on which the government alone holds ground, and the rebels contest some.
ALONE = "2020-05-25"
#: The colour in the middle of each swatch's left edge, where its line is drawn.
EDGES = """(which) => [...document.querySelectorAll(which)].map((box) => {
  const [r, g, b] = box.getContext('2d').getImageData(4, 18, 1, 1).data;
  return '#' + [r, g, b].map((each) => each.toString(16).padStart(2, '0')).join('');
})"""
COLOURS = """() => ['.fm-big strong', '.fm-line'].map((which) => {
  const style = getComputedStyle(document.querySelector(which));
  const [r, g, b] = (which === '.fm-line' ? style.stroke : style.color).match(/\\d+/g).map(Number);
  return '#' + [r, g, b].map((each) => each.toString(16).padStart(2, '0')).join('');
})"""
TEXTS = "(which) => [...document.querySelectorAll(which)].map((one) => one.innerText)"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    archive = three_parties.with_two_dates(folder / "island")
    ground = [
        zone(box(-30.9, 20.2, -30.7, 20.3), "g", party="GOV"),
        zone(box(-30.7, 20.2, -30.6, 20.3), "r", party="REB", status="contested"),
    ]
    archive.add(ALONE, ground, reason="Drawn by hand", sources=["post-1"])
    frontmap.save_page(archive, folder / "island.html")
    return folder / "island.html"


def near(colours, expected):
    """Whether colours are what was drawn, give or take how a canvas mixes them."""
    return [
        max(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5)) <= 24
        for one, other in zip(colours, expected, strict=True)
    ]


@pytest.mark.parametrize("party", NAMES)
def test_the_legend_tells_every_party_whichever_is_counted(look, page, party):
    opened = look(f"#date={three_parties.DAY}&party={party}", page)
    texts = opened.run(TEXTS, ".fm-legend li")
    assert texts[:4] == [*(f"Controlled: {name}" for name in NAMES.values()), "Contested"]
    drawn = opened.run(EDGES, ".fm-legend canvas")
    assert all(near(drawn[:3], LIGHT.values()))


@pytest.mark.parametrize("party", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_headline_and_chart_have_the_colour_of_the_party_they_count(look, page, party, scheme):
    opened = look(f"#date={three_parties.DAY}&party={party}", page)
    opened.prefer(color_scheme=scheme)
    opened.settle()
    own = LIGHT[party] if scheme == "light" else ON_DARK[LIGHT[party]]
    assert opened.run(COLOURS) == [own, own]
    assert opened.text(".fm-big").startswith(f"{NAMES[party]}: ")


def test_each_row_names_its_party_and_has_its_colour(look, page):
    opened = look(f"#date={three_parties.DAY}&party=REB", page)
    opened.open_section("day")
    rows = opened.run(TEXTS, "[data-section=day] .fm-row .fm-grow")
    controlled = [n for n, row in enumerate(rows) if "controlled" in row.casefold()]
    assert {rows[n].split(":")[0] for n in controlled} == {*NAMES.values()}
    drawn = opened.run(EDGES, "[data-section=day] .fm-row canvas")
    of_row = {name: LIGHT[party] for party, name in NAMES.items()}
    expected = [of_row[rows[n].split(":")[0]] for n in controlled]
    assert all(near([drawn[n] for n in controlled], expected))


def test_where_two_dates_are_compared_the_legend_tells_the_party_that_is(look, page):
    address = f"#date={three_parties.LATER}&vs={three_parties.DAY}&party=REB"
    texts = look(address, page).run(TEXTS, ".fm-legend li")
    assert texts[:4] == [
        "Controlled: Rebels",
        "Contested",
        "Gained: Rebels",
        "Lost: Rebels",
    ]


def test_contested_ground_of_another_party_is_not_plus_nothing(look, page):
    assert "contested" not in look(f"#date={ALONE}&party=GOV", page).text(".fm-figure")
    rebels = look(f"#date={ALONE}&party=REB", page).text(".fm-figure")
    assert "km² contested" in rebels


def test_a_settlement_says_who_holds_it(look, page):
    opened = look(f"#date={three_parties.LATER}&party=REB", page)
    opened.open_section("places")
    rows = opened.run(TEXTS, "[data-section=places] .fm-row")
    said = {row.splitlines()[0]: row.splitlines()[-1] for row in rows}
    assert said["Village A"] == "held: Government"
    assert said["Village C"] == "held: Rebels"
    assert said["Village I"] == "held: Northern Force"
    assert opened.text("[data-section=places] p").startswith("Rebels: 4 settlements held")
