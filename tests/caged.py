"""A process that has frontmap loaded and runs each verb in a forked child that can do no harm.

Reads one JSON object a line: ``words`` of the command line, ``cwd``, ``seconds`` to run in, ``out``
and ``err`` to write to. Answers with the exit code, or null where the child had to be killed. A
child has a gigabyte of memory, and reads nothing that is closed to its user, root or not.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

import typer.main

import frontmap.cli
from frontmap.archive import opening
from frontmap.imports import importing

GIGABYTE = 1 << 30
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ALL_CAPABILITIES_BUT_DAC = 0xFFFFFFFF & ~0b110  # DAC_OVERRIDE and DAC_READ_SEARCH
UNFORESEEN = 99


def obey_modes() -> None:
    """Give up root's right to read and write whatever the modes say."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    held = (ctypes.c_uint32 * 6)()
    if libc.capget(header, held) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    held[0] &= ALL_CAPABILITIES_BUT_DAC
    if libc.capset(header, held) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def limit_memory() -> None:
    taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + GIGABYTE,) * 2)


def run(order: dict[str, object]) -> int:
    for name, stream in (("out", 1), ("err", 2)):
        handle = os.open(str(order[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, stream)
    os.chdir(str(order["cwd"]))
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  for the whole child
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    limit_memory()
    obey_modes()
    sys.argv = ["frontmap", *order["words"]]  # type: ignore[misc]  # a list of texts
    try:
        frontmap.cli.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  what reached nobody
        traceback.print_exc()
        return UNFORESEEN
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
    return 0


def wait(child: int, seconds: float) -> int | None:
    """Return the child's exit code; kill it, and what it started, where it takes too long."""
    ends = time.monotonic() + seconds
    pause = 0.001
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def load(words: list[str]) -> None:
    """Run a verb in this very process, so that all that it imports is there."""
    sys.argv = ["frontmap", *words]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            frontmap.cli.main()
        except SystemExit:
            return


def serve() -> None:
    """Answer each order; every archive is opened with a clock that stands still."""
    for made in (opening.open_archive, opening.init, importing.import_files):
        made.__kwdefaults__["clock"] = lambda: NOW  # type: ignore[index]  # each has such a one
    typer.main.get_command = functools.cache(typer.main.get_command)  # half of a verb's time
    for line in sys.stdin:
        order = json.loads(line)
        if "out" not in order:
            load(order["words"])
            print("null", flush=True)
            continue
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            os._exit(run(order))
        print(json.dumps(wait(child, float(order["seconds"]))), flush=True)


if __name__ == "__main__":
    serve()
