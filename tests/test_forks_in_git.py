"""Two mappers in git: a fork is always seen and never blended; other dates merge clean."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shapely import box

import frontmap
from frontmap.archive import layout
from frontmap.errors import ConflictError
from fronts import LARGE, SMALL, Clock, new_archive, zone

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
WIDE = box(35, 51, 36, 52)


class Repository:
    """An archive at the top of a git repository, with a branch for each of two mappers."""

    def __init__(self, folder: Path) -> None:
        self.archive = new_archive(folder, Clock())
        self.root = folder
        self.git("init", "-q", "-b", "main")
        self.archive.add("2024-08-31", [zone(SMALL)], reason="first")
        self.commit()

    def git(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=check
        )

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "recorded")

    def branch(self, name: str, hour: int) -> frontmap.archive.Archive:
        self.git("checkout", "-q", "-b", name, "main")
        return frontmap.open(self.root, clock=Clock(f"2026-09-02T{hour:02}:00:00+00:00"))

    def merge(self, name: str, *how: str) -> bool:
        self.git("checkout", "-q", "main")
        done = self.git("merge", "-q", "--no-edit", *how, name, check=False)
        return done.returncode == 0


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "front")


@pytest.mark.parametrize("how", [[], ["-X", "ours"], ["-X", "theirs"], ["-s", "ours"]])
def test_one_date_corrected_on_two_branches_is_a_fork_whatever_git_did(repository, how):
    ann = repository.branch("ann", 10).correct("2024-08-31", [zone(LARGE)], reason="Ann's")
    repository.commit()
    ben = repository.branch("ben", 11).correct("2024-08-31", [zone(WIDE)], reason="Ben's")
    repository.commit()
    assert repository.merge("ann")
    clean = repository.merge("ben", *how)
    opened = repository.archive
    if how == ["-s", "ours"]:  # drops what ben recorded: only an older manifest or git can tell
        assert opened.as_of("2024-08-31").digest == ann.digest
        return
    with pytest.raises(ConflictError, match="frontmap resolve 2024-08-31"):
        opened.as_of("2024-08-31")
    assert {"fork"} <= {f.rule for f in opened.verify()} <= {"fork", "copy"}
    opened.resolve("2024-08-31", keep=ben.digest, reason="the later source")
    assert opened.as_of("2024-08-31").zones == opened.read(ben).zones
    assert {ann.digest, ben.digest} < {r.digest for r in opened.revisions()}
    assert opened.verify() == ()
    repository.commit()
    assert clean is bool(how)


def test_one_date_added_on_two_branches_is_a_fork(repository):
    for name, ground, hour in (("ann", LARGE, 10), ("ben", WIDE, 11)):
        repository.branch(name, hour).add("2024-09-30", [zone(ground)], reason=name)
        repository.commit()
    repository.merge("ann")
    repository.merge("ben")
    with pytest.raises(ConflictError):
        repository.archive.as_of("2024-09-30")


def test_a_withdrawal_against_a_correction_is_a_fork(repository):
    repository.branch("ann", 10).withdraw("2024-08-31", reason="wrong")
    repository.commit()
    kept = repository.branch("ben", 11).correct("2024-08-31", [zone(WIDE)], reason="Ben's")
    repository.commit()
    repository.merge("ann")
    repository.merge("ben")
    with pytest.raises(ConflictError):
        repository.archive.as_of("2024-08-31")
    repository.archive.resolve("2024-08-31", keep=kept.digest, reason="it stands")
    assert repository.archive.verify() == ()


def test_git_leaves_every_byte_as_it_was_recorded(repository, tmp_path):
    there = tmp_path / "clone"
    repository.git("-c", "core.autocrlf=true", "clone", "-q", str(repository.root), str(there))
    assert frontmap.open(there).verify() == ()


def test_different_dates_merge_clean(repository):
    for name, date, hour in (("ann", "2024-09-10", 10), ("ben", "2024-09-11", 11)):
        repository.branch(name, hour).add(date, [zone(LARGE)], reason=name)
        repository.commit()
    assert repository.merge("ann")
    assert repository.merge("ben")
    assert len(repository.archive.dates) == 3
    assert repository.archive.verify() == ()


def hook(repository):
    """Install the pre-commit hook that the docs show."""
    page = (Path(__file__).parent.parent / "docs/reliability.md").read_text("utf-8")
    script = "#!/bin/sh\n" + page.split("```sh\n#!/bin/sh\n", 1)[1].split("```", 1)[0]
    path = repository.root / ".git/hooks/pre-commit"
    path.parent.mkdir(exist_ok=True)
    program = f'{sys.executable} -c "import frontmap.cli; frontmap.cli.main()"'
    path.write_text(script.replace("exec frontmap ", f"exec {program} "), "utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        (lambda r: r.archive.correct("2024-08-31", [zone(LARGE)], reason="x"), True),
        (lambda r: shutil.rmtree(r.root / "revisions/2024"), False),
        (lambda r: next((r.root / "revisions").rglob("*.geojson")).write_bytes(b"{}"), False),
        (lambda r: (r.root / "snapshots/2024/2024-08-31.geojson").write_bytes(b"{}"), False),
    ],
)
def test_the_hook_of_the_docs_stops_what_would_be_lost(repository, change, passes):
    hook(repository)
    change(repository)
    repository.git("add", "-A")
    done = repository.git("commit", "-qm", "x", check=False)
    assert (done.returncode == 0) is passes, done.stderr


def unstaged(repository, path):
    repository.git("rm", "-q", "--cached", str(path))


def otherwise_staged(repository, path):
    data = path.read_bytes()
    path.write_bytes(data.replace(b"35.2", b"35.3"))
    repository.git("add", "-A")
    path.write_bytes(data)


@pytest.mark.parametrize("change", [unstaged, otherwise_staged])
@pytest.mark.parametrize("folder", ["revisions", "snapshots"])
def test_the_hook_of_the_docs_sees_that_git_commits_what_does_not_lie_there(
    repository, change, folder
):
    hook(repository)
    path = next((repository.root / folder).rglob("*.geojson"))
    assert b"35.2" in path.read_bytes()
    change(repository, path)
    done = repository.git("commit", "-qm", "x", check=False)
    assert done.returncode != 0
    assert "what lies there is not what is committed" in done.stderr


NAMES = ["front", "-dash", "a\nb", "$(id)"]
OTHER_NAMES = ["Курск", "two words", "tail\n", "it's", 'a"b', "x*", "ä"]


@pytest.mark.parametrize(
    "name", [*NAMES, *(pytest.param(name, marks=pytest.mark.torture) for name in OTHER_NAMES)]
)
def test_the_hook_of_the_docs_knows_a_folder_by_any_name(tmp_path, name):
    repository = Repository(tmp_path)
    hook(repository)
    root = tmp_path / name
    made = new_archive(root, Clock())
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "a new archive, which HEAD has not")
    second = made.correct("2024-08-31", [zone(LARGE)], reason="second")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "grown")
    layout.revision_path(root, second).unlink()
    shutil.rmtree(root / "snapshots")
    made.put_back()
    assert made.verify() == ()
    repository.git("add", "-A")
    assert repository.git("commit", "-qm", "the end is lost", check=False).returncode != 0
    repository.git("reset", "-q", "--hard")
    repository.git("mv", f"./{name}", "elsewhere")
    done = repository.git("commit", "-qm", "renamed", check=False)
    assert done.returncode != 0
    assert "--no-verify" in done.stderr


def test_the_hook_of_the_docs_lets_the_first_commit_pass(tmp_path):
    made = new_archive(tmp_path, Clock())
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    repository = object.__new__(Repository)
    repository.archive, repository.root = made, tmp_path
    repository.git("init", "-q")
    hook(repository)
    repository.git("add", "-A")
    repository.commit()
