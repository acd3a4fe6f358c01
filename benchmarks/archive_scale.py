"""An archive of more than a thousand snapshots: importing it, asking it again, adding one more."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.comparison import Comparison, best_of
from benchmarks.grow import grow
from benchmarks.makers_files import deepstate_paths
from benchmarks.processes import cheapest, cost_of, frontmap, script
from benchmarks.reading import PEER
from frontmap.imports.importing import import_files, sources_in
from frontmap.measure.cache import measured_revisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SNAPSHOTS, ROUNDS = 1014, 5
FEW, MANY, MORE = 10, 10_000, 20


def compare(shared: Path) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as scratch:
        yield from _again(deepstate_paths(shared), Path(scratch))
        yield _one_more(Path(scratch))


def _again(paths: Sequence[Path], scratch: Path) -> Iterator[Comparison]:
    files, root = scratch / "files", scratch / "archive"
    grow(paths, files, count=SNAPSHOTS)
    half = cost_of(frontmap("import", "deepstate", *sorted(files.iterdir())[: SNAPSHOTS // 2],
                            "--into", scratch / "half"))  # fmt: skip
    whole = cost_of(frontmap("import", "deepstate", files, "--into", root))
    print(
        f"importing {SNAPSHOTS} files: {whole.cpu_s:.0f} s of processor, {whole.wall_s:.0f} s, "
        f"peak {whole.peak_mb:.0f} MB; {SNAPSHOTS // 2} files: {half.cpu_s:.0f} s, "
        f"{half.wall_s:.0f} s, peak {half.peak_mb:.0f} MB",
        flush=True,
    )
    first = cost_of(frontmap("area", "--errors", "none", "--archive", root))
    peer, process = cheapest(
        1, script("peer_areas", files), frontmap("area", "--errors", "none", "--archive", root)
    )
    (job_s,) = best_of(ROUNDS, lambda: measured_revisions(root))
    note = f"the first time, with the store to make: {first.cpu_s:.0f} s"
    what = f"again, {SNAPSHOTS} snapshots"
    yield Comparison(f"{what}: the job", PEER, peer.cpu_s, job_s, 300, note)
    yield Comparison(f"{what}: frontmap area", PEER, peer.cpu_s, process.cpu_s, 30)


def _one_more(scratch: Path) -> Comparison:
    """Import one more file at a time into a small and a large archive, in turn."""
    small = _tiny_files(scratch / "tiny", MANY + MORE)
    costs = {}
    for count in (FEW, MANY):
        into = scratch / f"archive-{count}"
        list(import_files(sources_in(small[:count], "deepstate"), into, maker="deepstate"))
        costs[count] = [
            _seconds(into, path) for path in small[count : count + MORE]
        ]  # the next dates, one at a time
    few, many = (sorted(costs[count])[MORE // 2] for count in (FEW, MANY))
    name = f"one more snapshot, in an archive of {FEW} over one of {MANY}"
    return Comparison(name, f"itself at {FEW}", few, many, 1 / 1.5)


def _seconds(into: Path, path: Path) -> float:
    begin = time.process_time()
    list(import_files(sources_in([path], "deepstate"), into, maker="deepstate"))
    return time.process_time() - begin


def _tiny_files(folder: Path, count: int) -> list[Path]:
    """Write files of one square each: what is measured is the archive, not its ground."""
    folder.mkdir()
    first_s = 631152000  # 1990, so that no date is after today
    paths = [folder / f"{first_s + number * 86400}.geojson" for number in range(count)]
    square = "[[[36,50],[37,50],[37,51],[36,51],[36,50]]]"
    for path in paths:
        path.write_text(
            '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":'
            f'{{"type":"Polygon","coordinates":{square}}},'
            '"properties":{"name":"/// Occupied /// geoJSON.status.occupied"}}]}'
        )
    return paths
