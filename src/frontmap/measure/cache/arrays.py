"""Results that take long, kept as arrays in an archive's ``.cache/``: never the only copy."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FOLDER = ".cache"


def recall(root: Path, name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays kept under a name in the archive's folder; none where they are not whole.

    >>> recall(Path("geodata"), "nothing")
    {}
    """
    try:
        with _path(root, name).open("rb") as file:
            if zipfile.ZipFile(file).testzip() is not None:  # before NumPy reads what is damaged
                return {}
            file.seek(0)
            return dict(np.load(file, allow_pickle=False))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return {}


def keep(root: Path, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Replace what is kept under a name; where that is refused, do without."""
    path = _path(root, name)
    with suppress(OSError):
        ready(path.parent)
        handle, staged = tempfile.mkstemp(dir=path.parent, prefix="part-")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(staged).replace(path)
        finally:
            Path(staged).unlink(missing_ok=True)


def ready(folder: Path) -> None:
    """Make the folder of derived files, which git leaves alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_bytes(b"*\n")


def _path(root: Path, name: str) -> Path:
    return root / FOLDER / f"{name}.npz"
