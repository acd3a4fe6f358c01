"""Work over a list of snapshots, on one core, on several, or on several machines.

Any ``concurrent.futures`` executor will do. Results come in the order of the items and are the same
to the bit whatever the executor; a worker that dies costs time only.
"""

from __future__ import annotations

import itertools
import multiprocessing
import signal
import socket
from collections import deque
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from frontmap.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

A = TypeVar("A")
B = TypeVar("B")

IN_FLIGHT = 4


def map_batches(
    work: Callable[[Sequence[A]], list[B]],
    items: Iterable[A],
    *,
    executor: Executor | None = None,
    size: int = 64,
) -> Iterator[B]:
    """Yield what ``work`` returns for ``items``, given to it in batches of ``size``, in order.

    ``work`` must be a function at the top of a module, and depend on nothing but its batch. At most
    ``IN_FLIGHT`` batches wait at a time. A batch whose worker died is done again in this process.

    >>> list(map_batches(sorted, [3, 1, 2, 0], size=2))
    [1, 3, 0, 2]
    """
    waiting: deque[tuple[list[A], Future[list[B]] | None]] = deque()
    for batch in _batches(items, size):
        if executor is None:
            yield from work(batch)
            continue
        waiting.append((batch, _submitted(executor, work, batch)))
        if len(waiting) >= IN_FLIGHT:
            yield from _done(work, *waiting.popleft())
    while waiting:
        yield from _done(work, *waiting.popleft())


@contextmanager
def executor_for(*, jobs: int = 1, dask: str | None = None) -> Iterator[Executor | None]:
    """Provide a pool of ``jobs`` processes, the workers of a dask scheduler, or None: this process.

    ``dask`` is the address of a ``dask.distributed`` scheduler, such as ``tcp://10.0.0.1:8786``.
    Raises ``UsageError`` when both are asked for, or the extra is not installed.

    >>> with executor_for() as executor:
    ...     print(executor)
    None
    """
    if dask is not None:
        if jobs != 1:
            raise UsageError("--jobs and --dask exclude each other; give one of them")
        with _dask_executor(dask) as executor:
            yield executor
    elif jobs > 1:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
    else:
        yield None


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the process that gives out the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _dask_executor(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415  an extra
        from distributed.comm import get_address_host_port  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "--dask needs dask.distributed; install it: pip install 'frontmap[dask]'"
        ) from None
    try:
        # A client that found nobody would go on trying, and complain when it is dropped.
        socket.create_connection(get_address_host_port(address), timeout=10).close()
        client = Client(address, set_as_default=False, timeout="10s")
    except (OSError, ValueError, AssertionError) as error:  # the last for a port that is none
        raise UsageError(
            f"no dask scheduler answers at {address} ({error}); start one: dask scheduler"
        ) from None
    with client:
        yield client.get_executor(pure=False)


def _batches(items: Iterable[A], size: int) -> Iterator[list[A]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _submitted(
    executor: Executor, work: Callable[[Sequence[A]], list[B]], batch: list[A]
) -> Future[list[B]] | None:
    try:
        return executor.submit(work, batch)
    except BrokenExecutor:
        return None


def _done(
    work: Callable[[Sequence[A]], list[B]], batch: list[A], future: Future[list[B]] | None
) -> list[B]:
    if future is not None:
        try:
            return future.result()
        except BrokenExecutor:
            pass
        except Exception as error:
            if type(error).__name__ != "KilledWorker":  # dask's word for a worker that died
                raise
    return work(batch)
