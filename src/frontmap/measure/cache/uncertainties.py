"""Errors and bounds of areas, kept by the digest of the revision that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from frontmap.measure.cache.arrays import keep, recall

if TYPE_CHECKING:
    from pathlib import Path

#: Error and bound in square kilometres by digest, party and status (blank: controlled, contested).
KnownUncertainties = dict[tuple[str, str, str], tuple[float, float]]


def recall_uncertainties(root: Path, rule: str) -> KnownUncertainties:
    """Return what is kept of a rule of measuring, in the archive's folder ``root``.

    >>> from pathlib import Path
    >>> recall_uncertainties(Path("geodata"), "no such rule")
    {}
    """
    arrays = recall(root, rule)
    if not arrays:
        return {}
    names = (tuple(row) for row in arrays["names"].tolist())
    return dict(zip(names, map(tuple, arrays["km2"].tolist()), strict=True))


def keep_uncertainties(root: Path, rule: str, spreads: KnownUncertainties) -> None:
    """Replace what is kept of a rule of measuring."""
    arrays = {
        "names": np.array(list(spreads), dtype=np.str_).reshape(-1, 3),
        "km2": np.array(list(spreads.values()), dtype=np.float64).reshape(-1, 2),
    }
    keep(root, rule, arrays)
