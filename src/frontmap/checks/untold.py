"""What a check cannot tell of an archive, for want of what it would be told by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from frontmap.facts import read_places, read_settlement_events, read_state_border

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.archive import Archive

Wanting = Literal["no_border", "no_places", "no_settlement_events"]


class Untold(NamedTuple):
    """A ``rule`` that could find nothing, the code of what is ``wanting``, and both in words."""

    rule: str
    wanting: Wanting
    why: str


def rules_untold(archive: Archive) -> Iterator[Untold]:
    """Yield the rules that find nothing in an archive, which has nothing to hold ground against.

    Raises ``InputError`` for a table that cannot be read.

    >>> import frontmap
    >>> list(rules_untold(frontmap.open("geodata/kursk")))
    []
    """
    if read_state_border(archive.root) is None:
        yield Untold(
            "border",
            "no_border",
            "whether ground reaches across a state border: reference.geojson has none that is "
            "exact to 100 m",
        )
    if read_places(archive.root).empty:
        yield Untold(
            "settlement",
            "no_places",
            "whether settlements lie on ground of their status: places.csv has none",
        )
    elif read_settlement_events(archive.root).empty:
        yield Untold(
            "settlement",
            "no_settlement_events",
            "whether settlements lie on ground of their status: settlement_events.csv is empty",
        )
