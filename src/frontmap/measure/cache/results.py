"""Results that take long, by digest of revision: errors of areas, ground that changed hands.

Of the histories of ground those of one series are kept, the last that was asked for.
"""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from frontmap.geometry.changed import GroundChange
from frontmap.geometry.uncertainty import Uncertainty
from frontmap.measure.cache.derived_file import finite_km2, read_rows, write_rows
from frontmap.measure.cache.folder import cache_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from frontmap.model import Basis, By

    #: By party: whether ground was held at first, when it changed hands, and how large it is.
    CachedHistories = dict[str, list[tuple[bool, tuple[int, ...], float]]]

#: By digest, then by party and status (blank: controlled, and with contested).
CachedUncertainties = dict[str, dict[tuple[str, str], Uncertainty]]
#: By the digests of two revisions, then by party.
CachedChanges = dict[tuple[str, str], dict[str, GroundChange]]


def read_uncertainties(root: Path, by: By, inputs: Mapping[str, object]) -> CachedUncertainties:
    """Return the errors that are cached of an archive in the folder ``root``.

    ``inputs`` are what they must have been worked out from beside the revisions: the rule, the
    border.

    >>> from pathlib import Path
    >>> read_uncertainties(Path("geodata"), "party", {"rule": "no such"})
    {}
    """
    return read_rows(cache_folder(root), f"errors-{by}.json", inputs, _parsed_uncertainties)


def write_uncertainties(
    root: Path, by: By, inputs: Mapping[str, object], uncertainties: CachedUncertainties
) -> None:
    """Replace the errors that are cached of an archive; where that is refused, do without.

    >>> import tempfile
    >>> from pathlib import Path
    >>> found = {"ab12": {("UA", "contested"): Uncertainty(1.5, 4.0)}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_uncertainties(Path(folder), "status", {"rule": 1}, found)
    ...     read_uncertainties(Path(folder), "status", {"rule": 1}) == found
    True
    """
    rows = (
        [digest, [[*key, *each] for key, each in own.items()]]
        for digest, own in uncertainties.items()
    )
    write_rows(cache_folder(root), f"errors-{by}.json", inputs, rows)


def read_changes(root: Path, basis: Basis, inputs: Mapping[str, object]) -> CachedChanges:
    """Return the changes that are cached of an archive in the folder ``root``.

    >>> from pathlib import Path
    >>> read_changes(Path("geodata"), "held", {"rule": "no such"})
    {}
    """
    return read_rows(cache_folder(root), f"changes-{basis}.json", inputs, _parsed_changes)


def write_changes(
    root: Path, basis: Basis, inputs: Mapping[str, object], changes: CachedChanges
) -> None:
    """Replace the changes that are cached of an archive; where that is refused, do without.

    >>> import tempfile
    >>> from pathlib import Path
    >>> faces = np.array([shapely.box(35, 51, 36, 52)])
    >>> found = {("ab12", "cd34"): {"UA": GroundChange(gained=faces, lost=faces[:0])}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_changes(Path(folder), "held", {"rule": 1}, found)
    ...     read_changes(Path(folder), "held", {"rule": 1})["ab12", "cd34"]["UA"].gained[0].area
    1.0
    """
    rows = (
        [*pair, {party: [_texts(each.gained), _texts(each.lost)] for party, each in own.items()}]
        for pair, own in changes.items()
    )
    write_rows(cache_folder(root), f"changes-{basis}.json", inputs, rows)


def read_histories(root: Path, basis: Basis, inputs: Mapping[str, object]) -> CachedHistories:
    """Return the histories of ground that are cached of an archive in the folder ``root``.

    ``inputs`` name the series that they must be of.

    >>> from pathlib import Path
    >>> read_histories(Path("geodata"), "held", {"rule": "no such"})
    {}
    """
    return read_rows(cache_folder(root), f"histories-{basis}.json", inputs, _parsed_histories)


def write_histories(
    root: Path, basis: Basis, inputs: Mapping[str, object], histories: CachedHistories
) -> None:
    """Replace the histories that are cached of an archive; where that is refused, do without.

    >>> import tempfile
    >>> from pathlib import Path
    >>> found = {"UA": [(False, (1, 3), 2.5)]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_histories(Path(folder), "held", {"rule": 1}, found)
    ...     read_histories(Path(folder), "held", {"rule": 1}) == found
    True
    """
    write_rows(cache_folder(root), f"histories-{basis}.json", inputs, histories.items())


def _parsed_histories(row: Any) -> tuple[str, list[tuple[bool, tuple[int, ...], float]]]:  # noqa: ANN401  any JSON value
    party, histories = row
    return _text(party), [
        (_bool(held_first), _ascending(changed_at), finite_km2(km2))
        for held_first, changed_at, km2 in histories
    ]


def _bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} is neither true nor false")


def _ascending(values: list[object]) -> tuple[int, ...]:
    """Return indices of snapshots, of which the first has none before it."""
    found = [value for value in values if type(value) is int]
    if len(found) != len(values) or any(a >= b for a, b in pairwise([0, *found])):
        raise ValueError("indices of snapshots ascend from 1")
    return tuple(found)


def _parsed_uncertainties(row: Any) -> tuple[str, dict[tuple[str, str], Uncertainty]]:  # noqa: ANN401  any JSON value
    digest, own = row
    return _text(digest), {
        (_text(party), _text(status)): Uncertainty(finite_km2(error), finite_km2(bound))
        for party, status, error, bound in own
    }


def _parsed_changes(row: Any) -> tuple[tuple[str, str], dict[str, GroundChange]]:  # noqa: ANN401  any JSON value
    before, after, own = row
    return (_text(before), _text(after)), {
        party: GroundChange(gained=_faces(gained), lost=_faces(lost))
        for party, (gained, lost) in own.items()
    }


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"{value!r} is no text")


def _texts(faces: NDArray[np.object_]) -> list[str]:
    return [base64.b64encode(face).decode() for face in shapely.to_wkb(faces)]


def _faces(texts: list[str]) -> NDArray[np.object_]:
    faces = np.empty(len(texts), dtype=object)
    faces[:] = shapely.from_wkb([base64.b64decode(text, validate=True) for text in texts])
    if not np.all(shapely.get_type_id(faces) == shapely.GeometryType.POLYGON):
        raise ValueError("a face is a polygon")
    if not np.isfinite(shapely.get_coordinates(faces)).all():
        raise ValueError("a face has finite coordinates")
    return faces
