"""All that a zone says but its ground: in the feature's own words, a profile's rules, for all."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from frontmap.intake.meanings import decide, texts_at
from frontmap.intake.own_words import near_misses, split_properties
from frontmap.intake.profiles import DECIDING, Profile
from frontmap.intake.readings import Note
from frontmap.intake.rules import plain
from frontmap.intake.unknown_words import Unknown, unknown_of
from frontmap.model import CONFIDENCES, STATUSES, Confidence, Scalar, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from frontmap.formats.features import Feature
    from frontmap.intake.meanings import Decision

#: What a zone must say, or the option that says it for all.
_OPTIONS = {
    "party": "--party",
    "status": "--status",
    "confidence": "--confidence",
    "accuracy_m": "--accuracy",
    "sources": "--source",
}
LONGEST_TEXT = 10_000
_SCALARS = (str, int, float, bool)
_LOST_LETTER = "\ufffd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a zone is where its feature does not say."""

    party: str | None = None
    status: Status | None = None
    confidence: Confidence | None = None
    accuracy_m: float | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the features of a file are read: ``file`` is its name, ``parties`` those that are ours.

    With a profile, words that none of its rules knows are unknown, whatever ``defaults`` say.
    """

    defaults: Defaults = Defaults()
    profile: Profile | None = None
    parties: Collection[str] | None = None
    file: str = ""


class ZoneWords(NamedTuple):
    """What a zone says: as :class:`frontmap.model.Zone` has it."""

    party: str
    status: Status
    sources: tuple[str, ...]
    confidence: Confidence
    accuracy_m: float
    note: str
    extra: dict[str, Scalar]


class Read(NamedTuple):
    """What was read of a feature: its words, or ``None`` where it is left out or unknown.

    ``date`` is the value that it states as its date, whatever that is; ``by_option`` are the words
    of a feature whose party or status an option says.
    """

    words: ZoneWords | None
    notes: tuple[Note, ...] = ()
    unknown: Unknown | None = None
    date: Any = None
    by_option: Unknown | None = None


def read_words(feature: Feature, terms: Terms) -> Read:
    """Read what a feature says; raises ``ValueError`` for what cannot be taken.

    What it says itself in our words holds, whatever a rule or an option says; that is noted.

    >>> from frontmap.formats.features import Feature
    >>> from frontmap.intake.rules import parse_rule
    >>> isw = Profile(name="isw", rules=(parse_rule("layer=支配 => RU controlled"),))
    >>> usual = Defaults(confidence="medium", accuracy_m=500, sources=("isw",))
    >>> terms = Terms(profile=isw, defaults=usual)
    >>> read_words(Feature(properties={"layer": "支配"}), terms).words[:3]
    ('RU', 'controlled', ('isw',))
    >>> str(read_words(Feature(properties={"layer": "反撃"}), terms).unknown.words[0])
    "layer '反撃'"
    >>> read_words(Feature(properties={"Status": "contested", "PARTY": "UA", "layer": "支配"}),
    ...            terms).notes[0].detail
    'says UA contested itself, which holds; layer=支配 says RU controlled'
    """
    ours, others = split_properties(feature.properties)
    profile = terms.profile
    decision = None if profile is None else decide(feature, profile, terms.file)
    if decision is not None and decision.rule.meaning is None:
        return Read(None, (Note("left-out", decision.rule.where),))
    reader = _Reader(terms, ours, decision)
    if profile is not None:
        reader.set_foreign_words_aside(others)
    reader.read_our_words()
    party, status, confidence = map(reader.said, ("party", "status", "confidence"))
    lacks = reader.lacks(party, status, confidence)
    if party is None or status is None:
        separator = "" if profile is None else profile.separator
        unknown = unknown_of(feature, terms.file, separator, ours)
        if profile is None:
            unknown = unknown._replace(because=f"{said_lacks(lacks)}; or what its words mean")
        return Read(None, (), unknown)
    if lacks:
        raise ValueError(said_lacks(lacks))
    reader.compare_with_rule(party, status)
    words = ZoneWords(
        party=party,
        status=cast("Status", status),
        sources=reader.sources(),
        confidence=cast("Confidence", confidence),
        accuracy_m=reader.metres(),
        note=reader.text("note", ours.get("note")),
        extra=reader.further(feature, others),
    )
    says_all = profile is not None or {"party", "status"} <= set(ours)
    by_option = None if says_all else unknown_of(feature, terms.file, ours=ours)
    return Read(words, tuple(reader.notes), date=ours.get("date"), by_option=by_option)


@dataclass(frozen=True, slots=True)
class _Reader:
    terms: Terms
    ours: dict[str, Any]
    decision: Decision | None
    notes: list[Note] = field(default_factory=list)

    def set_foreign_words_aside(self, others: dict[str, Any]) -> None:
        """Take a party or status that is no word of ours for one of the maker's."""
        known = {"status": STATUSES, "party": self.terms.parties}
        by = None if self.decision is None else self.decision.rule.by
        for key, words in known.items():
            value = self.ours.get(key)
            if value is None:
                continue
            is_ours = isinstance(value, str) and (words is None or _one_of(value, words) in words)
            if not is_ours or by == key:
                others[f"maker_{key}"] = self.ours.pop(key)

    def read_our_words(self) -> None:
        """Take our own words whatever their capitals and the blanks around them, and note it."""
        known = {"party": self.terms.parties, "status": STATUSES, "confidence": CONFIDENCES}
        for key, words in known.items():
            value = self.ours.get(key)
            if isinstance(value, str) and (ours := _one_of(value, words or ())) != value:
                self.ours[key] = ours
                self.notes.append(Note("own-word-read", f"{key} {value!r} is read as {ours!r}"))

    def said(self, key: str) -> str | None:
        """Return what holds of a zone: what it says, the rule, what is said for all."""
        value = self.ours.get(key)
        default = getattr(self.terms.defaults, key)
        if value is not None:
            self.note_overruled(key, value)
            return self.text(key, value)
        if key in ("party", "status") and self.terms.profile is not None:
            if self.decision is not None:
                return str(getattr(self.decision.rule.meaning, key))
            if not {"party", "status"} & set(self.ours):
                return None
        assumed = getattr(self.terms.profile, key, None)
        return assumed if default is None else str(default)

    def note_overruled(self, key: str, value: object) -> None:
        default = getattr(self.terms.defaults, key)
        if default is not None and value != default:
            option = f"{_OPTIONS[key]} {default}"
            self.notes.append(Note("option-overruled", f"{key} is its own, not that of {option}"))

    def lacks(self, *said: str | None) -> tuple[str, ...]:
        """Return what neither a zone says nor anything for all."""
        accuracy_m = [self.ours.get("accuracy_m"), self.terms.defaults.accuracy_m]
        if self.terms.profile is not None:
            accuracy_m.append(self.terms.profile.accuracy_m)
        found = (*said, next((each for each in accuracy_m if each is not None), None))
        missing = [key for key, value in zip(_OPTIONS, found, strict=False) if value is None]
        if missing and not self.sources():  # alone, it may be that of the revision
            missing.append("sources")
        return tuple(missing)

    def compare_with_rule(self, party: str, status: str) -> None:
        """Note what rules say otherwise than what holds."""
        if self.decision is None:
            return
        rule, word, against = self.decision
        if rule.meaning is not None and (party, status) != tuple(rule.meaning):
            said = f"says {party} {status} itself, which holds"
            self.notes.append(Note("rule-overruled", f"{said}; {rule.where} says {rule.meaning}"))
        self.notes.extend(Note("status-conflict", f"{word}, but {other}") for other, _ in against)

    def sources(self) -> tuple[str, ...]:
        value = self.ours.get("sources")
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(sorted(set(value)))
        own = tuple(sorted(set(self.text("sources", value).split())))
        source = self.terms.profile.source if self.terms.profile is not None else ""
        return own or self.terms.defaults.sources or ((source,) if source else ())

    def metres(self) -> float:
        value = self.ours.get("accuracy_m")
        if value is not None:
            self.note_overruled("accuracy_m", value)
        else:
            value = self.terms.defaults.accuracy_m
        if value is None and self.terms.profile is not None:
            value = self.terms.profile.accuracy_m
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise ValueError(f"accuracy_m is {value!r}; give metres") from None
            self.notes.append(Note("accuracy-read", f"accuracy_m was a text, read as {value:g}"))
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise ValueError(
                f"accuracy_m is {value!r}; give the position error of the line in metres"
            )
        return float(value)

    def text(self, key: str, value: Any) -> str:  # noqa: ANN401  any JSON value
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError(f"{key} is {value!r}; it must be a text")  # noqa: TRY004  the value
        return value

    def further(self, feature: Feature, others: Mapping[str, Any]) -> dict[str, Scalar]:
        """Return the further properties that are kept: all, or what the profile says."""
        profile = self.terms.profile
        if profile is not None and profile.keep is not None:
            texts = {name: self.text_at(feature, at) for name, at in profile.keep.items()}
            read = {plain(at) for at in profile.keep.values()}
            self.notes.extend(_text_notes(texts))
            self.notes.extend(
                Note("property-left-out", f"property {key!r} is {_kind(value)}: left out")
                for key, value in others.items()
                if plain(key) in read and not isinstance(value, _SCALARS)
            )
            return {name: text for name, text in sorted(texts.items()) if text}
        self.notes.extend(
            Note("near-miss", f"property {key!r} is kept as it is; is {name!r} meant?")
            for key, name in near_misses(others).items()
        )
        extra = {}
        for key, value in others.items():
            if isinstance(value, _SCALARS):
                extra[key] = value
            else:
                detail = f"property {key!r} is {_kind(value)}: left out"
                self.notes.append(Note("property-left-out", detail))
        return extra

    def text_at(self, feature: Feature, at: str) -> str:
        if at == DECIDING:
            return "" if self.decision is None else self.decision.word.text
        text = next(iter(texts_at(feature, plain(at), self.terms.file)), "")
        if len(text) > LONGEST_TEXT:
            self.notes.append(Note("text-cut", f"{at}: {len(text)} letters"))
        return text[:LONGEST_TEXT]


