"""Words that no rule covers: counted by where they tell features apart, and a profile to edit."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from frontmap.errors import InputError
from frontmap.formats.canonical import CORE_PROPERTIES
from frontmap.intake.meanings import Word, words_at
from frontmap.intake.rules import UNDECIDED, plain
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from frontmap.formats.features import Feature
    from frontmap.intake.profiles import Profile

#: Where makers say the status, the likeliest first.
_LIKELY = (
    "status", "control", "party", "side", "owner", "controller", "layer", "folder", "type",
    "class", "category", "kind", "fill", "name",
)  # fmt: skip
#: Properties in which a tool numbers its rows: the next file has other numbers.
_NUMBERING = {
    "fid", "ogc_fid", "gid", "id", "oid", "objectid", "globalid", "uuid", "pk", "index",
}  # fmt: skip
#: Our own properties in which a maker may have words of his own.
_MAKERS_TOO = {"party", "status"}
_MOST_SHOWN, _FEW = 8, 20
_LONGEST_CLASS = 60
_LONGEST_WORD = 200
_DIGIT = re.compile(r"\d")


class Unknown(NamedTuple):
    """A feature that no rule covers: words that may say what it is, one of each place, and why.

    ``places`` are all in which it says anything.
    """

    words: tuple[Word, ...]
    because: str = "no rule says what these mean"
    places: frozenset[str] = frozenset()

    def at(self, by: str) -> str:
        """Return the text that stands there, or nothing.

        >>> Unknown((Word("layer", "Held"),)).at("layer")
        'Held'
        """
        return next((word.text for word in self.words if word.by == by), "")


class UnknownWordsError(InputError):
    """A file has words that no rule covers; ``rules`` are those to be finished, as texts."""

    def __init__(self, message: str, rules: tuple[str, ...], profile: Profile) -> None:
        """Take the message, the rules that are missing, and the profile that they are missing in.

        >>> from frontmap.intake.profiles import Profile
        >>> held = UnknownWordsError("a.kml: …", ("layer=Held => ?",), Profile(name="a"))
        >>> str(held), held.rules
        ('a.kml: …', ('layer=Held => ?',))
        """
        super().__init__(message)
        self.rules, self.profile = rules, profile

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """Pass from one process to another whole.

        >>> import pickle
        >>> from frontmap.intake.profiles import Profile
        >>> held = UnknownWordsError("a.kml: …", ("layer=Held => ?",), Profile(name="a"))
        >>> pickle.loads(pickle.dumps(held)).rules
        ('layer=Held => ?',)
        """
        return type(self), (str(self), self.rules, self.profile)


def unknown_of(
    feature: Feature, file: str = "", separator: str = "", ours: Collection[str] = ()
) -> Unknown:
    """Return the words of a feature that no rule covers; properties that are ``ours`` have none.

    >>> from frontmap.formats.features import Feature
    >>> unknown_of(Feature(layer="Held", properties={"n": 3, "list": [], "note": "x"})).words
    (Word(by='layer', text='Held'), Word(by='n', text='3'))
    """
    places = ["folder", "layer", "fill", *map(plain, feature.properties), "file"]
    found = [words_at(feature, by, file, separator)[:1] for by in dict.fromkeys(places)]
    said = [word for words in found for word in words if word.text.strip()]
    never = _NUMBERING | (CORE_PROPERTIES - _MAKERS_TOO) | set(ours)
    words = [word for word in said if word.by not in never and len(word.text) <= _LONGEST_WORD]
    return Unknown(tuple(words), places=frozenset(word.by for word in said))


def error_for_unknown(
    file: str,
    unknown: Sequence[Unknown],
    profile: Profile,
    where: str = "",
) -> UnknownWordsError:
    """Return the error that lists the words of the features that no rule of a profile covers.

    ``where`` names the first of them, where it is that of which is said why.

    >>> from frontmap.intake.profiles import Profile
    >>> held = [Unknown((Word("layer", text),)) for text in ("支配", "支配", "反撃")]
    >>> print(error_for_unknown("isw.geojson", held, Profile(name="isw")))
    isw.geojson: no rule says what these mean: layer '支配' (2 features), layer '反撃' (1 feature);
    say so: --rule 'layer=支配 => PARTY STATUS' or --leave-out 'layer=支配', for each of them
    """
    groups = _groups(unknown, profile)
    shown = [f"{', '.join(map(str, words))} ({counted(n, 'feature')})" for words, n in groups]
    if len(shown) > _MOST_SHOWN:
        shown = [*shown[:_MOST_SHOWN], f"and {len(shown) - _MOST_SHOWN} more"]
    about = list(dict.fromkeys(_about(words[-1]) for words, _ in groups))
    message = (
        f"{file}: {where}{unknown[0].because}: {', '.join(shown)}; say so: "
        f"--rule '{about[0]} => PARTY STATUS' or --leave-out '{about[0]}'"
        f"{', for each of them' if len(about) > 1 else ''}"
    )
    if absent := _absent(unknown, profile):
        message += f"; none of them has {_listed(absent)}, of which rules speak"
    if others := _others(unknown, {word.by for word in groups[0][0]}):
        message += f"; other properties: {_listed(others)}"
    return UnknownWordsError(message, tuple(f"{each} => {UNDECIDED}" for each in about), profile)


def distinct_words(features: Sequence[Unknown]) -> str:
    """Say by which words features tell themselves apart; nothing where no likely place has any.

    >>> held = [Unknown((Word("folder", f"Held by {side}"),)) for side in ("Russia", "Ukraine")]
    >>> distinct_words(held)
    "folder 'Held by Russia' (1 feature), folder 'Held by Ukraine' (1 feature)"
    >>> distinct_words(held[:1])
    ''
    """
    places = _classes(features) if features else []
    by = next((by for by in places if by in _LIKELY and by != "name"), None)
    if by is None:
        return ""
    found = Counter(Word(by, " ".join(each.at(by).split())) for each in features)
    shown = [f"{word} ({counted(n, 'feature')})" for word, n in sorted(found.items())]
    more = [f"and {len(shown) - _MOST_SHOWN} more"] if len(shown) > _MOST_SHOWN else []
    return ", ".join([*shown[:_MOST_SHOWN], *more])


def _absent(unknown: Sequence[Unknown], profile: Profile) -> list[str]:
    """Return the places that rules read and in which no feature says anything."""
    said = frozenset[str]().union(*(each.places for each in unknown))
    return [by for by in dict.fromkeys(rule.by for rule in profile.rules) if by not in said]


def _others(unknown: Sequence[Unknown], shown: Collection[str]) -> list[str]:
    """Return the places with words that are not shown, those that are likely classes first."""
    there = (word.by for each in unknown for word in each.words)
    places = dict.fromkeys([*_classes(unknown), *there])
    return [by for by in places if by != "file" and by not in shown]


def _listed(places: Sequence[str]) -> str:
    named = [each if each.isprintable() else repr(each)[1:-1] for each in places[:_MOST_SHOWN]]
    more = len(places) - _MOST_SHOWN
    return ", ".join(name[:_LONGEST_CLASS] for name in named) + (
        f" and {more} more" if more > 0 else ""
    )


def _groups(unknown: Sequence[Unknown], profile: Profile) -> list[tuple[tuple[Word, ...], int]]:
    """Return the words that tell the features apart, with how many features have each."""
    places = _telling(unknown, profile)
    found: Counter[tuple[Word, ...]] = Counter(
        tuple(Word(by, " ".join(each.at(by).split())) for by in places) for each in unknown
    )
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _telling(unknown: Sequence[Unknown], profile: Profile) -> list[str]:
    """Return where the features tell what they are: in one place, or in a second one as well.

    First where the profile's rules read; without such, where the words are likeliest classes.
    """
    of_profile = [rule.by for rule in profile.rules if rule.by != "file"]
    other = {word.by for each in unknown for word in each.words} - {"file"}
    fewest = sorted(other, key=lambda by: (len(_texts(unknown, by)), by))
    likely = [by for by in _LIKELY if by not in of_profile]
    everywhere = [
        by
        for by in dict.fromkeys([*of_profile, *likely, *fewest])
        if all(each.at(by) for each in unknown)
    ]
    if not everywhere:
        return ["file"]
    first, *_ = everywhere
    if not of_profile:
        return [next(iter([*_classes(unknown), *_splitting(unknown, everywhere)]), first)]
    if len(_texts(unknown, first)) > 1:
        return [first]
    second = [by for by in ("fill", "layer", "folder") if by in everywhere and by != first]
    return [first, *_splitting(unknown, second)[:1]]


def _classes(unknown: Sequence[Unknown]) -> list[str]:
    """Return the places whose words may be classes of ground, the likeliest first.

    All features have one of a few words there, in letters, and of many features several the same.
    Makers' usual places go first, then words before codes, then the most words.
    """
    order = {by: (place, 0) for place, by in enumerate(_LIKELY) if by != "name"}
    found = []
    for by in sorted({word.by for word in unknown[0].words} - {"file"}):
        texts = _texts(unknown, by)
        one_each = len(texts) == len(unknown) and (by == "name" or len(texts) > _MOST_SHOWN)
        has_letters = by == "fill" or all(any(map(str.isalpha, text)) for text in texts)
        if 1 < len(texts) <= _FEW and has_letters and not one_each:
            codes = any(len(text) > _LONGEST_CLASS or _DIGIT.search(text) for text in texts)
            found.append((order.get(by, (len(_LIKELY), int(codes))), -len(texts), by))
    return [by for *_, by in sorted(found)]


def _splitting(unknown: Sequence[Unknown], places: Iterable[str]) -> list[str]:
    """Return the places with several words, and few; last those with one for each feature."""
    counts = {by: len(_texts(unknown, by)) for by in places}
    several = [by for by, count in counts.items() if 1 < count <= _FEW]
    return sorted(several, key=lambda by: counts[by] == len(unknown))


def _texts(unknown: Iterable[Unknown], by: str) -> set[str]:
    return {each.at(by) for each in unknown}


def _about(word: Word) -> str:
    return f"{word.by}={word.text.replace('*', chr(92) + '*')}"
