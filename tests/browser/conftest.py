"""One Chromium for all tests of a run; every page opens from disk, without a network."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field

import pytest

from frontmap.page import container

READY_MS = 10_000
AGAIN_MS = 50
# A section of the panel is drawn when the reader has rested for 90 ms.
SETTLED = "() => new Promise((done) => setTimeout(done, 120))"
# The first that there is; the shell is the same Chromium at less than half the processor time.
BINARIES = ("chromium-headless-shell", "chromium", "chromium-browser")
FLAGS = ("--no-sandbox",)


@dataclass
class Opened:
    """A page that is ready, with what it did on the way: requests beyond itself, errors."""

    tab: object
    features: dict[str, str]
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self) -> None:
        for event, hear in self._heard.items():
            self.tab.on(event, hear)

    def leave(self) -> None:
        for event, hear in self._heard.items():
            self.tab.remove_listener(event, hear)

    @property
    def _heard(self) -> dict[str, object]:
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

    def open_section(self, name: str) -> None:
        self.run("n => { document.querySelector(`[data-section=${n}]`).open = true; }", name)

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
def made_in_a_hurry():
    """All pages but the Kursk one are deflated as large ones are, not squeezed for seconds each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "MOST_SQUEEZED", 0)
        yield


@pytest.fixture(scope="session")
def tabs(chromium):
    """Lend tabs, offline; one that is given back is lent again, since a new one is a new process.

    Yields ``(lend, give_back)``; tabs of the same language and media features share a context.
    """
    contexts, free = {}, {}

    def lend(**features):
        key = tuple(sorted(features.items()))
        if key not in contexts:
            contexts[key] = chromium.new_context(offline=True, **features)
            free[key] = []
        return free[key].pop() if free[key] else contexts[key].new_page()

    def give_back(tab, **features):
        tab.goto("about:blank")
        tab.emulate_media(media="null", color_scheme=features.get("color_scheme", "light"))
        free[tuple(sorted(features.items()))].append(tab)

    yield lend, give_back
    for each in contexts.values():
        each.close()


@pytest.fixture(scope="session")
def openings(tabs, request):
    """Open a page (the Kursk one) at a width, with media features; close it again."""
    lend, give_back = tabs

    def opened(address="", path=None, *, width=1280, height=860, ready=".fm-whole", **features):
        features = {"locale": "en-GB", **features}
        tab = lend(**features)
        tab.set_viewport_size({"width": width, "height": height})
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


@pytest.fixture(scope="module")
def look(openings):
    """Open a page that the tests of a file share: they read it, open sections of it and search."""
    opened, _ = openings
    seen = {}

    def looked(*where, **how):
        key = (where, tuple(how.items()))
        if key not in seen:
            seen[key] = opened(*where, **how)
        seen[key].tab.bring_to_front()
        return seen[key]

    yield looked
    for each in seen.values():
        each.tab.close()
