"""A list of an archive's files and their SHA-256, as ``sha256sum`` writes it: what was there then.

The archive proves each revision by itself; that nothing is gone, and that tables of facts are what
they were, only an older list (or git) can say.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import layout
from frontmap.errors import InputError, NotFoundError
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Manifest = Mapping[str, str]

_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
_FACTS = {".csv", ".geojson", ".json"}


def manifest(root: Path) -> dict[str, str]:
    """Return the SHA-256 of ``archive.json``, of every revision and of every table of facts.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> sorted(name for name in manifest(root) if name.endswith(".json"))
    ['archive.json']
    """
    files = [p for folder in layout.date_folders(root) for p in layout.revision_files(folder)]
    files += [path for path, _ in storage.entries(root, below=root) if path.suffix in _FACTS]
    digests = ((p, hashlib.sha256(storage.read(p, below=root)).hexdigest()) for p in sorted(files))
    return {path.relative_to(root).as_posix(): digest for path, digest in digests}


def dumps(listed: Manifest) -> bytes:
    """Write a manifest: a line a file, sorted, for ``sha256sum --check`` too.

    >>> dumps({"b.csv": "1" * 64, "a.csv": "0" * 64}).decode().split()[4::2]
    ['a.csv', 'b.csv']
    """
    lines = "".join(f"{listed[name]}  {name}\n" for name in sorted(listed))
    return f"# generator: frontmap\n{lines}".encode()


def loads(text: bytes, path: Path) -> dict[str, str]:
    """Read a manifest; raises ``InputError`` naming file and line.

    >>> from pathlib import Path
    >>> listed = {"a.csv": "0" * 64}
    >>> loads(dumps(listed), Path("manifest")) == listed
    True
    >>> loads(b"a.csv", Path("manifest"))
    Traceback (most recent call last):
    frontmap.errors.InputError: manifest:1: not a line of a manifest (SHA-256, two spaces, name)
    """
    listed = {}
    for number, line in enumerate(text.decode(errors="replace").splitlines(), 1):
        if line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise InputError(
                f"{path}:{number}: not a line of a manifest (SHA-256, two spaces, name)"
            )
        listed[found[2]] = found[1]
    return listed


def then(root: Path, since: str) -> dict[str, str]:
    """Return the manifest in a file or, where there is no such file, of a git revision.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> path = front.root / "manifest"
    >>> _ = path.write_bytes(dumps(manifest(front.root)))
    >>> list(then(front.root, str(path)))
    ['archive.json']
    """
    path = Path(since)
    return loads(storage.read(path), path) if path.is_file() else of_git(root, since)


def of_git(root: Path, revision: str) -> dict[str, str]:
    """Return the manifest of the archive as a git revision has it; needs git on the path.

    Raises ``NotFoundError`` when git does not know the revision or the folder.

    >>> from pathlib import Path
    >>> of_git(Path("geodata/kursk"), "no-such-revision")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: geodata/kursk: neither a file nor a revision of git: ...
    """
    listed = _git(root, "ls-tree", "-r", "-z", revision, ".").decode().split("\0")
    blobs = {name: line.split()[-1] for line, _, name in (e.partition("\t") for e in listed if e)}
    wanted = [
        name
        for name in blobs
        if (name.startswith("revisions/") or "/" not in name)
        and name.endswith((".csv", ".json", ".geojson"))
    ]
    asked = "".join(f"{blobs[name]}\n" for name in wanted).encode()
    answer = io.BytesIO(_git(root, "cat-file", "--batch", data=asked))
    return {name: hashlib.sha256(_blob(answer)).hexdigest() for name in wanted}


def _blob(answer: io.BytesIO) -> bytes:
    """Read the next object of ``git cat-file --batch``: a line with its size, it, a line feed."""
    size = int(answer.readline().split()[-1])
    return answer.read(size + 1)[:-1]


def differing_files(root: Path, then: Manifest, *, grown: bool) -> Iterator[Finding]:
    """Yield what is not as it was; with ``grown``, what was added or grew since is as it should be.

    - ``lost``: a revision that was there is gone or changed
    - ``facts``: a table of facts or ``archive.json`` is gone (without ``grown``: or changed)
    - ``added``: a file that was not there (without ``grown``)

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> before = manifest(front.root)
    >>> revision = front.add("2024-08-31", [], reason="nothing was held")
    >>> [found.rule for found in differing_files(front.root, before, grown=False)]
    ['added']
    >>> list(differing_files(front.root, before, grown=True))
    []
    """
    now = manifest(root)
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name), now.get(name)
        recorded = name.startswith("revisions/")
        if before == after or (grown and (before is None or (after and not recorded))):
            continue
        rule = "added" if before is None else "lost" if recorded else "facts"
        what = "was not there then" if before is None else "has changed" if after else "is gone"
        remedy = "" if before is None else "; restore it from git or another copy of the archive"
        yield Finding(rule=rule, message=f"{what}{remedy}", path=root / name)


def _git(root: Path, *words: str, data: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, input=data, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise NotFoundError("git is not installed; give a manifest file instead") from None
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotFoundError(f"{root}: neither a file nor a revision of git: {' '.join(why)}")
    return done.stdout
