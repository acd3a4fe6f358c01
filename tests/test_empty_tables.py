"""A new archive has every table of facts, empty: it answers as one that has none."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from shapely.geometry import box

from frontmap import facts
from frontmap.facts.tables import TABLES
from fronts import new_archive, zone
from verbs import QUESTIONS, run

if TYPE_CHECKING:
    from pathlib import Path

BORDER = {"type": "LineString", "coordinates": [[34, 51.3], [38, 51.3]]}


def made(root: Path) -> Path:
    front = new_archive(root / "front")
    both = [zone(box(35, 51, 35.2, 51.2), "a"), zone(box(35.2, 51, 35.4, 51.2), "b", party="RU")]
    front.add("2024-08-12", both, reason="first", sources=["x-1"])
    front.add("2024-08-31", both[:1], reason="first")
    return front.root


def test_init_writes_each_table_with_all_its_columns(tmp_path):
    root = new_archive(tmp_path / "front").root
    for name, table in TABLES.items():
        header = ",".join(column.name for column in table.columns)
        assert (root / name).read_text("utf-8") == f"{header}\n"


def test_a_table_that_is_there_before_the_archive_stays(tmp_path):
    own = "id,publisher,url,published,read,mine\nx-1,X News,,,,kept\n"
    (tmp_path / "sources.csv").write_text(own, "utf-8")
    root = new_archive(tmp_path).root
    assert (root / "sources.csv").read_text("utf-8") == own
    assert facts.read_sources(root)["mine"].tolist() == ["kept"]


@pytest.mark.parametrize("border", [False, True], ids=["no border", "a border"])
def test_an_archive_with_empty_tables_answers_as_one_without_them(tmp_path, border):
    roots = [made(tmp_path / each) for each in ("with", "without")]
    for root in roots:
        if border:
            feature = {
                "type": "Feature",
                "properties": {"kind": "state_border"},
                "geometry": BORDER,
            }
            collection = {"type": "FeatureCollection", "features": [feature]}
            (root / "reference.geojson").write_text(json.dumps(collection), "utf-8")
    for name in TABLES:
        (roots[1] / name).unlink()
    for question, words in QUESTIONS.items():
        answers = []
        for root in roots:
            out = root.parent / "out"
            filled = [word.format(archive=root, out=out) for word in words]
            archive = [str(root)] if question == "check" else ["--archive", str(root)]
            answer = run(*filled, *archive)
            files = {file.name: file.read_bytes() for file in out.glob("*")}
            shutil.rmtree(out, ignore_errors=True)
            shown = [text.replace(str(root.parent), "") for text in answer[1:]]
            answers.append((answer.returncode, shown, files))
        assert answers[0] == answers[1], question
        assert answers[0][0] in {0, 1, 3}, question
