"""The archive: every revision of every date, only ever added; a copy of each in force to edit."""

from __future__ import annotations

from frontmap.archive.core import Archive, Clock, init, open_archive, utc_now
from frontmap.archive.recording import NewRevision

__all__ = ["Archive", "Clock", "NewRevision", "init", "open_archive", "utc_now"]
