"""Output that nobody takes: what was done is done, and the exit code tells the truth."""

from __future__ import annotations

import functools
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import typer.main

import frontmap
import frontmap.cli
from fronts import LARGE, SMALL, Clock, new_archive, zone

DEEPSTATE = Path(__file__).parent / "data/deepstate"
KURSK = Path(__file__).parent.parent / "geodata/kursk"
VERBS = {
    "init": "init new --title T --maker M --bbox 34,50,38,52 --party UA=Ukraine",
    "add": "add 2024-09-01 zones.geojson --reason x --party UA --status controlled "
    "--confidence high --accuracy 5",
    "correct": "correct 2024-08-31 zones.geojson --reason x --party UA --status controlled "
    "--confidence high --accuracy 5",
    "withdraw": "withdraw 2024-08-31 --reason x",
    "revert": "revert 2024-08-31",
    "resolve": "resolve 2024-08-31",
    "import": f"import deepstate {DEEPSTATE} --into imported --format csv",
    "show": "show 2024-08-31 --format geojson",
    "log": "log",
    "diff": "diff 2024-08-31",
    "verify": "verify --write-manifest list.sha256",
    "fmt": "fmt",
    "upgrade": "upgrade",
    "words": "words check uk",
    "source": "source add isw-1 --publisher ISW",
    "party": "party add BY --name Belarus",
    "check": "check",
    "area": "area",
    "reported": f"reported --archive {KURSK}",
    "change": "change 2024-08-30 2024-08-31",
    "front": "front 2024-08-31",
    "places": f"places 2024-08-31 --archive {KURSK}",
    "held": "held",
    "makers": "makers . --date 2024-08-31",
    "draft": f"draft 2024-08-31 --why --archive {KURSK}",
    "map": "map --output out.html",
    "report": f"report --value 1243 --archive {KURSK}",
    "review": f"review --archive {KURSK}",
}
RECORDING = {"init", "add", "correct", "withdraw", "revert", "import", "resolve", "fmt"}


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    folder = tmp_path_factory.mktemp("front") / "front"
    made = new_archive(folder, Clock())
    made.add("2024-08-30", [zone(SMALL)], reason="first")
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    made.correct("2024-08-31", [zone(LARGE)], reason="second")
    shutil.copy(folder / "snapshots/2024/2024-08-30.geojson", folder.parent / "zones.geojson")
    return folder


@pytest.fixture
def desk(front, tmp_path):
    copy = shutil.copytree(front, tmp_path / "front")
    shutil.copy(front.parent / "zones.geojson", copy / "zones.geojson")
    return copy


@pytest.fixture(scope="module")
def usual(front, tmp_path_factory):
    """What a verb answers, and what is recorded then, where nothing is broken."""

    @functools.cache
    def answer(verb: str) -> tuple[Answer, list[str]]:
        copy = shutil.copytree(front, tmp_path_factory.mktemp(verb) / "front")
        shutil.copy(front.parent / "zones.geojson", copy / "zones.geojson")
        return run(VERBS[verb], copy), recorded(copy)

    return answer


class Answer(NamedTuple):
    """What a process left behind; None for a stream that nobody reads."""

    code: int
    stdout: str | None
    stderr: str | None


def run(words: str, folder: Path, **broken: str) -> Answer:
    """Run a verb in a process of its own, with standard output or error as they may break."""
    kept = {name: folder.parent / name for name in ("stdout", "stderr")}
    child = os.fork()
    if child == 0:
        code = 99
        try:
            for number, name in ((1, "stdout"), (2, "stderr")):
                _set_up(number, broken.get(name), kept[name])
            os.chdir(folder)
            sys.argv = ["frontmap", *words.split()]
            frontmap.cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
            sys.stdout.flush()
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    texts = {n: None if n in broken else p.read_text("utf-8") for n, p in kept.items()}
    return Answer(code, texts["stdout"], texts["stderr"])


def _set_up(number: int, how: str | None, kept: Path) -> None:
    """Make a standard stream as a shell would hand it over, and the object that Python makes."""
    name = "stdout" if number == 1 else "stderr"
    if how == "closed":
        os.close(number)
        setattr(sys, name, None)
        return
    if how == "full":
        handle = os.open("/dev/full", os.O_WRONLY)
    elif how == "gone":
        unread, handle = os.pipe()
        os.close(unread)
    else:
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, number)
    os.close(handle)
    stream = io.TextIOWrapper(io.BufferedWriter(io.FileIO(number, "w", closefd=False)))
    setattr(sys, name, stream)


def plain(text: str | None) -> str | None:
    """Leave out what differs between two runs: digests, which hold the clock, and kilobytes."""
    return None if text is None else re.sub(r"\b[0-9a-f]{12,64}\b|\d+ kB", "…", text)


