"""What was mended in a file, as lines for people: one for many of a kind, the worst named."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from frontmap.intake.readings import Note

#: What is said of one feature, by the rule of the note; else its detail.
_ONE = {
    "z-dropped": "altitudes left out",
    "height-dropped": "altitudes left out",
    "ring-closed": "a ring was not closed; closed",
    "ring-left-out": "a ring {detail} encloses nothing: left out",
    "vanished": "left out: {detail}",
    "no-geometry": "left out: no geometry, or an empty one",
}
_ROUNDED = "the ground changed in rounding to six decimals"
#: What is said of several features alike, and of one of them what is said of one.
_MANY = {
    "repaired": "the geometry was invalid, and is mended where that has one meaning",
    "parts-overlap": "parts lie over each other, and count once",
    "ring-left-out": "rings that enclose nothing left out",
    "no-shell": "polygons that enclose nothing left out",
    "vanished": "left out: nothing of them is left on the grid of six decimals",
    "date-read": "the date was written with a time",
    "accuracy-read": "accuracy_m was a text",
    "other-time": "true on other days, and left out",
    "part-vanished": _ROUNDED,
    "hole-filled": _ROUNDED,
    "strip-vanished": _ROUNDED,
    "gap-filled": _ROUNDED,
    "split": _ROUNDED,
    "joined": _ROUNDED,
    "touching": _ROUNDED,
}
#: Rules of which nobody needs to hear: the ground is the same.
_UNSAID = {"rewound"}
#: Rules of features of which nothing is left.
_OF_NOTHING = {
    "no-geometry", "no-shell", "not-ground", "vanished", "left-out", "other-time", "outside",
}  # fmt: skip


class Mended(NamedTuple):
    """What was done with one feature, which is named as the file has it, or with the whole file."""

    where: str
    note: Note


def is_reason(rule: str) -> bool:
    """Whether a note by a rule says why nothing is left of a feature.

    >>> is_reason("vanished"), is_reason("not-ground Point"), is_reason("repaired")
    (True, True, False)
    """
    return rule.partition(" ")[0] in _OF_NOTHING


def mended_lines(mended: Iterable[Mended]) -> tuple[str, ...]:
    """Say what was mended: a line for each kind, in the order of the file.

    >>> from frontmap.intake.readings import Note
    >>> mended_lines(Mended(f"feature {n}", Note("z-dropped")) for n in (1, 2, 5))
    ('3 features: altitudes left out',)
    >>> loop = Note("repaired", "a ring touches itself near 35, 51", 0.002)
    >>> mended_lines([Mended("feature 1", loop)])
    ('feature 1: a ring touches itself near 35, 51',)
    """
    kinds: dict[str, list[Mended]] = {}
    for each in mended:
        if each.note.rule not in _UNSAID:
            kinds.setdefault(_ONE.get(each.note.rule, each.note.rule), []).append(each)
    return tuple(map(_line, kinds.values()))


def _line(alike: list[Mended]) -> str:
    worst = max(alike, key=lambda each: each.note.km2)  # the first of equals
    features = len({each.where for each in alike})
    rule, detail = worst.note.rule, worst.note.detail
    one = _ONE.get(rule, "{detail}").format(detail=detail)
    if not worst.where:
        return one
    if features == 1:
        return f"{worst.where}: {one}"
    if len({each.note.detail for each in alike}) == 1:
        return f"{features} features: {one}"
    if rule not in _MANY:
        return f"{features} features: {one}, as {worst.where}"
    most = "the most" if worst.note.km2 else "the first"
    return f"{features} features: {_MANY[rule]}; {most}, {worst.where}: {detail}"
