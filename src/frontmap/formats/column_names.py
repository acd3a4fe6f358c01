"""Names of a table's columns, each of which must be there once: else one hides the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def require_distinct(names: Iterable[str], path: Path) -> None:
    """Raise ``InputError`` where two columns have one name, in any case; a blank is none.

    >>> from pathlib import Path
    >>> require_distinct(["party", "", "status", "Party ", ""], Path("a.csv"))
    Traceback (most recent call last):
    frontmap.errors.InputError: a.csv: columns 'party' and 'Party ' have one name; keep one of them,
    or name the other anew
    """
    known: dict[str, str] = {}
    for name in filter(str.strip, names):
        plain = name.strip().casefold()
        if plain in known:
            raise InputError(
                f"{path}: columns {known[plain]!r} and {name!r} have one name; "
                "keep one of them, or name the other anew"
            )
        known[plain] = name
