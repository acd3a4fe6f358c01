"""``python -m frontmap``: the command line of this very interpreter's frontmap."""

from __future__ import annotations

from frontmap.cli import main

if __name__ == "__main__":
    main()
