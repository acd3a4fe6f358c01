"""Dated, versioned control polygons; their exact area; and one map page to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["__version__", "layer", "open"]

if TYPE_CHECKING:
    from frontmap.archive import open_archive as open  # noqa: A004  the library's verb
    from frontmap.page import layer

_LAZY = {
    "layer": ("frontmap.page", "layer"),
    "open": ("frontmap.archive", "open_archive"),
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for, so that ``import frontmap`` stays fast."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _LAZY[name]
    return getattr(import_module(module), attribute)
