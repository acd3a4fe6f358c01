"""Prove that an archive is whole: every revision, every chain, every copy."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from os.path import samestat
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import copies, history, layout, snapshot_rules
from frontmap.dates import instant_text
from frontmap.errors import FrontmapError, NotFoundError
from frontmap.formats import canonical
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frontmap.model import About, Revision, Snapshot

DAMAGE = frozenset({"damaged", "missing", "stray", "lost", "unseen", *snapshot_rules.OF_A_FILE})
#: Levels of folders that are looked through; revisions lie in the third.
DEEPEST = 8
AHEAD = dt.timedelta(minutes=5)
_SAID_OF_A_COPY = {
    "missing": "the copy is missing; put it back: frontmap fmt",
    "linked": "the copy is the recorded file itself under a second name, so that an edit would "
    "change both; part them: frontmap fmt",
    "stale": "the copy is of an earlier revision; put it back: frontmap fmt",
    "rewritten": "written otherwise, nothing edited; put it back: frontmap fmt",
    "no file": copies.NO_FILE,
}
_RESTORES = (
    "untouched, and still holds the recorded text of the damaged revision; "
    "restore it: cp '{copy}' '{revision}'"
)

_GONE = (
    "holds the whole text of a revision that is not there: it was recorded, and is lost; "
    "restore it: mkdir -p '{revision.parent}' && cp '{copy}' '{revision}'"
)


def inspect(root: Path, about: About, *, now: dt.datetime) -> Iterator[Finding]:
    """Yield what is wrong, oldest date first.

    - ``damaged``: a revision's bytes, name or place are not what was recorded
    - a rule of a snapshot (``status``, ``accuracy``, ``geometry``...): a revision breaks it
    - ``future``: a revision says that it was recorded after ``now``, by more than five minutes
    - ``earlier``: a revision says that it was recorded before one that it supersedes
    - ``linked``: a revision's file has a second name, by which it can be changed
    - ``missing``: a revision is not there that another one supersedes, or that a copy holds
    - ``stray``: a file among the revisions that is none
    - ``unseen``: a folder that cannot be listed
    - ``fork``: a date has two revisions in force
    - ``edited``: a copy was changed and not recorded
    - ``copy``: a copy is missing, stale, written otherwise, of no revision, or of a damaged one

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> first = front.add("2024-08-31", [], reason="nothing was held")
    >>> layout.copy_path(front.root, first).unlink()
    >>> found = inspect(front.root, front.about, now=first.recorded)
    >>> [(found.rule, found.severity) for found in found]
    [('copy', 'warning')]
    """
    revisions: list[Revision] = []
    damaged: set[Path] = set()
    read, checked = layout.Reader(rules=False), snapshot_rules.CheckedZones()
    for path in _files(root / "revisions", root):
        if isinstance(path, Finding):
            yield path
            continue
        try:
            snapshot = _proved(path, read)
        except FrontmapError as error:
            damaged.add(path)
            yield Finding(
                rule="damaged",
                message=str(error),
                path=path,
                date=layout.named_date(path.parent.name),
                names_place=True,
            )
            continue
        revisions.append(snapshot.revision)
        yield from _unsound(snapshot, path, about, checked)
        yield from _doubtful(snapshot.revision, path, root, now)
    for chain in history.chains(revisions).values():
        yield from _gaps(root, chain)
        yield from _out_of_time(root, chain)
    try:
        yield from _copies(root, revisions, damaged)
    except FrontmapError as error:
        yield _unseen(root / "snapshots", error)


def _files(folder: Path, root: Path) -> Iterator[Path | Finding]:
    """Yield each file in a folder and below it, and a finding for what cannot be listed."""
    try:
        listed = storage.entries(folder, below=root)
    except NotFoundError:
        return
    except FrontmapError as error:
        yield _unseen(folder, error)
        return
    for path, kind in listed:
        if kind == "folder" and len(path.relative_to(root).parts) > DEEPEST:
            yield _stray(path)
        elif kind == "folder":
            yield from _files(path, root)
        elif not (path.name.startswith(".") and path.suffix == ".part"):
            yield path if _is_among_revisions(path, root) else _stray(path)


def _is_among_revisions(path: Path, root: Path) -> bool:
    """Whether a file lies where revisions do: ``revisions/YEAR/DATE/``."""
    date = path.parent
    return date.parent.parent == root / "revisions" and layout.named_date(date.name) is not None


def _unseen(folder: Path, error: FrontmapError) -> Finding:
    return Finding(
        rule="unseen",
        message=f"{error}; what it holds is not proved",
        path=folder,
        names_place=True,
    )


def _stray(path: Path) -> Finding:
    message = "no revision of frontmap; move it out of revisions/"
    return Finding(rule="stray", message=message, path=path)


def _proved(path: Path, read: layout.Reader) -> Snapshot:
    """Return a revision of which every byte is as it was recorded."""
    snapshot, text = read(path)
    try:
        again = canonical.dumps(snapshot)
    except FrontmapError as error:
        raise layout.damaged(path, str(error)) from error
    if again != text:
        raise layout.damaged(path, "its text is not canonical")
    return snapshot


def _unsound(
    snapshot: Snapshot, path: Path, about: About, checked: snapshot_rules.CheckedZones
) -> Iterator[Finding]:
    """Yield the rules that a recorded snapshot breaks; makers' overlaps are none of them."""
    for finding in snapshot_rules.check_each(snapshot, about, checked):
        yield replace(finding, path=path)


