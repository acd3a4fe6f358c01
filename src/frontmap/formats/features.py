"""What any file of polygons holds, whatever its format: features, before anybody asks whose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
LONGEST_ID_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature of a file, as the file has it; longitude/latitude degrees (EPSG:4326).

    ``polygons`` holds a list of rings for each, the shell first, a ring being a list of positions;
    nothing of it is checked. ``others`` names the types of all geometry that is no polygon.
    ``row`` is the number that a tool gave it, and gives otherwise the next time.
    ``folders`` are those it lies in, the nearest first; ``fill`` is the colour that it is drawn
    with (``#rrggbb``, or blank); ``begin`` and ``end`` are the texts of the time it states.
    ``flaw`` says why nothing could be read of it; blank where something was.

    >>> Feature(properties={"name": "Sudzha"}, others=("Point",)).polygons
    ()
    """

    own_id: str = ""
    row: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    polygons: tuple[Any, ...] = ()
    others: tuple[str, ...] = ()
    layer: str = ""
    folders: tuple[str, ...] = ()
    fill: str = ""
    begin: str = ""
    end: str = ""
    flaw: str = ""

    @property
    def stated_as(self) -> str:
        """What the file calls it: its own id, else the number that a tool gave it.

        >>> Feature(row="3").stated_as, Feature(own_id="a", row="3").stated_as
        ('3', 'a')
        """
        return self.own_id or self.row


def place_of(number: int, stated_as: str) -> str:
    """Name a feature as its file has it: by its number there, and what the file calls it.

    >>> place_of(3, "zone-7"), place_of(4, "")
    ('feature 3 (zone-7)', 'feature 4')
    """
    if not stated_as:
        return f"feature {number}"
    own_id = stated_as[:LONGEST_ID_SHOWN] + "…" * (len(stated_as) > LONGEST_ID_SHOWN)
    return f"feature {number} ({own_id if own_id.isprintable() else ascii(own_id)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFile(Generic[T]):
    """What a file holds: ``features`` in its order, each as the reader was asked to convert it.

    ``form`` is the name of its format, ``crs`` that of the coordinates that it was converted from
    (blank for degrees), ``header`` the object ``frontmap`` of an archive's own copy. ``repairs``
    says what was mended in reading.
    """

    form: str
    features: tuple[T, ...]
    repairs: tuple[str, ...] = ()
    header: Mapping[str, Any] | None = None
    crs: str = ""
