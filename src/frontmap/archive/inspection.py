"""Prove that an archive is whole: every revision, every chain, every copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import copies, history, layout
from frontmap.errors import FrontmapError, IntegrityError
from frontmap.formats import canonical
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frontmap.model import Revision

DAMAGE = frozenset({"damaged", "missing", "stray", "lost"})
_SAID_OF_A_COPY = {
    "missing": "the copy is missing; put it back: frontmap fmt",
    "stale": "the copy is of an earlier revision; put it back: frontmap fmt",
    "rewritten": "written otherwise, nothing edited; put it back: frontmap fmt",
}
_RESTORES = (
    "untouched, and still holds the recorded text of the damaged revision; "
    "restore it: cp '{copy}' '{revision}'"
)


def inspect(root: Path) -> Iterator[Finding]:
    """Yield what is wrong, oldest date first.

    - ``damaged``: a revision's bytes, name or place are not what was recorded
    - ``missing``: a revision that another one supersedes is not there
    - ``stray``: a file among the revisions that is none
    - ``fork``: a date has two revisions in force
    - ``edited``: a copy was changed and not recorded
    - ``copy``: a copy is missing, stale, written otherwise, of no revision, or of a damaged one

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> first = front.add("2024-08-31", [], reason="nothing was held")
    >>> layout.copy_path(front.root, first).unlink()
    >>> [(found.rule, found.severity) for found in inspect(front.root)]
    [('copy', 'warning')]
    """
    revisions: list[Revision] = []
    damaged: set[Path] = set()
    read = layout.Reader()
    for folder in layout.date_folders(root):
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") and path.name.endswith(".part"):
                continue
            try:
                revisions.append(_proved(path, read))
            except IntegrityError as error:
                damaged.add(path)
                yield Finding(
                    rule="damaged",
                    message=str(error),
                    path=path,
                    date=layout.named_date(folder.name),
                    names_place=True,
                )
    yield from _strays(root)
    for chain in history.chains(revisions).values():
        yield from _gaps(root, chain)
    yield from _copies(root, revisions, damaged)


def _proved(path: Path, read: layout.Reader) -> Revision:
    """Return the header of a revision of which every byte is as it was recorded."""
    snapshot, text = read(path)
    try:
        again = canonical.dumps(snapshot)
    except FrontmapError as error:
        raise layout.damaged(path, str(error)) from error
    if again != text:
        raise layout.damaged(path, "its text is not canonical")
    return snapshot.revision


def _strays(root: Path) -> Iterator[Finding]:
    known = {path for folder in layout.date_folders(root) for path in folder.iterdir()}
    for path in sorted((root / "revisions").rglob("*")):
        if path not in known and not path.is_dir():
            message = "no revision of frontmap; move it out of revisions/"
            yield Finding(rule="stray", message=message, path=path)


def _gaps(root: Path, chain: tuple[Revision, ...]) -> Iterator[Finding]:
    digests = {r.digest for r in chain}
    for revision in chain:
        path = layout.revision_path(root, revision)
        for lost in sorted(revision.supersedes - digests):
            yield Finding(
                rule="missing",
                message=f"revision {lost[:12]} is missing, which {path.name} supersedes; "
                "restore it from git or another copy of the archive",
                path=path.parent,
                date=revision.date,
            )


def _copies(root: Path, revisions: list[Revision], damaged: set[Path]) -> Iterator[Finding]:
    for chain in history.chains(revisions).values():
        ends, copy = history.tips(chain), layout.copy_path(root, chain[0])
        if (revision := _held_text(root, copy)) in damaged:
            yield _copy(copy, _RESTORES.format(copy=copy, revision=revision))
        elif len(ends) > 1:
            if not _beside(damaged, chain[0], root):
                yield Finding(
                    rule="fork",
                    message=str(history.fork(ends)),
                    path=copy,
                    date=chain[0].date,
                    names_place=True,
                )
        elif (state := copies.copy_state(root, chain)) == "edited":
            yield _copy(copy, copies.unrecorded(copy, chain), rule="edited")
        elif state != "good":
            yield _copy(copy, _SAID_OF_A_COPY[state])
    for path in copies.unexplained(root, revisions):
        held = (revision := _held_text(root, path)) in damaged
        restores = _RESTORES.format(copy=path, revision=revision)
        yield _copy(path, restores if held else copies.unrecorded(path))


def _beside(damaged: set[Path], revision: Revision, root: Path) -> bool:
    """Whether a damaged file may be what supersedes a revision: two ends are then no choice yet."""
    return layout.revisions_folder(root, revision.date) in {path.parent for path in damaged}


def _held_text(root: Path, copy: Path) -> Path | None:
    """Return where the revision lies of which a copy holds the text, every byte of it."""
    try:
        text = storage.read(copy)
        revision = canonical.loads_header(text)
    except FrontmapError:
        return None
    if revision is None or canonical.digest_of(text) != revision.digest:
        return None
    return layout.revision_path(root, revision)


def _copy(path: Path, what: str, *, rule: str = "copy") -> Finding:
    return Finding(
        rule=rule,
        severity="warning",
        message=what,
        path=path,
        date=layout.named_date(path.stem[:10]),
    )
