"""The address holds the view: restored on load and followed, Back and Forward among it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

DATE = "lang=en&date=2024-08-31"
# What is chosen, what the address then names, what the page shows.
CHOICES = {
    "zone": (
        "{ zone: now.find((one) => one.id === 'contested-sudzhansky-low') }",
        "zone=contested-sudzhansky-low",
        "Contested",
    ),
    "settlement": (
        "{ place: reader.model.places.find((one) => one.names.en === 'Guevo') }",
        "place=guevo",
        "Guevo",
    ),
    "namesake": (
        "{ place: reader.model.places.filter((one) => one.names.en === 'Viktorovka')[1] }",
        "place=viktorovka-sudzhansky",
        "Sudzhansky raion",
    ),
    "figure": (
        "{ figure: reader.model.reported.find((one) => one.value_km2 === 1243) }",
        "figure=2024-08-31,1243",
        "1,243 km²",
    ),
}
SHOWN = "document.querySelector('.fm-selection').innerText"
NOTHING_CHOSEN = "document.querySelector('.fm-selection').hidden"


def choose(opened, what: str) -> None:
    opened.run(
        f"() => {{ const reader = document.querySelector('.folium-map').frontmap;"
        f" const now = reader.model.zonesAt(reader.state.index); reader.set({what}); }}"
    )


def follow(opened, address: str) -> None:
    opened.run("address => { window.location.hash = address; }", address)
    opened.settle()


@pytest.mark.parametrize(("what", "named", "shown"), CHOICES.values(), ids=CHOICES)
def test_the_address_names_what_is_chosen_and_restores_it(look, what, named, shown):
    opened = look(f"#{DATE}")
    assert opened.run(NOTHING_CHOSEN)
    choose(opened, what)
    opened.until(f"location.hash.includes('&{named}&')")
    told = opened.run(SHOWN)
    assert shown in told
    again = look(opened.run("location.hash"))
    assert again.run(SHOWN) == told


def test_a_pasted_address_back_and_forward_are_followed(visit):
    opened = visit(f"#{DATE}&figure=2024-08-31,1243")
    follow(opened, "#lang=uk&date=2024-08-12&vs=2024-08-08&place=guevo")
    assert "12 серпня 2024" in opened.text(".fm-date")
    assert "8 серпня 2024" in opened.text(".fm-head .fm-versus")
    assert "Гуєво" in opened.run(SHOWN)
    opened.run("history.back()")
    opened.until("document.querySelector('.fm-date').innerText.includes('31 August 2024')")
    assert opened.text(".fm-head .fm-versus") == ""
    assert "1,243 km²" in opened.run(SHOWN)
    opened.run("history.forward()")
    opened.until("document.querySelector('.fm-date').innerText.includes('12 серпня 2024')")
    assert "Гуєво" in opened.run(SHOWN)


MISSING = ["zone=nowhere", "place=atlantis", "figure=2024-08-31,9999", "zone", "vs=never"]


def test_what_is_not_there_is_passed_over_when_the_page_opens(visit):
    opened = visit(f"#{DATE}&{'&'.join(MISSING)}")
    assert opened.run(NOTHING_CHOSEN)
    assert "31 August 2024" in opened.text(".fm-date")
    assert opened.errors == []


@pytest.mark.parametrize("missing", MISSING)
def test_what_is_not_there_is_passed_over(look, missing):
    opened = look(f"#{DATE}&figure=2024-08-31,1243")
    assert not opened.run(NOTHING_CHOSEN)
    follow(opened, f"#{DATE}&{missing}")
    assert opened.run(NOTHING_CHOSEN)
    assert opened.text(".fm-head .fm-versus") == ""
    assert "31 August 2024" in opened.text(".fm-date")
    assert opened.errors == []


def test_a_settlement_that_is_named_is_looked_at(look):
    opened = look("#lang=en&place=guevo")
    guevo = opened.run(
        """() => { const { map, state } = document.querySelector('.folium-map').frontmap;
                  const point = map.latLngToContainerPoint([state.place.lat, state.place.lon]);
                  const size = map.getSize();
                  return [point.x / size.x, point.y / size.y]; }"""
    )
    assert guevo == pytest.approx([0.5, 0.5], abs=0.02)


WHERE = """() => {
  const top = (selector) => document.querySelector(selector).getBoundingClientRect().top;
  const head = document.querySelector('.fm-head').getBoundingClientRect().bottom;
  return [window.scrollY, top('.fm-selection h2') - head, document.activeElement.tagName];
}"""


def test_an_address_leaves_the_map_in_view_on_a_phone(visit):
    opened = visit("#date=2024-08-31&place=sudzha", width=360)
    opened.settle()
    assert "Sudzha" in opened.run(SHOWN)
    for address in (
        "#lang=en&date=2024-08-31&place=guevo",
        "#lang=en&date=2024-08-12&place=sudzha",
    ):
        scrolled, _, focused = opened.run(WHERE)
        assert (scrolled, focused) == (0, "BODY")
        follow(opened, address)


def test_what_is_chosen_by_hand_on_a_phone_is_gone_to_below_the_head(look):
    opened = look("#date=2024-08-31&place=sudzha", width=360)
    choose(opened, CHOICES["settlement"][0])
    opened.settle()
    scrolled, below_head, focused = opened.run(WHERE)
    assert scrolled > 0
    assert 0 <= below_head < 100
    assert focused == "H2"


def test_undated_figures_are_last_in_the_list_of_all(look):
    opened = look(f"#{DATE}")
    opened.open_section("figures")
    undated = opened.run(
        "[...document.querySelectorAll('[data-section=figures] .fm-row small:first-of-type')]"
        ".map((one) => one.innerText.toLowerCase().includes('date'))"
    )
    assert any(undated)
    assert undated == sorted(undated)


SAID_IN_THE_PICTURE = """() => {
  const said = [];
  const own = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
    said.push(text);
    return own.call(this, text, ...at);
  };
  document.querySelector('[data-action=save_picture]').click();
  return said;
}"""


@pytest.mark.parametrize("compared", [True, False])
def test_the_picture_tells_the_comparison_that_the_address_names(look, compared):
    opened = look(f"#{DATE}{'&vs=2024-08-12' if compared else ''}")
    opened.open_section("share")
    with opened.tab.expect_download():
        said = opened.run(SAID_IN_THE_PICTURE)
    lines = [text for text in said if text.startswith("From 12 August 2024 to 31 August 2024")]
    assert len(lines) == compared
    assert ("Gained" in said) == compared
