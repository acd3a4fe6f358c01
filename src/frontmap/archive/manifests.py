"""A list of an archive's files and their SHA-256, as ``sha256sum`` writes it: what was there then.

The archive proves each revision by itself; that nothing is gone, and that tables of facts are what
they were, only an older list (or git) can say. Each list names those that it follows.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import layout
from frontmap.errors import InputError
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_HEAD = "# generator: frontmap"
_FOLLOWS = re.compile(r"# follows ([0-9a-f]{64})")
_LINE = re.compile(r"(\\?)([0-9a-f]{64})  ([^\n]+)")
_ESCAPED_LINE = "\\"
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_ESCAPED = {text: letter for letter, text in _ESCAPES.items()}
_LISTED = re.compile(
    r"[^/]+\.(csv|geojson|json)|repairs/[^/]+/[^/]+\.csv|revisions/[^/]+/[^/]+/[^/.][^/]*\.geojson"
)
_HOLDING = re.compile(r"revisions(/[^/]+){0,2}|repairs(/[^/]+)?")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal.

    >>> sha256(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was in an archive then: the digest of each file by its path below the root.

    ``predecessors`` are the digests of the manifests that it follows, the oldest first;
    ``digest_of`` is how a file's digest is made; ``path`` and ``digest`` are of the file that it
    was read from.
    """

    digests: Mapping[str, str]
    predecessors: tuple[str, ...] = ()
    digest_of: Callable[[bytes], str] = sha256
    path: Path | None = None
    digest: str = ""


def is_listed(name: str) -> bool:
    """Whether a manifest lists a file of an archive, by its path below the root.

    >>> [is_listed(name) for name in ("archive.json", "snapshots/2024/2024-08-31.geojson")]
    [True, False]
    """
    return _LISTED.fullmatch(name) is not None


def may_hold_listed(name: str) -> bool:
    """Whether files of a folder of an archive are listed, or of folders in it.

    >>> [may_hold_listed(name) for name in ("revisions/2024/2024-08-31", "snapshots", ".cache")]
    [True, False, False]
    """
    return _HOLDING.fullmatch(name) is not None


def manifest(root: Path, digest_of: Callable[[bytes], str] = sha256) -> Manifest:
    """Return the digest of ``archive.json``, of every revision and of every table of facts.

    Raises ``InputError`` naming one that is no plain file.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> sorted(name for name in manifest(root).digests if name.endswith(".json"))
    ['archive.json']
    """
    files = sorted(_listed_files(root, root))
    digests = {name: digest_of(storage.read(path, below=root)) for name, path in files}
    return Manifest(digests, digest_of=digest_of)


