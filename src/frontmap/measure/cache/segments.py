"""Segments of the cache: the ground of some revisions, in memory and on disk as .npy files."""

from __future__ import annotations

import shutil
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson

from frontmap.measure.cache.arrays import make_cache_folder
from frontmap.measure.cache.stored_pieces import RevisionFile, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from frontmap.measure.cache.stored_pieces import FlatRevision

    Indices = NDArray[np.int64]

MANIFEST = "manifest.json"
ARRAYS = ("coordinates", "rings", "polygons", "geometries", "keys", "pieces")
KEY_BYTES = 16


class Segment(NamedTuple):
    """Some revisions, and the geometries that no segment before them had.

    ``arrays``: ``coordinates`` (longitude, latitude in degrees), ``rings``, ``polygons`` and
    ``geometries`` are ragged, as ``shapely.to_ragged_array`` has them; ``keys`` names the content
    of each geometry; ``pieces`` has a row for each piece: the places of its revision (in this
    segment), party (in ``parties``), status, and geometry (counted through all segments).
    """

    revisions: list[RevisionFile]
    parties: list[str]
    arrays: dict[str, NDArray[Any]]


def new_segment(flat: Iterable[FlatRevision], before: Sequence[Segment]) -> Segment:
    """Gather revisions into a segment, with the geometries that none ``before`` has.

    >>> new_segment([], []).arrays["coordinates"].shape
    (0, 2)
    """
    places = {
        key: place
        for place, key in enumerate(k.tobytes() for s in before for k in s.arrays["keys"])
    }
    stored = len(places)
    fresh: list[tuple[NDArray[Any], ...]] = []
    parties: dict[str, int] = {}
    entries, rows = [], []
    for number, revision in enumerate(flat):
        entries.append(revision.file)
        for part in revision.parts:
            if part.key not in places:
                places[part.key] = len(places)
                fresh.append(revision.fresh[part.key])
            party = parties.setdefault(part.party, len(parties))
            rows.append((number, party, part.status, places[part.key]))
    levels = list(zip(*fresh, strict=True)) or [(), (), (), ()]
    arrays = {
        "coordinates": np.concatenate([np.empty((0, 2)), *levels[0]]),
        "rings": _offsets(levels[1]),
        "polygons": _offsets(levels[2]),
        "geometries": _offsets(levels[3]),
        "keys": np.frombuffer(b"".join(list(places)[stored:]), np.uint8).reshape(-1, KEY_BYTES),
        "pieces": np.array(rows, dtype=np.int64).reshape(-1, 4),
    }
    return Segment(entries, list(parties), arrays)


def joined_segments(segments: Sequence[Segment]) -> Segment:
    """Make one segment of several; every place counted through all stays what it is.

    >>> joined_segments([new_segment([], []), new_segment([], [])]).revisions
    []
    """
    parties = sorted({party for segment in segments for party in segment.parties})
    arrays = {"pieces": np.concatenate(list(numbered_pieces(segments, parties)))}
    for name in ("coordinates", "keys"):
        arrays[name] = np.concatenate([segment.arrays[name] for segment in segments])
    for name in ("rings", "polygons", "geometries"):
        arrays[name] = _offsets([np.diff(segment.arrays[name]) for segment in segments])
    return Segment([entry for s in segments for entry in s.revisions], parties, arrays)


def _offsets(sizes: Sequence[NDArray[Any]]) -> Indices:
    return np.cumsum(np.concatenate([np.zeros(1, np.int64), *sizes]), dtype=np.int64)


def numbered_pieces(segments: Sequence[Segment], parties: Sequence[str]) -> Iterator[Indices]:
    """Yield the rows of pieces with revisions counted through, and parties by their place.

    >>> [rows.shape for rows in numbered_pieces([new_segment([], [])], ["UA"])]
    [(0, 4)]
    """
    before = 0
    for segment in segments:
        rows = np.array(segment.arrays["pieces"])
        rows[:, 0] += before
        places = np.array([parties.index(party) for party in segment.parties], np.int64)
        rows[:, 1] = places[rows[:, 1]]
        before += len(segment.revisions)
        yield rows


def read_segments(folder: Path) -> list[Segment]:
    """Map the segments on disk into memory; none where one of them is not whole.

    >>> read_segments(Path("geodata", "no such folder"))
    []
    """
    segments: list[Segment] = []
    try:
        for number, path in enumerate(sorted(folder.glob("[0-9]*"))):
            text = (path / MANIFEST).read_bytes()
            manifest = orjson.loads(text)
            if path.name != _name(number, text) or manifest["before"] != _count(segments):
                return []
            if _checksums(path) != manifest["checksums"]:  # so NumPy sees no file but its own
                return []
            arrays = {name: np.load(path / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
            entries = [
                RevisionFile(name, Stamp(*stamp), head) for name, stamp, head in manifest["files"]
            ]
            segments.append(Segment(entries, manifest["parties"], arrays))
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return segments


def write_last_segment(folder: Path, segments: Sequence[Segment]) -> None:
    """Write the last segment beside those that are there; where that is refused, do without.

    >>> with tempfile.TemporaryDirectory() as root:
    ...     folder = Path(root, ".cache", "ground-1")
    ...     write_last_segment(folder, [new_segment([], [])])
    ...     [list(segment.arrays) for segment in read_segments(folder)] == [list(ARRAYS)]
    True
    """
    with suppress(OSError):
        make_cache_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        if len(segments) == 1:
            for old in folder.iterdir():
                shutil.rmtree(old, ignore_errors=True)
        staged = Path(tempfile.mkdtemp(dir=folder, prefix="part-"))
        try:
            text = _write(staged, segments)
            staged.rename(folder / _name(len(segments) - 1, text))
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def _write(folder: Path, segments: Sequence[Segment]) -> bytes:
    last = segments[-1]
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", last.arrays[name])
    manifest = {
        "before": _count(segments[:-1]),
        "checksums": _checksums(folder),
        "files": [(name, tuple(stamp), head) for name, stamp, head in last.revisions],
        "parties": last.parties,
    }
    text = orjson.dumps(manifest)
    (folder / MANIFEST).write_bytes(text)
    return text


def _count(segments: Iterable[Segment]) -> int:
    return sum(len(segment.arrays["keys"]) for segment in segments)


def _checksums(folder: Path) -> dict[str, int]:
    files = {name: np.memmap(folder / f"{name}.npy", np.uint8, mode="r") for name in ARRAYS}
    return {name: zlib.crc32(file.data) for name, file in files.items()}


def _name(number: int, manifest: bytes) -> str:
    return f"{number:06d}-{zlib.crc32(manifest):08x}"
