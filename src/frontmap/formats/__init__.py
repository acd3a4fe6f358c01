"""Files that people and programs write ↔ zones. One module a format."""

from __future__ import annotations

from frontmap.formats.geojson import Defaults, Reading, read_zones

__all__ = ["Defaults", "Reading", "read_zones"]
