"""Which revision is in force, however long a chain is and whatever it claims."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import frontmap
from forging import bench, forgeries, place
from frontmap.archive import history
from frontmap.errors import IntegrityError
from frontmap.model import Revision
from fronts import SMALL, Clock, new_archive, zone
from verbs import QUESTIONS, failure, run

NOW = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


def revision(number: int, *supersedes: int) -> Revision:
    return Revision(
        date=dt.date(2024, 8, 31),
        recorded=NOW,
        kind="correction" if supersedes else "snapshot",
        maker="us",
        author="us",
        license="CC0-1.0",
        reason=f"{number}",
        supersedes=frozenset(f"{each:064x}" for each in supersedes),
        digest=f"{number:064x}",
    )


def test_ten_thousand_corrections_within_one_second_come_in_their_order():
    chain = [revision(0), *(revision(n, n - 1) for n in range(1, 10_000))]
    assert history.recorded_order(chain[::-1]) == tuple(chain)
    assert history.tips(chain) == (chain[-1],)


@given(st.permutations([revision(n, *({n - 1} if n else ())) for n in range(40)]))
def test_the_order_of_a_chain_does_not_depend_on_the_order_of_its_files(chain):
    ordered = history.recorded_order(chain)
    assert all(before.digest in after.supersedes for before, after in pairwise(ordered))


@pytest.mark.parametrize("numbers", [[(1, 1)], [(1, 2), (2, 1)], [(1, 3), (2, 1), (3, 2)]])
def test_revisions_that_supersede_each_other_in_a_circle_are_damage_and_no_empty_date(numbers):
    circle = [revision(number, before) for number, before in numbers]
    assert set(history.recorded_order(circle)) == set(circle)
    with pytest.raises(IntegrityError, match="in a circle"):
        history.all_in_force(circle)


def test_a_circle_beside_what_is_in_force_is_ordered_after_it():
    one, other, whole = revision(1, 2), revision(2, 1), revision(3)
    assert history.recorded_order([one, other, whole]) == (whole, one, other)


@pytest.mark.parametrize("count", [40, pytest.param(400, marks=pytest.mark.torture)])
def test_many_corrections_in_one_second_of_the_clock_are_recorded_and_read(tmp_path, count):
    opened = new_archive(tmp_path / "front", Clock())
    opened.add("2024-08-31", [zone(SMALL)], reason="0")
    for number in range(1, count):
        opened.correct("2024-08-31", [zone(SMALL, note=f"{number}")], reason=f"{number}")
    reasons = [each.reason for each in frontmap.open(opened.root).revisions("2024-08-31")]
    assert reasons == [f"{number}" for number in range(count)]
    assert opened["2024-08-31"].zones[0].note == f"{count - 1}"


@pytest.mark.parametrize("verb", ["show", "log", "area", "verify"])
def test_a_header_that_claims_to_supersede_itself_is_refused_with_its_file(tmp_path, verb):
    root, _ = bench(tmp_path)
    whole = dict(forgeries())["nothing"]
    header = {**whole.header, "supersedes": ["a" * 64], "digest": "a" * 64}
    path = place(root, whole._replace(header=header))
    words = [*QUESTIONS[verb], "--archive", str(root)]
    assert failure(*words) == ""
    answer = run(*words)
    assert answer.returncode == 5
    assert path.name in answer.stdout + answer.stderr
