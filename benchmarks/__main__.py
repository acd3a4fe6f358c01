"""Print the table of ratios: ``python -m benchmarks DIR``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import archive_scale, area_step, change_series, reading
from benchmarks.comparison import Comparison
from benchmarks.makers_files import deepstate_paths

COMPARISONS = (area_step.compare, reading.compare, archive_scale.compare, change_series.compare)


def main() -> None:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    if shared is None or not deepstate_paths(shared):
        print("skipped: no folder with real/deepstate; give it: make bench SHARED=DIR")
        return
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache  # what is made is made here, and not known from before
        for compare in COMPARISONS:
            found = compare(shared)
            for comparison in [found] if isinstance(found, Comparison) else found:
                print(comparison.line(), flush=True)


main()
