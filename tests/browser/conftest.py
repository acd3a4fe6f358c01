"""One Chromium for all tests of a run; every page opens from disk, without a network."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field

import pytest

from frontmap.page import container

READY_MS = 10_000
SETTLED_MS = 150
# The first that there is; the shell is the same Chromium at less than half the processor time.
BINARIES = ("chromium-headless-shell", "chromium", "chromium-browser")
FLAGS = ("--no-sandbox", "--process-per-site")


@dataclass
class Opened:
    """A page that is ready, with what it did on the way: requests beyond itself, errors."""

    tab: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

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
        self.tab.wait_for_timeout(SETTLED_MS)

    def until(self, condition: str) -> None:
        """Wait for a condition; Playwright's own way needs what the page's policy forbids."""
        for _ in range(READY_MS // SETTLED_MS):
            if self.run(condition):
                return
            self.settle()
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
def made_in_a_hurry(kursk_page):
    """Pages of the tests' own are deflated as large ones are, not squeezed for seconds each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "MOST_SQUEEZED", 0)
        yield


@pytest.fixture(scope="session")
def contexts(chromium):
    """Browser contexts, offline, one for each width, language and set of media features."""
    made = {}

    def context(**features):
        key = tuple(sorted((name, str(value)) for name, value in features.items()))
        if key not in made:
            made[key] = chromium.new_context(offline=True, **features)
        return made[key]

    yield context
    for each in made.values():
        each.close()


@pytest.fixture
def visit(contexts, kursk_page):
    """Open a page (the Kursk one) in a tab of its own, at a width, with media features."""
    tabs = []

    def opened(address="", path=None, *, width=1280, height=860, ready=".fm-whole", **features):
        features = {"locale": "en-GB", **features}
        tab = contexts(viewport={"width": width, "height": height}, **features).new_page()
        tabs.append(tab)
        found = Opened(tab)
        tab.on("pageerror", lambda error: found.errors.append(str(error)))
        tab.on("console", lambda line: line.type == "error" and found.errors.append(line.text))
        tab.on("request", lambda asked: found.requests.append(asked.url))
        tab.goto(f"{(path or kursk_page).as_uri()}{address}", wait_until="commit")
        if ready:
            tab.wait_for_selector(ready, timeout=READY_MS, state="attached")
        else:
            tab.wait_for_load_state()
        found.requests = [url for url in found.requests if not url.startswith("file:")]
        return found

    yield opened
    for tab in tabs:
        tab.close()
