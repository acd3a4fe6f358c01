"""Everything that the page shows, taken from the archive and the measures, ready to be packed."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import frontmap
from frontmap.archive.stated_meanings import stands_for
from frontmap.errors import NotFoundError
from frontmap.facts import read_reference
from frontmap.licences import allows_redistribution
from frontmap.measure.area import areas
from frontmap.page import bundle
from frontmap.page.languages import ENGLISH, page_languages
from frontmap.page.payload.base_map import drawn_credits, named_regions
from frontmap.page.payload.claimants import Claimants
from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import (
    AreaRow,
    BesideParts,
    Columns,
    EventRow,
    FigureRow,
    RevisionRow,
    TextRow,
)
from frontmap.page.payload.gains import packed_gains
from frontmap.page.payload.makers_lines import credits_beside, packed_beside
from frontmap.page.payload.names import names_in
from frontmap.page.payload.party_colours import palette_with
from frontmap.page.payload.reported import day_events, packed_figures
from frontmap.page.payload.settlements import packed_settlements
from frontmap.page.payload.shown_once import shortened_number
from frontmap.page.payload.sources import CitedSources
from frontmap.page.payload.zones import PackedZones
from frontmap.page.words_faults import usable
from frontmap.verdicts import DAYS_AROUND

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from concurrent.futures import Executor
    from pathlib import Path

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.model import About, Revision, Snapshot
    from frontmap.page.languages import Language
    from frontmap.page.payload.fields import ChangeParts, DateParts, Payload

FORM = 2
_SHORT_DIGEST = 12
#: Texts of a page whose ground may not be passed on, and of one of a change.
WITHHELD, PREVIEW = ("withheld",), ("proposed", "in_force", "proposed_note")
#: And of one with other makers' lines.
BESIDE = ("legend_beside", "beside_none")
_LONG_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def gather_payload(  # noqa: PLR0913  what a page may be asked for
    archive: Archive,
    *,
    known: dt.datetime | None = None,
    party: str | None = None,
    words: Sequence[str | Path] | None = None,
    beside: Sequence[Archive] = (),
    executor: Executor | None = None,
) -> Payload:
    """Return the page's data as plain values; ``docs/page.md`` says what each part means.

    ``known`` is the UTC instant up to which revisions count; None: all. ``words`` are the page's
    languages, as :func:`frontmap.page.languages.page_languages` takes them. ``beside`` are other
    makers' archives, whose lines are drawn over the map. ``executor`` works out
    the errors of areas, which take longest; None: this process. Every number comes from the
    measures. Raises ``NotFoundError`` when no snapshot is in force, ``ConflictError`` when a date
    has two, and what :func:`frontmap.page.payload.makers_lines.packed_beside` raises.

    >>> payload = gather_payload(frontmap.open("geodata/kursk"))
    >>> payload["title"], list(payload["areas"]), payload["any_pair"]
    ('Kursk, August 2024 to April 2025', ['UA'], True)
    """
    languages = page_languages(archive.root, words)
    recorded = archive.revisions()
    snapshots = tuple(archive.read_each(archive.in_force(known=known, among=recorded)))
    if not snapshots:
        raise NotFoundError(
            f"{archive.root}: no snapshot in force, so nothing to map; record one: frontmap add"
        )
    measured = areas(archive, known=known, per="snapshot", executor=executor)
    figures = partial(packed_figures, measured=measured, party=party)
    gains = partial(packed_gains, root=archive.root)
    return packed_payload(
        archive,
        snapshots,
        measured,
        recorded=recorded,
        figures=figures,
        gains=gains,
        known=known,
        languages=languages,
        beside=beside,
    )


def packed_payload(  # noqa: PLR0913  what differs between the pages that are made
    archive: Archive,
    snapshots: Sequence[Snapshot],
    measured: pd.DataFrame,
    *,
    recorded: Sequence[Revision],
    figures: Callable[[Archive, CitedSources, Claimants], Iterable[FigureRow]],
    gains: Callable[[Sequence[Snapshot], Sequence[str]], ChangeParts],
    languages: Sequence[Language],
    known: dt.datetime | None = None,
    proposed: Snapshot | None = None,
    beside: Sequence[Archive] = (),
) -> Payload:
    """Return a page's data: of these snapshots, with their areas, as known at an instant.

    ``measured`` has the columns of :class:`AreaRow`, ``party`` and ``digest``; ``recorded`` are the
    revisions that are listed; ``figures`` makes the reported figures, ``gains`` what changed hands;
    ``languages`` are those of the page, English first; ``proposed`` is the one of the snapshots
    that is not recorded; ``beside`` are the archives whose lines are drawn over the map.

    >>> from frontmap.page.payload.gains import packed_gains
    >>> kursk = frontmap.open("geodata/kursk")
    >>> day = kursk["2024-08-31"]
    >>> measured = areas(kursk, dates="2024-08-31", errors="none")
    >>> payload = packed_payload(kursk, [day], measured, recorded=[day.revision],
    ...                          figures=lambda *_: [], gains=packed_gains,
    ...                          languages=page_languages(kursk.root))
    >>> payload["first"], payload["areas"]["UA"]["controlled_km2"]
    ('2024-08-31', [900.255658])
    """
    codes = [each.code for each in languages]
    sources, claimants = CitedSources(archive.root), Claimants(archive.root, codes)
    ground = PackedZones(snapshots, sources)
    reference = read_reference(archive.root)
    ground.add_lines(reference, archive.about.theatre.bbox)
    about = archive.about
    west, south, east, north = view = ground.view(about.theatre.bbox)
    others = packed_beside(archive, beside, snapshots, ground, known=known)
    withheld = not all(allows_redistribution(each.about.license) for each in (archive, *beside))
    said = stands_for(archive.root, (snapshot.revision for snapshot in snapshots))
    of_parties = _areas(measured, snapshots, about)
    revisions = by_columns(RevisionRow, _revisions(recorded, snapshots, sources, known))
    places = packed_settlements(archive, snapshots, reference, sources, claimants)
    reported = by_columns(FigureRow, figures(archive, sources, claimants))
    of_days = by_columns(EventRow, day_events(archive, sources, claimants))
    # Like texts stand side by side, since that deflates best.
    return {
        "form": FORM,
        "script": bundle.script(beside=bool(others)).encode(),
        "style": bundle.style().encode(),
        "app": f"frontmap {frontmap.__version__}",
        "areas": of_parties,
        "slug": re.sub(r"[^A-Za-z0-9-]+", "-", archive.root.resolve().name).strip("-") or "map",
        "title": about.title,
        "titles": {
            **{code: title for code, title in about.titles.items() if code in codes},
            about.language: about.title,
        },
        "language": about.language,
        "maker": about.maker,
        "license": about.license,
        "withheld": withheld,
        "credits": [
            text
            for text in dict.fromkeys(
                [
                    about.attribution,
                    *drawn_credits(reference, about.theatre.bbox),
                    *credits_beside(archive, beside),
                ]
            )
            if text
        ],
        "parties": {
            name: names_in(codes, {"en": name, **party.names}, prefix="")
            for name, party in about.parties.items()
        },
        "stands_for": {str(meaning): texts for meaning, texts in said.items()},
        "view": [west, south, east, north],
        "digest": archive.digest_at(known, among=recorded),
        "known": _instant(known) if known else "",
        "regions": named_regions(reference, view, ground.front(), codes, about.language),
        "opening": "",
        "recorded": max(_instant(s.revision.recorded) for s in snapshots),
        **_dates(snapshots, ZoneInfo(about.theatre.time_zone), proposed),
        **ground.packed(),
        "revisions": revisions,
        **gains(snapshots, list(of_parties)),
        "claimants": claimants.columns(),
        **places,
        "sources": sources.columns(),
        "reported": reported,
        "days_around": dict(DAYS_AROUND),
        "events": of_days,
        "palette": palette_with(about.parties, several=len(of_parties) > 1),
        "words": by_columns(
            TextRow,
            _words(
                languages,
                places["event_kinds"],
                reported["reason"],
                unused={
                    *(() if withheld else WITHHELD),
                    *(() if proposed else PREVIEW),
                    *(() if others else BESIDE),
                },
            ),
        ),
        **(BesideParts(beside=others) if others else BesideParts()),
    }


def _words(
    languages: Sequence[Language],
    event_kinds: Sequence[Sequence[str]],
    reasons: Iterable[str],
    *,
    unused: AbstractSet[str],
) -> Iterator[TextRow]:
    """Each text that the page shows, with its name, in each of the languages that has it.

    Of the texts of events only those that these kinds need: one of its own for event and parties,
    and the one for any party where a language has none such; of those of verdicts' reasons only
    these; none that is ``unused``.
    """
    texts = {language.code: usable(language) for language in languages}
    names = texts[ENGLISH]
    own = {"_".join(["event", *kind]): f"event_{kind[0]}" for kind in event_kinds}
    shown = {name for name in own if name in names}
    shown |= {
        for_any for name, for_any in own.items() if any(name not in each for each in texts.values())
    }
    shown |= {f"reason_{reason}" for reason in reasons}
    for name in names:
        if name not in unused and (name in shown or not name.startswith(("event_", "reason_"))):
            of_each = {code: _plain(own_texts.get(name)) for code, own_texts in texts.items()}
            yield {"name": name, "texts": of_each}


def _plain(text: str | Mapping[str, str] | None) -> str | dict[str, str] | None:
    return text if text is None or isinstance(text, str) else dict(text)


def _dates(snapshots: Sequence[Snapshot], zone: ZoneInfo, proposed: Snapshot | None) -> DateParts:
    days = [s.date.toordinal() for s in snapshots]
    steps = [after - before for before, after in zip([days[0], *days], days, strict=False)]
    several = len(set(days)) < len(days)
    return {
        "first": snapshots[0].date.isoformat(),
        "steps": steps,
        "minutes": [_minutes(s.revision.published, zone) for s in snapshots] if several else None,
        "proposed": None if proposed is None else snapshots.index(proposed),
    }


def _minutes(published: dt.datetime | None, zone: ZoneInfo) -> int:
    if published is None:
        return 0
    local = published.astimezone(zone)
    return local.hour * 60 + local.minute


def _revisions(
    recorded: Sequence[Revision],
    snapshots: Sequence[Snapshot],
    sources: CitedSources,
    known: dt.datetime | None,
) -> Iterator[RevisionRow]:
    """Of each snapshot, the revision in force, then the earlier ones, newest first.

    The one in force comes with those of its sources that none of its zones names.
    """
    found: dict[tuple[dt.date, dt.datetime | None], list[Revision]] = {}
    for revision in reversed(recorded):
        if known is None or revision.recorded <= known:
            found.setdefault((revision.date, revision.published), []).append(revision)
    for index, snapshot in enumerate(snapshots):
        in_force = snapshot.revision
        named = {source for zone in snapshot.zones for source in zone.sources}
        beside = [source for source in in_force.sources if source not in named]
        yield _revision(index, in_force, sources, beside)
        for revision in found.get((in_force.date, in_force.published), ()):
            if revision.digest != in_force.digest:
                yield _revision(index, revision, sources, [])


def _revision(
    index: int, revision: Revision, sources: CitedSources, cited: Sequence[str]
) -> RevisionRow:
    reason = _LONG_DIGEST.sub(lambda found: found[0][:_SHORT_DIGEST], revision.reason)
    return {
        "snapshot": index,
        "digest": revision.digest[:_SHORT_DIGEST],
        "recorded": _instant(revision.recorded),
        "kind": revision.kind,
        "reason": sources.pieces(reason),
        "sources": sources.numbers(cited),
    }


def _areas(
    measured: pd.DataFrame, snapshots: Sequence[Snapshot], about: About
) -> dict[str, Columns[AreaRow]]:
    """Columns of each party that has ground, in the archive's order; each in that of the snapshots.

    Zeros of every party where no ground was ever held.
    """
    order = [s.digest for s in snapshots]
    if measured.empty:
        nothing = AreaRow(**dict.fromkeys(AreaRow.__annotations__, 0.0))  # type: ignore[typeddict-item]  # all its fields
        return {party: by_columns(AreaRow, [nothing] * len(order)) for party in about.parties}
    of_each = {str(party): rows.set_index("digest") for party, rows in measured.groupby("party")}
    return {
        party: Columns(
            (name, _rounded(of_each[party][name].reindex(order)))
            for name in AreaRow.__annotations__
        )
        for party in about.parties
        if party in of_each
    }


def _rounded(column: pd.Series[float]) -> list[float]:
    return [shortened_number(float(value)) for value in column.fillna(0.0)]


def _instant(instant: dt.datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
