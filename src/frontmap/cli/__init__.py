"""The command line: parse, call, print. One module a family of verbs.

Nothing heavy is imported here: each verb imports what it needs when it is called, so that
``frontmap --help`` answers at once.
"""

from __future__ import annotations

from frontmap.cli import (
    beside,
    checking,
    drafts,
    import_verb,
    judging,
    measures,
    pages,
    records,
    revisions,
    verifying,
)
from frontmap.cli.app import app, main

__all__ = [
    "app",
    "beside",
    "checking",
    "drafts",
    "import_verb",
    "judging",
    "main",
    "measures",
    "pages",
    "records",
    "revisions",
    "verifying",
]
