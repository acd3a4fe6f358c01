"""The files of another maker that the benchmarks read, from the folder that SHARED names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from frontmap.imports.foreign import How, foreign_reader
from frontmap.imports.importing import sources_in
from frontmap.intake.profiles import read_profile

if TYPE_CHECKING:
    from pathlib import Path

    from frontmap.imports.foreign import ForeignZones


def deepstate_paths(shared: Path) -> list[Path]:
    """Return the files of the maker in a folder, or under ``real/deepstate`` in it."""
    folder = shared / "real" / "deepstate"
    return sorted((folder if folder.is_dir() else shared).glob("*.geojson"))


@lru_cache(maxsize=1)
def deepstate_files(shared: Path) -> tuple[ForeignZones, ...]:
    """Every file as zones, oldest first."""
    read = foreign_reader(How(read_profile("deepstate")))
    return tuple(map(read, sources_in(deepstate_paths(shared), "deepstate")))
