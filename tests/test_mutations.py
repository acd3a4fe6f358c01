"""No input gives a traceback, runs away or leaves its folder: files mutated at random."""

from __future__ import annotations

import contextlib
import json
import random
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import frontmap
from frontmap.archive import Archive
from frontmap.errors import FrontmapError
from frontmap.intake.file_zones import read_zones
from fronts import LARGE, SMALL, Clock, new_archive, zone
from test_bad_input import GOOD, HOLE, SQUARE, collection, feature, text

pytestmark = pytest.mark.faults

SEED = text(
    collection(
        feature([SQUARE, HOLE], note="Суджа {{ 7*7 }}", date="2024-08-31", extra=-1.5e-3),
        feature([[[[36, 52], [36.1, 52], [36.1, 52.1], [36, 52]]]], "MultiPolygon", "b"),
        name="zones",
    )
)
PIECES = [
    b"null", b"true", b"-0", b"1e309", b"1e-400", b"NaN", b"[]", b"{}", b'""', b"\\ud800", b"\x00",
    b"\xff", b"[" * 40, b'"type"', b'"features"', b'"coordinates"', b"[[[[", b",", b":", b'"',
    b"-180", b"180.0000001", b"99999999999999999999", b"\xe2\x80\xae", b"../", b"{{", b"</script>",
]  # fmt: skip


def mutated(seed: bytes, rng: random.Random) -> bytes:
    """Change, cut, repeat, move or insert pieces of a file, up to four times."""
    data = bytearray(seed)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at, end = sorted(rng.choices(range(len(data) + 1), k=2))
        end = min(end, at + rng.choice([1, 4, 40, 400]))
        way = rng.randrange(6)
        if way == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif way == 1:
            del data[at:end]
        elif way == 2:
            data[at:at] = rng.choice(PIECES)
        elif way == 3:
            data[at:end] = rng.choice(PIECES)
        elif way == 4:
            data[at:at] = data[at:end] * rng.randint(1, 3)
        else:
            piece = data[at:end]
            del data[at:end]
            to = rng.randint(0, len(data))
            data[to:to] = piece
    return bytes(data)


COUNTS = [700, pytest.param(7000, marks=pytest.mark.torture)]


@pytest.mark.filterwarnings("ignore::frontmap.MendedWarning")
@pytest.mark.parametrize("count", COUNTS)
def test_a_mutated_file_is_taken_or_refused_and_nothing_else(tmp_path, count, record_property):
    rng = random.Random(count)  # noqa: S311  mutations, no secrets
    opened = new_archive(tmp_path / "front")
    path, taken, failures = tmp_path / "zones.geojson", 0, []
    for _turn in range(count):
        data = mutated(SEED, rng)
        path.write_bytes(data)
        try:
            opened.add("2024-08-31", path, reason="try", sources=["isw"])
        except FrontmapError as error:
            if not str(error).isprintable() or len(str(error)) > 600:
                failures.append((data, str(error)))
            continue
        except Exception as error:  # noqa: BLE001  what the test is about
            failures.append((data, repr(error)))
            continue
        taken += 1
        if opened.verify() != ():
            failures.append((data, "recorded, and not whole"))
        shutil.rmtree(opened.root / "revisions")
        shutil.rmtree(opened.root / "snapshots")
    record_property("toll", ("mutated files added", count, len(failures)))
    assert failures == []
    assert count * 0.02 < taken < count * 0.9
    assert {p.name for p in tmp_path.iterdir()} == {"front", "zones.geojson"}


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.torture)])
def test_a_mutated_archive_answers_or_says_what_is_damaged(tmp_path, count, record_property):
    rng = random.Random(count)  # noqa: S311  mutations, no secrets
    opened = new_archive(tmp_path / "front", Clock())
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    opened.correct("2024-08-31", [zone(LARGE)], reason="second")
    files = [p for p in opened.root.rglob("*.*json") if p.is_file()]
    failures = []
    for _ in range(count):
        path = rng.choice(files)
        whole = path.read_bytes()
        path.write_bytes(mutated(whole, rng))
        try:
            again = frontmap.open(opened.root)
            for ask in (Archive.verify, Archive.revisions, lambda a: a.as_of("2024-08-31")):
                with contextlib.suppress(FrontmapError):
                    ask(again)
        except FrontmapError:
            pass
        except Exception as error:  # noqa: BLE001  what the test is about
            failures.append((path.name, path.read_bytes(), repr(error)))
        path.write_bytes(whole)
    record_property("toll", ("mutated archives asked", count, len(failures)))
    assert failures == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "features", "geometry", "coordinates", "properties", "id", "crs"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
PLACES = [
    ["features"], ["features", 0], ["features", 0, "geometry"], ["features", 0, "properties"],
    ["features", 0, "id"], ["features", 0, "geometry", "type"], ["crs"], ["type"], ["frontmap"],
    ["features", 0, "geometry", "coordinates"], ["features", 0, "geometry", "coordinates", 0],
    ["features", 0, "geometry", "coordinates", 0, 1],
    ["features", 0, "geometry", "coordinates", 0, 1, 0],
    *(["features", 0, "properties", key] for key in feature()["properties"]),
]  # fmt: skip


def test_any_value_in_any_place_is_taken_or_refused(tmp_path):
    path = tmp_path / "zones.geojson"

    @settings(max_examples=200)
    @given(st.sampled_from(PLACES), anything)
    def check(place, value):
        whole = json.loads(GOOD)
        inner = whole
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        path.write_text(json.dumps(whole), "utf-8")
        with contextlib.suppress(FrontmapError):
            read_zones(path)

    check()
