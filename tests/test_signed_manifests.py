"""Lists that follow each other and are signed: a rewritten or missing end shows without git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from frontmap.archive import layout
from frontmap.facts.tables import TABLES
from fronts import LARGE, SMALL, Clock, new_archive, zone
from verbs import run, within

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed (openssh-client)"
)


class Mapper:
    """A mapper with an archive, its list beside it, and a key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.archive = new_archive(folder / "front", self.clock)
        self.archive.add("2024-08-30", [zone(SMALL)], reason="first")
        self.archive.add("2024-08-31", [zone(SMALL)], reason="first")
        (self.archive.root / "reported.csv").write_text("as_of\n", "utf-8")
        self.list = folder / "front.sha256"

    def key(self, name: str = "key") -> Path:
        path = self.folder / name
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name}@x", "-f", str(path)]
        subprocess.run(words, check=True)
        return path

    def verify(self, *words: object, code: int = 0) -> str:
        answer = run("verify", *map(str, words), "--archive", str(self.archive.root))
        assert answer.returncode == code, answer
        return answer.stdout + answer.stderr

    def write(self, *words: object, code: int = 0) -> str:
        return self.verify("--write-manifest", self.list, *words, code=code)

    def correct(self, ground=LARGE) -> None:
        self.clock.set(f"2026-09-{int(f'{self.clock():%d}') + 1:02}T10:00:00+00:00")
        self.archive.correct("2024-08-31", [zone(ground)], reason="x")

    def lose_the_end(self) -> None:
        """Delete the last revision and put back the copy: what is left proves itself whole."""
        last = max((self.archive.root / "revisions").rglob("*.geojson"))
        last.unlink()
        if not list(last.parent.iterdir()):
            last.parent.rmdir()
        shutil.rmtree(self.archive.root / "snapshots")
        self.archive.put_back()

    def rewrite(self) -> None:
        """Put another history in the place of the whole one, every digest right."""
        other = new_archive(self.folder / "other", Clock())
        other.add("2024-08-30", [zone(LARGE)], reason="first")
        other.add("2024-08-31", [zone(LARGE)], reason="first")
        for name in ("revisions", "snapshots"):
            shutil.rmtree(self.archive.root / name)
            shutil.copytree(other.root / name, self.archive.root / name)


@pytest.fixture
def mapper(tmp_path):
    return Mapper(tmp_path)


def follows(path: Path) -> list[str]:
    return re.findall(r"^# follows ([0-9a-f]{64})$", path.read_text("utf-8"), re.MULTILINE)


