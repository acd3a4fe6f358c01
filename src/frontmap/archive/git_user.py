"""Who the user is, by the user's own configuration of git: never by that of a repository.

An archive that somebody sent may bring a ``.git`` with a ``user.name`` of its own, which would put
its words into the user's mouth, and anything else into git's hands. So git is asked for the user's
own file alone, from outside of any repository.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from frontmap.archive.programs import search_path

SECONDS = 5.0
LONGEST_NAME = 200
_ASK = ["git", "config", "--global", "--includes", "--get", "user.name"]


def user_name() -> str:
    """Return ``user.name`` of the user's own git configuration; blank where there is none.

    >>> from unittest import mock
    >>> with mock.patch.dict(os.environ, {"GIT_CONFIG_GLOBAL": os.devnull}):
    ...     user_name()
    ''
    """
    own = {key: os.environ[key] for key in ("HOME", "XDG_CONFIG_HOME") if key in os.environ}
    if given := os.environ.get("GIT_CONFIG_GLOBAL"):
        own["GIT_CONFIG_GLOBAL"] = str(Path(given).absolute())
    environment = {
        **own,
        "PATH": search_path(),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_DIR": os.devnull,
        "LC_ALL": "C",
    }
    try:
        asked = subprocess.run(
            _ASK, cwd="/", env=environment, capture_output=True, timeout=SECONDS, check=True
        )
        name = asked.stdout.decode().removesuffix("\n").strip()
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return name if name.isprintable() and len(name) <= LONGEST_NAME else ""
