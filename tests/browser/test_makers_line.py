"""Another maker's line over the map: seen, named with its date, switched off and on, credited."""

from __future__ import annotations

import pytest
from shapely import box

import frontmap
from fronts import Clock, new_archive, zone

pytestmark = pytest.mark.browser

OTHER = ".fm-legend li:has(input)"
#: How many pixels of the map are of ink, as the line of a party that only the other maker has.
INKED = """() => {
  const canvas = document.querySelector('.fm-canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const { palette } = document.querySelector('.folium-map').frontmap;
  const [r, g, b] = palette().ink.match(/\\w\\w/g).map((each) => parseInt(each, 16));
  let found = 0;
  for (let at = 0; at < data.length; at += 4)
    found += data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255;
  return found;
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("beside")
    ours = new_archive(folder / "ours", Clock())
    theirs = new_archive(
        folder / "theirs",
        Clock(),
        maker="<b>Other</b> & co",
        attribution="© the others",
        license="CC-BY-4.0",
        parties={"GB": {"name_en": "Guests"}},
    )
    for date in ("2024-08-10", "2024-08-20", "2024-08-31"):
        ours.add(date, [zone(box(35, 51, 35.4, 51.4))], reason="for this test")
    for date, east in (("2024-08-20", 35.3), ("2024-08-25", 35.35)):
        theirs.add(date, [zone(box(35.1, 51.1, east, 51.3), party="GB")], reason="for this test")
    frontmap.save_page(ours, folder / "page.html", beside=[theirs])
    return folder / "page.html"


@pytest.mark.parametrize(
    ("date", "said", "drawn"),
    [
        ("2024-08-10", "Line of held ground: <b>Other</b> & co, no snapshot yet", False),
        ("2024-08-20", "Line of held ground: <b>Other</b> & co", True),
        ("2024-08-31", "Line of held ground: <b>Other</b> & co, 25 August 2024", True),
    ],
)
def test_on_each_date_the_line_is_the_makers_own_of_it_or_its_last_before(
    look, page, date, said, drawn
):
    opened = look(f"#date={date}&lang=en", page)
    assert opened.text(OTHER).strip() == said
    with_line = opened.run(INKED)
    opened.tab.focus(f"{OTHER} input")
    opened.tab.keyboard.press("Space")
    opened.settle()
    without = opened.run(INKED)
    opened.tab.keyboard.press("Space")
    opened.settle()
    assert opened.run(INKED) == with_line
    assert (with_line - without > 100) is drawn


def test_its_entry_stays_in_the_legend_in_every_language_and_beside_a_comparison(look, page):
    opened = look("#date=2024-08-31&vs=2024-08-20&lang=uk", page)
    assert "Межа утримуваної території: <b>Other</b> & co, 25 серпня" in opened.text(OTHER)
    assert opened.tab.locator(OTHER).count() == 1


def test_the_address_tells_whose_line_is_off_and_a_new_one_is_followed(look, page):
    opened = look("#date=2024-08-20&lang=en", page)
    with_line = opened.run(INKED)
    opened.click(f"{OTHER} input")
    opened.until("location.hash.includes('without=1')")
    opened = look("#date=2024-08-20&lang=en&without=1", page)
    assert not opened.tab.locator(f"{OTHER} input").is_checked()
    assert with_line - opened.run(INKED) > 100
    opened.run("window.location.hash = 'date=2024-08-20&lang=en'")
    opened.settle()
    assert opened.tab.locator(f"{OTHER} input").is_checked()
    assert opened.run(INKED) == with_line


def test_maker_attribution_and_licence_stand_in_the_credits(look, page):
    opened = look("", page)
    opened.open_section("makers")
    owed = "<b>Other</b> & co: © the others, CC-BY-4.0"
    assert owed in opened.text(".fm-foot")
    assert owed in opened.text("[data-section=makers]")
