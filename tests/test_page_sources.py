"""Sources and claimants on the page: by number, and found where a text names them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontmap.page.payload.claimants import Claimants
from frontmap.page.payload.sources import CitedSources

SOURCES = """id,publisher,url,published,read
isw,ISW,https://example.org/1,2024-08-31,
tass-1843791,TASS,https://example.org/2,2024-09-01,
lenta.ru-2024,Lenta,https://example.org/3,,
"""
CLAIMANTS = """claimant,side,kind,note,claimant_uk
Rybar,RU,channel,,Рибар
ISW,none,monitor,,
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "sources.csv").write_text(SOURCES, "utf-8")
    (folder / "claimants.csv").write_text(CLAIMANTS, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("first map", ["first map"]),
        ("isw", [0]),
        ("They are: isw, tass-1843791.", ["They are: ", 0, ", ", 1, "."]),
        ("(lenta.ru-2024)", ["(", 2, ")"]),
        ("https://isw/x tass-1843791-2 x.isw", ["https://isw/x tass-1843791-2 x.isw"]),
        ("ISW said", ["ISW said"]),
    ],
)
def test_a_text_names_sources_by_their_ids_standing_by_themselves(root, text, pieces):
    assert CitedSources(root).pieces(text) == pieces


@given(st.lists(st.sampled_from(["isw", "tass-1843791", " ", ", ", ".", "/", "-", "ї", "x"])))
def test_nothing_of_a_text_is_lost(root, words):
    ids = ["isw", "tass-1843791", "lenta.ru-2024"]
    pieces = CitedSources(root).pieces("".join(words))
    whole = "".join(ids[piece] if isinstance(piece, int) else piece for piece in pieces)
    assert whole == "".join(words)


def test_a_source_that_a_text_names_is_listed_with_its_address(root):
    sources = CitedSources(root)
    sources.pieces("by isw")
    columns = sources.columns()
    assert columns["publisher"] == ["ISW", "", ""]
    assert columns["url"] == ["//example.org/1", "", ""]


def test_claimants_are_numbered_as_they_are_named_with_what_names_the_table_has(root):
    claimants = Claimants(root)
    assert [claimants.number(name) for name in ("ISW", "Rybar", "Nobody", "ISW")] == [0, 1, 2, 0]
    assert claimants.columns() == {
        "given": ["ISW", "Rybar", "Nobody"],
        "names": {"en": ["", "", ""], "uk": ["", "Рибар", ""], "ru": ["", "", ""]},
    }
