"""What a git revision has of an archive, by the names of its trees alone: no file is read."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from frontmap.archive import git_folder
from frontmap.archive.manifests import Manifest, is_listed, may_hold_listed
from frontmap.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from frontmap.archive.git_folder import GitObject, Objects

    Entries = dict[bytes, tuple[bytes, str]]

MOST_ENTRIES = 1_000_000
_FOLDER, _SUBMODULE, _LINK = b"40000", b"160000", b"120000"


def read_listing(root: Path, revision: str) -> Manifest:
    """Return the files of the archive as a git revision has them, each by its name in git.

    Nothing that the repository configures is in force (see ``git_folder``), nothing is fetched.

    Raises ``NotFoundError`` where there is no repository or no such revision, and ``InputError``
    for a revision that has no archive in this folder, is no commit, or is not all there.

    >>> from pathlib import Path
    >>> read_listing(Path("geodata/kursk"), "no-such-revision")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: geodata/kursk: neither a file nor a revision of git: ...
    """
    folder = root.resolve()
    try:
        repository = git_folder.find(folder)
    except NotFoundError as error:
        raise NotFoundError(f"{root}: neither a file nor a revision of git: {error}") from error
    with git_folder.open_objects(repository) as objects:
        commit = _commit(objects, root, revision)
        within = folder.relative_to(repository.top)
        trees = _Trees(objects, f"{root}: {revision}")
        entries = trees.read(objects.find(f"{commit.name}^{{tree}}"))
        for part in within.parts:
            entries = trees.below(entries, os.fsencode(part)) or {}
        if b"archive.json" not in entries:
            raise InputError(
                f"{root}: {revision} has no archive in {within}/, so there is nothing to compare; "
                "if it lay elsewhere then, check that revision out beside "
                "(git worktree add ../then REV), write its list there "
                "(frontmap verify --write-manifest FILE) and give that file"
            )
        digests = dict(trees.listed(entries))
    return Manifest(digests, digest_of=_name_in_git(len(commit.name)))


def knows(root: Path, revision: str) -> bool:
    """Whether the archive lies in a git repository that knows such a revision.

    >>> from pathlib import Path
    >>> knows(Path("geodata/kursk"), "no-such-revision")
    False
    """
    try:
        with git_folder.open_objects(git_folder.find(root.resolve())) as objects:
            return objects.find(revision) is not None
    except NotFoundError:
        return False


def _commit(objects: Objects, root: Path, revision: str) -> GitObject:
    found = objects.find(revision) if revision else None
    if found is None:
        raise NotFoundError(
            f"{root}: neither a file nor a revision of git: {revision!r}; "
            "give a file, a branch, a tag or a commit"
        )
    objects.require_small(found)
    commit = objects.find(f"{found.name}^{{commit}}")
    if commit is None:
        raise InputError(
            f"{root}: {revision} is no commit in git but a {found.type}, so there is nothing to "
            "compare; give a branch, a tag or a commit"
        )
    return commit


class _Trees:
    """Reads the folders of one commit, which may be made to have no end."""

    def __init__(self, objects: Objects, place: str) -> None:
        self._objects = objects
        self._place = place
        self._count = 0

    def read(self, tree: GitObject | None) -> Entries:
        if tree is None or tree.type != "tree":
            raise InputError(
                f"{self._place}: git has not all of this revision here, and frontmap fetches "
                "nothing; fetch it first (git fetch --unshallow or --refetch)"
            )
        entries = {
            name: (mode, digest)
            for mode, name, digest in _entries(self._objects.read(tree), len(tree.name) // 2)
        }
        self._count += len(entries)
        if self._count > MOST_ENTRIES:
            raise InputError(f"{self._place}: lists more than {MOST_ENTRIES} files")
        return entries

    def below(self, entries: Entries, name: bytes) -> Entries | None:
        mode, digest = entries.get(name, (b"", ""))
        return self.read(self._objects.find(digest)) if mode == _FOLDER else None

    def listed(self, entries: Entries, prefix: str = "") -> Iterator[tuple[str, str]]:
        for raw, (mode, digest) in sorted(entries.items()):
            name = f"{prefix}{os.fsdecode(raw)}"
            if mode == _FOLDER and may_hold_listed(name):
                yield from self.listed(self.below(entries, raw) or {}, f"{name}/")
            elif mode in {_SUBMODULE, _LINK} and (is_listed(name) or may_hold_listed(name)):
                raise InputError(
                    f"{self._place}: has a link or a submodule at {name}, "
                    "which is no file of an archive"
                )
            elif mode != _FOLDER and is_listed(name):
                yield name, digest


def _entries(tree: bytes, width: int) -> Iterator[tuple[bytes, bytes, str]]:
    """Yield mode, name and digest of each entry of a tree: mode, space, name, zero, digest."""
    at = 0
    while at < len(tree):
        end = tree.find(b"\0", at)
        mode, space, name = tree[at:end].partition(b" ")
        digest = tree[end + 1 : end + 1 + width]
        if end < 0 or not space or len(digest) != width:
            raise InputError("a tree of git is damaged; to see which: git fsck")
        yield mode, name, digest.hex()
        at = end + 1 + width


def _name_in_git(length: int) -> Callable[[bytes], str]:
    """Return how git names a file's content in a repository whose names are so long."""
    algorithm = (
        "sha1" if length == len(hashlib.sha1(usedforsecurity=False).hexdigest()) else "sha256"
    )

    def digest_of(data: bytes) -> str:
        named = hashlib.new(algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
        named.update(data)
        return named.hexdigest()

    return digest_of
