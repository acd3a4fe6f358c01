"""What the page looks like, told from its own files: colours, words, no template signs."""

from __future__ import annotations

import itertools
import json
import re

import numpy as np
import pytest

from frontmap.page import bundle


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
LEAST_APART = 15
LEAST_CONTRAST = 3.0


def linear(colour: str):
    signs = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(signs <= 0.04045, signs / 12.92, ((signs + 0.055) / 1.055) ** 2.4)


def lab(light):
    """CIE L*a*b* (D65) of linear RGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = xyz @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SEEN)
def test_colours_of_different_meaning_stay_apart(theme, sight):
    palette = bundle.palette()[theme]
    told_apart = [
        (palette["parties"][0], palette["contested"]),
        (palette["parties"][1], palette["contested"]),
        (palette["gained"], palette["lost"]),
        *itertools.combinations(palette["parties"], 2),
    ]
    for one, other in told_apart:
        apart = np.linalg.norm(lab(SEEN[sight] @ linear(one)) - lab(SEEN[sight] @ linear(other)))
        assert apart > LEAST_APART, f"{one} and {other}: {apart:.0f}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_line_stands_out_from_the_ground(theme):
    palette = bundle.palette()[theme]
    lines = [*palette["parties"], *(palette[name] for name in ("contested", "gained", "lost"))]
    assert all(contrast(line, palette["ground"]) >= LEAST_CONTRAST for line in lines)


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
    asked = set(re.findall(r"\bsay\('([a-z_A-Z0-9]+)'", bundle.script()))
    assert len(asked) > 60
    assert asked <= set(bundle.words()["en"])


TEXTS = (bundle.boot, bundle.document_style)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.__name__)
def test_what_folium_renders_holds_no_template_sign_that_could_be_lost(text):
    from frontmap.page.element import Verbatim

    assert Verbatim(text()).render() == text()
