"""Which layer of a file is read, the one named or the only one that there is; which are not."""

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
        raise InputError(
            f"{path}: has {counted(len(with_polygons), 'layer')} with polygons; name one: {options}"
            + _more(with_polygons)
        )
    if with_polygons:
        return with_polygons[0]
    if len(names) == 1:
        return names[0]
    raise InputError(f"{path}: has no layer with polygons; it has {_listed(names)}")


def not_read(
    read: str, names: Sequence[str], asked: str | None = None, remedy: str = "--layer NAME"
) -> tuple[str, ...]:
    """Say which others of a file's layers were not read, unless one was ``asked`` for.

    >>> not_read("control", ["control", "roads"]), not_read("control", ["control"])
    (('read control; not read: roads (--layer NAME)',), ())
    """
    others = [name for name in names if name != read and asked is None]
    shown = ", ".join(others[:_MOST_NAMED]) + _more(others)
    return (f"read {read}; not read: {shown} ({remedy})",) if others else ()


def _listed(names: Sequence[str]) -> str:
    return (", ".join(map(repr, names[:_MOST_NAMED])) or "none") + _more(names)


def _more(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return f" and {more} more" if more > 0 else ""


def _quoted(name: str) -> str:
    return name if name.replace("_", "a").replace("-", "a").isalnum() else repr(name)
