"""An archive from a stranger, whatever lies in the place of its files, harms nobody.

In each trial one thing is planted in the place of one file or folder, and one verb is run. Nothing
outside may change, the verb ends by itself in an exit code of its own, and it ends in 0 only with
the answer of the untouched archive. One exception: `add` of another date records what was given,
to the byte, and names a revision beside it that could not be compared.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from strangers import (
    NOT_OF_THE_ARCHIVE,
    ODD_NAMES,
    PLANTS,
    TARGETS,
    UNFORESEEN,
    VERBS,
    Cage,
    Yard,
    build,
    canary,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from strangers import Answer, Paths

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    folder = tmp_path_factory.mktemp("yard")
    build(folder)
    with Cage(folder) as cage:
        made = Yard(folder, cage)
        made.warm_up()
        yield made


def trial(yard: Yard, target: str, plant: str, verb: str) -> str:
    """Run a verb on an archive with something planted in it; say what it did wrong, or nothing."""
    right, left = yard.answer(verb)
    path = yard.plant(target, plant, verb)
    before, outside = yard.contents(), canary(yard.outside)
    got = yard.run(verb)
    if canary(yard.outside) != outside:
        yard.restore_outside()
        return "changed what lies outside"
    if got.code is None:
        return "had to be killed"
    if got.code in UNFORESEEN or got.code < 0 or "Traceback" in got.err:
        return f"exit code {got.code}: {got.err[-300:]}"
    after = yard.contents()
    if got.code != 0 and got != right:
        is_recorded = " is recorded " in got.err
        changed = differing(before, after, (path, "repairs/"))
        return f"refused, and changed {changed}" if changed and not is_recorded else ""
    is_told = target.startswith("revisions/2024/2024-08-13/{") and plant != "nothing"
    if PLANTS[plant].is_other and not is_told:
        return ""
    if VERBS[verb].is_compared and _is_said(path, plant, got):
        got = got._replace(out=right.out, err=right.err, written=right.written)
    planted = [name for name in before.keys() - left.keys() if name in after]
    changed = differing(left, after, (path, *planted))
    is_right = got[:2] == right[:2] and (got.written == right.written or plant == ODD_NAMES)
    return "" if is_right and not changed else f"answered with something else, left {changed}"


def _is_said(path: str, plant: str, got: Answer) -> bool:
    """Whether an answer says that a revision of another date could not be compared, and which."""
    lines = [*got.out.splitlines(), *got.err.splitlines()]
    said = [line for line in lines if line.startswith("not compared: ")]
    place = path.rpartition("/")[0] if plant == ODD_NAMES else path
    return path.startswith("revisions/") and any(f"/{place}" in line for line in said)


def differing(one: Paths, other: Paths, planted: tuple[str, ...]) -> list[str]:
    """Name the files that differ, without those that were planted and those that don't matter."""
    return sorted(
        name
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name) and not name.startswith((*planted, *NOT_OF_THE_ARCHIVE))
    )


def wrong(yard: Yard, trials: Iterable[tuple[str, str, str]]) -> tuple[int, dict[str, str]]:
    """Return how many trials there were, and what went wrong in which."""
    number, found = 0, {}
    for target, plant, verb in trials:
        number += 1
        if why := trial(yard, target, plant, verb):
            found[f"{verb}: {plant} in the place of {target}"] = why
    return number, found


def test_a_sample_of_what_may_be_planted_does_no_harm(yard, record_property):
    """Each thing in each place, with one verb or another: the verbs take turns."""
    quick = [name for name, verb in VERBS.items() if not verb.is_slow]
    places = list(product(TARGETS, PLANTS))
    turns = [
        (target, plant, quick[number * 7 % len(quick)])
        for number, (target, plant) in enumerate(places)
        if number % 7 == 0
    ]
    number, found = wrong(yard, turns)
    record_property("toll", ("a stranger's archive, a sample", number, len(found)))
    assert found == {}


@pytest.mark.torture
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_planted_in_an_archive_does_harm(yard, target, record_property):
    """Each thing in each place, with a quarter of the verbs, which take turns: each meets each."""
    place = TARGETS.index(target)
    trials = [
        (target, plant, name)
        for number, plant in enumerate(PLANTS)
        for turn, (name, verb) in enumerate(VERBS.items())
        if (place + number + turn) % (12 if verb.is_slow else 4) == 0
    ]
    number, found = wrong(yard, trials)
    record_property("toll", (f"a stranger's {target}", number, len(found)))
    assert found == {}
