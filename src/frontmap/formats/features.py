"""What any file of polygons holds, whatever its format: features, before anybody asks whose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


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