def _listed_files(root: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    for path, kind in storage.entries(folder, below=root):
        name = path.relative_to(root).as_posix()
        if kind == "folder" and may_hold_listed(name):
            yield from _listed_files(root, path)
        elif is_listed(name) or may_hold_listed(name):
            yield name, path


def dumps(listed: Manifest) -> bytes:
    """Write a manifest: a line a file, sorted, for ``sha256sum --check`` too.

    >>> listed = Manifest({"b.csv": "1" * 64, "a.csv": "0" * 64}, predecessors=("2" * 64,))
    >>> [line[:11] for line in dumps(listed).decode().splitlines()]
    ['# generator', '# follows 2', '00000000000', '11111111111']
    """
    lines = [_HEAD, *(f"# follows {digest}" for digest in listed.predecessors)]
    for name, digest in sorted(listed.digests.items()):
        escaped = "".join(_ESCAPES.get(letter, letter) for letter in name)
        lines.append(f"{'' if escaped == name else _ESCAPED_LINE}{digest}  {escaped}")
    return os.fsencode("\n".join(lines) + "\n")


def loads(text: bytes, path: Path) -> Manifest:
    """Read a manifest; raises ``InputError`` naming file and line.

    >>> from pathlib import Path
    >>> listed = Manifest({"archive.json": "0" * 64})
    >>> loads(dumps(listed), Path("manifest")).digests == listed.digests
    True
    >>> loads(b"a.csv", Path("manifest"))
    Traceback (most recent call last):
    frontmap.errors.InputError: manifest:1: not a line of a manifest (SHA-256, two spaces, name)
    """
    digests: dict[str, str] = {}
    predecessors = []
    for number, line in enumerate(os.fsdecode(text).removesuffix("\n").split("\n"), 1):
        if line.startswith("#"):
            predecessors += _FOLLOWS.findall(line)
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise InputError(
                f"{path}:{number}: not a line of a manifest (SHA-256, two spaces, name)"
            )
        name = re.sub(r"\\[\\nr]", lambda e: _ESCAPED[e[0]], found[3]) if found[1] else found[3]
        if digests.setdefault(name, found[2]) != found[2]:
            raise InputError(f"{path}:{number}: lists {name} a second time, with another SHA-256")
    if "archive.json" not in digests:
        raise InputError(f"{path}: lists no archive.json, so it is the list of no archive")
    return Manifest(digests, tuple(predecessors), path=path, digest=sha256(text))


def successor(now: Manifest, text: bytes, path: Path) -> bytes:
    """Return the manifest that follows the one in a text; that one where nothing has changed.

    >>> from pathlib import Path
    >>> first = dumps(Manifest({"archive.json": "0" * 64}))
    >>> successor(Manifest({"archive.json": "0" * 64}), first, Path("list")) == first
    True
    >>> second = successor(Manifest({"archive.json": "1" * 64}), first, Path("list"))
    >>> loads(second, Path("list")).predecessors == (sha256(first),)
    True
    """
    before = loads(text, path)
    if before.digests == now.digests:
        return text
    return dumps(replace(now, predecessors=(*before.predecessors, sha256(text))))


def broken_series(later: Manifest, earlier: Manifest) -> Iterator[Finding]:
    """Yield ``series`` where a later manifest does not say that it follows an earlier one.

    >>> from pathlib import Path
    >>> earlier = loads(dumps(Manifest({"archive.json": "0" * 64})), Path("first"))
    >>> later = Manifest({"archive.json": "1" * 64}, path=Path("second"))
    >>> [found.located for found in broken_series(later, earlier)]
    ['second: does not follow first; one of them is of another series']
    """
    if later.digest != earlier.digest and earlier.digest not in later.predecessors:
        message = f"does not follow {earlier.path}; one of them is of another series"
        yield Finding(rule="series", message=message, path=later.path)


def differing_files(root: Path, then: Manifest, *, grown: bool) -> Iterator[Finding]:
    """Yield what is not as it was; with ``grown``, what was added or grew since is as it should be.

    - ``lost``: a revision that was there is gone or changed; or the list is of another archive
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
    now = _digests_now(root, then.digest_of)
    if then.path is not None and not _of_one_archive(then, now):
        message = (
            "neither archive.json nor any revision that it lists is here as it was then: "
            "it is the list of another archive, or all is lost"
        )
        yield Finding(rule="lost", message=message, path=then.path)
        return
    for name in sorted(then.digests.keys() | now.keys()):
        before, after = then.digests.get(name), now.get(name)
        recorded = name.startswith("revisions/")
        if before == after or (grown and (before is None or (after and not recorded))):
            continue
        rule = "added" if before is None else "lost" if recorded else "facts"
        what = "was not there then" if before is None else "has changed" if after else "is gone"
        remedy = "" if before is None else "; restore it from git or another copy of the archive"
        yield Finding(rule=rule, message=f"{what}{remedy}", path=root / name)


def _digests_now(root: Path, digest_of: Callable[[bytes], str]) -> dict[str, str]:
    """Return the digests of what is there; of what is no plain file, one that no file has."""
    digests = dict.fromkeys((name for name, _ in _listed_files(root, root)), "")
    for name in digests:
        with suppress(InputError):
            digests[name] = digest_of(storage.read(root / name, below=root))
    return digests


def _of_one_archive(then: Manifest, now: Mapping[str, str]) -> bool:
    return any(
        now.get(name) == digest
        for name, digest in then.digests.items()
        if name == layout.ABOUT or name.startswith("revisions/")
    )
