"""Tests and the examples in the code have a cache folder of their own; the user's is let be.

Nor do they know whose machine they run on: git has no configuration but a repository's.
"""

from __future__ import annotations

import os
import tempfile

if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker shares that of the process that started it
    CACHE_HOME = tempfile.TemporaryDirectory(prefix="frontmap-tests-cache-")
    os.environ["XDG_CACHE_HOME"] = CACHE_HOME.name
os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
