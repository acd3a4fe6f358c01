"""One Chromium for all tests of a run; every page opens from disk, without a network."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

READY_MS = 10_000
AGAIN_MS = 50
WHOLE = ".fm-whole"
# A screen's usual height, by its width.
HEIGHTS = {320: 640, 360: 740, 768: 1024, 1280: 860}
# A section of the panel is drawn when the reader has rested for 90 ms.
SETTLED = "() => new Promise((done) => setTimeout(done, 95))"
# The first that there is; the shell is the same Chromium at less than half the processor time.
BINARIES = ("chromium-headless-shell", "chromium", "chromium-browser")
FLAGS = ("--no-sandbox",)
# A screen reader is told of a date that stays for 350 ms.
TOLD_MS = 400
# What is opened is drawn when the browser has said so.
OPEN = """async (which) => {
  const closed = [...document.querySelectorAll(which)].filter((one) => !one.open);
  await Promise.all(closed.map((one) => new Promise((done) => {
    one.addEventListener('toggle', () => done(), { once: true });
    one.open = true;
  })));
}"""
# Leave a page as it was when it opened, then let it follow an address.
PUT_BACK = """(address) => {
  const reader = document.querySelector('.folium-map').frontmap;
  const { map, state } = reader;
  const sections = [...document.querySelectorAll('.fm-section')];
  if (!reader.opened) {
    const open = sections.map((one) => one.open);
    reader.opened = { state: { ...state }, view: [map.getCenter(), map.getZoom()], open };
  }
  const { opened } = reader;
  reader.play(false);
  document.querySelectorAll('[type=search]').forEach((one) => { one.value = ''; });
  sections.forEach((one, i) => { one.open = opened.open[i]; });
  const moved = !map.getCenter().equals(opened.view[0]) || map.getZoom() !== opened.view[1];
  if (moved) map.setView(...opened.view, { animate: false });
  const [, language] = /\\blang=([a-z]+)/.exec(address) || [0, opened.state.language];
  reader.set({ ...opened.state, language });
  document.activeElement.blur();
  window.scrollTo(0, 0);
  document.querySelector('[aria-live]').textContent = '';
  window.history.replaceState(null, '', address || '#');
  if (address) window.dispatchEvent(new Event('hashchange'));
}"""


@dataclass
class Opened:
    """A page that is ready, with what it did on the way: requests beyond itself, errors."""

    tab: Page
    features: dict[str, Any]
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    prefers: dict[str, Any] = field(default_factory=dict)

    def listen(self) -> None:
        for event, hear in self._heard.items():
            self.tab.on(event, hear)

    def leave(self) -> None:
        for event, hear in self._heard.items():
            self.tab.remove_listener(event, hear)

    @property
    def _heard(self) -> dict[Any, Any]:
        return {"pageerror": self._fell, "console": self._said, "request": self._asked}

    def _fell(self, error) -> None:
        self.errors.append(str(error))

    def _said(self, line) -> None:
        if line.type == "error":
            self.errors.append(line.text)

    def _asked(self, request) -> None:
        self.requests.append(request.url)

    def text(self, selector: str) -> str:
        return self.tab.locator(selector).first.inner_text()

    def click(self, selector: str) -> None:
        self.tab.locator(selector).first.click()

    def run(self, script: str, argument: object = None) -> object:
        return self.tab.evaluate(script, argument)

    def state(self, key: str) -> object:
        return self.run("key => document.querySelector('.folium-map').frontmap.state[key]", key)

    def prefer(self, **features: Any) -> None:
        """Take on a reader's preferences, or paper, until the page is put back."""
        self.prefers |= features
        self.tab.emulate_media(**features)

    def prefer_nothing(self) -> None:
        if self.prefers:
            self.tab.emulate_media(**{**self.prefers, **dict.fromkeys(self.prefers, "null")})
            self.prefers.clear()

    def put_back(self, address: str) -> None:
        """Show the page as it was when it opened, then what the address asks for."""
        self.prefer_nothing()
        self.tab.bring_to_front()
        self.requests.clear()
        self.errors.clear()
        self.run(PUT_BACK, address)
        self.settle()

    def open_section(self, name: str) -> None:
        self.run(OPEN, f"[data-section={name}]")

    def open_all(self) -> None:
        self.run(OPEN, "details")

    def listened(self) -> None:
        """Wait until a screen reader has been told what there was to tell."""
        self.tab.wait_for_timeout(TOLD_MS)

    def settle(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run(SETTLED)

    def until(self, condition: str) -> None:
        """Wait for a condition; Playwright's own way needs what the page's policy forbids."""
        for _ in range(READY_MS // AGAIN_MS):
            if self.run(condition):
                return
            self.tab.wait_for_timeout(AGAIN_MS)
        raise AssertionError(f"never came true: {condition}")


@pytest.fixture(scope="session")
def chromium():
    required = os.environ.get("FRONTMAP_REQUIRE_CHROMIUM") == "1"
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        if required:
            pytest.fail("FRONTMAP_REQUIRE_CHROMIUM is set and there is no chromium")
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package", autouse=True)
def made_in_a_hurry(most_squeezed):
    """All pages but the Kursk one are deflated as large ones are, not squeezed for seconds each.

    The Kursk page keeps ``most_squeezed``, which is looked up before this sets it aside.
    """
    from frontmap.page import container

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "MOST_SQUEEZED", 0)
        yield


@pytest.fixture(scope="session")
def tabs(chromium):
    """Lend tabs, offline; one that is given back is lent again, since a new one is a new process.

    Yields ``(lend, give_back)``; tabs of the same language and media features share a context.
    """
    contexts: dict[tuple, BrowserContext] = {}
    free: dict[tuple, list[Page]] = {}

    def named(features):
        return tuple(sorted(features.items()))

    def lend(**features):
        key = named(features)
        if key not in contexts:
            contexts[key] = chromium.new_context(offline=True, **features)
            free[key] = []
        return free[key].pop() if free[key] else contexts[key].new_page()

    def give_back(tab, **features):
        tab.goto("about:blank")
        free[named(features)].append(tab)

    yield lend, give_back
    for each in contexts.values():
        each.close()


@pytest.fixture(scope="session")
def openings(tabs, request):
    """Open a page (the Kursk one) at a width, with media features; close it again."""
    lend, give_back = tabs

    def opened(address="", path=None, *, width=1280, height=None, ready=WHOLE, **features):
        features = {"locale": "en-GB", **features}
        tab = lend(**features)
        tab.set_viewport_size({"width": width, "height": height or HEIGHTS[width]})
        found = Opened(tab, features)
        found.listen()
        file = path or request.getfixturevalue("kursk_page")
        tab.goto(f"{file.as_uri()}{address}", wait_until="commit")
        if ready:
            tab.wait_for_selector(ready, timeout=READY_MS, state="attached")
        else:
            tab.wait_for_load_state()
        found.requests = [url for url in found.requests if not url.startswith("file:")]
        return found

    def closed(found):
        found.prefer_nothing()
        found.leave()
        give_back(found.tab, **found.features)

    return opened, closed


@pytest.fixture
def visit(openings):
    """Open a page of the test's own."""
    opened, closed = openings
    seen = []

    def visited(*where, **how):
        seen.append(opened(*where, **how))
        return seen[-1]

    yield visited
    for each in seen:
        closed(each)


@pytest.fixture(scope="session")
def look(openings):
    """Look at a page that tests share: each finds it as it opens, or as addressed.

    It opened without an error and without a request, whichever test was the first to look.
    """
    opened, _ = openings
    seen = {}

    def looked(address="", path=None, *, width=1280, ready=WHOLE, **how):
        key = (path, width, ready, *how.items())
        if key not in seen:
            seen[key] = opened("", path, width=width, ready=ready, **how)
            assert (seen[key].errors, seen[key].requests) == ([], [])
        if ready == WHOLE:
            seen[key].put_back(address)
        return seen[key]

    yield looked
    for each in seen.values():
        each.tab.close()
