"""Several writers at once: each answer holds, nothing is lost, nothing is written twice."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest
from shapely import box

import frontmap
from frontmap import storage
from frontmap.errors import ConflictError, StorageError
from fronts import SMALL, new_archive, zone

FIRST = dt.date(2020, 1, 1)
FORK_SAFE = multiprocessing.get_context("spawn")

pytestmark = pytest.mark.faults


def add_every_other(root, turn, count, writers):
    opened = frontmap.open(root)
    for step in range(count):
        date = FIRST + dt.timedelta(days=step * writers + turn)
        opened.add(date, [zone(SMALL)], reason=f"writer {turn}")
    return count


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.torture)])
def test_two_writers_lose_nothing(tmp_path, count, record_property):
    root = new_archive(tmp_path / "front").root
    write = partial(add_every_other, root, count=count, writers=2)
    with ProcessPoolExecutor(2, mp_context=FORK_SAFE) as pool:
        assert sum(pool.map(write, [0, 1])) == 2 * count
    opened = frontmap.open(root)
    lost = 2 * count - len(opened.dates)
    record_property("toll", ("adds by two writers at once", 2 * count, lost))
    assert lost == 0
    assert opened.verify() == ()


def add_the_same(root, author, count):
    opened, won = frontmap.open(root), 0
    for step in range(count):
        try:
            opened.add(FIRST + dt.timedelta(days=step), [zone(SMALL)], reason="x", author=author)
            won += 1
        except ConflictError:
            pass
    return won


@pytest.mark.parametrize("count", [15, pytest.param(250, marks=pytest.mark.torture)])
def test_of_four_writers_on_one_date_one_wins_and_the_others_are_told(
    tmp_path, count, record_property
):
    root = new_archive(tmp_path / "front").root
    write = partial(add_the_same, root, count=count)
    with ProcessPoolExecutor(4, mp_context=FORK_SAFE) as pool:
        won = sum(pool.map(write, ["Ann", "Ben", "Cem", "Dan"]))
    opened = frontmap.open(root)
    record_property("toll", ("adds by four writers to the same dates", 4 * count, won - count))
    assert won == count == len(opened.revisions())
    assert opened.verify() == ()


def correct_on_top(root, author, count):
    """Correct one date again and again, each time on top of what is in force."""
    opened, done = frontmap.open(root), 0
    while done < count:
        before = opened.as_of(FIRST)
        east = before.zones[0].geometry.bounds[2] + 0.001
        try:
            opened.correct(
                FIRST,
                [zone(box(35, 51, east, 51.5))],
                reason="x",
                author=author,
                base=before.digest,
            )
        except ConflictError:
            continue
        done += 1
    return done


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=pytest.mark.torture)])
def test_no_correction_overtakes_another(tmp_path, count, record_property):
    opened = new_archive(tmp_path / "front")
    opened.add(FIRST, [zone(box(35, 51, 35.001, 51.5))], reason="first")
    with ProcessPoolExecutor(2, mp_context=FORK_SAFE) as pool:
        list(pool.map(partial(correct_on_top, opened.root, count=count), ["Ann", "Ben"]))
    east = opened.as_of(FIRST).zones[0].geometry.bounds[2]
    lost = 2 * count + 1 - round((east - 35) * 1000)
    record_property("toll", ("corrections by two writers of one date", 2 * count, lost))
    assert lost == 0
    assert opened.verify() == ()


def hold(root, ready):
    with storage.locked(root):
        ready.set()
        time.sleep(60)


def test_a_lock_ends_with_the_process_that_held_it(tmp_path):
    opened = new_archive(tmp_path / "front")
    ready = FORK_SAFE.Event()
    holder = FORK_SAFE.Process(target=hold, args=(opened.root, ready))
    holder.start()
    assert ready.wait(30)
    with (
        pytest.raises(StorageError, match="another writer"),
        storage.locked(opened.root, seconds=0.1),
    ):
        pass
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    holder.close()
    opened.add(FIRST, [zone(SMALL)], reason="after the kill")
    assert opened.verify() == ()
