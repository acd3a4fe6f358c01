"""What a stranger's file can cost: time and memory in proportion to it, or one clear refusal.

Each case runs in a process of its own under a cap on processor time and address space, so that a
cost that grows as a square or a cube fails instead of hanging.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

MIB = 1 << 20
#: What the packages take of a process's addresses before anything is read.
PACKAGES_MIB = 600


def capped(code: str, *arguments: object, cpu_s: int, mib: int) -> str:
    """Run code under caps; return what it printed, or the refusal that it ended in."""

    def caps() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        space = (PACKAGES_MIB + mib) * MIB
        resource.setrlimit(resource.RLIMIT_AS, (space, space))

    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, check=False, preexec_fn=caps,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode in (0, 1), f"{done.returncode}: {done.stderr[-2000:]}"
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return (done.stdout + done.stderr).strip()


def command(*words: object, cpu_s: int, mib: int) -> str:
    """Run a command of frontmap under caps."""
    return capped("from frontmap.cli import main; main()", *words, cpu_s=cpu_s, mib=mib)


READ = """
import sys
from frontmap.errors import InputError
from frontmap.formats.geojson import read_zones
try:
    print(len(read_zones(sys.argv[1]).zones), "zones")
except InputError as error:
    print(error)
"""


def with_member(text: str) -> str:
    return f'{{"type":"FeatureCollection","features":[],"a":{text}}}'


TEXTS = {
    "a key twice": (
        '{"type":"FeatureCollection","features":[],'
        + ",".join(f'"k{n}":1' for n in range(300_000)) + ',"k299999":2}',
        "key 'k299999' occurs twice in one object",
    ),
    "escaped backslashes": (with_member('"' + "\\\\" * (8 * MIB) + '"'), "0 zones"),
    "escaped letters": (with_member('"' + "\\u0041" * (2 * MIB) + '"'), "0 zones"),
    "one long text": (with_member('"' + "x" * (16 * MIB) + '"'), "0 zones"),
    "a text that never ends": (with_member('"' + '\\"' * (8 * MIB)), "Unterminated string"),
    "empty lists": (with_member("[" + "[]," * 2_600_000 + "[]]"), "about 5,200,007 values"),
    "empty objects": (with_member("[" + "{}," * 2_600_000 + "{}]"), "about 5,200,007 values"),
    "empty texts": (with_member("[" + '"",' * 5_000_000 + '""]'), "values, 5,000,000 at most"),
    "numbers": (with_member("[" + "1," * 5_000_000 + "1]"), "values, 5,000,000 at most"),
    "lists in lists": (with_member("[" * 1_000_000), "nested 1000001 deep"),
    "a number of a million digits": (with_member("1" * 1_000_000), "is too large for a whole"),
    "half a letter in a long text": (with_member('"' + "x" * MIB + '\\ud800"'), "half a letter"),
    "a long key twice": (
        f'{{"{"k" * MIB}":1,"{"k" * MIB}":2}}', "occurs twice in one object; keep one"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TEXTS)
def test_a_json_text_costs_no_more_than_its_length(tmp_path, what):
    text, answer = TEXTS[what]
    path = tmp_path / "zones.geojson"
    path.write_text(text)
    said = capped(READ, path, cpu_s=8, mib=200)
    assert answer in said
    assert len(said) < 1000


def test_a_makers_file_of_more_values_than_are_read_is_refused(tmp_path):
    path = tmp_path / "1709294400.geojson"
    path.write_text('{"features":[' + "{}," * 5_000_001 + "{}]}")
    said = command("import", "deepstate", path, "--into", tmp_path / "new", cpu_s=8, mib=200)
    assert "1709294400.geojson: about 10,000,006 values, 5,000,000 at most" in said


def test_a_table_of_very_many_columns_is_refused(tmp_path):
    path = tmp_path / "sources.csv"
    header = ["id", "publisher", "url", "published", "read", *(f"c{n}" for n in range(200_000))]
    path.write_text(",".join(header) + "\n")
    code = """
import sys
from pathlib import Path
from frontmap.errors import InputError
from frontmap.facts.reading import read_table
from frontmap.facts.tables import SOURCES
try:
    read_table(Path(sys.argv[1]), SOURCES)
except InputError as error:
    print(error)
"""
    assert "200,005 columns, 1,000 at most" in capped(code, path, cpu_s=8, mib=200)
