"""The reader's page: a folium element of ours, and one HTML file that opens from disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from frontmap import outputs
from frontmap.dates import as_instant
from frontmap.page.element import FrontLayer, Page
from frontmap.page.payload.gather import gather_payload
from frontmap.page.payload.preview import gather_preview

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from frontmap.archive import Archive
    from frontmap.dates import DateLike
    from frontmap.proposals import Proposal

__all__ = [
    "FrontLayer",
    "Page",
    "gather_payload",
    "layer",
    "save_page",
    "save_preview",
    "whole_page",
]


def layer(
    archive: Archive,
    *,
    known: DateLike | None = None,
    party: str | None = None,
    words: Sequence[str | Path] | None = None,
    executor: Executor | None = None,
) -> FrontLayer:
    """Make an archive's dates into a layer: ``layer(archive).add_to(folium.Map())``.

    In a notebook's cell it shows itself as the whole page.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    known
        A UTC instant: draw what was known then; None: what is known now.
    party
        Whose ground the reported figures count, where several parties are mapped.
    words
        The languages of the page besides English: tags (one that ships, ``uk`` or ``ru``, or that
        the archive brings as ``words/LANG.json``) or paths of such files; None: all of these.
    executor
        Any ``concurrent.futures`` executor works out errors that are not kept yet.

    Raises
    ------
    NotFoundError
        No snapshot is in force.
    ConflictError
        A date has two revisions in force.
    UsageError
        Several parties are mapped, there are reported figures, and no party was named.
    InputError
        The words of a language cannot be read; ``NotFoundError``: there are none of it.

    Examples
    --------
    >>> import folium, frontmap
    >>> front = frontmap.layer(frontmap.open("geodata/kursk"))
    >>> map_of_mine = folium.Map(tiles=None)
    >>> _ = front.add_to(map_of_mine)
    >>> "frontmapStart" in map_of_mine.get_root().render()
    True
    """
    return FrontLayer(
        gather_payload(
            archive, known=as_instant(known), party=party, words=words, executor=executor
        )
    )


def whole_page(  # noqa: PLR0913  five are options
    archive: Archive,
    *,
    known: DateLike | None = None,
    party: str | None = None,
    words: Sequence[str | Path] | None = None,
    beside: Sequence[Archive] = (),
    executor: Executor | None = None,
) -> Page:
    """Make the whole page as a folium figure; arguments and errors as :func:`layer`.

    ``beside`` are other makers' archives, which are only read: the line of the ground that each
    has as held is drawn over the map. Raises ``UsageError`` where one maps no ground of this
    theatre, or has no snapshot on any of the page's dates or before.

    >>> import frontmap
    >>> text = whole_page(frontmap.open("geodata/kursk")).render()
    >>> text.startswith("<!DOCTYPE html>"), "Content-Security-Policy" in text
    (True, True)
    """
    return Page(
        gather_payload(
            archive,
            known=as_instant(known),
            party=party,
            words=words,
            beside=beside,
            executor=executor,
        )
    )


def save_page(  # noqa: PLR0913  seven are options
    archive: Archive,
    path: str | Path,
    *,
    known: DateLike | None = None,
    party: str | None = None,
    words: Sequence[str | Path] | None = None,
    beside: Sequence[Archive] = (),
    executor: Executor | None = None,
    force: bool = False,
) -> None:
    """Write the whole page as one HTML file; the same archive gives the same bytes.

    A page of frontmap that is there is replaced, another file only by ``force``. Arguments and
    errors as :func:`whole_page`, and of writing as :func:`frontmap.outputs.save`.

    >>> import tempfile, frontmap
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "kursk.html"
    >>> frontmap.save_page(frontmap.open("geodata/kursk"), path)
    >>> path.read_text("utf-8").startswith("<!DOCTYPE html>")
    True
    """
    outputs.require_free([Path(path)], force=force)
    whole = whole_page(
        archive, known=known, party=party, words=words, beside=beside, executor=executor
    )
    outputs.save({Path(path): whole.render().encode()}, force=force)


def save_preview(
    archive: Archive, proposal: Proposal, path: str | Path, *, force: bool = False
) -> None:
    """Write a page of a proposed change: the map before and after, and what moved.

    It is :func:`save_page` of the proposed snapshot, what it would replace and the dates beside it;
    nothing is recorded. Errors of writing as :func:`frontmap.outputs.save`.

    >>> import tempfile, frontmap
    >>> from pathlib import Path
    >>> kursk, path = frontmap.open("geodata/kursk"), Path(tempfile.mkdtemp()) / "change.html"
    >>> save_preview(kursk, frontmap.propose(kursk, kursk["2024-08-31"]), path)
    >>> path.read_text("utf-8").startswith("<!DOCTYPE html>")
    True
    """
    outputs.require_free([Path(path)], force=force)
    whole = Page(gather_preview(archive, proposal))
    outputs.save({Path(path): whole.render().encode()}, force=force)
