"""Which layer of a file is read: the one that was named, or the only one that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.errors import InputError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_NAMED = 20


def chosen(
    asked: str | None, names: Sequence[str], with_polygons: Sequence[str], path: Path
) -> str:
    """Return the layer ``asked`` for; without one, the only layer that has polygons.

    Raises ``InputError`` that lists them when there is no such layer, or more than one to choose.

    >>> from pathlib import Path
    >>> chosen(None, ["roads", "control"], ["control"], Path("a.gpkg"))
    'control'
    >>> chosen(None, ["2024", "2025"], ["2024", "2025"], Path("a.gpkg"))
    Traceback (most recent call last):
    frontmap.errors.InputError: a.gpkg: has 2 layers with polygons; name one: --layer 2024, --layer
    2025
    """
    if asked is not None:
        if asked in names:
            return asked
        raise InputError(f"{path}: has no layer {asked!r}; it has {_listed(names)}")
    if len(with_polygons) > 1:
        options = ", ".join(f"--layer {_quoted(name)}" for name in with_polygons[:_MOST_NAMED])
        more = len(with_polygons) - _MOST_NAMED
        raise InputError(
            f"{path}: has {counted(len(with_polygons), 'layer')} with polygons; name one: {options}"
            + (f" and {more} more" if more > 0 else "")
        )
    if with_polygons:
        return with_polygons[0]
    if len(names) == 1:
        return names[0]
    raise InputError(f"{path}: has no layer with polygons; it has {_listed(names)}")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:_MOST_NAMED])) or "none"
    more = len(names) - _MOST_NAMED
    return shown + (f" and {more} more" if more > 0 else "")


def _quoted(name: str) -> str:
    return name if name.replace("_", "a").replace("-", "a").isalnum() else repr(name)