def sha256sum(path: Path) -> str:
    done = subprocess.run(["sha256sum", str(path)], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def test_a_list_names_each_that_it_follows_and_sha256sum_still_checks_it(mapper):
    digests: list[str] = []
    for _ in range(3):
        said = mapper.write()
        assert follows(mapper.list) == digests
        digests.append(sha256sum(mapper.list))
        assert digests[-1] in said
        mapper.correct(SMALL if len(digests) % 2 == 0 else LARGE)
    words = ["sha256sum", "--check", "--strict", "--quiet", str(mapper.list)]
    subprocess.run(words, cwd=mapper.archive.root, check=True)


def test_a_list_lists_revisions_tables_and_archive_json(mapper):
    repairs = mapper.archive.root / "repairs/2024"
    repairs.mkdir(parents=True)
    (repairs / "a.csv").write_text("file\n", "utf-8")
    mapper.write()
    names = {line[66:] for line in mapper.list.read_text("utf-8").splitlines() if line[0] != "#"}
    revisions = {
        layout.revision_path(mapper.archive.root, r).relative_to(mapper.archive.root).as_posix()
        for r in mapper.archive.revisions()
    }
    assert names == {"archive.json", *TABLES, "repairs/2024/a.csv", *revisions}


def test_a_list_of_what_has_not_changed_stays_as_it_is(mapper):
    mapper.write()
    before = mapper.list.read_bytes()
    mapper.write()
    assert mapper.list.read_bytes() == before


AGAINST_THE_EARLIER = {
    "the end is lost": (Mapper.lose_the_end, 5),
    "history is rewritten": (Mapper.rewrite, 5),
    "a table is gone": (lambda m: (m.archive.root / "reported.csv").unlink(), 1),
}


@pytest.mark.parametrize("name", AGAINST_THE_EARLIER)
def test_no_list_is_written_over_one_that_what_is_there_contradicts(mapper, name):
    spoil, code = AGAINST_THE_EARLIER[name]
    mapper.correct()
    mapper.write()
    before = mapper.list.read_bytes()
    spoil(mapper)
    mapper.verify()
    mapper.write(code=code)
    assert mapper.list.read_bytes() == before


def test_a_file_that_is_no_list_is_not_written_over(mapper):
    mapper.list.write_text("mine\n", "utf-8")
    assert "--force" in mapper.write(code=4)
    assert mapper.list.read_text("utf-8") == "mine\n"
    mapper.write("--force")
    assert follows(mapper.list) == []


def test_two_lists_of_which_one_does_not_follow_the_other_are_of_two_series(mapper):
    mapper.write()
    first = mapper.folder / "first"
    shutil.copy(mapper.list, first)
    mapper.correct()
    mapper.write()
    mapper.verify("--manifest", mapper.list, "--since", first)
    mapper.write("--force")
    said = mapper.verify("--manifest", mapper.list, "--since", first, code=1)
    assert "does not follow" in said


@pytest.mark.parametrize(
    "name", ["a\nb.csv", "\\.csv", " .csv", "é.csv", "a\rb.csv", os.fsdecode(b"\xff.csv")]
)
def test_a_name_in_a_list_is_one_name_whatever_it_holds(mapper, name):
    forged = f"x\n{'0' * 64}  archive.json\n.csv" if name == "a\nb.csv" else name
    (mapper.archive.root / forged).write_text("x", "utf-8")
    mapper.write()
    mapper.verify("--manifest", mapper.list)
    (mapper.archive.root / forged).write_text("y", "utf-8")
    mapper.verify("--manifest", mapper.list, code=1)


def test_a_list_that_names_a_file_twice_is_refused(mapper):
    mapper.write()
    with mapper.list.open("a", encoding="utf-8") as file:
        file.write(f"{'0' * 64}  archive.json\n")
    assert "a second time" in mapper.verify("--since", mapper.list, code=1)


@pytest.fixture
def signed(mapper):
    mapper.correct()
    mapper.key()
    mapper.write("--sign", mapper.folder / "key")
    return mapper


def proved(mapper, option="--manifest", code=0, keys="key.pub"):
    return mapper.verify(option, mapper.list, "--signature", mapper.folder / keys, code=code)


@needs_ssh_keygen
def test_a_signed_list_is_proved_by_the_key_that_the_reader_has(signed):
    said = proved(signed)
    assert f"{signed.list}: signed by key@x" in said
    assert f"12 files as listed in {signed.list}" in said
    assert "nothing of 12 files" in proved(signed, "--since")


@needs_ssh_keygen
def test_a_file_of_allowed_signers_names_who_signed(signed):
    public = (signed.folder / "key.pub").read_text("utf-8")
    for text, code in (
        (f"ann@example.org {public}", 0),
        (f'ann@example.org,*@x namespaces="frontmap" {public}', 0),
        (f'ann@example.org namespaces="git" {public}', 5),
        (f'ann@example.org valid-before="20200101" {public}', 5),
        ("", 5),
        ("# nobody\n", 5),
    ):
        (signed.folder / "allowed").write_text(text, "utf-8")
        said = proved(signed, keys="allowed", code=code)
        assert code or "signed by ann@example.org" in said


def list_edited(m: Mapper) -> None:
    """The archive is rewritten, and the list with it, but nobody has the key to sign that."""
    m.rewrite()
    signature = m.list.with_name(f"{m.list.name}.sig")
    keep = signature.read_bytes()
    signature.unlink()
    m.write("--force")
    signature.write_bytes(keep)


def signature_of_another_list(m: Mapper) -> None:
    other = m.folder / "other.sha256"
    m.correct(SMALL)
    m.verify("--write-manifest", other, "--sign", m.folder / "key")
    shutil.copy(f"{other}.sig", f"{m.list}.sig")


def signed_by_somebody_else(m: Mapper) -> None:
    m.write("--sign", m.key("other"))


def signed_for_another_purpose(m: Mapper) -> None:
    Path(f"{m.list}.sig").unlink()
    words = [
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-n",
        "file",
        "-f",
        str(m.folder / "key"),
        str(m.list),
    ]
    subprocess.run(words, check=True, capture_output=True)


TAMPERED = {
    # what was done: (how, exit code with --manifest, with --since)
    "a revision is rewritten, with its digest and all that follow": (Mapper.rewrite, 5, 5),
    "the last revision is removed": (Mapper.lose_the_end, 5, 5),
    "a table is edited": (
        lambda m: (m.archive.root / "reported.csv").write_text("as_of,x\n", "utf-8"), 1, 0
    ),
    "archive.json is edited": (
        lambda m: (m.archive.root / "archive.json").write_bytes(
            (m.archive.root / "archive.json").read_bytes().replace(b"A front", b"A Front")
        ), 1, 0,
    ),
    "a table is removed": (lambda m: (m.archive.root / "reported.csv").unlink(), 1, 1),
    "the list is edited to suit": (list_edited, 5, 5),
    "the signature is of another list": (signature_of_another_list, 5, 5),
    "the signature is somebody else's": (signed_by_somebody_else, 5, 5),
    "the signature is for another purpose": (signed_for_another_purpose, 5, 5),
    "the signature is gone": (lambda m: Path(f"{m.list}.sig").unlink(), 3, 3),
    "the signature is no signature": (lambda m: Path(f"{m.list}.sig").write_bytes(b"x"), 5, 5),
    "the signature has no end": (
        lambda m: Path(f"{m.list}.sig").write_bytes(b"-----BEGIN SSH SIGNATURE-----\n" * 9), 5, 5
    ),
    "the signature is too long": (lambda m: Path(f"{m.list}.sig").write_bytes(bytes(2**21)), 1, 1),
}  # fmt: skip


@needs_ssh_keygen
@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_shows(signed, name):
    spoil, strict, grown = TAMPERED[name]
    spoil(signed)
    proved(signed, "--manifest", code=strict)
    proved(signed, "--since", code=grown)


@needs_ssh_keygen
def test_an_older_signed_list_with_the_archive_of_then_is_told_only_by_a_newer_list(signed):
    older = shutil.copytree(signed.archive.root, signed.folder / "older")
    for name in (signed.list.name, f"{signed.list.name}.sig"):
        shutil.copy(signed.folder / name, signed.folder / f"older-{name}")
    signed.correct(SMALL)
    signed.write("--sign", signed.folder / "key")
    keys = ["--signature", str(signed.folder / "key.pub"), "--archive", str(older)]
    replayed = str(signed.folder / f"older-{signed.list.name}")
    assert run("verify", "--manifest", replayed, *keys).returncode == 0
    assert run("verify", "--since", str(signed.list), *keys).returncode == 5
    assert run("verify", "--manifest", replayed, "--since", str(signed.list), *keys).returncode == 5


@needs_ssh_keygen
@pytest.mark.parametrize("how", ["in it", "by a link"])
def test_keys_that_the_archive_brings_are_not_believed(signed, how):
    inside = shutil.copy(signed.folder / "key.pub", signed.archive.root / "key.pub")
    keys = Path(inside)
    if how == "by a link":
        keys = signed.folder / "linked.pub"
        keys.symlink_to(inside)
    said = signed.verify("--manifest", signed.list, "--signature", keys, code=2)
    assert "lies in the archive" in said


@needs_ssh_keygen
def test_a_new_list_does_not_leave_the_signature_of_the_old_one_beside_it(signed):
    signed.correct(SMALL)
    before = signed.list.read_bytes()
    assert "would no longer be the signature" in signed.write(code=4)
    assert signed.list.read_bytes() == before
    signed.write("--sign", signed.folder / "key")
    proved(signed)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--sign", "key"], 2),
        (["--signature", "key.pub"], 2),
        (["--signature", "key.pub", "--since", "HEAD"], 2),
        (["--write-manifest", "list", "--sign", "no such key"], 3),
    ],
)
def test_what_does_not_go_together_is_said(mapper, monkeypatch, words, code):
    monkeypatch.chdir(mapper.folder)
    mapper.verify(*words, code=code)
    assert not Path("list").exists()


