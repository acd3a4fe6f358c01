"""What cached results were made by: the code that decides a number, and the libraries under it."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_ROOMS = ("model.py", "archive", "formats", "geometry", "measure")


def _sources(place: Traversable) -> Iterator[bytes]:
    if place.is_dir():
        for each in sorted(place.iterdir(), key=lambda found: found.name):
            yield from _sources(each)
    elif place.name.endswith(".py"):
        yield place.read_bytes()


def _code_digest() -> str:
    """Tell this code from any other, so that no rule can change and its results stay."""
    digest = hashlib.blake2b(digest_size=16)
    for room in _ROOMS:
        for source in _sources(files("frontmap").joinpath(room)):
            digest.update(b"%d " % len(source) + source)
    return digest.hexdigest()


#: Read once, as early as the code itself is.
ORIGIN = {
    "code": _code_digest(),
    "geos": shapely.geos_version_string,
    "numpy": np.__version__,
    "proj": pyproj.proj_version_str,
    "pyproj": pyproj.__version__,
    "shapely": shapely.__version__,
}
