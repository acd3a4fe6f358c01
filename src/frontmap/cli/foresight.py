"""What a change would do, said before it is recorded, and the question whether it is meant."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path  # noqa: TC003  typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.options import ForceOption  # noqa: TC001  typer reads it
from frontmap.cli.output import grouped_findings, printable, say
from frontmap.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from frontmap.archive import Archive
    from frontmap.measure.difference import Difference
    from frontmap.measure.held_places import Holding, PlaceChange
    from frontmap.model import Snapshot
    from frontmap.proposals import Doubt, GroundArea, Proposal

#: So many settlements, zones or sources are named; of more, their number.
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Foresight:
    """What is done before a change is recorded."""

    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be recorded, and record nothing.")
    ] = False
    preview: Annotated[
        Path | None,
        typer.Option(
            "--preview",
            metavar="FILE",
            help="Write a page of the change: before, after, what moved (HTML).",
            show_default=False,
        ),
    ] = None
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing, also where ground or sources go.")
    ] = False
    force: ForceOption = False

    def go_ahead(self, archive: Archive, snapshot: Snapshot) -> bool:
        """Say what recording a snapshot changes; return whether to record it.

        Raises ``InputError`` where somebody says no to the question.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> Foresight(dry_run=True).go_ahead(kursk, kursk["2024-08-06"])  # doctest: +ELLIPSIS
        2024-08-06:
        ...
        False
        """
        from frontmap import outputs
        from frontmap.proposals import propose

        if self.preview is not None:
            outputs.require_free([self.preview], force=self.force)
        proposal = propose(archive, snapshot)
        print_proposal(proposal)
        if self.preview is not None:
            from frontmap import page

            page.save_preview(archive, proposal, self.preview, force=self.force)
            say(f"wrote {self.preview}: {self.preview.stat().st_size / 1000:.0f} kB")
        if self.dry_run:
            say("nothing is recorded (--dry-run)")
            return False
        if proposal.doubts and not self.yes:
            _require_meant()
        return True


def print_proposal(proposal: Proposal) -> None:
    """Print what a change would do: a line each for ground, gains, settlements, findings.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> print_proposal(frontmap.propose(kursk, kursk["2024-08-31"]))
    2024-08-31:
      UA controlled: 900.3 ± 83.3 km² (at worst ± 330.4)
      UA contested: 266.5 ± 158.6 km² (at worst ± 722.4)
      since 2024-08-28: UA gained 38.1 km², lost 23.1 km²
      until 2024-09-05: UA gained 20.4 km², lost 20.0 km²
      settlements on other ground than on 2024-08-28: 7
        UA contested → UA controlled: Novocherkassky, Snagost, Vetreno, Vishnevka
        UA contested → nobody's: Sheptukhovka
        UA controlled → UA contested: Borki
        nobody's → UA contested: Maryevka
    """
    for line in proposal_lines(proposal):
        print(printable(line))


def proposal_lines(proposal: Proposal) -> Iterator[str]:
    """Yield what :func:`print_proposal` prints.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> next(proposal_lines(frontmap.propose(kursk, kursk["2024-08-06"])))
    '2024-08-06:'
    """
    snapshot = proposal.snapshot
    yield f"{snapshot.date}:" if snapshot.zones else f"{snapshot.date}: no ground is held"
    yield from (f"  {_area(each)}" for each in proposal.ground)
    if proposal.correction is not None:
        before = proposal.correction.before
        yield f"  against {before.digest[:12]}, in force: {_gains(proposal.correction)}"
    if proposal.since is not None:
        yield f"  since {proposal.since.before.date}: {_gains(proposal.since)}"
    if proposal.until is not None:
        yield f"  until {proposal.until.after.date}: {_gains(proposal.until)}"
    yield from _places(proposal)
    for what, names in (
        ("zones", proposal.removed_zones),
        ("sources", proposal.removed_sources),
    ):
        if names:
            yield f"  {what} that go: {_few(names)}"
    yield from (f"not compared: {why}" for why in proposal.unknown)
    yield from grouped_findings(proposal.findings)
    yield from (f"mind: {text}" for text in _doubts(proposal.doubts))


def _area(ground: GroundArea) -> str:
    area = f"{ground.party} {ground.status}: {_number(ground.area_km2)}"
    if ground.error_km2 is None or ground.bound_km2 is None:
        return f"{area} km² (error not known)"
    return f"{area} ± {_number(ground.error_km2)} km² (at worst ± {_number(ground.bound_km2)})"


def _gains(difference: Difference) -> str:
    """Say of controlled ground what each party gained and lost."""
    parties = sorted({ground.party for ground in difference.ground})
    changes = [
        (party, difference.gained_km2(party), difference.lost_km2(party)) for party in parties
    ]
    said = [
        f"{party} gained {_number(gained)} km², lost {_number(lost)} km²"
        for party, gained, lost in changes
        if gained or lost
    ]
    return "; ".join(said) or "nobody gained or lost controlled ground"


def _places(proposal: Proposal) -> Iterator[str]:
    if not proposal.places:
        return
    beside = proposal.neighbours
    than = "in force" if beside.replaced else f"on {beside.before.date}" if beside.before else ""
    yield f"  settlements on other ground than {than}: {len(proposal.places)}"
    changed = sorted(proposal.places, key=_ends)
    for (before, after), places in groupby(changed, key=_ends):
        yield f"    {before} → {after}: {_few([place.name for place in places])}"


def _ends(place: PlaceChange) -> tuple[str, str]:
    return _holder(place.before), _holder(place.after)


def _holder(holding: Holding) -> str:
    return f"{'/'.join(holding.parties)} {holding.status}" if holding.status else "nobody's"


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _doubts(doubts: Sequence[Doubt]) -> Iterator[str]:
    for kind, own in groupby(doubts, key=lambda doubt: doubt.kind):
        if kind == "source":
            yield f"named no more: {_few([doubt.name for doubt in own])}"
        elif kind == "zone":
            gone = [f"{doubt.name} ({_number(doubt.area_km2)} km²)" for doubt in own]
            yield f"ground goes into no zone, of: {_few(gone)}"
        else:
            yield from map(_party_doubt, own)


def _party_doubt(doubt: Doubt) -> str:
    replaced = doubt.from_date == doubt.to_date
    before = "in force" if replaced else f"on {doubt.from_date}"
    if doubt.kind == "ground":
        return f"{doubt.name} has no ground any more; {before}: {_number(doubt.area_km2)} km²"
    step = "against what is in force" if replaced else f"from {doubt.from_date} to {doubt.to_date}"
    verb = "gains" if doubt.area_km2 > 0 else "loses"
    known = (
        f"from one date of this archive to the next its ground never changed by more than "
        f"{_number(doubt.largest_km2)} km²"
        if doubt.largest_km2
        else "this archive has no change to compare that with"
    )
    return f"{doubt.name} {verb} {abs(doubt.area_km2):,.0f} km² {step}; {known}"


def _number(km2: float) -> str:
    return f"{km2:,.1f}" if km2 >= 10 or not km2 else f"{km2:.3g}"  # noqa: PLR2004  as many digits


def _require_meant() -> None:
    """Ask on a terminal whether to record it; elsewhere say that nobody was asked."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("not asked whether that is meant: not on a terminal (--yes says so beforehand)")
        return
    sys.stdout.flush()
    print("Record it? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise InputError("nothing is recorded: the answer was no")
