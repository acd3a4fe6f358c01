"""`verify --since REV` in a stranger's repository: nothing of theirs is run, nothing fetched."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from frontmap.archive.programs import search_path
from fronts import LARGE, SMALL, Clock, new_archive, zone
from verbs import run

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

WHO = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]


class Stranger:
    """An archive with its own repository, and a program that tells when it has been run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "geodata" / "front"
        self.proof = folder.parent / "it ran"
        self.program = folder / "program"
        self.archive = new_archive(self.root, Clock())
        self.archive.add("2024-08-31", [zone(SMALL)], reason="first")
        self.git("init", "-q", "-b", "main")
        self.git("add", "geodata")
        self.git("commit", "-qm", "recorded")
        self.program.write_text(f"#!/bin/sh\ntouch '{self.proof}'\n", "utf-8")
        self.program.chmod(0o755)

    @property
    def git_folder(self) -> Path:
        return self.folder / ".git"

    def git(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["git", *WHO, *words], cwd=self.folder, capture_output=True, text=True, check=check,
            timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.stdout

    def config(self, **settings: str) -> Stranger:
        for name, value in settings.items():
            self.git("config", name.replace("__", "."), value)
        return self

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def lose(self, expression: str) -> None:
        """Remove an object from the repository."""
        name = self.git("rev-parse", expression).strip()
        (self.git_folder / "objects" / name[:2] / name[2:]).unlink()

    def verify(self, since: str = "HEAD", *words: str):
        return run("verify", "--since", since, "--archive", str(self.root), *words)


@pytest.fixture
def stranger(tmp_path):
    return Stranger(tmp_path / "theirs")


def promisor(stranger: Stranger, url: str) -> None:
    stranger.config(
        extensions__partialClone="origin",
        remote__origin__url=url,
        remote__origin__promisor="true",
        remote__origin__uploadpack=str(stranger.program),
        protocol__ext__allow="always",
        protocol__file__allow="always",
        core__repositoryFormatVersion="1",
    )
    stranger.lose("HEAD^{tree}")


def attributes(stranger: Stranger, text: str) -> Path:
    return stranger.write(".git/info/attributes", text)


def hooks(stranger: Stranger, folder: str) -> Path:
    for name in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change"):
        path = stranger.write(f"{folder}/{name}", stranger.program.read_text("utf-8"))
        path.chmod(0o755)
    return stranger.folder / folder


def ssh(stranger: Stranger) -> None:
    promisor(stranger, "ssh://example.invalid/x")
    stranger.config(core__sshCommand=str(stranger.program))


def included(stranger: Stranger) -> None:
    other = stranger.write("other", f"[core]\n\tfsmonitor = {stranger.program}\n")
    stranger.config(include__path=str(other))


def worktree_config(stranger: Stranger) -> None:
    stranger.config(extensions__worktreeConfig="true")
    stranger.write(".git/config.worktree", f"[core]\n\tfsmonitor = {stranger.program}\n")


class Plant(NamedTuple):
    """How a command is planted, the everyday use of git that runs it, and what verify answers."""

    plant: Callable[[Stranger], object]
    runs_it: tuple[str, ...]
    code: int


PLANTS = {
    "a promisor remote with its own upload-pack": Plant(
        lambda s: promisor(s, str(s.folder)), ("cat-file", "-p", "HEAD^{tree}"), 1
    ),
    "a promisor remote that is a command": Plant(
        lambda s: promisor(s, f"ext::{s.program}"), ("cat-file", "-p", "HEAD^{tree}"), 1
    ),
    "a promisor remote by an ssh command": Plant(ssh, ("cat-file", "-p", "HEAD^{tree}"), 1),
    "core.fsmonitor": Plant(
        lambda s: s.config(core__fsmonitor=str(s.program)), ("status",), 0
    ),
    "core.fsmonitor in an included file": Plant(included, ("status",), 0),
    "core.fsmonitor in the worktree's configuration": Plant(worktree_config, ("status",), 0),
    "hooks": Plant(
        lambda s: hooks(s, ".git/hooks"), ("commit", "--allow-empty", "-m", "x"), 0
    ),
    "core.hooksPath": Plant(
        lambda s: s.config(core__hooksPath=str(hooks(s, "elsewhere"))),
        ("commit", "--allow-empty", "-m", "x"), 0,
    ),
    "an alias": Plant(lambda s: s.config(alias__lg=f"!{s.program}"), ("lg",), 0),
    "diff.external": Plant(
        lambda s: s.config(diff__external=str(s.program)), ("diff", "4b825dc", "HEAD"), 0
    ),
    "a textconv of the attributes": Plant(
        lambda s: (attributes(s, "* diff=x\n"), s.config(diff__x__textconv=str(s.program))),
        ("show", "HEAD"), 0,
    ),
    "a filter of the attributes": Plant(
        lambda s: (
            attributes(s, "* filter=x\n"),
            s.config(filter__x__smudge=str(s.program), filter__x__clean=str(s.program)),
        ),
        ("cat-file", "--filters", "HEAD:geodata/front/archive.json"), 0,
    ),
    "a credential helper": Plant(
        lambda s: s.config(credential__helper=f"!{s.program}"), ("credential", "fill"), 0
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTS)
def test_a_command_that_git_would_run_is_not_run(stranger, name):
    plant, runs_it, code = PLANTS[name]
    stranger.git("hash-object", "-t", "tree", "-w", os.devnull)
    plant(stranger)
    before = {p: p.read_bytes() for p in stranger.folder.rglob("*") if p.is_file()}
    answer = stranger.verify()
    assert not stranger.proof.exists()
    assert answer.returncode == code, answer.stderr
    assert {p: p.read_bytes() for p in stranger.folder.rglob("*") if p.is_file()} == before
    if runs_it == ("credential", "fill"):
        subprocess.run(
            ["git", *runs_it], cwd=stranger.folder, input=b"url=https://example.invalid\n",
            capture_output=True, check=False, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )  # fmt: skip
    else:
        stranger.git(*runs_it, check=False)
    assert stranger.proof.exists(), "the plant is a dud: git itself does not run it"


VARIABLES = [
    "GIT_DIR", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_COUNT", "GIT_EXEC_PATH", "GIT_OBJECT_DIRECTORY",
    "GIT_TRACE", "GIT_INDEX_FILE", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_GLOBAL",
]  # fmt: skip


@pytest.mark.parametrize("name", VARIABLES)
def test_no_variable_of_the_environment_changes_which_repository_is_read(
    stranger, monkeypatch, name
):
    monkeypatch.setenv(name, "1" if name == "GIT_CONFIG_COUNT" else str(stranger.program))
    assert stranger.verify().returncode == 0
    shutil.rmtree(stranger.root / "revisions")
    assert stranger.verify().returncode == 5
    assert not stranger.proof.exists()


def test_what_a_program_of_that_name_in_the_archive_would_do_is_not_done(stranger, monkeypatch):
    shutil.copy(stranger.program, stranger.root / "git")
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    monkeypatch.chdir(stranger.root)
    assert run("verify", "--since", "HEAD").returncode == 0
    assert not stranger.proof.exists()


def test_only_absolute_folders_are_looked_in_for_programs(monkeypatch):
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", "bin"]))
    assert shutil.which("git", path=search_path()) is None


def link(path: Path) -> None:
    moved = path.with_name(f"{path.name}-moved")
    path.rename(moved)
    path.symlink_to(moved)


def forge(stranger: Stranger, kind: str, body: bytes) -> str:
    """Write an object as git would, whatever it holds; return its name."""
    whole = f"{kind} {len(body)}\0".encode() + body
    name = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    path = stranger.git_folder / "objects" / name[:2] / name[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(whole, 1))
    return name


def commit(stranger: Stranger, tree: str) -> None:
    who = b"x <x@example.org> 0 +0000"
    body = b"tree %s\nauthor %s\ncommitter %s\n\nx\n" % (tree.encode(), who, who)
    stranger.write(".git/refs/heads/main", forge(stranger, "commit", body) + "\n")


def tree(stranger: Stranger, *entries: tuple[bytes, bytes, str]) -> str:
    body = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(to) for mode, name, to in entries)
    return forge(stranger, "tree", body)


def in_place(stranger: Stranger, *entries: tuple[bytes, bytes, str]) -> None:
    """Commit a tree whose archive has these entries beside its ``archive.json``."""
    about = stranger.git("rev-parse", "HEAD:geodata/front/archive.json").strip()
    front = tree(stranger, (b"100644", b"archive.json", about), *entries)
    commit(
        stranger,
        tree(stranger, (b"40000", b"geodata", tree(stranger, (b"40000", b"front", front)))),
    )


def a_tree_of_many(stranger: Stranger) -> None:
    to = "0" * 40
    years = tree(stranger, *((b"40000", b"%d" % n, to) for n in range(400_000)))
    in_place(stranger, *((b"40000", b"revisions", years),))


def one_tree_many_times(stranger: Stranger) -> None:
    """A few kilobytes that unfold to 8 billion files."""
    leaf = tree(stranger, *((b"100644", b"%d.geojson" % n, "0" * 40) for n in range(2000)))
    for _ in range(2):
        leaf = tree(stranger, *((b"40000", b"%d" % n, leaf) for n in range(2000)))
    in_place(stranger, (b"40000", b"revisions", leaf))


def large_commit(stranger: Stranger) -> str:
    """A commit that git would read whole to tell its tree."""
    tree_of = stranger.git("rev-parse", "HEAD^{tree}").strip().encode()
    who = b"x <x@example.org> 0 +0000"
    body = b"tree %s\nauthor %s\ncommitter %s\n\n" % (tree_of, who, who)
    return forge(stranger, "commit", body + b"x" * 2**27)


def large_tag(stranger: Stranger) -> str:
    to = stranger.git("rev-parse", "HEAD").strip().encode()
    head = b"object %s\ntype commit\ntag x\ntagger x <x@example.org> 0 +0000\n\n" % to
    return forge(stranger, "tag", head + b"x" * 2**27)


def on_top(stranger: Stranger) -> None:
    """A small commit that follows a large one."""
    tree_of = stranger.git("rev-parse", "HEAD^{tree}").strip().encode()
    before, who = large_commit(stranger).encode(), b"x <x@example.org> 0 +0000"
    body = b"tree %s\nparent %s\nauthor %s\ncommitter %s\n\nx\n" % (tree_of, before, who, who)
    stranger.write(".git/refs/heads/main", forge(stranger, "commit", body) + "\n")


@pytest.mark.parametrize(
    ("plant", "revision", "says"),
    [
        (lambda s: s.write(".git/refs/heads/main", large_commit(s) + "\n"), "HEAD", "at most"),
        (lambda s: s.write(".git/refs/tags/x", large_tag(s) + "\n"), "x", "at most"),
        (lambda s: s.write(".git/refs/tags/x", large_tag(s) + "\n"), "x^{commit}", "git fsck"),
        (on_top, "HEAD~2", "git fsck"),
    ],
)
def test_a_large_object_on_the_way_to_a_revision_is_not_read(stranger, plant, revision, says):
    plant(stranger)
    done = run("verify", "--archive", str(stranger.root), "--since", revision)
    assert done.returncode == 1, done.stderr
    assert says in done.stderr


REFUSED = {
    "objects as a link": (lambda s: link(s.git_folder / "objects"), "is a link"),
    "loose objects as a link": (
        lambda s: link(next((s.git_folder / "objects").glob("[0-9a-f][0-9a-f]"))), "is a link",
    ),
    "a loose object as a link": (
        lambda s: link(next((s.git_folder / "objects").glob("[0-9a-f][0-9a-f]/*"))), "is a link",
    ),
    "a loose object that is a pipe": (
        lambda s: os.mkfifo(s.git_folder / "objects" / "info" / "x"), "is a pipe",
    ),
    "the packs as a link": (lambda s: link(s.git_folder / "objects/pack"), "is a link"),
    "the repository as a link": (lambda s: link(s.git_folder), "is a link"),
    "objects borrowed from elsewhere": (
        lambda s: s.write(".git/objects/info/alternates", "/\n"), "git repack",
    ),
    "a pack that is a pipe": (
        lambda s: os.mkfifo(s.git_folder / "objects/pack/pack-0.idx"), "is a pipe",
    ),
    "a ref that is a pipe": (lambda s: os.mkfifo(s.git_folder / "refs/heads/x"), "is a pipe"),
    "a ref that is a link": (
        lambda s: (s.git_folder / "refs/heads/x").symlink_to("/dev/zero"), "is a link",
    ),
    "refs that nest without end": (
        lambda s: s.write(f".git/refs/heads/{'x/' * 300}x", ""), "git pack-refs",
    ),
    "a ref that is too long": (
        lambda s: s.write(".git/refs/heads/x", "0" * 5000), "refs/heads/x: more than",
    ),
    "refs of another form": (
        lambda s: s.write(".git/HEAD", "ref: refs/heads/.invalid\n"), "reftable",
    ),
    "a tree without its end": (
        lambda s: commit(s, forge(s, "tree", b"40000 geodata\0abc")), "damaged",
    ),
    "a tree that is too large": (
        lambda s: commit(s, forge(s, "tree", b"x" * (2**24 + 1))), "reads 16777216 at most",
    ),
    "very many entries": (a_tree_of_many, "not all of this revision"),
    "one tree many times": (one_tree_many_times, "lists more than 1000000 files"),
    "a link for a table": (
        lambda s: in_place(s, (b"120000", b"reported.csv", "0" * 40)), "link or a submodule",
    ),
    "a submodule for the revisions": (
        lambda s: in_place(s, (b"160000", b"revisions", "0" * 40)), "link or a submodule",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_repository_that_is_made_to_lead_astray_is_refused_with_its_place(stranger, name):
    spoil, words = REFUSED[name]
    spoil(stranger)
    answer = stranger.verify()
    assert answer.returncode == 1
    assert words in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_an_object_that_becomes_a_pipe_is_given_up_after_a_while(stranger, monkeypatch):
    monkeypatch.setattr("frontmap.archive.git_folder.LONGEST_SILENCE_S", 0.5)
    monkeypatch.setattr("frontmap.archive.git_folder._without_detours", lambda folder: folder)
    name = stranger.git("rev-parse", "HEAD").strip()
    path = stranger.git_folder / "objects" / name[:2] / name[2:]
    path.unlink()
    os.mkfifo(path)
    answer = stranger.verify()
    assert answer.returncode == 6
    assert "git has said nothing for" in answer.stderr


def test_a_git_file_that_points_to_somebody_elses_repository_is_not_followed(stranger, tmp_path):
    other = Stranger(tmp_path / "mine" / "x")
    shutil.rmtree(stranger.git_folder)
    stranger.write(".git", f"gitdir: {other.git_folder}\n")
    answer = stranger.verify()
    assert answer.returncode == 1
    assert "neither a worktree nor a submodule" in answer.stderr


@pytest.mark.parametrize(
    "name", ["a\nb.csv", "-x.csv", "\\.csv", "é.csv", os.fsdecode(b"\xff.csv")]
)
def test_names_of_files_in_git_are_only_names(stranger, name):
    (stranger.root / name).write_text("x\n", "utf-8")
    stranger.git("add", "geodata")
    stranger.git("commit", "-qm", "x")
    assert stranger.verify().returncode == 0
    (stranger.root / name).unlink()
    answer = stranger.verify()
    assert answer.returncode == 1
    assert len(answer.stdout.splitlines()) == 1


HONEST = {
    "a branch": ([], "main"),
    "an annotated tag": (["tag -am x v1"], "v1"),
    "a parent": (["commit --allow-empty -qm x"], "HEAD~1"),
    "packed refs and objects": (["gc -q", "commit-graph write --split"], "main"),
    "a remote's branch": (["update-ref refs/remotes/origin/main HEAD"], "origin/main"),
    "a commit of which the tree is replaced": (["replace -f HEAD^{tree} 4b825dc"], "HEAD"),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_git_users_name_a_commit_by_is_understood(stranger, name):
    commands, since = HONEST[name]
    stranger.git("hash-object", "-t", "tree", "-w", os.devnull)
    for command in commands:
        stranger.git(*command.split())
    assert stranger.verify(since).returncode == 0
    stranger.archive.correct("2024-08-31", [zone(LARGE)], reason="grown")
    assert stranger.verify(since).returncode == 0
    shutil.rmtree(stranger.root / "revisions")
    assert stranger.verify(since).returncode == 5


def test_a_worktree_a_submodule_and_long_names_are_understood(stranger, tmp_path):
    stranger.git("worktree", "add", "-q", str(tmp_path / "beside"), "-b", "beside")
    archive = str(tmp_path / "beside/geodata/front")
    assert run("verify", "--since", "HEAD", "--archive", archive).returncode == 0
    above = tmp_path / "above"
    above.mkdir()
    words = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add"]
    subprocess.run(["git", "init", "-q"], cwd=above, check=True)
    subprocess.run(["git", *words, str(stranger.folder), "sub"], cwd=above, check=True)
    archive = str(above / "sub/geodata/front")
    assert run("verify", "--since", "HEAD", "--archive", archive).returncode == 0
    shutil.rmtree(stranger.git_folder)
    stranger.git("init", "-q", "-b", "main", "--object-format=sha256")
    stranger.git("add", "geodata")
    stranger.git("commit", "-qm", "x")
    assert stranger.verify().returncode == 0


def test_a_repository_without_a_work_tree_that_the_archive_holds_is_no_repository(stranger):
    stranger.git("init", "-q", "--bare", str(stranger.root))
    hooks(stranger, "geodata/front/hooks")
    settings = f"[core]\n\tbare = true\n\tfsmonitor = {stranger.program}\n"
    stranger.write("geodata/front/config", settings)
    assert stranger.verify().returncode == 0
    assert not stranger.proof.exists()


def test_a_repository_of_somebody_else_is_read_all_the_same(stranger):
    """git asks for safe.directory, since it would do what the configuration says."""
    if os.geteuid():
        pytest.skip("giving files to another user needs root")
    for path in (stranger.folder, *stranger.folder.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    assert stranger.verify().returncode == 0


NOTHING_TO_COMPARE = {
    "a tree": ("HEAD^{tree}", 1, "is no commit"),
    "a folder": ("HEAD:geodata", 1, "is no commit"),
    "a file": ("HEAD:geodata/front/archive.json", 1, "is no commit"),
    "a revision in which the folder was named otherwise": ("before", 1, "has no archive in"),
    "no such revision": ("nowhere", 3, "neither a file nor a revision"),
    "no text": ("", 3, "neither a file nor a revision"),
    "two lines": ("HEAD\nHEAD", 3, "neither a file nor a revision"),
    "an option": ("--help", 3, "neither a file nor a revision"),
}


@pytest.mark.parametrize("name", NOTHING_TO_COMPARE)
def test_a_revision_that_compares_nothing_is_an_error_that_says_so(stranger, name):
    since, code, words = NOTHING_TO_COMPARE[name]
    stranger.git("mv", "geodata/front", "geodata/then")
    stranger.git("commit", "-qm", "x")
    stranger.git("tag", "before")
    stranger.git("mv", "geodata/then", "geodata/front")
    stranger.git("commit", "-qm", "x")
    answer = run("verify", f"--since={since}", "--archive", str(stranger.root))
    assert answer.returncode == code, answer
    assert words in answer.stderr
    assert "whole" not in answer.stderr


@pytest.mark.parametrize("option", ["--since", "--manifest"])
@pytest.mark.parametrize("text", ["", "# frontmap manifest\n", "0" * 64 + "  other.csv\n"])
def test_a_list_that_compares_nothing_is_an_error_that_says_so(stranger, option, text):
    path = stranger.write("list", text)
    answer = run("verify", option, str(path), "--archive", str(stranger.root))
    assert answer.returncode == 1
    assert "list" in answer.stderr


@pytest.mark.parametrize("option", ["--since", "--manifest"])
@pytest.mark.parametrize("recorded", [False, True])
def test_the_list_of_another_archive_is_never_all_whole(stranger, tmp_path, option, recorded):
    other = new_archive(tmp_path / "other", Clock(), title="Another front")
    if recorded:
        other.add("2024-09-01", [zone(SMALL)], reason="first")
    path = str(tmp_path / "list")
    assert run("verify", "--write-manifest", path, "--archive", str(other.root)).returncode == 0
    answer = run("verify", option, path, "--archive", str(stranger.root))
    assert answer.returncode == 5
    assert "the list of another archive" in answer.stdout


def test_a_file_of_a_branchs_name_is_not_taken_for_the_branch(stranger, monkeypatch):
    monkeypatch.chdir(stranger.root)
    Path("main").write_text("0" * 64 + "  archive.json\n", "utf-8")
    answer = run("verify", "--since", "main")
    assert answer.returncode == 2
    assert "./main" in answer.stderr
