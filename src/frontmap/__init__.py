"""Dated, versioned control polygons; their exact area; and one map page to read them."""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
