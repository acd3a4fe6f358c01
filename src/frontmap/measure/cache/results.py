"""Results that take long, cached by digest of revision: errors of areas, ground that changed hands.

Each rule of measuring has a file of its own; a change of the rule changes its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.geometry.uncertainty import Uncertainty
from frontmap.measure.cache.arrays import read_arrays, write_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# By digest, party and status (blank: controlled, and with contested).
CachedUncertainties = dict[tuple[str, str, str], Uncertainty]
# Faces in degrees by the digests of two revisions, a party, and ``gained`` or ``lost``.
CachedChanges = dict[tuple[str, str, str, str], "NDArray[np.object_]"]


def read_uncertainties(root: Path, rule: str) -> CachedUncertainties:
    """Return what is cached of a rule of measuring, in the archive's folder ``root``.

    >>> from pathlib import Path
    >>> read_uncertainties(Path("geodata"), "no such rule")
    {}
    """
    arrays = read_arrays(root, rule)
    if not arrays:
        return {}
    names = (tuple(row) for row in arrays["names"].tolist())
    return dict(zip(names, map(Uncertainty._make, arrays["km2"].tolist()), strict=True))


def write_uncertainties(root: Path, rule: str, uncertainties: CachedUncertainties) -> None:
    """Replace what is cached of a rule of measuring; where that is refused, do without.

    >>> import tempfile
    >>> from pathlib import Path
    >>> found = {("ab12", "UA", "contested"): Uncertainty(1.5, 4.0)}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_uncertainties(Path(folder), "rule-1", found)
    ...     read_uncertainties(Path(folder), "rule-1") == found
    True
    """
    arrays = {
        "names": np.array(list(uncertainties), dtype=np.str_).reshape(-1, 3),
        "km2": np.array(list(uncertainties.values()), dtype=np.float64).reshape(-1, 2),
    }
    write_arrays(root, rule, arrays)


def read_changes(root: Path, rule: str) -> CachedChanges:
    """Return what is cached of a rule of measuring, in the archive's folder ``root``.

    >>> from pathlib import Path
    >>> read_changes(Path("geodata"), "no such rule")
    {}
    """
    arrays = read_arrays(root, rule)
    if not arrays:
        return {}
    text, ends = arrays["wkb"].tobytes(), np.cumsum(arrays["sizes"]).tolist()
    written = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    faces = np.split(shapely.from_wkb(written), np.cumsum(arrays["counts"])[:-1])
    return {tuple(name): own for name, own in zip(arrays["names"].tolist(), faces, strict=True)}


def write_changes(root: Path, rule: str, changes: CachedChanges) -> None:
    """Replace what is cached of a rule of measuring; where that is refused, do without.

    >>> import tempfile
    >>> from pathlib import Path
    >>> faces = np.array([shapely.box(35, 51, 36, 52)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_changes(Path(folder), "rule-1", {("ab12", "cd34", "UA", "gained"): faces})
    ...     read_changes(Path(folder), "rule-1")["ab12", "cd34", "UA", "gained"][0].area
    1.0
    """
    written = [shapely.to_wkb(face) for faces in changes.values() for face in faces]
    arrays = {
        "names": np.array(list(changes), dtype=np.str_).reshape(-1, 4),
        "counts": np.array([faces.size for faces in changes.values()], dtype=np.int64),
        "sizes": np.array([len(text) for text in written], dtype=np.int64),
        "wkb": np.frombuffer(b"".join(written), dtype=np.uint8),
    }
    write_arrays(root, rule, arrays)
