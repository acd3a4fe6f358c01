"""Prove that an archive is whole: every revision, every chain, every copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap import canonical, rules, storage
from frontmap.archive import history, layout
from frontmap.errors import ConflictError, FrontmapError, IntegrityError
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frontmap.model import About, Revision

DAMAGE = frozenset({"damaged", "missing", "stray"})


def inspect(root: Path, about: About) -> Iterator[Finding]:
    """Yield what is wrong, oldest date first.

    Rules: ``damaged`` (bytes are not what was recorded), ``missing`` (a superseded revision is not
    there), ``stray`` (a file that is no revision), ``fork`` (two revisions in force), ``edited`` (a
    copy differs from its revision), ``copy`` (a copy is missing or should not be there), and those
    of ``rules`` for each snapshot.
    """
    expected: dict[Path, bytes] = {}
    for folder in layout.date_folders(root):
        revisions: list[Revision] = []
        for path in sorted(p for p in folder.iterdir() if p.name != ".gitignore"):
            if path.name.startswith(".") and path.name.endswith(".part"):
                continue
            if path.name.startswith(".") or not layout.REVISION_NAME.fullmatch(path.name):
                yield Finding(rule="stray", message=f"{path}: no revision of frontmap", path=path)
                continue
            try:
                revisions.append(_proved(path))
            except IntegrityError as error:
                yield Finding(rule="damaged", message=str(error), path=path)
        yield from _chain_findings(folder, revisions)
        for chain in history.chains(revisions).values():
            try:
                current = history.in_force(chain)
            except ConflictError as error:
                yield Finding(rule="fork", message=str(error), date=chain[0].date)
                expected.update(dict.fromkeys((layout.copy_path(root, r) for r in chain), b""))
                continue
            if current is not None:
                data = storage.read(layout.revision_path(root, current))
                expected[layout.copy_path(root, current)] = data
                yield from rules.check(canonical.loads(data), about, overlaps="keep")
    yield from _copy_findings(root, expected)


def _proved(path: Path) -> Revision:
    """Return the header of a revision of which every byte is as it was recorded."""
    revision = layout.read_header(path)
    data = storage.read(path)
    snapshot = layout.read_snapshot(path, revision.digest)
    try:
        again = canonical.dumps(snapshot)
    except FrontmapError as error:
        raise layout.damaged(path, str(error)) from error
    if again != data:
        raise layout.damaged(path, "its text is not canonical")
    return revision


def _chain_findings(folder: Path, revisions: list[Revision]) -> Iterator[Finding]:
    digests = {r.digest for r in revisions}
    for revision in revisions:
        for lost in sorted(revision.supersedes - digests):
            path = layout.revision_path(folder.parents[2], revision)
            yield Finding(
                rule="missing",
                message=f"{folder}: revision {lost[:12]} is missing, which {path.name} supersedes; "
                "restore it from git or another copy of the archive",
                path=folder,
                date=revision.date,
            )


def _copy_findings(root: Path, expected: dict[Path, bytes]) -> Iterator[Finding]:
    there = set((root / "snapshots").glob("*/*.geojson"))
    for path in sorted(there | set(expected)):
        if path not in expected:
            yield _copy(path, "no revision in force has this copy; remove it: frontmap fmt")
        elif path not in there:
            yield _copy(path, "the copy is missing; put it back: frontmap fmt")
        elif expected[path] and storage.read(path) != expected[path]:
            yield Finding(
                rule="edited",
                severity="warning",
                message=f"{path}: edited, not recorded; record it: frontmap correct "
                f"{path.stem[:10]} --reason …, or put the copy back: frontmap fmt",
                path=path,
                date=layout.dated(path.stem[:10]),
            )


def _copy(path: Path, what: str) -> Finding:
    date = layout.dated(path.stem[:10])
    return Finding(rule="copy", severity="warning", message=f"{path}: {what}", path=path, date=date)
