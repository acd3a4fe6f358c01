"""The archive: every revision of every date, only ever added; a copy of each in force to edit."""

from __future__ import annotations

from frontmap.archive.core import Archive
from frontmap.archive.layout import GIT_FILES
from frontmap.archive.new_revisions import Clock, NewRevision, utc_now
from frontmap.archive.opening import init, open_archive

__all__ = ["GIT_FILES", "Archive", "Clock", "NewRevision", "init", "open_archive", "utc_now"]
