"""One settlement through time: rates worked out by hand, and every path of a few days tried."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontmap.places.chain import posterior, rates, start_of

NEVER, FOUGHT_IN, HELD, FOUGHT_OUT, RETAKEN = range(5)
SHOWN = {NEVER: 0, FOUGHT_IN: 1, HELD: 2, FOUGHT_OUT: 1, RETAKEN: 0}
SURELY = 30.0
SURELY_CONTESTED = [SURELY, 0.0, SURELY]
SURELY_HELD = [SURELY, SURELY, 0.0]
SURELY_NOT_HELD = [0.0, SURELY, SURELY]


def moves(entered, lost):
    """What may follow what on the next day, as docs/draft.md has it; the rest stays."""
    return {
        (NEVER, FOUGHT_IN): entered / 2,
        (NEVER, HELD): entered / 2,
        (FOUGHT_IN, NEVER): 0.03,
        (FOUGHT_IN, HELD): 0.08,
        (HELD, FOUGHT_OUT): lost / 2,
        (HELD, RETAKEN): lost / 2,
        (FOUGHT_OUT, HELD): 0.03,
        (FOUGHT_OUT, RETAKEN): 0.08,
        (RETAKEN, HELD): 0.3 * 0.0005,
        (RETAKEN, FOUGHT_OUT): 0.7 * 0.0005,
    }


def by_every_path(costs, entered, lost):
    """The same probabilities, by adding up the weight of every path through the days."""
    weights = np.zeros((len(costs), 3))
    tables = [moves(entered[day], lost[day]) for day in range(len(costs))]

    def chance(day, state, following):
        if state != following:
            return tables[day].get((state, following), 0.0)
        return 1 - sum(value for (begin, _), value in tables[day].items() if begin == state)

    start = [1.0, 1e-3, 1e-3, 1e-6, 1e-6]
    for path in product(range(5), repeat=len(costs)):
        weight = start[path[0]]
        for day, (state, following) in enumerate(pairwise(path), start=1):
            weight *= chance(day, state, following)
        weight *= np.exp(-sum(costs[day][SHOWN[state]] for day, state in enumerate(path)))
        for day, state in enumerate(path):
            weights[day, SHOWN[state]] += weight
    return weights / weights.sum(axis=1, keepdims=True)


NATS = st.floats(0, 6).map(lambda nats: round(nats, 2))
SHARES = st.floats(0, 0.2).map(lambda share: round(share, 3))


@given(
    st.lists(st.tuples(NATS, NATS, NATS, SHARES, SHARES), min_size=1, max_size=4),
    st.lists(st.tuples(NATS, NATS, NATS, SHARES, SHARES), min_size=4, max_size=4),
)
def test_each_place_has_the_probabilities_of_all_its_paths_together(first, other):
    days = len(first)
    table = np.array([first, other[:days]]).swapaxes(0, 1)
    costs, entered, lost = table[..., :3], table[..., 3], table[..., 4]
    found = posterior(costs, entered, lost, start_of(1))
    for place in range(2):
        expected = by_every_path(costs[:, place], entered[:, place], lost[:, place])
        assert found[:, place] == pytest.approx(expected, rel=1e-9, abs=1e-15)


def after(first_day, days, entered=0.0, lost=0.0, last_day=(0.0, 0.0, 0.0)):
    """Chance of (not held, contested, held) on the last of some days that nobody reports of."""
    costs = np.zeros((days + 1, 1, 3))
    costs[0, 0], costs[-1, 0] = first_day, np.add(costs[-1, 0], last_day)
    entering, losing = (np.full((days + 1, 1), share) for share in (entered, lost))
    return posterior(costs, entering, losing, start_of(1))[:, 0]


def test_eight_of_eleven_fights_on_the_way_in_are_won():
    not_held, contested, held = after(SURELY_CONTESTED, 365)[-1]
    assert contested < 0.01
    assert held / (held + not_held) == pytest.approx(8 / 11, abs=0.01)


def test_half_of_the_fights_are_over_in_a_week():
    contested = after(SURELY_CONTESTED, 12)[:, 1]
    assert contested[4] > 0.5 > contested[7]


def test_a_held_place_stays_held_where_none_around_it_is_lost():
    assert after(SURELY_HELD, 200)[-1, 2] > 0.99
    assert after(SURELY_HELD, 200, lost=0.02)[-1, 2] < 0.2


def test_half_of_the_places_that_are_entered_are_held_at_once():
    not_held, contested, held = after(SURELY_NOT_HELD, 1, entered=0.1)[-1]
    assert (contested, held) == pytest.approx((0.05, 0.05), rel=0.01)
    assert not_held == pytest.approx(0.9, rel=0.01)


def test_a_retaken_place_is_seldom_held_again():
    costs = np.zeros((240, 1, 3))
    costs[0, 0], costs[20, 0], costs[40, 0] = SURELY_NOT_HELD, SURELY_HELD, SURELY_NOT_HELD
    rate = np.full((240, 1), 0.01)
    found = posterior(costs, rate, rate, start_of(1))[:, 0]
    never = after(SURELY_NOT_HELD, 199, entered=0.01)
    assert found[-1, 0] > 0.9
    assert never[-1, 0] < 0.2


def test_what_is_reported_later_judges_the_days_before():
    unknown = after(SURELY_NOT_HELD, 10, entered=0.05)
    entered_by_then = after(SURELY_NOT_HELD, 10, entered=0.05, last_day=SURELY_HELD)
    not_yet = after(SURELY_NOT_HELD, 10, entered=0.05, last_day=SURELY_NOT_HELD)
    assert not_yet[5, 0] > unknown[5, 0] > entered_by_then[5, 0]
    assert (np.diff(entered_by_then[:, 2]) > 0).all()


def changes_on(days, places, *reports):
    changes = np.zeros((days, places))
    for day, place in reports:
        changes[day, place] += 1
    return changes


def test_a_place_has_the_rate_of_those_near_it_by_nearness():
    # The places look at each other unequally: the first counts half for the second.
    nearness = np.array([[0, 0.25, 0], [0.5, 0, 0.125], [0, 0, 0]])
    found = rates(changes_on(40, 3, (20, 0)), np.array([1.0, 1, 0]), nearness)
    # By hand: (changes near by + 2 x 1/2 on average) / ((places near by + 2) x 15 days).
    assert found[20] == pytest.approx([1 / (2.25 * 15), 1.5 / (2.5 * 15), 1 / (2 * 15)])


def test_a_change_counts_for_seven_days_to_either_side():
    found = rates(changes_on(40, 2, (20, 0)), np.ones(2), np.array([[0, 1.0], [1, 0]]))
    assert np.flatnonzero(found[:, 1]).tolist() == list(range(13, 28))


@pytest.mark.parametrize("day", [0, 39])
def test_a_change_on_the_first_or_last_day_counts_on_the_days_that_there_are(day):
    found = rates(changes_on(40, 2, (day, 0)), np.ones(2), np.array([[0, 1.0], [1, 0]]))
    assert np.count_nonzero(found[:, 1]) == 8
    assert found[day, 1] == pytest.approx((1 + 2 * 0.5) / (3 * 15))


def test_no_more_than_a_fifth_of_the_places_change_on_a_day():
    often = [(day, place) for day in range(10, 20) for place in range(3)]
    found = rates(changes_on(30, 3, *often), np.ones(3), 1 - np.eye(3))
    assert found[15] == pytest.approx([0.2, 0.2, 0.2])


def test_where_nothing_is_reported_nothing_changes():
    assert not rates(np.zeros((5, 2)), np.zeros(2), np.zeros((2, 2))).any()
