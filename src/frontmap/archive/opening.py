"""Open an archive's folder, or make a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import about as about_file
from frontmap.archive import layout
from frontmap.archive.core import Archive
from frontmap.archive.new_revisions import utc_now
from frontmap.errors import ConflictError, InputError
from frontmap.formats.region import read_region, region_text
from frontmap.model import About, Theatre

if TYPE_CHECKING:
    from collections.abc import Mapping

    from frontmap.archive.new_revisions import Clock


COVERED = "covered.geojson"


def open_archive(path: str | Path, *, clock: Clock = utc_now) -> Archive:
    """Open the archive in a folder; raises ``NotFoundError`` when there is none.

    >>> open_archive("no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: no/such/folder: no archive here (no archive.json); make one: ...
    """
    root = Path(path)
    about = about_file.read_about(root / layout.ABOUT)
    return Archive(storage.pin(root), about, clock)


def init(  # noqa: PLR0913  archive.json has that many independent parts
    path: str | Path,
    *,
    title: str,
    maker: str,
    license: str,  # noqa: A002  the header's own word
    bbox: tuple[float, float, float, float],
    parties: Mapping[str, Mapping[str, str]],
    name: str = "",
    time_zone: str = "UTC",
    language: str = "en",
    titles: Mapping[str, str] | None = None,
    attribution: str = "",
    covered: str | Path | None = None,
    clock: Clock = utc_now,
) -> Archive:
    """Make a new archive in a folder (created when missing).

    ``name`` is the theatre's (the title unless said), ``bbox`` its west, south, east, north in
    degrees; ``parties`` maps each party's
    id to its texts, such as ``{"UA": {"name_en": "Ukraine"}}``, also ``short_name`` and ``colour``
    (the next of a palette of eight unless said); ``time_zone`` is an IANA name;
    ``language`` (a tag such as ``uk``) is that of the title, ``titles`` the same in other ones.
    ``attribution`` is how the maker wants to be credited; ``covered`` is a GeoJSON file with the
    polygon that the maker maps at all, which is copied into the archive (else: the theatre).
    The tables of facts are made too, each with its header alone, and ``TABLES.md``, which explains
    their columns. A file that is in the folder
    already stays as it is. Raises ``ConflictError`` when the folder
    holds an archive already, ``InputError`` when a value
    cannot be (see ``docs/format.md``).

    >>> import tempfile
    >>> init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0-1.0",
    ...      bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}}).dates
    ()
    """
    from frontmap.facts.explained import EXPLAINED, explained_tables  # noqa: PLC0415  as below
    from frontmap.facts.tables import empty_tables  # noqa: PLC0415  else to open takes as long

    root = Path(path)
    about_file.require_texts(parties)
    parties_made = about_file.parties_of(parties)
    for party_id, party in parties_made.items():
        if shared := about_file.shared_name(party_id, party, parties_made):
            raise InputError(f"parties: {shared}")
    ground = (
        None
        if covered is None
        else read_region(Path(covered), most_vertices=about_file.MOST_COVERED_VERTICES)
    )
    storage.make_folder(root)
    if storage.kind_of(root / layout.ABOUT, below=root) is not None:
        raise ConflictError(f"{root / layout.ABOUT}: there is an archive here already")
    value = About(
        title=title,
        maker=maker,
        license=license,
        theatre=Theatre(name=name or title, bbox=bbox, time_zone=time_zone),
        parties=parties_made,
        language=language,
        titles=titles or {},
        attribution=attribution,
        covered_file="" if ground is None else COVERED,
    )
    text = about_file.dumps(value)
    about_file.loads(text, root / layout.ABOUT)
    explained = {EXPLAINED: explained_tables()}
    for file, lines in {**layout.GIT_FILES, **empty_tables(), **explained}.items():
        if storage.kind_of(root / file, below=root) is None:
            storage.create(root / file, lines, below=root)
    if ground is not None:
        storage.create(root / COVERED, region_text(ground), below=root)
    storage.create(root / layout.ABOUT, text, below=root)
    return open_archive(root, clock=clock)
