"""The reference of an archive that has none: filled for the theatre, or for the ground in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from frontmap import storage
from frontmap.facts.reference import REFERENCE
from frontmap.facts.world import fill_reference as filled

if TYPE_CHECKING:
    from frontmap.archive.core import Archive

#: A theatre wider or higher than this is no theatre yet: the ground in it says where it is.
WIDEST_DEG: Final = 40.0
#: How far about that ground, of its size and in degrees.
_AROUND_PART, _AROUND_DEG = 0.1, 0.2


def fill_reference(archive: Archive) -> bool:
    """Give an archive without ``reference.geojson`` one, from a set of the world.

    Coasts and state borders to some 3 km (disputed ones marked so), countries to 10 km, cities
    with how many live there; each with its source, licence and accuracy (``docs/format.md``). Of a
    theatre of more than 40 degrees it is what lies about the ground that is recorded. Nothing is
    measured with it, and a reference that is there stays.

    Returns whether one was filled: not where one is there, nor in a wide theatre without ground.
    Raises ``ConflictError`` where ``sources.csv`` has other sources under ``natural-earth`` and
    ``geonames``, ``InputError`` where it cannot be read, ``StorageError`` where nothing can be
    written. Coordinates are in degrees (EPSG:4326).

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0-1.0",
    ...                       bbox=(35, 32, 36.5, 34), parties={"A": {"name_en": "Party A"}})
    >>> fill_reference(front), fill_reference(front)
    (True, False)
    """
    if storage.kind_of(archive.root / REFERENCE, below=archive.root) is not None:
        return False
    box = archive.about.theatre.bbox
    if max(box[2] - box[0], box[3] - box[1]) > WIDEST_DEG:
        ground = [zone.geometry for snapshot in archive.snapshots() for zone in snapshot.zones]
        if not ground:
            return False
        west, south, east, north = shapely.total_bounds(ground).tolist()
        by = max(_AROUND_PART * max(east - west, north - south), _AROUND_DEG)
        box = (
            max(west - by, box[0]),
            max(south - by, box[1]),
            min(east + by, box[2]),
            min(north + by, box[3]),
        )
    return filled(archive.root, box)
