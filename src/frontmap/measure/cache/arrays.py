"""Arrays under a name in an archive's ``.cache/``: never the only copy."""

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


def read_arrays(root: Path, name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays under a name in the archive's folder; none where they are not whole.

    >>> read_arrays(Path("geodata"), "nothing")
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


def write_arrays(root: Path, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Replace the arrays under a name; where that is refused, do without.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_arrays(Path(folder), "squares", {"km2": np.array([1.0, 4.0])})
    ...     read_arrays(Path(folder), "squares")
    {'km2': array([1., 4.])}
    """
    path = _path(root, name)
    with suppress(OSError):
        make_cache_folder(path.parent)
        handle, staged = tempfile.mkstemp(dir=path.parent, prefix="part-")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(staged).replace(path)
        finally:
            Path(staged).unlink(missing_ok=True)


def make_cache_folder(folder: Path) -> None:
    r"""Make the folder of derived files, which git leaves alone.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     make_cache_folder(Path(folder, ".cache"))
    ...     Path(folder, ".cache", ".gitignore").read_text()
    '*\n'
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_bytes(b"*\n")


def _path(root: Path, name: str) -> Path:
    return root / FOLDER / f"{name}.npz"
