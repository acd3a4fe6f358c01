"""One settlement through time: from the evidence on its own days to a probability on every day.

A settlement is never entered, or fought over on the way in, held, fought over on the way out, and
retaken: a hidden chain of five states that runs forward, with a small chance of turning back. How
fast places are entered and lost changes with the campaign, and is counted from the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Which of the three statuses (0 not held, 1 contested, 2 held) each of the five states shows.
SHOWN = np.array([0, 1, 2, 1, 0])
WINDOW_DAYS = 7
AVERAGE_PLACES = 2.0
LEAST_ENTERED_PER_DAY, LEAST_LOST_PER_DAY = 0.0003, 0.002
HIGHEST_PER_DAY = 0.2
FIGHT_WON_PER_DAY = 0.08
FIGHT_LOST_PER_DAY = 0.08
THROWN_BACK_PER_DAY = 0.03
AGAIN_PER_DAY = 0.0005
#: Where one party's ground alone is told: it held nothing on the eve.
_OF_ONE_PARTY = np.array([1.0, 1e-3, 1e-3, 1e-6, 1e-6])


def start_of(parties: int) -> Floats:
    """Give the chance of each state on the first day, where so many parties' ground is told.

    One alone held nothing before the first event: it is the one that came. Of several each is as
    likely as any other, or as nobody, to have held a place.

    >>> start_of(1).tolist(), start_of(3).tolist()
    ([1.0, 0.001, 0.001, 1e-06, 1e-06], [0.75, 0.001, 0.25, 1e-06, 1e-06])
    """
    if parties == 1:
        return _OF_ONE_PARTY
    held = 1 / (parties + 1)
    start = _OF_ONE_PARTY.copy()
    start[0], start[2] = 1 - held, held
    return start


def rates(changes: Floats, reported: Floats, nearness: Floats) -> Floats:
    """Share of the places around each one that change on each day, from reported changes.

    Parameters
    ----------
    changes
        Days x places: 1 on the day of a place's reported change, else 0.
    reported
        Places: 1 where anything is reported of a place, else 0.
    nearness
        Places x places, from 0 to 1: how much a change at one place says about the other; its
        diagonal is 0, so that no place's own report counts twice.

    Returns
    -------
    numpy.ndarray
        Days x places: changes within 7 days to either side, by nearness, over the places that
        could have changed; 2 places with the average of the theatre are added to each count.

    Examples
    --------
    >>> changes = np.zeros((30, 3)); changes[10, 0] = changes[10, 1] = 1
    >>> near = np.array([[0, 1.0, 0], [1, 0, 0], [0, 0, 0]])
    >>> found = rates(changes, np.ones(3), near)
    >>> found[10].round(3).tolist(), found[25].round(3).tolist()
    ([0.052, 0.052, 0.044], [0.0, 0.0, 0.0])
    """
    days = len(changes)
    total = np.vstack([np.zeros(changes.shape[1]), np.cumsum(changes, axis=0)])
    day = np.arange(days)
    window = 2 * WINDOW_DAYS + 1
    until = np.minimum(day + WINDOW_DAYS + 1, days)
    since = np.maximum(day - WINDOW_DAYS, 0)
    recent = total[until] - total[since]
    average = recent.sum(axis=1, keepdims=True) / max(reported.sum(), 1)
    local = recent @ nearness.T + AVERAGE_PLACES * average
    share: Floats = local / ((nearness @ reported + AVERAGE_PLACES) * window)
    return np.minimum(share, HIGHEST_PER_DAY)


def posterior(costs: Floats, entered: Floats, lost: Floats, start: Floats) -> Floats:
    """Probability of each status on each day, from all the evidence before and after.

    Parameters
    ----------
    costs
        Days x places x 3, in nats: the cost of not held, contested, held.
    entered, lost
        Days x places: the share of the places around that is entered and lost (:func:`rates`).
    start
        The chance of each state on the first day (:func:`start_of`).

    Returns
    -------
    numpy.ndarray
        Days x places x 3, each summing to one (forward-backward algorithm).

    Examples
    --------
    A report that a place is held, on the third of five days, says something of the days around:

    >>> costs = np.zeros((5, 1, 3))
    >>> costs[2, 0] = [8, 8, 0]
    >>> share = np.full((5, 1), 0.01)
    >>> posterior(costs, share, share, start_of(1))[:, 0, 2].round(2).tolist()
    [0.08, 0.51, 0.97, 0.96, 0.95]
    """
    likely = np.exp(-costs)[:, :, SHOWN]
    steps = _steps(entered, lost)
    forward = np.empty_like(likely)
    backward = np.ones_like(likely)
    forward[0] = _scaled(likely[0] * start)
    for day in range(1, len(likely)):
        before = forward[day - 1][:, None, :] @ steps[day]
        forward[day] = _scaled(before[:, 0, :] * likely[day])
    for day in range(len(likely) - 2, -1, -1):
        ahead = steps[day + 1] @ (backward[day + 1] * likely[day + 1])[:, :, None]
        backward[day] = _scaled(ahead[:, :, 0])
    states = _scaled(forward * backward)
    return np.stack(
        [states[..., 0] + states[..., 4], states[..., 1] + states[..., 3], states[..., 2]], axis=-1
    )


def _steps(entered: Floats, lost: Floats) -> Floats:
    """Chance of each state following each, days x places x 5 x 5."""
    steps = np.zeros((*entered.shape, 5, 5))
    never, fought_in, held, fought_out, retaken = range(5)
    steps[..., never, fought_in] = steps[..., never, held] = entered / 2
    steps[..., fought_in, never] = steps[..., fought_out, held] = THROWN_BACK_PER_DAY
    steps[..., fought_in, held] = FIGHT_WON_PER_DAY
    steps[..., held, fought_out] = steps[..., held, retaken] = lost / 2
    steps[..., fought_out, retaken] = FIGHT_LOST_PER_DAY
    steps[..., retaken, held] = 0.3 * AGAIN_PER_DAY
    steps[..., retaken, fought_out] = 0.7 * AGAIN_PER_DAY
    state = np.arange(5)
    steps[..., state, state] = 1 - steps.sum(axis=-1)
    return steps


def _scaled(values: Floats) -> Floats:
    scaled: Floats = values / values.sum(axis=-1, keepdims=True)
    return scaled