def _doubtful(revision: Revision, path: Path, root: Path, now: dt.datetime) -> Iterator[Finding]:
    """Yield what a whole revision's file or header makes doubtful."""
    if revision.recorded > now + AHEAD:
        yield Finding(
            rule="future",
            severity="warning",
            message=f"recorded {instant_text(revision.recorded)}, which is still to come: "
            "a clock is wrong, this machine's or that of who recorded it",
            path=path,
            date=revision.date,
        )
    if (names := _names_of(path, root)) > 1:
        yield Finding(
            rule="linked",
            severity="warning",
            message=f"the file has {names} names (hard links), and changes with each of them; "
            f"part them: cp '{path}' '{path}.part' && mv '{path}.part' '{path}'",
            path=path,
            date=revision.date,
        )


def _names_of(path: Path, root: Path) -> int:
    """Count the names of a file but those that a killed writer has left beside it."""
    status = storage.file_status(path, below=root)
    if status.st_nlink == 1:
        return 1
    beside = (each.path for each in storage.entries(path.parent, below=root))
    staged = [each for each in beside if each.name.startswith(f".{path.name}~")]
    same = [samestat(status, storage.file_status(each, below=root)) for each in staged]
    return status.st_nlink - sum(same)


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


def _out_of_time(root: Path, chain: tuple[Revision, ...]) -> Iterator[Finding]:
    """Yield what no clock of frontmap's writes: it dates a revision after all that it follows."""
    recorded = {r.digest: r.recorded for r in chain}
    for revision in chain:
        latest = max((recorded[d] for d in revision.supersedes & recorded.keys()), default=None)
        if latest is not None and revision.recorded < latest:
            yield Finding(
                rule="earlier",
                severity="warning",
                message=f"recorded {instant_text(revision.recorded)}, before what it supersedes "
                f"({instant_text(latest)}): what was known between them is not to be told; "
                "ask whom the archive is from",
                path=layout.revision_path(root, revision),
                date=revision.date,
            )


def _copies(root: Path, revisions: list[Revision], damaged: set[Path]) -> Iterator[Finding]:
    for chain in history.chains(revisions).values():
        ends, copy = history.tips(chain), layout.copy_path(root, chain[0])
        if (held := _alone_holds(copy, root, damaged)) is not None:
            yield held
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
        held = _alone_holds(path, root, damaged)
        yield _copy(path, copies.unrecorded(path)) if held is None else held


def _alone_holds(copy: Path, root: Path, damaged: set[Path]) -> Finding | None:
    """Say of a copy that it still holds the text of a revision that is damaged, or gone."""
    revision = _held_text(root, copy)
    if revision in damaged:
        return _copy(copy, _RESTORES.format(copy=copy, revision=revision))
    if revision is not None and storage.kind_of(revision, below=root) is None:
        return _copy(copy, _GONE.format(copy=copy, revision=revision), rule="missing")
    return None


def _beside(damaged: set[Path], revision: Revision, root: Path) -> bool:
    """Whether a damaged file may be what supersedes a revision: two ends are then no choice yet."""
    return layout.revisions_folder(root, revision.date) in {path.parent for path in damaged}


def _held_text(root: Path, copy: Path) -> Path | None:
    """Return where the revision lies of which a copy holds the text, every byte of it."""
    try:
        text = storage.read(copy, below=root)
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
