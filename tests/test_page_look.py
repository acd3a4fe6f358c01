"""What the page looks like, told from its own files: colours, words, no template signs."""

from __future__ import annotations

import itertools
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import frontmap
from conftest import KURSK
from frontmap.archive.about import PALETTE, parties_of
from frontmap.page import bundle
from frontmap.page.payload.party_colours import on_dark, palette_with


def matrix(text: str):
    return np.array(text.split(), float).reshape(3, 3)


# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "protanopia": """ 0.152286 1.052583 -0.204868
                      0.114503 0.786281  0.099216
                     -0.003882 -0.048116 1.051998""",
    "deuteranopia": """ 0.367322 0.860646 -0.227968
                        0.280085 0.672501  0.047413
                       -0.011820 0.042940  0.968881""",
    "tritanopia": """ 1.255528 -0.076749 -0.178779
                     -0.078411  0.930809  0.147602
                      0.004733  0.691367  0.303900""",
}
SEEN = {"normal": np.eye(3), **{name: matrix(text) for name, text in BLINDNESS.items()}}
LEAST_APART = 6.95  # CIEDE2000: of the Kursk record's two colours with deuteranopia
LEAST_CONTRAST = 3.0
LEAST_OF_TEXT = 4.5
LEAST_TONE = 2.3  # CIEDE2000: a difference that is just seen


def linear(colour: str):
    signs = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(signs <= 0.04045, signs / 12.92, ((signs + 0.055) / 1.055) ** 2.4)


def lab(light):
    """CIE L*a*b* (D65) of linear RGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = xyz @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one, other) -> float:
    """CIEDE2000 of two colours in L*a*b* (Sharma, Wu and Dalal 2005)."""
    (light1, a1, b1), (light2, a2, b2) = one, other

    def seventh(chroma):
        return np.sqrt(chroma**7 / (chroma**7 + 25**7))

    stretch = 1.5 - 0.5 * seventh((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2)
    chroma1, chroma2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    hue1, hue2 = (np.degrees(np.arctan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (hue2 - hue1 + 180) % 360 - 180
    light, chroma, hue = (light1 + light2) / 2, (chroma1 + chroma2) / 2, (hue1 + turn / 2) % 360

    def wave(times, shift):
        return np.cos(np.radians(times * hue - shift))

    tint = 1 - 0.17 * wave(1, 30) + 0.24 * wave(2, 0) + 0.32 * wave(3, -6) - 0.2 * wave(4, 63)
    far = (light - 50) ** 2
    by_light = (light2 - light1) / (1 + 0.015 * far / np.sqrt(20 + far))
    by_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    by_hue = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn / 2))
    by_hue /= 1 + 0.015 * chroma * tint
    turned = np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    both = -2 * seventh(chroma) * turned * by_chroma * by_hue
    return float(np.sqrt(by_light**2 + by_chroma**2 + by_hue**2 + both))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_colours_lie_apart_as_the_published_pairs_do(one, other, distance):
    assert apart(one, other) == pytest.approx(distance, abs=1e-4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


#: Eight parties that were given no colour: those of the palette, in the order in which they come.
EIGHT = parties_of({f"P{number}": {} for number in range(len(PALETTE))})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SEEN)
def test_colours_of_different_meaning_stay_apart(theme, sight):
    palette = palette_with(EIGHT, several=True)[theme]
    ground = [*palette["parties"].values(), palette["contested"]]
    pairs = [*itertools.combinations(ground, 2), (palette["gained"], palette["lost"])]
    for one, other in pairs:
        seen = (lab(SEEN[sight] @ linear(colour)) for colour in (one, other))
        assert apart(*seen) > LEAST_APART, f"{one} and {other}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_line_stands_out_from_the_ground(theme):
    palette = palette_with(EIGHT, several=True)[theme]
    lines = [*palette["parties"].values()]
    lines += [palette[name] for name in ("contested", "gained", "lost")]
    for ground in ("ground", "sea"):
        assert min(contrast(line, palette[ground]) for line in lines) >= LEAST_CONTRAST
    names = [palette["ink"], palette["soft"]]
    assert min(contrast(name, palette["sea"]) for name in names) >= LEAST_OF_TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SEEN)
def test_the_sea_is_told_from_land_and_is_no_party_s(theme, sight):
    palette = palette_with(EIGHT, several=True)[theme]
    sea = lab(SEEN[sight] @ linear(palette["sea"]))
    assert apart(sea, lab(SEEN[sight] @ linear(palette["ground"]))) > LEAST_TONE
    for party in palette["parties"].values():
        wash = 0.34 * linear(party) + 0.66 * linear(palette["ground"])
        assert apart(sea, lab(SEEN[sight] @ wash)) > LEAST_TONE


def test_the_palette_has_eight_colours_and_the_record_s_two_come_first():
    assert len({*PALETTE}) == 8
    assert PALETTE[:2] == ("#00697a", "#7d3f98")
    palette = palette_with(frontmap.open(KURSK).about.parties, several=False)
    assert [*palette["light"]["parties"].values()] == ["#00697a", "#7d3f98"]
    assert [*palette["dark"]["parties"].values()] == ["#35b5c9", "#b56be0"]


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_any_colour_of_an_archive_stands_out_from_dark_ground(colour):
    ground = bundle.palette()["dark"]["ground"]
    shown = on_dark(colour, ground)
    assert contrast(shown, ground) >= LEAST_CONTRAST - 0.05
    if colour not in PALETTE and contrast(colour, ground) >= LEAST_CONTRAST:
        assert shown == colour


def blanks(text: object) -> set[str]:
    return set(re.findall(r"{(\w+)}", json.dumps(text)))


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_every_word_is_there_in_every_language(language):
    english, other = bundle.words()["en"], bundle.words()[language]
    assert set(other) == set(english)
    for key, text in english.items():
        assert blanks(text) == blanks(other[key]), key
        assert isinstance(text, str) == isinstance(other[key], str), key


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_plurals_have_the_forms_of_the_language(language):
    forms = [text for text in bundle.words()[language].values() if isinstance(text, dict)]
    assert forms
    assert all(set(form) == {"one", "few", "many", "other"} for form in forms)


def test_the_words_that_the_script_asks_for_are_there():
    asked = set(re.findall(r"\bsay\('([a-z_A-Z0-9]+)'", bundle.script(beside=True)))
    assert len(asked) > 60
    assert asked <= set(bundle.words()["en"])


TEXTS = (bundle.boot, bundle.document_style)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.__name__)
def test_what_folium_renders_holds_no_template_sign_that_could_be_lost(text):
    from frontmap.page.element import Verbatim

    assert Verbatim(text()).render() == text()