def recorded(folder: Path) -> list[str]:
    return sorted(
        f"{r.date} {r.kind}"
        for root in (folder, folder / "imported", folder / "new")
        if (root / "archive.json").exists()
        for r in frontmap.open(root).revisions()
    )


def test_every_verb_is_tried():
    assert set(VERBS) == set(typer.main.get_group(frontmap.cli.app).commands)


@pytest.mark.parametrize("how", ["closed", "full", "gone"])
@pytest.mark.parametrize("verb", VERBS)
def test_standard_output_that_takes_nothing_costs_no_more_than_itself(desk, usual, verb, how):
    whole, revisions = usual(verb)
    answer = run(VERBS[verb], desk, stdout=how)
    assert recorded(desk) == revisions
    said = plain(answer.stderr)
    assert said is not None
    assert "bug" not in said
    lost = bool(whole.stdout) and how != "gone"
    if lost:
        *rest, last = said.splitlines(keepends=True)
        assert last.startswith("frontmap: standard output: ")
        said = "".join(rest)
    assert said == plain(whole.stderr)
    assert answer.code == (whole.code or (6 if lost and verb not in RECORDING else 0))


@pytest.mark.parametrize("how", ["closed", "full", "gone"])
@pytest.mark.parametrize("verb", VERBS)
def test_standard_error_that_takes_nothing_changes_nothing(desk, usual, verb, how):
    whole, revisions = usual(verb)
    answer = run(VERBS[verb], desk, stderr=how)
    assert recorded(desk) == revisions
    assert plain(answer.stdout) == plain(whole.stdout)
    assert answer.code == whole.code


@pytest.mark.parametrize("how", ["closed", "full", "gone"])
def test_damage_is_told_by_the_exit_code_whatever_becomes_of_the_findings(desk, how):
    revision = next((desk / "revisions").rglob("*.geojson"))
    revision.write_bytes(b"{}")
    assert run("verify", desk, stdout=how).code == 5
    assert run("verify", desk, stdout=how, stderr=how).code == 5
    assert run("show 2024-08-30", desk, stdout=how, stderr=how).code == 5
    assert run("show 2024-01-01", desk, stdout=how, stderr=how).code == 3


@pytest.mark.parametrize("how", ["closed", "full", "gone"])
def test_an_edited_copy_is_told_by_the_exit_code_too(desk, how):
    copy = next((desk / "snapshots").rglob("*.geojson"))
    copy.write_bytes(b"{}")
    assert run("verify", desk, stdout=how).code == 1


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = f"'{sys.executable}' -c 'import frontmap.cli; frontmap.cli.main()'"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script.replace("frontmap ", f"{program} ")],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("frontmap verify | head -1", 5),
        ("frontmap verify | true", 5),
        ("frontmap verify >&-", 5),
        ("frontmap log | true", 5),
        ("frontmap --help | true", 0),
        ("frontmap --help >/dev/full", 6),
        ("frontmap --version >&- 2>&- <&-", 6),
        ("frontmap nothing 2>&-", 2),
    ],
)
def test_a_shell_sees_it_too(desk, monkeypatch, unbuffered, script, code):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    for revision in (desk / "revisions").rglob("*.geojson"):
        revision.write_bytes(b"{}")
    done = shell(script, desk)
    assert done.returncode == code
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_reader_that_is_slow_and_does_not_wait_gets_every_byte(desk):
    """A pipe that somebody else has set not to block: node and ssh do."""
    import fcntl

    there, here = os.pipe()
    fcntl.fcntl(here, fcntl.F_SETFL, os.O_NONBLOCK)
    fcntl.fcntl(here, fcntl.F_SETPIPE_SZ, 4096)
    words = [sys.executable, "-c", "import frontmap.cli; frontmap.cli.main()", "log", "--format",
             "json"]  # fmt: skip
    with subprocess.Popen(words, stdout=here, stderr=subprocess.PIPE, cwd=desk) as process:
        os.close(here)
        time.sleep(1.5)
        with os.fdopen(there, encoding="utf-8") as file:
            assert file.read().endswith("]\n")
        assert process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_verb_that_is_told_to_end_cleans_up_and_ends_of_the_signal(desk, tmp_path, number):
    program = (
        "import tempfile, time, frontmap.cli, frontmap.archive.queries as q\n"
        "def wait(self):\n"
        "    with tempfile.TemporaryDirectory(dir='.') as folder:\n"
        "        open(f'{folder}/begun', 'w').close()\n"
        "        time.sleep(60)\n"
        "q.RecordedSnapshots.verify = wait\n"
        "frontmap.cli.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, "verify"], cwd=desk, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 30
    while not list(desk.glob("*/begun")) and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(number)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == -number
    assert not list(desk.glob("*/begun"))


def test_a_signal_that_the_caller_ignores_is_ignored(desk):
    done = shell("trap '' HUP TERM; frontmap log & sleep 1; kill -TERM $!; wait $!", desk)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 4
