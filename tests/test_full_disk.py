"""A disk filled to the brim: one clear line, the old state whole, nothing left over."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shapely import Point

import frontmap
from frontmap import storage
from frontmap.errors import StorageError
from fronts import SMALL, new_archive, zone
from test_cli_records import Desk

if TYPE_CHECKING:
    from frontmap.archive import Archive

pytestmark = pytest.mark.faults

SIZE = 1 << 20
ROUND = Point(35.5, 51.5).buffer(0.4, quad_segs=500)


@pytest.fixture
def disk(tmp_path):
    """A file system of 1 MiB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if (
        shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting a small tmpfs needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, leave: int) -> None:
    """Leave so many bytes free on the disk."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    free = shutil.disk_usage(disk).free
    filler.write_bytes(bytes(max(free - leave, 0)))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.name not in {".lock", "filler"}
    }


def refusal(opened: Archive, verb: str, date: str) -> str | None:
    try:
        getattr(opened, verb)(date, [zone(ROUND)], reason="on a full disk")
    except StorageError as error:
        return str(error)
    return None


@pytest.mark.parametrize("verb", ["add", "correct"])
def test_a_verb_on_a_full_disk_changes_nothing_and_works_again_when_there_is_room(
    disk, verb, record_property
):
    opened = new_archive(disk / "front")
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    before = contents(disk)
    date = "2024-08-31" if verb == "correct" else "2024-09-15"
    refused = 0
    for leave in range(0, 180_000, 4096):
        fill(disk, leave)
        said = refusal(opened, verb, date)
        if said is None:
            break
        refused += 1
        assert "No space left on device" in said
        assert contents(disk) == before
    record_property("toll", (f"a full disk during {verb}", refused, 0))
    assert refused > 10
    assert before.items() - {("front/snapshots/2024/2024-08-31.geojson", before[
        "front/snapshots/2024/2024-08-31.geojson"])} <= contents(disk).items()  # fmt: skip
    assert opened.verify() == ()


def test_on_the_command_line_it_is_one_line_and_exit_code_6(disk):
    new_archive(disk / "front")
    desk = Desk(disk)
    file = desk.draw(ROUND)
    fill(disk, 0)
    words = ["add", "2024-08-31", file, "--reason", "x", "--party", "UA", "--status", "controlled"]
    words += ["--confidence", "high", "--accuracy", "5", "--source", "isw"]
    said = desk.archive(*words, code=6)
    errors = [line for line in said.splitlines() if line.startswith("frontmap: ")]
    assert errors == [said.splitlines()[-1]]
    assert "free some space" in errors[0]


def test_any_file_is_replaced_whole_or_not_at_all(disk):
    page = disk / "kursk.html"
    storage.replace(page, b"the old page")
    for leave in range(0, 90_000, 4096):
        fill(disk, leave)
        with pytest.raises(StorageError, match=re.escape(str(disk))):
            storage.replace(page, bytes(100_000))
        assert page.read_bytes() == b"the old page"
        assert {p.name for p in disk.iterdir()} == {"kursk.html", "filler"}
    fill(disk, 300_000)
    storage.replace(page, bytes(100_000))
    assert page.stat().st_size == 100_000


def test_every_file_is_written_by_the_one_room_that_knows_how():
    """No other module writes a file by its own means, so none destroys one on a full disk."""
    writes = re.compile(
        r"\.write_(text|bytes)\(|\bopen\([^)]*[\"'][wax]b?\+?[\"']|\.to_(file|csv|json)\([^)]*path"
        r"|\.savefig\(path|\.save\(path|os\.rename|shutil\.(copy|move)"
    )
    source = Path(frontmap.__file__).parent
    found = [
        f"{path.relative_to(source)}:{number}: {line.strip()}"
        for path in sorted(source.rglob("*.py"))
        if path.parent.name != "storage"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if writes.search(line) and not line.lstrip().startswith((">>>", "..."))
    ]
    assert found == []
