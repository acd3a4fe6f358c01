"""Write the true output of every console session into README and docs (`make pages`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from consoles import ROOT, fresh_clone, matches, outputs, steps


def refresh(page: Path) -> None:
    """Run the page's sessions in a copy of the checkout; replace the outputs that are not true."""
    text = page.read_text("utf-8")
    shown = steps(page)
    with tempfile.TemporaryDirectory() as folder:
        printed = outputs([step.command for step in shown], fresh_clone(Path(folder)))
    for step, output in zip(shown, printed, strict=True):
        if not matches(step.shown, output):
            print(f"{page.name}: {step.prompt}")
            body = output.rstrip("\n")
            new = f"{step.prompt}\n{body}\n" if body else f"{step.prompt}\n"
            text = text.replace(f"{step.prompt}\n{step.shown}", new, 1)
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    named = [Path(name) for name in sys.argv[1:]]
    for each in named or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        refresh(each)
