"""The copies of the revisions in force: to open, link to and edit; and how to put them back."""

from __future__ import annotations

from os.path import samestat
from typing import TYPE_CHECKING, Literal

from frontmap import storage
from frontmap.archive import history, layout
from frontmap.errors import FrontmapError
from frontmap.formats import canonical
from frontmap.intake.file_zones import read_zones
from frontmap.model import Finding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from frontmap.model import Revision

    Chain = tuple[Revision, ...]

State = Literal["good", "missing", "linked", "stale", "rewritten", "edited", "no file"]

SAFE_TO_REPLACE: frozenset[State] = frozenset({"missing", "linked", "stale", "rewritten"})
NO_FILE = "a folder, a link, a pipe or a device in the place of a copy; move it away"
_TO_KEEP_EDITS = "to record such edits, before fmt: frontmap correct DATE --reason '...'"


def copy_state(root: Path, chain: Chain) -> State:
    """Compare the copy of a chain that is not forked with the revision in force.

    - ``good``: the same bytes; for a withdrawn date, no copy
    - ``missing``: there is none
    - ``linked``: it is the revision's own file under a second name, so that an edit changes both
    - ``stale``: it is that of an earlier revision, as a killed writer leaves it
    - ``rewritten``: other bytes that say the same, as another program saves it
    - ``edited``: somebody changed it, and did not record that
    - ``no file``: something else than a plain file is in its place

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> first = front.add("2024-08-31", [], reason="nothing was held")
    >>> copy = layout.copy_path(front.root, first)
    >>> copy_state(front.root, (first,))
    'good'
    >>> copy.unlink()
    >>> copy_state(front.root, (first,))
    'missing'
    """
    (current,) = history.tips(chain)
    copy = layout.copy_path(root, current)
    withdrawn = current.kind == "withdrawal"
    kind = storage.kind_of(copy, below=root)
    if kind is None:
        return "good" if withdrawn else "missing"
    if kind != "file":
        return "no file"
    if _is_also_recorded(copy, root, chain):
        return "linked"
    text = storage.read(copy, below=root)
    if not withdrawn and text == _text(root, current):
        return "good"
    if any(text == _text(root, earlier) for earlier in chain):
        return "stale"
    return "rewritten" if not withdrawn and _says_the_same(copy, root, current) else "edited"


def _text(root: Path, revision: Revision) -> bytes:
    return storage.read(layout.revision_path(root, revision), below=root)


def _is_also_recorded(copy: Path, root: Path, chain: Chain) -> bool:
    """Whether a copy is the file of a revision under a second name."""
    status = storage.file_status(copy, below=root)
    return status.st_nlink > 1 and any(
        samestat(status, storage.file_status(layout.revision_path(root, one), below=root))
        for one in chain
    )


def put_back(
    root: Path, revisions: Iterable[Revision], *, states: Collection[State]
) -> tuple[Finding, ...]:
    """Put back the copies that are in such states; return what was done.

    A forked date is left alone, and so is what somebody drew on a withdrawn date.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> first = front.add("2024-08-31", [], reason="nothing was held")
    >>> layout.copy_path(front.root, first).unlink()
    >>> [done.rule for done in put_back(front.root, [first], states=SAFE_TO_REPLACE)]
    ['put back']
    """
    done = []
    for chain in history.chains(revisions).values():
        ends = history.tips(chain)
        if len(ends) != 1 or (found := copy_state(root, chain)) not in states:
            continue
        (current,) = ends
        copy = layout.copy_path(root, current)
        if current.kind != "withdrawal":
            if found == "no file":
                done.append(_finding(copy, "left", f": {NO_FILE}"))
                continue
            text = layout.read_whole(layout.revision_path(root, current))
            storage.replace(copy, text, below=root)
            dropped = f"; its unrecorded edits are dropped ({_TO_KEEP_EDITS})"
            done.append(_finding(copy, "put back", dropped if found == "edited" else ""))
        elif found == "edited":
            done.append(_finding(copy, "left", f": {unrecorded(copy, chain)}"))
        else:
            storage.remove(copy, below=root)
            done.append(_finding(copy, "removed", f": {current.date} is withdrawn"))
    return tuple(done)


def left(paths: Iterable[Path]) -> tuple[Finding, ...]:
    """Say of copies that no revision has that they were left as they are.

    >>> from pathlib import Path
    >>> [found.rule for found in left([Path("snapshots/2024/2024-08-31.geojson")])]
    ['left']
    """
    return tuple(_finding(path, "left", f": {unrecorded(path)}") for path in paths)


def unrecorded(copy: Path, chain: Chain = ()) -> str:
    """Say that a copy is not recorded (of a chain, where it has one), and how to record it.

    >>> from pathlib import Path
    >>> print(unrecorded(Path("2024-08-31.geojson")))
    no revision has this copy; record it: frontmap add 2024-08-31 2024-08-31.geojson --reason '...'
    """
    date = layout.named_date(copy.stem[:10])
    if date is None:
        return "no copy of frontmap has such a name; move it out of snapshots/"
    if not chain:
        return f"no revision has this copy; record it: frontmap add {date} {copy} --reason '...'"
    record = f"record it: frontmap correct {date} --reason '...'"
    if history.tips(chain)[0].kind == "withdrawal":
        return f"of a withdrawn date, not recorded; {record}, or move it out of snapshots/"
    return f"edited, not recorded; {record}, or drop the edits: frontmap fmt {date}"


def _finding(path: Path, rule: str, why: str) -> Finding:
    message = f"{rule}: {path}{why}"
    return Finding(rule=rule, severity="warning", message=message, path=path, names_place=True)


def unexplained(
    root: Path, revisions: Iterable[Revision], date: dt.date | None = None
) -> tuple[Path, ...]:
    """Return the copies (of a date) that no revision has.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> first = front.add("2024-08-31", [], reason="nothing was held")
    >>> [path.name for path in unexplained(front.root, ())], unexplained(front.root, [first])
    (['2024-08-31.geojson'], ())
    """
    owned = {layout.copy_path(root, revision) for revision in revisions}
    return tuple(path for path in layout.copy_files(root, date) if path not in owned)


def _says_the_same(copy: Path, root: Path, current: Revision) -> bool:
    try:
        zones = read_zones(copy, date=current.date, below=root, no_ground=True).zones
    except FrontmapError:
        return False
    recorded = layout.read_snapshot(layout.revision_path(root, current)).zones
    return canonical.same_zones(zones, recorded)
