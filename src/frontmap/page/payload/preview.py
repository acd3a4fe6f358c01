"""What a page of a proposed change shows: the change, what it replaces, the dates beside it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from frontmap.geometry.counted_once import counted_km2, pieces
from frontmap.measure.area_errors import snapshot_uncertainty
from frontmap.measure.timeline import border_of, parties_of
from frontmap.model import STATUSES
from frontmap.page.languages import page_languages
from frontmap.page.payload.gains import packed_gains
from frontmap.page.payload.gather import packed_payload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from frontmap.archive import Archive
    from frontmap.model import Snapshot
    from frontmap.page.payload.fields import Payload
    from frontmap.proposals import Proposal


def gather_preview(archive: Archive, proposal: Proposal) -> Payload:
    """Return the data of a page that opens with a proposed snapshot against what was before.

    That is the revision that it replaces, else the date before; the date after is there, too.
    Of the parties it opens with the one whose ground changes most. Reported figures are left out.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> payload = gather_preview(kursk, frontmap.propose(kursk, kursk["2024-08-31"]))
    >>> payload["proposed"], payload["opening"]
    (1, '#date=2024-08-31&vs=2024-08-28')
    """
    beside, own = proposal.neighbours, proposal.snapshot
    around = (beside.before, beside.replaced, own, beside.after)
    snapshots = [snapshot for snapshot in around if snapshot is not None]
    payload = packed_payload(
        archive,
        snapshots,
        _areas(archive, snapshots),
        recorded=[snapshot.revision for snapshot in snapshots if snapshot is not own],
        figures=lambda *_: (),
        gains=packed_gains,
        languages=page_languages(archive.root),
        proposed=own,
    )
    proposed = snapshots.index(own)
    if payload["minutes"] is not None and beside.replaced is not None:
        payload["minutes"][proposed] += 1  # two of one instant have an address each
    keys = _keys(snapshots, payload["minutes"])
    payload["opening"] = f"#date={keys[proposed]}"
    if proposed:
        payload["opening"] += f"&vs={keys[proposed - 1]}"
        first, *others = payload["areas"]
        changed_km2 = _changed_km2(proposal)
        most = max((first, *others), key=lambda party: changed_km2[party])  # of equals the first
        if most != first:
            payload["opening"] += f"&party={most}"
    return payload


def _changed_km2(proposal: Proposal) -> Mapping[str, float]:
    """Return the ground that each party holds otherwise than in what was before, in km²."""
    changed: dict[str, float] = defaultdict(float)
    change = proposal.correction or proposal.since
    for each in () if change is None else change.changed_ground:
        for party in {*each.from_party.split(), *each.to_party.split()}:
            changed[party] += each.area_km2
    return changed


def _areas(archive: Archive, snapshots: Sequence[Snapshot]) -> pd.DataFrame:
    """Return the ground of each snapshot and party with its error, as ``frontmap.areas`` does."""
    border = border_of(archive)
    rows = []
    for snapshot in snapshots:
        parts = pieces(snapshot)
        errors = snapshot_uncertainty(snapshot, by="party", border=border)
        for party in parties_of([snapshot]):
            km2 = {f"{each}_km2": counted_km2(parts, each, party=party) for each in STATUSES}
            error = errors[party, ""]._asdict()
            rows.append({"digest": snapshot.digest, "party": party, **km2, **error})
    return pd.DataFrame(rows)


def _keys(snapshots: Sequence[Snapshot], minutes: Sequence[int] | None) -> list[str]:
    """Name each snapshot as an address does: its date, and the minute where that has several."""
    dates = [f"{snapshot.date}" for snapshot in snapshots]
    if minutes is None:
        return dates
    return [
        f"{date}T{minute // 60:02}:{minute % 60:02}" if dates.count(date) > 1 else date
        for date, minute in zip(dates, minutes, strict=True)
    ]
