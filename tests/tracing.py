"""Real faults, by strace: kill a verb at a system call, or let a system call fail."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import pytest

CALLS = (
    "open,openat,creat,read,write,pwrite64,writev,close,fsync,fdatasync,sync_file_range,link,linkat,"
    "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate,truncate,flock,fcntl,stat,"
    "lstat,newfstatat,statx,fstat,lseek,getdents64,access,faccessat2,chmod,fchmod,utimensat"
)
CHANGING = re.compile(
    r"(write|pwrite64|writev|fsync|fdatasync|link|linkat|rename\w*|unlink|unlinkat|mkdir|mkdirat|"
    r"ftruncate|truncate|flock)\(|openat?\(.*O_CREAT"
)

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not installed; it injects the faults"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a traced verb did: exit code (None when killed), its errors, the calls it made."""

    code: int | None
    said: str
    calls: list[str]


class Victim:
    """A loaded frontmap that forks a child for each verb, which strace takes hold of.

    ``cached``: else it does without the cache, which is written or not as the clock has it, so that
    each run of a verb makes the same calls.
    """

    def __init__(self, root: Path, scratch: Path, *, cached: bool = True) -> None:
        self.scratch = scratch
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("victim.py")), str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "OPENBLAS_NUM_THREADS": "1",
                "FRONTMAP_AUTHOR": "",
                **({} if cached else {"XDG_CACHE_HOME": str(_refused_cache(scratch))}),
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _pipe(self.process.stdin).close()
        self.process.wait()
        _pipe(self.process.stdout).close()

    def run(self, words: list[str], inject: str | None = None) -> Outcome:
        """Run a verb under strace; ``inject`` is what strace does at which call."""
        answer, trace = self.scratch / "answer.json", self.scratch / "trace.txt"
        answer.unlink(missing_ok=True)
        trace.unlink(missing_ok=True)
        print(json.dumps([str(answer), *words]), file=self.process.stdin, flush=True)
        child = int(self.told())
        _wait_until_stopped(child)
        options = ["-e", f"trace={CALLS}", "-y", "-s", "0", "-o", str(trace)]
        if inject is not None:
            options += ["-e", f"inject={inject}"]
        tracer = subprocess.Popen(
            ["strace", *options, "-p", str(child)], stderr=subprocess.PIPE, text=True
        )
        assert "attached" in _pipe(tracer.stderr).readline()
        os.kill(child, signal.SIGCONT)
        assert self.told() == "ended"
        tracer.communicate()
        code, said = json.loads(answer.read_text("utf-8")) if answer.exists() else (None, "")
        calls = trace.read_text("utf-8", errors="replace").splitlines()
        return Outcome(
            code, said, [c for c in calls if "(" in c and not c.startswith(("---", "+++"))]
        )

    def told(self) -> str:
        return _pipe(self.process.stdout).readline().strip()


def _refused_cache(scratch: Path) -> Path:
    """Make a cache folder that others can write to, which frontmap lets be."""
    top = scratch / "cache" / "frontmap"
    top.mkdir(parents=True)
    top.chmod(0o777)
    return top.parent


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _wait_until_stopped(child: int) -> None:
    while True:
        state = Path(f"/proc/{child}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
        if state == "T":
            return
        os.sched_yield()


def paths_of(call: str) -> list[str]:
    """Return the paths that a call names, those relative to a folder's handle below that folder."""
    found = re.findall(r'(?:(?:\d+|AT_FDCWD)<([^>]*)>, )?"([^"]*)"', call.partition("(")[2])
    return [str(Path(folder, name)) for folder, name in found]


def disorder(calls: list[str]) -> list[str]:
    """Say what a crash could undo: data that was named unsynced, names that were never synced.

    ``calls`` is a trace of one verb, from its start to its answer.
    """
    dirty: set[str] = set()
    loose: dict[str, str] = {}
    wrong: list[str] = []
    for call in calls:
        name, _, rest = call.partition("(")
        words = paths_of(call)
        if "= -1" in call or any(word.endswith(("/.writing.part", "/.lock")) for word in words):
            continue
        held = re.match(r"\d+<([^>]*)>", rest)
        if name in {"write", "pwrite64", "writev", "ftruncate"} and held:
            if held[1].endswith(("/.writing.part", "/.lock")):
                continue
            dirty.add(held[1])
        elif name in {"fsync", "fdatasync"} and held:
            dirty.discard(held[1])
            loose = {path: folder for path, folder in loose.items() if folder != held[1]}
        elif name.startswith(("link", "rename")):
            wrong += [f"named before it was synced: {words[0]}"] if words[0] in dirty else []
            loose[words[1]] = str(Path(words[1]).parent)
        elif name.startswith("mkdir") or (
            name.startswith("unlink") and not words[0].endswith(".part")
        ):
            loose[words[0]] = str(Path(words[0]).parent)
    return wrong + [f"folder not synced: {path}" for path in loose]
