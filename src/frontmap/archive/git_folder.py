"""Read a git repository that a stranger may have made: nothing that it configures is in force.

git runs whatever a repository's configuration, hooks and attributes name, and fetches what is
missing from wherever it says. So git never sees those: it is given an empty repository of ours,
with copies of the refs, and finds the objects, which are data, in the other one's folder.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, Self, cast

from frontmap import storage
from frontmap.archive.programs import search_path
from frontmap.errors import InputError, NotFoundError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

LONGEST_SILENCE_S = 20.0
LARGEST_OBJECT = 2**24
#: What git may take at once: it reads a commit whole to tell what it leads to.
_MOST_ALLOCATED = 4 * LARGEST_OBJECT
MOST_REFS = 100_000
_LARGEST_REF = 2**12
_DEEPEST_REF = 32
_LARGEST_PACKED_REFS = 2**26
_SHA256_REF = re.compile(rb"(?:^|\s)[0-9a-f]{64}(?:\s|$)")
_CONFIG = "[core]\n\tbare = true\n\tcommitGraph = false\n\tmultiPackIndex = false\n"
_FORMAT = "\trepositoryformatversion = {version}\n[extensions]\n\tobjectFormat = {name}\n"
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOC_LIMIT": str(_MOST_ALLOCATED),
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class GitFolder(NamedTuple):
    """Where a repository keeps what it holds: its top folder, its ``HEAD``, all else."""

    top: Path
    head: Path
    common: Path


class GitObject(NamedTuple):
    """What git says of an object before it is read: its name, type and size in bytes."""

    name: str
    type: str
    size: int


def find(folder: Path) -> GitFolder:
    """Return the repository that a folder lies in: the nearest ``.git`` at it or above.

    Raises ``NotFoundError`` where there is none, and ``InputError`` for one that leads elsewhere
    by a link, by a file that no worktree or submodule has, or by objects borrowed from another.

    >>> import tempfile
    >>> find(Path(tempfile.mkdtemp()))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: ...: lies in no git repository
    """
    for top in (folder, *folder.parents):
        entry = top / ".git"
        if entry.is_symlink():
            raise InputError(f"{entry}: is a link; frontmap reads no repository through a link")
        if entry.is_dir():
            return _without_detours(GitFolder(top, entry, entry))
        if entry.exists():
            return _without_detours(_elsewhere(top, entry))
    raise NotFoundError(f"{folder}: lies in no git repository")


def _elsewhere(top: Path, entry: Path) -> GitFolder:
    """Follow the ``.git`` file of a worktree or a submodule, if what it names answers to it."""
    head = _named_folder(entry, b"gitdir: ", top)
    if (head / "commondir").exists():
        common = _named_folder(head / "commondir", b"", head)
        if head.parent == common / "worktrees" and _named_folder(head / "gitdir", b"", head) == (
            entry.resolve()
        ):
            return GitFolder(top, head, common)
    elif any(above / ".git" in head.parents for above in top.parents):
        return GitFolder(top, head, head)
    raise InputError(f"{entry}: names {head}, which is neither a worktree nor a submodule of it")


def _named_folder(file: Path, prefix: bytes, base: Path) -> Path:
    text = _text(file)
    if not text.startswith(prefix):
        raise InputError(f"{file}: is no file of git's")
    return (base / os.fsdecode(text.removeprefix(prefix).rstrip(b"\r\n"))).resolve()


def _text(file: Path, most: int = _LARGEST_REF) -> bytes:
    return storage.read(file, below=file.parent, most=most)


def _without_detours(folder: GitFolder) -> GitFolder:
    objects = folder.common / "objects"
    if storage.kind_of(objects, below=folder.common) is None:
        return folder
    inside = [entry.path for entry in storage.entries(objects, below=folder.common)]
    for each in inside:
        if storage.kind_of(each, below=folder.common) != "folder":
            storage.require_plain_or_missing(each, below=folder.common)
            continue
        for path, kind in storage.entries(each, below=folder.common):
            if kind in {"link", "other"}:
                storage.require_plain_or_missing(path, below=folder.common)
            if path.name in {"alternates", "http-alternates"}:
                raise InputError(
                    f"{path}: the repository borrows objects from elsewhere, which frontmap "
                    f"does not follow; to copy them here: git repack -a -d && rm '{path}'"
                )
    return folder


class Objects:
    """The objects of a repository, asked for one at a time: the size first, then the content."""

    def __init__(self, folder: GitFolder, environment: dict[str, str]) -> None:
        self._folder = folder
        self._check = _start(environment, "--batch-check")
        self._batch = _start(environment, "--batch")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in (self._check.process, self._batch.process):
            process.kill()
            process.communicate()

    def find(self, expression: str) -> GitObject | None:
        """Return what an expression such as ``HEAD^{commit}`` names; None when nothing does."""
        if "\n" in expression or "\0" in expression:
            return None
        line = self._check.ask(os.fsencode(expression), self._folder)
        name, _, rest = line.rpartition(" ")[0].partition(" ")
        size = line.rpartition(" ")[2]
        return GitObject(name, rest, int(size)) if rest and size.isdecimal() else None

    def require_small(self, found: GitObject) -> None:
        """Raise ``InputError`` for an object that is too large to be read."""
        if found.size > LARGEST_OBJECT:
            raise InputError(
                f"{self._folder.common}: {found.type} {found.name[:12]} has {found.size} bytes; "
                f"frontmap reads {LARGEST_OBJECT} at most"
            )

    def read(self, found: GitObject) -> bytes:
        """Return the bytes of an object; raises ``InputError`` when it is too large."""
        self.require_small(found)
        self._batch.ask(found.name.encode(), self._folder)
        return self._batch.take(found.size + 1, self._folder)[:-1]


class _Dialogue:
    """A ``git cat-file`` that answers a line with a line, and is given up when it falls silent."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._asks = cast("IO[bytes]", process.stdin)
        self._answers = cast("IO[bytes]", process.stdout)
        self._read = bytearray()

    def ask(self, line: bytes, folder: GitFolder) -> str:
        with suppress(BrokenPipeError):  # then the answer ends early, which is said
            self._asks.write(line + b"\n")
            self._asks.flush()
        while b"\n" not in self._read:
            self._more(folder)
            if len(self._read) > 2 * LARGEST_OBJECT:
                raise InputError(f"{folder.common}: git answers without an end")
        answer, _, rest = bytes(self._read).partition(b"\n")
        self._read[:] = rest
        return os.fsdecode(answer)

    def take(self, size: int, folder: GitFolder) -> bytes:
        while len(self._read) < size:
            self._more(folder)
        taken = bytes(self._read[:size])
        del self._read[:size]
        return taken

    def _more(self, folder: GitFolder) -> None:
        ready, _, _ = select.select([self._answers], [], [], LONGEST_SILENCE_S)
        if not ready:
            raise StorageError(
                f"{folder.common}: git has said nothing for {LONGEST_SILENCE_S:g} s; "
                "give a manifest file instead"
            )
        data = os.read(self._answers.fileno(), 2**16)
        if not data:
            raise InputError(f"{folder.common}: git cannot read it; to see why: git fsck")
        self._read += data


