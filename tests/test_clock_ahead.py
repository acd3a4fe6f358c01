"""A clock that was ahead: what a right one records later still follows, and it is said."""

from __future__ import annotations

import frontmap
from fronts import LARGE, SMALL, Clock, new_archive, zone
from verbs import run


def test_a_correction_by_a_right_clock_follows_one_of_a_clock_that_was_ahead(tmp_path):
    ahead = new_archive(tmp_path / "front", Clock("2999-01-01T00:00:00+00:00"))
    ahead.add("2024-08-31", [zone(SMALL)], reason="first")
    ahead.add("2024-09-01", [zone(LARGE)], reason="first")
    words = ["--reason", "x", "--archive", str(ahead.root)]
    answer = run("withdraw", "2024-08-31", *words)
    assert answer.returncode == 0
    assert "it is dated 2999-01-01T00:00:00Z, after this machine's clock" in answer.stderr
    opened = frontmap.open(ahead.root)
    assert [day.isoformat() for day in opened.dates] == ["2024-09-01"]
    assert {found.rule for found in opened.verify()} == {"future"}


def test_where_no_clock_was_ahead_nothing_is_said_of_it(tmp_path):
    made = new_archive(tmp_path / "front", Clock())
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    answer = run("withdraw", "2024-08-31", "--reason", "x", "--archive", str(made.root))
    assert "clock" not in answer.stderr