@needs_ssh_keygen
def test_a_key_that_does_not_sign_writes_nothing(mapper):
    (mapper.folder / "key").write_text("no key\n", "utf-8")
    (mapper.folder / "key").chmod(0o600)
    assert "signs nothing" in mapper.write("--sign", mapper.folder / "key", code=1)
    assert not mapper.list.exists()


@pytest.mark.parametrize("option", ["--sign", "--signature"])
def test_a_pipe_in_the_place_of_a_key_is_not_waited_for(mapper, option):
    os.mkfifo(mapper.folder / "pipe")
    if option == "--signature":
        mapper.write()
    asked = "--write-manifest" if option == "--sign" else "--manifest"
    with within(20):
        said = mapper.verify(asked, mapper.list, option, mapper.folder / "pipe", code=1)
    assert "pipe: is a pipe" in said


def test_without_ssh_keygen_it_is_said_what_is_missing(mapper, monkeypatch):
    mapper.write()
    (mapper.folder / "key").write_text("ssh-ed25519 x", "utf-8")
    Path(f"{mapper.list}.sig").write_text("x", "utf-8")
    monkeypatch.setenv("PATH", "")
    said = proved(mapper, keys="key", code=3)
    assert "ssh-keygen is not installed" in said


@needs_ssh_keygen
def test_a_program_of_that_name_where_one_happens_to_be_is_not_run(signed, monkeypatch):
    here = signed.folder / "here"
    here.mkdir()
    program = here / "ssh-keygen"
    program.write_text(f"#!/bin/sh\ntouch '{here}/it ran'\necho Good\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(here)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    proved(signed)
    assert not (here / "it ran").exists()


@needs_ssh_keygen
def test_the_commands_of_the_docs_sign_and_prove(mapper, monkeypatch):
    page = Path(__file__).parent.parent / "docs/reliability.md"
    (script,) = re.findall(r"```sh\n(frontmap verify.*?)```", page.read_text("utf-8"), re.DOTALL)
    monkeypatch.setenv("HOME", str(mapper.folder))
    (mapper.folder / ".ssh").mkdir()
    mapper.key(".ssh/id_ed25519")
    shutil.copy(mapper.folder / ".ssh/id_ed25519.pub", mapper.folder / "mapper.pub")
    shutil.move(mapper.archive.root, mapper.folder / "kursk")
    program = f"{sys.executable} -c 'import frontmap.cli; frontmap.cli.main()' "
    done = subprocess.run(
        ["bash", "-ec", script.replace("frontmap verify", f"{program}verify")],
        cwd=mapper.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "signed by" in done.stderr


def test_a_list_of_what_cannot_be_read_is_not_written(mapper):
    (mapper.archive.root / "places.csv").unlink()
    os.mkfifo(mapper.archive.root / "places.csv")
    assert "places.csv: is a pipe" in mapper.write(code=1)
    assert not mapper.list.exists()
