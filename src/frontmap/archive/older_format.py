"""An archive of format 1 brought to format 2: what is recorded stays, and corrections follow it.

Snapshots come first, then the tables beside them, and ``archive.json`` last: until it says so the
archive is of format 1, answers as one, and the same command goes on where it ended.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmap import storage
from frontmap.archive import about as about_file
from frontmap.archive import committing, copies, history, layout, lookup, recording
from frontmap.archive.inspection import DAMAGE, inspect
from frontmap.archive.matching import match_closely
from frontmap.archive.new_revisions import NewRevision, Writer
from frontmap.errors import ConflictError, IntegrityError
from frontmap.facts.explained import EXPLAINED, explained_tables
from frontmap.facts.reference import REFERENCE
from frontmap.facts.tables import TABLES
from frontmap.facts.upgrading import upgraded_text
from frontmap.formats import recorded_form, strict
from frontmap.model import FORMAT_VERSION, Finding, ImportedFrom

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from frontmap.archive.snapshot_rules import CheckedZones
    from frontmap.model import Revision, Snapshot, Zone

    Chain = tuple[Revision, ...]

REASON = "brought to format 2: each zone states its date"
REASON_MATCHED = f"{REASON}, and zones share their borders to the bit"
#: How the first edition said of which file an import was: in the reason, and in no value.
_REASON_OF_AN_IMPORT = re.compile(
    r"imported from (.+) \(SHA-256 ([0-9a-f]{64}), mapping ([0-9]{1,9})\)"
)
IMPORT_CHOICES = "import.json"
#: What git was told by the first edition, which left out the tables and ``archive.json``.
FIRST_ATTRIBUTES = b"revisions/** -text\nsnapshots/** -text\n"


class Ready(NamedTuple):
    """A snapshot as it is written in format 2, the revision that it follows, and why.

    ``matched`` says what matching its borders changed, where that is worth a word.
    """

    before: Revision
    zones: tuple[Zone, ...]
    origin: ImportedFrom | None
    reason: str
    matched: str = ""


def upgrade(writer: Writer, *, author: str = "", dry_run: bool = False) -> tuple[Finding, ...]:
    """Bring an archive to the present format; return what was done, or would be.

    The findings are ``corrected`` (a date whose zones are recorded anew), ``rewritten`` (a file)
    and ``left`` (a forked date, which stays in format 1 until it is resolved), each with its path.
    An archive of the present format has none, but for revisions of format 1 that a merge brought.

    Raises ``IntegrityError`` when something is damaged, ``ConflictError`` when a copy has edits
    that nobody recorded, ``InputError`` when a table cannot be read: before anything is written.

    >>> import tempfile, frontmap
    >>> from frontmap.archive.new_revisions import utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> upgrade(Writer(front.folder, front.about, utc_now))
    ()
    """
    if dry_run:
        return _upgraded(writer, author=author, write=False)
    with committing.tidying(writer):
        return _upgraded(writer, author=author, write=True)


def _upgraded(writer: Writer, *, author: str, write: bool) -> tuple[Finding, ...]:
    root = writer.root
    _require_whole(writer)
    chains = tuple(history.chains(lookup.read_revisions(root)).values())
    forked = [chain for chain in chains if _is_forked(chain)]
    to_correct = [chain for chain in chains if _is_to_correct(root, chain)]
    files = dict(_rewritten_files(root, _in_force(root, chains)))
    done = [
        Finding(
            rule="left",
            severity="warning",
            message="forked: its revisions stay in format 1 until frontmap resolve has chosen",
            path=layout.copy_path(root, chain[0]),
            date=chain[0].date,
        )
        for chain in forked
    ]
    profile = _profile(root)
    done.extend(
        _corrected(writer, _ready(root, chain, profile, writer.checked), author=author, write=write)
        for chain in to_correct
    )
    for path, text in files.items():
        if write:
            storage.replace(path, text, below=writer.folder)
        done.append(Finding(rule="rewritten", severity="warning", message="in format 2", path=path))
    return tuple(done)


def _is_forked(chain: Chain) -> bool:
    """Whether a date has two revisions in force, and one of them is of format 1."""
    ends = history.tips(chain)
    return len(ends) > 1 and any(end.version != FORMAT_VERSION for end in ends)


def _require_whole(writer: Writer) -> None:
    """Refuse what could not be brought along whole, before anything is written."""
    root = writer.root
    for finding in inspect(root, writer.about, now=writer.clock()):
        if finding.rule in DAMAGE:
            raise IntegrityError(f"{finding.located}; nothing is upgraded until it is mended")
    for chain in history.chains(lookup.read_revisions(root)).values():
        ends = history.tips(chain)
        if len(ends) > 1 or ends[0].kind == "withdrawal":
            continue
        copy = layout.copy_path(root, ends[0])
        if (state := copies.copy_state(root, chain)) == "edited":
            raise ConflictError(
                f"{copy}: edited, not recorded; copy it elsewhere and put back what is recorded "
                f"(frontmap fmt {ends[0].date}); once upgraded, take its first member (frontmap) "
                f"out, and record it: frontmap correct {ends[0].date} FILE"
            )
        if state == "no file":
            raise ConflictError(f"{copy}: {copies.NO_FILE}")


def _is_to_correct(root: Path, chain: Chain) -> bool:
    """Whether the bytes of a snapshot change: it has zones, which state no date yet."""
    ends = history.tips(chain)
    if len(ends) != 1 or ends[0].kind == "withdrawal" or ends[0].version == FORMAT_VERSION:
        return False
    return bool(lookup.read_revision(root, ends[0]).zones)


def _ready(root: Path, chain: Chain, profile: str, checked: CheckedZones) -> Ready:
    (before,) = history.tips(chain)
    snapshot = lookup.read_revision(root, before)
    zones = recorded_form.present_zones(snapshot)
    if profile:  # another maker's ground stays as it was given
        return Ready(before, zones, _origin(before, profile), REASON)
    matched, what = match_closely(zones, checked)
    return Ready(before, matched, None, REASON if matched is zones else REASON_MATCHED, what)


def _profile(root: Path) -> str:
    """Return by which rules an archive was imported, as ``import.json`` says it; blank for none."""
    path = root / IMPORT_CHOICES
    if storage.kind_of(path, below=root) is None:
        return ""
    choices, _ = strict.parse(storage.read(path, below=root), path)
    maker = choices.get("maker") if isinstance(choices, dict) else None
    return maker if isinstance(maker, str) else ""


def _origin(revision: Revision, profile: str) -> ImportedFrom | None:
    """Return the file of a maker that a revision was imported from, with the rules' name."""
    if revision.imported_from is not None:
        return replace(revision.imported_from, profile=profile)
    said = _REASON_OF_AN_IMPORT.fullmatch(revision.reason)
    if said is None:
        return None
    return ImportedFrom(file=said[1], sha256=said[2], profile=profile, version=said[3])


