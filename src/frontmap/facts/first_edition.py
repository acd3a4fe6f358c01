"""What is known of format 1: how its tables and its reference said what format 2 says otherwise.

Its events were of one war, with the party in the word of the event, or only meant by it; its
reported figures counted the ground of the one party that was mapped. Before the flags of a report
had columns, they were read from the words of its note.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, get_args

import orjson

from frontmap.facts import columns as c
from frontmap.facts.schemas import OlderForm
from frontmap.facts.vocabulary import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from frontmap.facts.columns import Column

#: What an event of format 1 says: the event, and the ids of its parties.
EVENTS: Final = {
    "UA_enters": ("enters", "UA"),
    "UA_claims_control": ("claims_control", "UA"),
    "UA_present": ("present", "UA"),
    "RU_retakes": ("retakes", "RU"),
    "contested": ("contested", "RU UA"),
    "stays": ("stays", "RU"),
    "forward_point": ("forward_point", "UA"),
}
#: What a feature of the reference was called.
REFERENCE_KINDS: Final = {"border": "state_border", "town": "place", "river": "water"}
_KIND: Final = re.compile(rf'("kind"\s*:\s*")({"|".join(REFERENCE_KINDS)})(")')
#: Which words of a note meant what stands in a flag.
_FLAG_WORDS: Final = {
    "doubted": "unconfirmed|not confirmed|preliminary|unclear|unable to confirm|den(?:y|ies)"
    r"|uncertain|weak|\bnear it\b|in (?:its|the) area|in area|perhaps|one blogger",
    "seen": "geolocat|footage|satellite",
    "repelled": r"repel|thwart|stopped|towards?\b",
    "passed": r"\bpast it\b|\bbeyond it\b",
    "fought": "repel|thwart|attempt|attack|thrown back|failed|raid",
}
_FLAGS: Final = {name: re.compile(words, re.IGNORECASE) for name, words in _FLAG_WORDS.items()}


def older_events(columns: Sequence[Column]) -> tuple[OlderForm, ...]:
    """Give the forms that ``settlement_events.csv`` had, from the columns that it has in format 2.

    Without the column ``party``, and before that without the flags.

    >>> columns = (c.text("event", "?"), c.party("party", "?"), c.flag("seen", "?"))
    >>> [form.lacks for form in older_events(columns)]
    [('party',), ('party', 'doubted', 'seen', 'repelled', 'passed', 'fought')]
    """
    with_flags = tuple(
        replace(column, read=_read_event) if column.name == "event" else column
        for column in columns
        if column.name != "party"
    )
    without = tuple(column for column in with_flags if column.name not in _FLAGS)
    return (
        OlderForm(with_flags, ("party",), _with_party),
        OlderForm(without, ("party", *_FLAGS), _with_flags),
    )


def older_figures(columns: Sequence[Column]) -> tuple[OlderForm, ...]:
    """Give the form that ``reported.csv`` had: it did not say whose ground a figure counts.

    >>> (before,) = older_figures((c.party("party", "?"), c.text("note", "?")))
    >>> before.fits(["note"]), before.translated({"note": ""})
    (True, {'party': ''})
    """
    without = tuple(column for column in columns if column.name != "party")
    return (OlderForm(without, ("party",), lambda _: {"party": ""}),)


def reference_text(data: bytes) -> bytes:
    """Write a reference in the words of format 2; nothing but the kinds of features changes.

    ``data`` is a readable FeatureCollection.

    >>> reference_text(b'{"features": [{"properties": {"kind": "town", "name_en": "town"}}]}')
    b'{"features": [{"properties": {"kind": "place", "name_en": "town"}}]}'
    """
    wanted, given = orjson.loads(data), orjson.loads(data)
    for feature in wanted["features"]:
        own = feature["properties"]
        own["kind"] = REFERENCE_KINDS.get(own["kind"], own["kind"])
    if wanted == given:
        return data
    # The kinds alone are put into the text, which keeps how its numbers and lines are written.
    text = _KIND.sub(lambda found: found[1] + REFERENCE_KINDS[found[2]] + found[3], data.decode())
    if orjson.loads(text) != wanted:  # something else in it has such a word too
        text = json.dumps(wanted, ensure_ascii=False) + "\n"
    return text.encode()


def _read_event(cell: str) -> str:
    if cell not in EVENTS and cell in get_args(Event):
        raise ValueError(f"{cell!r} needs the column party in this table; add it")
    return c.read_choice(cell, words=tuple(EVENTS))


def _with_party(cells: dict[str, str]) -> dict[str, str]:
    event, party = EVENTS[cells["event"]]
    return {"event": event, "party": party}


def _with_flags(cells: dict[str, str]) -> dict[str, str]:
    flags = {name: "yes" if words.search(cells["note"]) else "" for name, words in _FLAGS.items()}
    return {**_with_party(cells), **flags}
