"""Where programs of the system are looked for: never in the folder that one happens to be in."""

from __future__ import annotations

import os

_NOWHERE = "/nowhere"


def search_path() -> str:
    """Return ``PATH`` without what is relative: an archive from a stranger may hold programs.

    Where nothing else is in it, the path is one that holds none.

    >>> from unittest import mock
    >>> with mock.patch.dict(os.environ, {"PATH": os.pathsep.join([".", "/usr/bin", ""])}):
    ...     search_path()
    '/usr/bin'
    """
    return os.pathsep.join(filter(os.path.isabs, os.get_exec_path())) or _NOWHERE