def said_lacks(keys: tuple[str, ...]) -> str:
    """Say what to do about a zone that does not say what it must.

    >>> said_lacks(("party", "accuracy_m"))
    'no party, accuracy_m; add the properties, or say it for all: --party --accuracy'
    """
    what = "property" if len(keys) == 1 else "properties"
    options = " ".join(_OPTIONS[key] for key in keys)
    return f"no {', '.join(keys)}; add the {what}, or say it for all: {options}"


def said_for_all(defaults: Defaults) -> str:
    """Return the options that say whose the ground is, as they are given.

    >>> said_for_all(Defaults(party="UA", status="contested", accuracy_m=500))
    '--party UA --status contested'
    """
    said = {key: getattr(defaults, key) for key in ("party", "status")}
    return " ".join(f"{_OPTIONS[key]} {word}" for key, word in said.items() if word is not None)


def said_of(note: Note) -> Note:
    """Return a note on a feature's words as one for a line: alike are those that say the same.

    >>> said_of(Note("left-out", "type=losses")).detail
    'left out by type=losses'
    """
    if note.rule == "accuracy-read":
        return note
    text = f"left out by {note.detail}" if note.rule == "left-out" else note.detail
    return Note(f"{note.rule} {note.detail}", text)


def _text_notes(texts: Mapping[str, str]) -> list[Note]:
    lost = [
        Note("damaged-letters", f"{name}: {text.count(_LOST_LETTER)} lost, kept as they are")
        for name, text in texts.items()
        if _LOST_LETTER in text
    ]
    has_template = any("{{" in text for text in texts.values())
    return lost + [Note("template-text", "kept as it is")] * has_template


def _one_of(value: str, words: Collection[str]) -> str:
    """Return the word that a value is whatever its case, where that is one; else the value."""
    if value in words:
        return value
    alike = [word for word in words if plain(word) == plain(value)]
    return alike[0] if len(alike) == 1 else value


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else "an object"
