"""Work over a list gives the same, in order and to the bit, whatever does it and whoever dies."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from frontmap.errors import UsageError
from frontmap.parallel import executor_for, map_batches


def squares(batch):
    return [number * number for number in batch]


def squares_or_death(batch):
    """Kill the worker that is given the batch first; the second time, work."""
    marker = Path(os.environ["FRONTMAP_TEST_MARKER"])
    if 50 in batch and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return squares(batch)


def fail(batch):
    raise ValueError(f"no good: {batch[0]}")


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor, ProcessPoolExecutor])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_results_come_in_the_order_of_the_items(pool, size):
    expected = squares(range(100))
    if pool is None:
        assert list(map_batches(squares, range(100), size=size)) == expected
        return
    with pool(2) as executor:
        assert list(map_batches(squares, range(100), executor=executor, size=size)) == expected


def test_a_killed_worker_costs_time_only(tmp_path, monkeypatch):
    monkeypatch.setenv("FRONTMAP_TEST_MARKER", str(tmp_path / "marker"))
    with executor_for(jobs=2) as executor:
        found = list(map_batches(squares_or_death, range(100), executor=executor, size=5))
    assert found == squares(range(100))
    assert (tmp_path / "marker").exists()


def test_an_error_of_the_work_is_not_hidden():
    with executor_for(jobs=2) as executor, pytest.raises(ValueError, match="no good: 0"):
        list(map_batches(fail, range(10), executor=executor))


def test_only_a_few_batches_are_taken_ahead():
    taken = []

    def items():
        for number in range(100):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(1) as executor:
        next(map_batches(squares, items(), executor=executor, size=1))
        assert len(taken) <= 4


def test_jobs_and_dask_exclude_each_other():
    with (
        pytest.raises(UsageError, match="exclude each other"),
        executor_for(jobs=2, dask="tcp://x"),
    ):
        pass


@pytest.mark.filterwarnings("ignore")  # distributed's own, of ports and of closing
class TestDask:
    @pytest.fixture
    def cluster(self):
        distributed = pytest.importorskip("distributed", reason="needs the extra frontmap[dask]")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster:
            yield cluster

    def test_its_workers_give_the_same(self, cluster):
        with executor_for(dask=cluster.scheduler_address) as executor:
            found = list(map_batches(squares, range(100), executor=executor, size=7))
        assert found == squares(range(100))

    def test_a_killed_worker_costs_time_only(self, cluster):
        with executor_for(dask=cluster.scheduler_address) as executor:
            results = map_batches(_slow_squares, range(100), executor=executor, size=5)
            first = next(results)
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            assert [first, *results] == squares(range(100))

    def test_an_address_where_nobody_answers_is_one_line(self):
        pytest.importorskip("distributed", reason="needs the extra frontmap[dask]")
        with (
            pytest.raises(UsageError, match="no dask scheduler answers"),
            executor_for(dask="tcp://127.0.0.1:1"),
        ):
            pass


def _slow_squares(batch):
    time.sleep(0.05)
    return squares(batch)
