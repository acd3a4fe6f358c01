"""Same input, same bytes out: whatever the hash seed, time zone, locale, folder and input order."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import frontmap
from frontmap import page

KURSK = Path(__file__).parents[1] / "geodata" / "kursk"
MAKE = """
import contextlib, io, sys
from pathlib import Path
from shapely import box
import frontmap.cli
from fronts import Clock, new_archive, zone

turn = int(sys.argv[1])
zones = [
    zone(box(35, 51, 35.2, 51.2), "a", sources=("isw", "ds"), extra={"x": 1, "name": "Суджа"}),
    zone(box(35.2, 51, 35.4, 51.2), "b", status="contested", note="ї"),
    zone(box(35, 51.5, 35.4, 51.7), "c", party="RU", status="claimed"),
]
ordered = zones[turn:] + zones[:turn]
opened = new_archive(Path("front"), Clock())
opened.add("2024-08-12", [z for z in ordered if z.id != "c"], reason="перший")
opened.correct("2024-08-12", ordered, reason="другий")
opened.add("2024-08-31", ordered, reason="third", sources=["ds", "isw"][:: 1 if turn == 1 else -1])
for words in (["log"], ["show", "2024-08-31"], ["diff", "2024-08-12"], ["area"], ["verify"]):
    for form in ("text", "json", "csv"):
        said = io.StringIO()
        sys.argv = ["frontmap", *words, "--format", form, "--archive", "front"]
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            frontmap.cli.main()
        Path(f"{words[0]}.{form}").write_text(said.getvalue(), "utf-8")
for verb in ("map", "report"):
    sys.argv = ["frontmap", verb, "--output", f"{verb}.html", "--party", "UA", "--archive", "front"]
    with contextlib.suppress(SystemExit):
        frontmap.cli.main()
"""
SETTINGS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "12345", "TZ": "America/St_Johns", "LC_ALL": "POSIX", "PYTHONUTF8": "0"},
]


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make(folder: Path, turn: int, settings: dict[str, str]) -> dict[str, str]:
    folder.mkdir(parents=True)
    env = {
        **os.environ,
        "PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        **settings,
    }
    script = folder.parent / "make.py"
    script.write_text(MAKE, "utf-8")
    subprocess.run([sys.executable, "../make.py", str(turn)], cwd=folder, env=env, check=True)
    return digests(folder)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return make(tmp_path_factory.mktemp("one") / "here", 0, SETTINGS[0])


@pytest.mark.parametrize("turn", [1, 2])
def test_archive_tables_map_and_report_are_the_same_bytes_elsewhere(first, tmp_path, turn):
    assert make(tmp_path / "somewhere else/ї", turn, SETTINGS[turn]) == first
    assert len(first) > 20
    assert {"map.html", "report.html", "area.csv"} <= first.keys()


def test_the_page_of_the_shipped_archive_is_the_same_byte_for_byte(kursk_page, tmp_path):
    shutil.copytree(KURSK, tmp_path / "kursk")
    page.save_page(frontmap.open(tmp_path / "kursk"), tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == kursk_page.read_bytes()


def test_the_page_names_no_folder_of_this_machine(kursk_page):
    assert str(KURSK.parent) not in kursk_page.read_text("utf-8")
