"""What other makers' words, folders and colours mean in ours: clues in order, conflicts kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from frontmap.model import Status


class OurWords(NamedTuple):
    """The party that holds the ground and the status of its hold, in our words."""

    party: str
    status: Status


UKRAINE, RUSSIA = OurWords("UA", "controlled"), OurWords("RU", "controlled")
#: Ground that a maker states outside this war's theatre, or that no clue explains: shown apart.
STATED = OurWords("RU", "claimed")


class Clue(NamedTuple):
    """One thing that a maker's file says about the status of a zone."""

    kind: str
    text: str
    meaning: OurWords | None


def settle(clues: Iterable[Clue]) -> tuple[Clue | None, tuple[Clue, ...]]:
    """Return the first clue that has a meaning, and those after it that mean something else.

    >>> ua, ru = OurWords("UA", "controlled"), OurWords("RU", "controlled")
    >>> decided, against = settle(
    ...     [Clue("key", "", None), Clue("name", "Liberated", ua), Clue("colour", "#a52714", ru)]
    ... )
    >>> decided.kind, [clue.kind for clue in against]
    ('name', ['colour'])
    >>> settle([])
    (None, ())
    """
    known = [clue for clue in clues if clue.meaning is not None]
    if not known:
        return None, ()
    decided, *later = known
    return decided, tuple(clue for clue in later if clue.meaning != decided.meaning)


def look_up(text: str, patterns: Mapping[str, OurWords]) -> OurWords | None:
    """Return the meaning of the first pattern (a regular expression, any case) found in ``text``.

    >>> look_up("Liberated 25.03", {"occupied": OurWords("RU", "controlled")}) is None
    True
    """
    for pattern, meaning in patterns.items():
        if re.search(pattern, text, re.IGNORECASE):
            return meaning
    return None
