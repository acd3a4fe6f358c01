"""A page of three parties: whose ground is whose, wherever the page tells or draws it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from shapely import box

import frontmap
import three_parties
from frontmap.archive.about import PALETTE
from frontmap.page.payload.party_colours import ON_DARK
from fronts import zone

from .test_everyone import COVERED, assert_axe_finds_nothing

pytestmark = pytest.mark.browser

NAMES = {"GOV": "Government", "REB": "Rebels", "NSF": "Northern Force"}
LIGHT = dict(zip(NAMES, PALETTE, strict=False))
#: A day on which the government alone holds ground, and the rebels contest some.
ALONE = "2020-05-25"
CONTESTED = "Contested: striped in the colour of whose it is"
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
    assert texts[:4] == [*(f"Controlled: {name}" for name in NAMES.values()), CONTESTED]
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
    assert texts[:6] == [
        "Controlled: Rebels",
        CONTESTED,
        "Gained: Rebels",
        "Lost: Rebels",
        "Controlled: Government",
        "Controlled: Northern Force",
    ]


def test_a_figure_names_its_party_in_the_list_and_on_its_mark(look, page):
    opened = look(f"#date={three_parties.DAY}&party=NSF", page)
    opened.open_section("figures")
    rows = opened.run(TEXTS, "[data-section=figures] .fm-row .fm-grow")
    named = [[name for name in NAMES.values() if name in row] for row in rows]
    assert named == [["Government"], ["Northern Force"], []]
    titles = opened.run(
        "() => [...document.querySelectorAll('.fm-mark title')].map((one) => one.textContent)"
    )
    assert "900 km², Northern Force, Monitor: below the map" in titles
    assert not [title for title in titles if "Government" in title]


def test_nothing_is_said_of_contested_ground_where_there_is_none(look, page):
    opened = look(f"#date={ALONE}&party=GOV", page)
    assert "contested" not in opened.text(".fm-figure")
    assert "none is contested" in opened.text(".fm-range")


#: The colours of the map's canvas about a point, given as longitude and latitude.
ABOUT = """([lon, lat]) => {
  const canvas = document.querySelector('.fm-canvas');
  const { map, canvas: { view } } = document.querySelector('.folium-map').frontmap;
  const at = map.project([lat, lon]);
  const [x, y] = [(at.x - view.left) * view.ratio, (at.y - view.top) * view.ratio];
  const { data } = canvas.getContext('2d').getImageData(x - 20, y - 20, 40, 40);
  const found = {};
  for (let i = 0; i < data.length; i += 4) {
    const own = '#' + [0, 1, 2].map((n) => data[i + n].toString(16).padStart(2, '0')).join('');
    if (data[i + 3] === 255) found[own] = (found[own] ?? 0) + 1;
  }
  return found;
}"""
STRIPES = {"orange": "#c05a00", "GOV": LIGHT["GOV"], "REB": LIGHT["REB"], "NSF": LIGHT["NSF"]}


@pytest.fixture(scope="module")
def strips(tmp_path_factory):
    """Contested ground of each party apart, and what two control at once, without any name."""
    folder = tmp_path_factory.mktemp("strips")
    archive = three_parties.island(folder / "island", events=[])
    ground = [
        zone(box(-30.9 + 0.1 * n, 20.3, -30.82 + 0.1 * n, 20.4), f"c{n}", party=party)
        for n, party in enumerate(NAMES)
    ] + [
        zone(
            box(-30.9 + 0.1 * n, 20.1, -30.82 + 0.1 * n, 20.2),
            f"k{n}",
            party=party,
            status="contested",
        )
        for n, party in enumerate(NAMES)
    ]
    both = box(-30.6, 20.1, -30.5, 20.2)
    ground += [zone(both, f"b{party}", party=party) for party in ("GOV", "REB")]
    for day in (three_parties.DAY, three_parties.LATER):
        archive.add(day, ground, reason="An import", sources=["post-1"], overlaps="keep")
    frontmap.save_page(archive, folder / "island.html")
    return folder / "island.html"


@pytest.mark.parametrize("party", NAMES)
def test_contested_ground_is_striped_in_the_colour_of_whose_it_is(look, strips, party):
    opened = look(f"#date={three_parties.DAY}", strips)
    found = opened.run(ABOUT, [-30.86 + 0.1 * [*NAMES].index(party), 20.15])
    assert {name for name, colour in STRIPES.items() if colour in found} == {"orange", party}


def test_what_two_control_at_once_is_drawn_as_what_it_counts_as(look, strips):
    found = look(f"#date={three_parties.DAY}", strips).run(ABOUT, [-30.55, 20.15])
    assert {name for name, colour in STRIPES.items() if colour in found} == {
        *("orange", "GOV", "REB")
    }


@pytest.mark.parametrize("party", ["GOV", "NSF"])
def test_where_two_dates_are_compared_the_others_stay_and_are_faint(look, strips, party):
    spot = [-30.86 + 0.1 * [*NAMES].index(party), 20.35]
    whole = look(f"#date={three_parties.DAY}&party=REB", strips).run(ABOUT, spot)
    address = f"#date={three_parties.LATER}&vs={three_parties.DAY}&party=REB"
    faint = look(address, strips).run(ABOUT, spot)
    assert len(whole) == 1
    assert len(faint) <= 1
    assert faint != whole
    opened = look(address, strips)
    ground = opened.run("document.querySelector('.folium-map').frontmap.palette().ground")
    assert faint != {ground: 1600}


SIZES = [(1000, 700), (1440, 900), (1280, 860)]


@pytest.fixture(scope="module")
def eight(tmp_path_factory):
    """Eight parties with long names, each with ground of each status."""
    folder = tmp_path_factory.mktemp("eight")
    parties = {f"P{n}": {"name_en": f"Defence Forces of the Province {n}"} for n in range(8)}
    archive = frontmap.init(
        folder / "eight",
        title="Eight parties",
        maker="us",
        license="CC0-1.0",
        bbox=three_parties.BBOX,
        parties=parties,
    )
    archive.add_source("post-1", publisher="Post", published="2020-05-05")
    ground = [
        zone(
            box(west, south, west + 0.1, south + 0.1),
            f"{party.lower()}-{status}",
            party=party,
            status=status,
        )
        for west, party in zip([-31 + 0.12 * n for n in range(8)], parties, strict=True)
        for status, south in (("controlled", 20.1), ("contested", 20.25), ("claimed", 20.4))
    ]
    for day in (three_parties.DAY, three_parties.LATER):
        archive.add(day, ground, reason="Drawn by hand", sources=["post-1"])
    frontmap.save_page(archive, folder / "eight.html")
    return folder / "eight.html"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_map_keeps_half_of_the_height_and_the_legend_scrolls(look, eight, width, height):
    address = f"#date={three_parties.LATER}&vs={three_parties.DAY}"
    opened = look(address, eight, width=width, height=height)
    boxes = opened.run(
        """['.fm-head', '.fm-stage', '.fm-time', '.fm-legend', '.fm-foot'].map((which) => {
             const { top, bottom } = document.querySelector(which).getBoundingClientRect();
             return [top, bottom];
           })"""
    )
    assert boxes[1][1] - boxes[1][0] >= height / 2
    assert boxes[1][1] <= height
    assert all(below[0] >= above[1] - 1 for above, below in pairwise(boxes)), boxes
    assert boxes[3][1] - boxes[3][0] < 100
    opened.tab.focus(".fm-legend")
    opened.tab.keyboard.press("End")
    assert opened.run("document.documentElement.scrollWidth") <= width
    assert_axe_finds_nothing(opened)


def test_on_a_phone_the_choice_of_a_party_leaves_the_title_room(look, eight):
    opened = look("", eight, width=360)
    assert opened.run("document.documentElement.scrollWidth") <= 360
    assert opened.run("document.querySelector('.fm-title').getBoundingClientRect().width") > 80
    assert opened.run(COVERED) == []


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
