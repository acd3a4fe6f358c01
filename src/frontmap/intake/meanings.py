"""What the words of one feature mean by a profile's rules: the one that decides, those against."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmap.intake.rules import as_colour, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.formats.features import Feature
    from frontmap.intake.profiles import Profile
    from frontmap.intake.rules import Rule


class Word(NamedTuple):
    """One text of a feature, and where it stands: ``folder``, ``fill``, a property's name."""

    by: str
    text: str

    def __str__(self) -> str:
        return f"{self.by} {' '.join(self.text.split())!r}"


class Decision(NamedTuple):
    """The rule that decides and the word that it read; words that another rule reads otherwise."""

    rule: Rule
    word: Word
    against: tuple[tuple[Word, Rule], ...] = ()


def decide(feature: Feature, profile: Profile, file: str = "") -> Decision | None:
    """Return what a profile makes of a feature of a file; ``None`` where no rule knows a word.

    Of each word the first rule that fits speaks; of the words, that whose rule comes first. Rules
    on folders that follow each other are asked for the nearest folder first.

    >>> from frontmap.formats.features import Feature
    >>> from frontmap.intake.profiles import read_profile
    >>> feature = Feature(
    ...     properties={"name": "… /// Occupied /// geoJSON.status.occupied", "fill": "#0f9d58"})
    >>> made = decide(feature, read_profile("deepstate"))
    >>> str(made.rule.meaning), made.word.text, [str(word) for word, _ in made.against]
    ('RU controlled', 'geoJSON.status.occupied', ["fill '#0f9d58'"])
    """
    found = sorted(_found(feature, profile, file), key=lambda each: each[0])
    if not found:
        return None
    (_, word, rule), *others = found
    against = ((other, said) for _, other, said in others if said.meaning != rule.meaning)
    return Decision(rule, word, () if rule.meaning is None else tuple(against))


def words_at(feature: Feature, by: str, file: str = "", separator: str = "") -> list[Word]:
    """Return the words that stand where a rule reads: texts, each split at the separator.

    >>> from frontmap.formats.features import Feature
    >>> feature = Feature(folders=("Donetsk", "Occupied"), properties={"Name": "A /// B"})
    >>> [word.text for word in words_at(feature, "folder")]
    ['Donetsk', 'Occupied']
    >>> [word.text for word in words_at(feature, "name", separator="///")]
    ['A', 'B']
    """
    texts = texts_at(feature, by, file)
    parts = (part for text in texts for part in (text.split(separator) if separator else [text]))
    return [Word(by, part) for part in dict.fromkeys(part.strip() for part in parts)]


def texts_at(feature: Feature, by: str, file: str = "") -> list[str]:
    """Return the texts that stand where a rule reads, as the file has them.

    >>> from frontmap.formats.features import Feature
    >>> texts_at(Feature(properties={"Fill": "A52714"}), "fill"), texts_at(Feature(), "layer")
    (['#a52714'], [])
    """
    texts = list[str]()
    if by == "folder":
        texts += feature.folders
    elif by == "layer" and feature.layer:
        texts.append(feature.layer)
    elif by == "fill" and feature.fill:
        texts.append(as_colour(feature.fill))
    elif by == "file" and file:
        texts += [file, PurePath(file).stem]
    for key, value in feature.properties.items():
        if plain(key) == by and (text := as_text(value)) is not None:
            texts.append(as_colour(text) if by == "fill" else text)
    return texts


def as_text(value: Any) -> str | None:  # noqa: ANN401  any value of a property
    """Return a property's value as rules read it; ``None`` of a list or an object.

    >>> as_text(3.0), as_text(True), as_text(None), as_text([1])
    ('3', 'true', '', None)
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None


def _found(
    feature: Feature, profile: Profile, file: str
) -> Iterator[tuple[tuple[int, int, int], Word, Rule]]:
    """Yield for each word the rule that speaks of it, with what they are sorted by."""
    runs = _runs(profile)
    for by in dict.fromkeys(rule.by for rule in profile.rules):
        for depth, word in enumerate(words_at(feature, by, file, profile.separator)):
            for place, rule in enumerate(profile.rules):
                if rule.by == by and rule.fits(word.text):
                    nearness = depth if by == "folder" else 0
                    yield (runs[place], nearness, place), word, rule
                    break


def _runs(profile: Profile) -> list[int]:
    """Return for each rule where it is asked: those on folders that follow each other together."""
    runs = list[int]()
    for place, rule in enumerate(profile.rules):
        follows = rule.by == "folder" and place > 0 and profile.rules[place - 1].by == "folder"
        runs.append(runs[-1] if follows else place)
    return runs
