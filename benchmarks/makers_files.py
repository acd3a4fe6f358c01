"""The files of another maker that the benchmarks read, from the folder that SHARED names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from frontmap.imports import deepstate
from frontmap.imports.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

    from frontmap.imports.foreign import ForeignFile


def deepstate_paths(shared: Path) -> list[Path]:
    """Return the files of the maker in a folder, or under ``real/deepstate`` in it."""
    folder = shared / "real" / "deepstate"
    return sorted((folder if folder.is_dir() else shared).glob("*.geojson"))


@lru_cache(maxsize=1)
def deepstate_files(shared: Path) -> tuple[ForeignFile, ...]:
    """Every file as zones, oldest first."""
    read_file = deepstate.reader(Choices())
    return tuple(read_file(path) for path in deepstate_paths(shared))
