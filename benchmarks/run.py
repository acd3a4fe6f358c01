"""Run every benchmark and print one table: ours, the peer, the ratio, and what had to be reached."""

from __future__ import annotations

import importlib
import platform
import sys
import tempfile
from pathlib import Path

from harness import HERE


def main(shared, only=""):
    print(f"Python {platform.python_version()}, {platform.machine()}; fresh processes, CPU seconds")
    print(f"{'what':46}{'ours':>12}{'peer':>12}{'ratio':>9}  {'needed':24}peer")
    missed = 0
    for path in sorted(HERE.glob(f"bench_*{only}*.py")):
        with tempfile.TemporaryDirectory() as scratch:
            for row in importlib.import_module(path.stem).rows(Path(shared), Path(scratch)):
                missed += "NOT" in row.verdict
                values = f"{row.ours:>10.3f} {row.unit}{row.peer:>10.3f} {row.unit}"
                print(f"{row.name:46}{values}{row.ratio:>9.2f}  {row.verdict:24}{row.peer_name}")
                sys.stdout.flush()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