def _start(environment: dict[str, str], how: str) -> _Dialogue:
    try:
        process = subprocess.Popen(
            ["git", "cat-file", how],
            cwd=environment["GIT_DIR"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise NotFoundError("git is not installed; give a manifest file instead") from None
    return _Dialogue(process)


@contextmanager
def open_objects(folder: GitFolder) -> Iterator[Objects]:
    """Open a repository's objects to an empty repository of ours that has copies of its refs.

    Raises ``InputError`` where its refs are kept in a form that has no plain files, or are
    more than ``MOST_REFS``.

    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = subprocess.run(["git", "init", "-q", folder], check=True)
    >>> with open_objects(find(folder)) as objects:
    ...     objects.find("HEAD^{commit}") is None
    True
    """
    with tempfile.TemporaryDirectory(prefix="frontmap-git-") as made:
        ours = Path(made)
        (ours / "refs").mkdir()
        (ours / "objects").mkdir()
        refs = dict(_refs(folder))
        for name, text in refs.items():
            path = ours / name
            path.parent.mkdir(parents=True, exist_ok=True)
            storage.write_scratch(path, text)
        long_names = any(_SHA256_REF.search(text) for text in refs.values())
        named = _FORMAT.format(version=1, name="sha256") if long_names else ""
        storage.write_scratch(ours / "config", (_CONFIG + named).encode())
        environment = {
            **_ENVIRONMENT,
            "PATH": search_path(),
            "HOME": made,
            "XDG_CONFIG_HOME": made,
            "GIT_DIR": made,
            "GIT_OBJECT_DIRECTORY": str(folder.common / "objects"),
        }
        with Objects(folder, environment) as objects:
            yield objects


def _refs(folder: GitFolder) -> Iterator[tuple[str, bytes]]:
    head = _text(folder.head / "HEAD")
    if b"refs/heads/.invalid" in head:
        raise InputError(
            f"{folder.common}: keeps its refs as reftable, which frontmap does not read; "
            "give a manifest file instead"
        )
    yield "HEAD", head
    with suppress(NotFoundError):
        yield "packed-refs", _text(folder.common / "packed-refs", _LARGEST_PACKED_REFS)
    folders, count = [folder.common / "refs"], 0
    while folders:
        for path, kind in storage.entries(folders.pop(), below=folder.common):
            name = path.relative_to(folder.common)
            count += 1
            if count > MOST_REFS or len(name.parts) > _DEEPEST_REF:
                raise InputError(
                    f"{folder.common}: has more than {MOST_REFS} refs, or one of more than "
                    f"{_DEEPEST_REF} parts; git pack-refs"
                )
            if kind == "folder":
                folders.append(path)
            else:
                yield name.as_posix(), _text(path)
