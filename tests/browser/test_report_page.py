"""The report in a real browser: offline, on a phone, without a script."""

from __future__ import annotations

from pathlib import Path

import pytest

import frontmap
from frontmap import report

KURSK = Path(__file__).parents[2] / "geodata" / "kursk"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def kursk_report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "kursk-report.html"
    report.save_report(report.compose_report(frontmap.open(KURSK), value_km2=1243), path)
    return path


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_report_fits_the_screen_and_asks_for_nothing(look, kursk_report, width):
    opened = look(path=kursk_report, width=width, ready="figure svg")
    assert opened.run("() => document.documentElement.scrollWidth") <= width
    assert opened.requests == []
    assert opened.errors == []
    assert opened.text("h1") == "1,243 km²?"


def test_the_report_needs_no_script(visit, kursk_report):
    opened = visit(path=kursk_report, ready="figure svg", java_script_enabled=False)
    assert opened.text("h1") == "1,243 km²?"


TEXT_PX = """() => Math.min(...[...document.querySelectorAll('figure svg text')].map(text => {
    const {a, b} = text.getScreenCTM();
    return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
  }))"""
MOST_LINES = """column => Math.max(...[...document.querySelectorAll(
  `.figures tr:not(.more) td:nth-child(${column})`)].map(cell => {
    const words = document.createRange();
    words.selectNodeContents(cell);
    return new Set([...words.getClientRects()].map(line => Math.round(line.top))).size;
  }))"""
VERDICT = 6


@pytest.mark.parametrize("width", [360, 1280])
def test_the_figures_are_whole_on_the_screen(look, kursk_report, width):
    opened = look(path=kursk_report, width=width, ready="figure svg")
    box = opened.tab.locator(".figures").bounding_box()
    assert box["x"] + box["width"] <= width
    assert opened.run("() => document.querySelector('.figures').scrollWidth") <= box["width"] + 1
    assert opened.run(MOST_LINES, VERDICT) <= 2
    note = opened.tab.locator(".figures .more td").first.bounding_box()
    assert note["width"] >= 0.9 * box["width"]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_text_of_the_chart_can_be_read(look, kursk_report, width):
    opened = look(path=kursk_report, width=width, ready="figure svg")
    assert opened.run(TEXT_PX) >= 11
    assert opened.run("() => document.documentElement.scrollWidth") <= width
