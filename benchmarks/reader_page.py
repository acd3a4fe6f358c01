"""The reader's page against folium's best stock plugin for dates, on the same polygons.

``python -m benchmarks.reader_page DIR``: imports the files of another map maker under ``DIR``,
writes both pages and opens both in Chromium, whatever they load served from memory. The plugin's
own scripts come through npm, once.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import shapely
from folium.plugins import Timeline, TimelineSlider
from playwright.sync_api import Browser, CDPSession, Route, sync_playwright

import frontmap
from benchmarks.comparison import verdict
from frontmap import page
from frontmap.imports.importing import import_files, sources_in
from frontmap.page import bundle
from frontmap.page.container import sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from frontmap.archive import Archive
    from frontmap.model import Snapshot

PACKAGES = {
    "leaflet.timeline@1.6.0": "package/dist/leaflet.timeline.js",
    "moment@2.18.1": "package/min/moment.min.js",
}
KURSK = Path("geodata/kursk")
KURSK_BYTES = 200_000
BYTES, STEP, READY = 15, 3, 2
ROUNDS, STEPS, SLOWED = 7, 12, 6

# Steps run in tasks of the page's own, whose script time the browser counts: one call from here
# starts them all, so that what calls cost is no part of a step.
STEP_TASKS = """(steps) => new Promise((done) => {{
  const next = () => {{
    if (!steps.length) {{ done(); return; }}
    const i = steps.shift();
    {step};
    setTimeout(next, 250);
  }};
  setTimeout(next); }})"""
THEIR_STEP = "const t = window.frontmapPeer; t.setTime(t.times[i % t.times.length])"
OUR_STEP = """const r = document.querySelector('.folium-map').frontmap;
  r.go(i % r.model.snapshots.length)"""
# By the page's own clock: the frame after the one in which map and slider first stood there.
READY_AT = """(() => {
  const standing = () => document.querySelector('.fm-ready, .leaflet-timeline-control');
  const look = () => requestAnimationFrame(() => (standing() ? painted() : look()));
  const painted = () => requestAnimationFrame(() => { window.readyAt = performance.now(); });
  look();
})()"""
REST_MS = 1500


@dataclass(frozen=True)
class Timing:
    """Milliseconds until a page is ready, and of the processor in script for one step."""

    ready_ms: float
    step_ms: float


#: What Chromium is called, the first that is there.
BINARIES = ("chromium-headless-shell", "chromium", "chromium-browser")


def main() -> None:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        kursk_size(Path(folder))
        if shared is None or not deepstate_paths(shared):
            print("skipped: no folder with real/deepstate; give it: make bench-page SHARED=DIR")
            return
        against_timeline(shared, Path(folder))


def deepstate_paths(shared: Path) -> list[Path]:
    return sorted((shared / "real" / "deepstate").glob("*.geojson"))


def kursk_size(folder: Path) -> None:
    target = folder / "kursk.html"
    archive = frontmap.open(KURSK)
    page.save_page(archive, target)
    payload = page.gather_payload(archive)
    leaflet = len(sealed({**payload, **bundle.leaflet()})) - len(sealed(payload))
    size = target.stat().st_size
    print(f"Kursk page, whole: {size} bytes, of which Leaflet, deflated, takes {leaflet}")
    told_size("Kursk page beside what Leaflet takes in it", size - leaflet, KURSK_BYTES)


def against_timeline(shared: Path, folder: Path) -> None:
    archive = imported(shared, folder / "archive")
    ours, theirs = folder / "ours.html", folder / "theirs.html"
    begin = time.process_time()
    page.save_page(archive, ours)
    print(f"made from {len(archive.dates)} dates in {time.process_time() - begin:.0f} s")
    snapshots = list(archive.snapshots())
    theirs.write_text(timeline_page(snapshots), "utf-8")
    told("bytes", theirs.stat().st_size, ours.stat().st_size, BYTES, "")
    with sync_playwright() as driver:
        binary = next(filter(None, map(shutil.which, BINARIES)), BINARIES[0])
        browser = driver.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        scripts = their_scripts(folder)
        for slower in (1, SLOWED):
            note = f", processor slowed {slower} x" if slower > 1 else ""
            their, our = timed(browser, ((theirs, THEIR_STEP), (ours, OUR_STEP)), scripts, slower)
            told(
                f"script of a step to a random date{note}", their.step_ms, our.step_ms, STEP, " ms"
            )
            told(f"ready{note}", their.ready_ms, our.ready_ms, READY, " ms")
        browser.close()


def imported(shared: Path, into: Path) -> Archive:
    sources = sources_in(deepstate_paths(shared), "deepstate")
    for _ in import_files(sources, into, maker="deepstate"):
        pass
    return frontmap.open(into)


def timeline_page(snapshots: Sequence[Snapshot]) -> str:
    """Write the stock page at its best: canvas, and ground that stays drawn once, not daily."""
    theirs = folium.Map(location=(48.5, 36), zoom_start=6, tiles=None, prefer_canvas=True)
    layer = Timeline({"type": "FeatureCollection", "features": list(spans(snapshots))})
    layer.add_to(theirs)
    TimelineSlider(auto_play=False).add_timelines(layer).add_to(theirs)
    peer = f"window.frontmapPeer = {layer.get_name()};"
    return str(theirs.get_root().render()).replace(
        "</script>\n</html>", f"{peer}</script>\n</html>"
    )


def spans(snapshots: Sequence[Snapshot]) -> Iterator[dict[str, object]]:
    instants = [int(snapshot.revision.published.timestamp() * 1000) for snapshot in snapshots]
    ends = [*(instant - 1 for instant in instants[1:]), instants[-1] + 86_400_000]
    standing: dict[tuple[bytes, str], dict[str, Any]] = {}
    for instant, end, snapshot in zip(instants, ends, snapshots, strict=True):
        now: dict[tuple[bytes, str], dict[str, Any]] = {}
        for zone in snapshot.zones:
            key = (shapely.to_wkb(zone.geometry), zone.status)
            feature = standing.get(key) or {
                "type": "Feature",
                "geometry": shapely.geometry.mapping(zone.geometry),
                "properties": {"start": instant, "status": zone.status, "party": zone.party},
            }
            feature["properties"]["end"] = end
            now[key] = feature
        yield from (feature for key, feature in standing.items() if key not in now)
        standing = now
    yield from standing.values()


def their_scripts(folder: Path) -> dict[str, str]:
    found = {"leaflet.js": bundle.leaflet_script(), "leaflet.css": bundle.leaflet_style()}
    for package, inside in PACKAGES.items():
        packed = subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[-1]
        with tarfile.open(folder / packed) as archive:
            name = Path(inside).name if ".min." in inside else "leaflet.timeline.min.js"
            found[name] = archive.extractfile(inside).read().decode()
    return found


def timed(
    browser: Browser, pages: Sequence[tuple[Path, str]], scripts: dict[str, str], slower: int
) -> list[Timing]:
    """Give the least of several rounds, which take turns: other work slows all pages alike."""
    rounds = [
        [one_round(browser, path, step, scripts, slower) for path, step in pages]
        for _ in range(ROUNDS)
    ]
    return [
        Timing(*(min(values) for values in zip(*of_page, strict=True)))
        for of_page in zip(*rounds, strict=True)
    ]


def one_round(
    browser: Browser, path: Path, step: str, scripts: dict[str, str], slower: int
) -> tuple[float, float]:
    tab = browser.new_page(viewport={"width": 1280, "height": 860})
    wire = tab.context.new_cdp_session(tab)
    wire.send("Performance.enable", {"timeDomain": "threadTicks"})
    wire.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    tab.route(re.compile("^https?:"), lambda route: serve(route, scripts))
    tab.add_init_script(READY_AT)
    tab.goto(path.as_uri())
    while (ready := tab.evaluate("window.readyAt")) is None:
        tab.wait_for_timeout(100)
    tab.wait_for_timeout(REST_MS)
    steps = random.Random(1).choices(range(1000), k=STEPS)  # noqa: S311  a fixed choice
    before = script_s(wire)
    tab.evaluate(STEP_TASKS.format(step=step), steps)
    spent = script_s(wire) - before
    tab.close()
    return ready, spent / STEPS * 1000


def serve(route: Route, scripts: dict[str, str]) -> None:
    name = route.request.url.rsplit("/", 1)[-1]
    if name in scripts:
        route.fulfill(
            body=scripts[name],
            content_type="text/css" if name.endswith("css") else "text/javascript",
        )
    else:
        route.abort()


def script_s(wire: CDPSession) -> float:
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration")


def told_size(name: str, size: int, most: int) -> None:
    print(f"{name}: {size} bytes (at most {most}: {verdict(size <= most)})", flush=True)


def told(name: str, theirs: float, ours: float, wanted: float, unit: str) -> None:
    ratio = theirs / ours
    print(
        f"{name}: 1/{ratio:.1f} of folium.plugins.Timeline (at most 1/{wanted}: "
        f"{verdict(ratio >= wanted)}); Timeline {theirs:.0f}{unit}, frontmap {ours:.0f}{unit}",
        flush=True,
    )


if __name__ == "__main__":
    main()
