"""Write the true output of every console session into README and docs (`make pages`)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from consoles import COPY_LEAVES_OUT, environment, matches, sessions

ROOT = Path(__file__).parent.parent


def refresh(page: Path) -> None:
    """Run the page's sessions in a copy of the checkout; replace the outputs that are not true."""
    text = page.read_text("utf-8")
    for steps in sessions(page):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "frontmap"
            shutil.copytree(ROOT, copy, ignore=COPY_LEAVES_OUT)
            (copy / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
            for step in steps:
                done = subprocess.run(
                    ["bash", "-c", step.command],
                    cwd=copy,
                    env=environment(),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    check=False,
                )
                if not matches(step.shown, done.stdout):
                    print(f"{page.name}: $ {step.command}")
                    body = done.stdout.rstrip("\n")
                    new = f"{step.prompt}\n{body}\n" if body else f"{step.prompt}\n"
                    text = text.replace(f"{step.prompt}\n{step.shown}", new, 1)
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    every = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for path in map(Path, sys.argv[1:] or every):
        refresh(path)
