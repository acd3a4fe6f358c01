"""Rules: what one word of a maker means in ours, written as ``layer=Occupied => RU controlled``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from frontmap.model import STATUSES, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

LEFT_OUT = "left out"
#: What a rule says whose meaning somebody has yet to write.
UNDECIDED = "?"

_ARROW = "=>"
_BETWEEN = re.compile("[=~]")
_ANYTHING = "\0"
_STAR = re.compile(r"\\\*|\*")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_WORD = re.compile(r"[^\W_]+")
_COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_SHORT_COLOUR = 3


class Meaning(NamedTuple):
    """Who holds the ground and how, in our words."""

    party: str
    status: Status

    def __str__(self) -> str:
        return f"{self.party} {self.status}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One word of a maker and what it means: a party and status, or ``None``: left out.

    ``by`` names where the word stands: ``layer``, ``folder``, ``fill``, ``file``, or a property.
    ``text`` is all that stands there, where ``*`` stands for anything; or, with ``has_words``, one
    or several words of it, as they follow each other. Letters' case and the kind of spaces never
    matter.
    """

    by: str
    text: str
    meaning: Meaning | None
    has_words: bool = False
    _wanted: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what texts are held against."""
        wanted: tuple[str, ...]
        if self.has_words:
            wanted = (_spaced(self.text),)
        elif self.by == "fill":
            wanted = (as_colour(self.text),)
        else:
            marked = _STAR.sub(lambda found: "*" if len(found[0]) > 1 else _ANYTHING, self.text)
            wanted = tuple(plain(marked).split(_ANYTHING))
        object.__setattr__(self, "_wanted", wanted)

    def fits(self, text: str) -> bool:
        r"""Whether the rule is about what stands there.

        >>> parse_rule("name~taken back => UA controlled").fits("Звільнено /// Taken\xa0back 5.03")
        True
        >>> parse_rule("name~occupied => RU controlled").fits("unoccupied")
        False
        >>> parse_rule("folder=*low consolidation => RU contested").fits("Held, LOW consolidation ")
        True
        """
        if self.has_words:
            return self._wanted[0] in _spaced(text)
        return _fits(self._wanted, as_colour(text) if self.by == "fill" else plain(text))

    @property
    def where(self) -> str:
        """What the rule is about, as it is written: ``layer=Occupied``."""
        return f"{self.by}{'~' if self.has_words else '='}{self.text}"

    def __str__(self) -> str:
        return f"{self.where} {_ARROW} {self.meaning or LEFT_OUT}"


def parse_rule(text: str) -> Rule:
    """Read a rule; raises ``ValueError`` that says what is wrong with it, and what would be right.

    >>> parse_rule("layer=Occupied => RU controlled").meaning
    Meaning(party='RU', status='controlled')
    >>> parse_rule("folder=Cities => left out").meaning is None
    True
    >>> parse_rule("layer=Occupied => RU held")
    Traceback (most recent call last):
    ValueError: 'RU held': give a party and one of controlled, contested, claimed, or 'left out'
    """
    about, arrow, said = text.rpartition(_ARROW)
    if not arrow:
        raise ValueError(f"{text!r}: write a rule as 'layer=their word => PARTY STATUS'")
    return parse_about(about, parse_meaning(said))


def parse_about(text: str, meaning: Meaning | None = None) -> Rule:
    """Read what a rule is about, such as ``type=losses``; raises ``ValueError``.

    >>> str(parse_about("type=losses"))
    'type=losses => left out'
    """
    found = _BETWEEN.search(text)
    by = plain(text[: found.start()]) if found else ""
    if found is None or not by:
        raise ValueError(f"{text.strip()!r}: write what it is about as 'layer=their word'")
    word, has_words = " ".join(text[found.end() :].split()), found[0] == "~"
    if has_words and not _spaced(word).strip():
        raise ValueError(f"{text.strip()!r}: has no word after ~")
    return Rule(by, word, meaning, has_words)


def parse_meaning(text: str) -> Meaning | None:
    """Read ``RU controlled``, or ``left out`` as ``None``; raises ``ValueError``.

    >>> str(parse_meaning(" RU   Controlled"))
    'RU controlled'
    """
    words = text.split()
    if plain(text) in (LEFT_OUT, "leave out"):
        return None
    if UNDECIDED in words:
        raise ValueError(
            f"what it means is not said: write a party and status, or {LEFT_OUT!r}, for the '?'"
        )
    status = next((known for known in STATUSES if words and known == words[-1].lower()), None)
    if len(words) != 2 or status is None:  # noqa: PLR2004  party and status
        raise ValueError(
            f"{text.strip()!r}: give a party and one of {', '.join(STATUSES)}, or {LEFT_OUT!r}"
        )
    return Meaning(words[0], status)


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    r"""Return a text as rules compare it: any case alike, any run of spaces one space.

    >>> plain(" Low\xa0 Consolidation\n")
    'low consolidation'
    """
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    return " ".join(folded.split())


def as_colour(text: str) -> str:
    """Return a colour as ``#rrggbb``; a text that is none as :func:`plain` has it.

    >>> as_colour("A52714"), as_colour("#a2c"), as_colour("red")
    ('#a52714', '#aa22cc', 'red')
    """
    found = _COLOUR.fullmatch(plain(text))
    if found is None:
        return plain(text)
    digits = found[1]
    return "#" + ("".join(2 * each for each in digits) if len(digits) == _SHORT_COLOUR else digits)


@lru_cache(maxsize=1024)
def _spaced(text: str) -> str:
    """Return the words of a text with one space before and after each."""
    return f" {' '.join(_WORD.findall(plain(text)))} "


def _fits(pieces: Sequence[str], text: str) -> bool:
    """Whether a text is the pieces in their order, with anything between two of them."""
    first, *others = pieces
    if not others:
        return text == first
    *between, last = others
    if not text.startswith(first):
        return False
    at = len(first)
    for piece in between:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - len(last) >= at and text.endswith(last)
