"""Break the code in many small ways and count how many the tests notice (`make mutants`).

    python tests/mutants.py SEED SAMPLE [PROCESSES]

mutmut makes the mutants of the modules that ``pyproject.toml`` names; of its own list this draws a
sample by seed. A mutant whose verdict is known is not run again, unless it survived or its function
has changed. ``tests/mutants.md`` names those that stay.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import get_mutant_name

if TYPE_CHECKING:
    from pathlib import Path

WANTED = 0.85
NOTICED = frozenset({"killed", "timeout", "segfault"})


def every_mutant() -> dict[str, tuple[Path, str]]:
    """Module and verdict of each mutant by its name; the verdict of another text is none."""
    found = {}
    for path in sorted(walk_mutatable_files()):
        mutated = mutate_file_contents(str(path), path.read_text("utf-8"))
        known = SourceFileMutationData(path=path)
        known.load()
        for function in mutated.mutant_names:
            name, plain = get_mutant_name(path, function), function.partition("__mutmut_")[0]
            same = known.hash_by_function_name.get(plain) == mutated.hash_by_function_name[plain]
            code = known.exit_code_by_key.get(name) if same else None
            found[name] = (path, status_by_exit_code[code])
    return found


def drawn(names: list[str], seed: int, size: int) -> list[str]:
    """Draw by seed; a larger sample holds the smaller one of the same seed."""
    shuffled = sorted(names)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  a sample, no secret
    return shuffled[:size]


def show(sample: list[str]) -> float:
    """Print what survived and a table by module; return the share that was noticed."""
    mutants = every_mutant()
    lines: dict[str, Counter[str]] = {}
    for name in sorted(sample):
        path, verdict = mutants[name]
        lines.setdefault(str(path), Counter())[verdict] += 1
        if verdict not in NOTICED:
            subprocess.run(["mutmut", "show", name], check=True)
    print(f"{'module':<44}{'drawn':>7}{'killed':>8}{'timeout':>9}{'survived':>10}")
    whole = sum(lines.values(), Counter[str]())
    for module, counts in [*lines.items(), ("in all", whole)]:
        noticed = sum(counts[word] for word in NOTICED)
        left = counts.total() - noticed
        print(
            f"{module.removeprefix('src/frontmap/'):<44}{counts.total():>7}"
            f"{noticed - counts['timeout']:>8}{counts['timeout']:>9}{left:>10}"
        )
    return sum(whole[word] for word in NOTICED) / whole.total()


def main(seed: int, size: int, processes: int = 2) -> int:
    """Run those of the sample that have no verdict, and show all."""
    config()
    mutants = every_mutant()
    sample = drawn(list(mutants), seed, size)
    left = [name for name in sample if mutants[name][1] not in NOTICED]
    if left:
        subprocess.run(["mutmut", "run", "--max-children", str(processes), *left], check=True)
    share = show(sample)
    print(
        f"seed {seed}: {len(sample)} of {len(mutants):,} mutants drawn, {share:.1%} noticed "
        f"(wanted: {WANTED:.0%})"
    )
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