def _corrected(writer: Writer, ready: Ready, *, author: str, write: bool) -> Finding:
    before = ready.before
    entry = NewRevision(
        date=before.date,
        zones=ready.zones,
        reason=ready.reason,
        sources=before.sources,
        author=author,
        published=before.published,
        imported_from=ready.origin,
        overlaps="keep",
    )
    if write:
        recording.follow(writer, entry, before)
    return Finding(
        rule="corrected",
        severity="warning",
        message="; ".join(filter(None, (ready.reason, ready.matched))),
        path=layout.copy_path(writer.root, before),
        date=before.date,
    )


def _in_force(root: Path, chains: Iterable[Chain]) -> Iterator[Snapshot]:
    """Yield what is in force, oldest date first."""
    ends = (history.tips(chain) for chain in chains)
    current = [end[0] for end in ends if len(end) == 1 and end[0].kind != "withdrawal"]
    return lookup.read_each(root, sorted(current, key=lambda r: layout.copy_path(root, r).name))


def _rewritten_files(root: Path, snapshots: Iterable[Snapshot]) -> Iterator[tuple[Path, bytes]]:
    """Yield each file beside the snapshots that changes, and its text; ``archive.json`` last."""
    parties, holding = dict[str, None](), set[str]()
    for snapshot in snapshots:
        parties |= dict.fromkeys(zone.party for zone in snapshot.zones)
        holding |= {zone.party for zone in snapshot.zones if zone.status != "claimed"}
    holder = "".join(holding) if len(holding) == 1 else ""
    for path in (root / name for name in (*TABLES, REFERENCE)):
        if storage.kind_of(path, below=root) is not None:
            data = storage.read(path, below=root)
            if (text := upgraded_text(path, data, holder=holder)) != data:
                yield path, text
    attributes = root / ".gitattributes"
    if storage.kind_of(attributes, below=root) == "file" and (
        storage.read(attributes, below=root) == FIRST_ATTRIBUTES
    ):
        yield attributes, layout.GIT_FILES[".gitattributes"]
    path = root / layout.ABOUT
    data = storage.read(path, below=root)
    if about_file.loads(data, path).version != FORMAT_VERSION:
        if storage.kind_of(root / EXPLAINED, below=root) is None:
            yield root / EXPLAINED, explained_tables()
        yield path, upgraded_about(data, path, parties)


def upgraded_about(data: bytes, path: Path, parties: Iterable[str]) -> bytes:
    """Write the text of an ``archive.json`` of format 1 in the present format.

    ``parties`` are in the order in which they get their colours; others of the file follow. What
    the file says beside is kept, as KEY_given where KEY means something now.

    >>> from pathlib import Path
    >>> older = {"format": 1, "title": "A front", "maker": "us", "license": "CC0", "theatre": {
    ...     "name": "front", "bbox": [34, 50, 38, 53], "time_zone": "UTC"},
    ...     "parties": {"RU": {"name_en": "Russia"}, "UA": {"name_en": "Ukraine"}}}
    >>> text = upgraded_about(json.dumps(older).encode(), Path("archive.json"), ["UA"])
    >>> [party["id"] for party in json.loads(text)["parties"]]
    ['UA', 'RU']
    """
    about_file.loads(data, path)  # raises where it is no archive.json
    given: dict[str, Any] = json.loads(data)
    texts: dict[str, dict[str, str]] = given.pop("parties")
    order = dict.fromkeys([*(name for name in parties if name in texts), *texts])
    names = {name: about_file.names_in(texts[name]) for name in order}
    value = _beside(given, ("attribution", "covered"))
    value["format"] = FORMAT_VERSION
    value["parties"] = [
        {
            **_beside({k: text for k, text in texts[name].items() if k not in names[name]}, made),
            **made,
        }
        for name, party in about_file.parties_of(names).items()
        if (made := about_file.party_members(name, party))
    ]
    text = about_file.text_of(value)
    about_file.loads(text, path)  # or nothing is upgraded
    return text


def _beside(given: dict[str, Any], taken: Collection[str]) -> dict[str, Any]:
    """Return members that had no meaning, renamed where one of that name has one now."""
    return {f"{key}_given" if key in taken else key: value for key, value in given.items()}
