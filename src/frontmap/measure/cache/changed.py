"""Ground gained and lost from one revision to another, kept by the digests of the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.measure.cache.arrays import keep, recall

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# Faces in degrees by the digests of two revisions, a party, and ``gained`` or ``lost``.
KnownChanges = dict[tuple[str, str, str, str], "NDArray[np.object_]"]


def recall_changed(root: Path, rule: str) -> KnownChanges:
    """Return what is kept of a rule of measuring, in the archive's folder ``root``.

    >>> from pathlib import Path
    >>> recall_changed(Path("geodata"), "no such rule")
    {}
    """
    arrays = recall(root, rule)
    if not arrays:
        return {}
    text, ends = arrays["wkb"].tobytes(), np.cumsum(arrays["sizes"]).tolist()
    written = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    faces = np.split(shapely.from_wkb(written), np.cumsum(arrays["counts"])[:-1])
    return {tuple(name): own for name, own in zip(arrays["names"].tolist(), faces, strict=True)}


def keep_changed(root: Path, rule: str, moves: KnownChanges) -> None:
    """Replace what is kept of a rule of measuring."""
    written = [shapely.to_wkb(face) for faces in moves.values() for face in faces]
    arrays = {
        "names": np.array(list(moves), dtype=np.str_).reshape(-1, 4),
        "counts": np.array([faces.size for faces in moves.values()], dtype=np.int64),
        "sizes": np.array([len(text) for text in written], dtype=np.int64),
        "wkb": np.frombuffer(b"".join(written), dtype=np.uint8),
    }
    keep(root, rule, arrays)
