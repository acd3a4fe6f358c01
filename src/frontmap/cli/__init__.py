"""The command line: parse, call, print. One module a family of verbs.

Nothing heavy is imported here: each verb imports what it needs when it is called, so that
``frontmap --help`` answers at once. It lists the verbs in the order of these imports.
"""

from __future__ import annotations

# isort: off
from frontmap.cli import (
    beside,
    starting,
    records,
    deciding,
    checking,
    drafts,
    import_verb,
    judging,
    measures,
    pages,
    page_words,
    revisions,
    verifying,
)

# isort: on
from frontmap.cli.app import app, main

__all__ = [
    "app",
    "beside",
    "checking",
    "deciding",
    "drafts",
    "import_verb",
    "judging",
    "main",
    "measures",
    "page_words",
    "pages",
    "records",
    "revisions",
    "starting",
    "verifying",
]
