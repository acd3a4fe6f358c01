"""What people add to an archive beside its snapshots: sources, parties, and names of these."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from frontmap import storage
from frontmap.archive import about as about_file
from frontmap.archive import layout, recording
from frontmap.errors import ConflictError, InputError, NotFoundError
from frontmap.facts.appending import with_row
from frontmap.facts.tables import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from frontmap.archive.new_revisions import Writer
    from frontmap.model import Party

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def add_source(writer: Writer, row: Mapping[str, str]) -> bool:
    """Add a row to ``sources.csv``; False where it is there already and says the same.

    ``row`` has texts by column. Raises ``ConflictError`` where a row of that id says something
    else, ``InputError`` for a text that its column cannot hold.

    >>> import tempfile, frontmap
    >>> from frontmap.archive.new_revisions import Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> [add_source(writer, {"id": "isw-1", "publisher": "ISW"}) for _ in range(2)]
    [True, False]
    """
    with recording.writing(writer):
        path = writer.root / SOURCES.name
        is_there = storage.kind_of(path, below=writer.root) is not None
        data = storage.read(path, below=writer.root) if is_there else None
        text = with_row(path, data, SOURCES, row)
        if text == data:
            return False
        storage.replace(path, text, below=writer.folder)
        return True


def add_party(writer: Writer, name: str, texts: Mapping[str, str]) -> bool:
    """Add a party to ``archive.json``, after the others; False where it is there and says the same.

    ``texts`` are as in :func:`frontmap.init`: ``name_en`` and others, ``short_name``, ``colour``;
    a colour that is not given is the next of the palette. Raises ``ConflictError`` where a party of
    that id says something else, or its id is another's in other capitals, or its colour, or a name;
    ``InputError`` for what cannot be.

    >>> import tempfile, frontmap
    >>> from frontmap.archive.new_revisions import Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> add_party(writer, "RU", {"name_en": "Russia"})
    True
    >>> frontmap.open(front.root).about.parties["RU"].colour
    '#7d3f98'
    """
    about_file.require_texts({name: texts})
    with recording.writing(writer):
        path = writer.root / layout.ABOUT
        data = storage.read(path, below=writer.root)
        parties = about_file.loads(data, path).parties
        if name in parties:
            members = about_file.party_members(name, parties[name])
            _require_same(f"{path}: party {name!r}", members, texts)
            return False
        for other, party in parties.items():
            if other.casefold() == name.casefold():
                raise ConflictError(
                    f"{path}: party {name!r} differs from {other!r} in capitals alone; write "
                    f"{other}, or choose another id"
                )
            if party.colour == texts.get("colour"):
                raise ConflictError(
                    f"{path}: colour {party.colour} is that of {other}; choose another one, or "
                    "leave it out"
                )
        colour = about_file.next_colour(party.colour for party in parties.values())
        added = about_file.parties_of({name: {"colour": colour, **texts}})[name]
        _require_own_names(path, name, added, parties)
        text = _with_member(data, about_file.party_members(name, added))
        about_file.loads(text, path)
        storage.replace(path, text, below=writer.folder)
        return True


def rename_party(writer: Writer, name: str, texts: Mapping[str, str]) -> bool:
    """Give a party of ``archive.json`` other names; False where they are its names already.

    ``texts`` are ``name_en`` and others, and ``short_name``; names in other languages stay, and so
    do its id, its colour and all other parties. Raises ``NotFoundError`` where there is none of
    that id, ``ConflictError`` where another party is called so, ``InputError`` for what cannot be.

    >>> import tempfile, frontmap
    >>> from frontmap.archive.new_revisions import Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> rename_party(Writer(front.folder, front.about, utc_now), "UA", {"name_uk": "Україна"})
    True
    >>> dict(frontmap.open(front.root).about.parties["UA"].names)
    {'en': 'Ukraine', 'uk': 'Україна'}
    """
    about_file.require_texts({name: texts})
    if "colour" in texts:
        raise InputError(f"parties: {name!r:.80}: a colour stays; give name_LANGUAGE, short_name")
    with recording.writing(writer):
        path = writer.root / layout.ABOUT
        data = storage.read(path, below=writer.root)
        parties = about_file.loads(data, path).parties
        if name not in parties:
            known = ", ".join(parties) or "none"
            raise NotFoundError(f"{path}: no party {name!r:.80}; there are {known:.200}")
        now = about_file.party_members(name, parties[name])
        before = {f"name_{language}": text for language, text in now["names"].items()}
        own = {"short_name": now["short_name"], "colour": now["colour"]}
        renamed = about_file.parties_of({name: {**before, **own, **texts}})[name]
        if renamed == parties[name]:
            return False
        _require_own_names(path, name, renamed, parties)
        text = _with_member(data, about_file.party_members(name, renamed))
        about_file.loads(text, path)
        storage.replace(path, text, below=writer.folder)
        return True


def _require_own_names(path: Path, name: str, party: Party, parties: Mapping[str, Party]) -> None:
    if shared := about_file.shared_name(name, party, parties):
        raise ConflictError(f"{path}: {shared}")


def _require_same(place: str, members: dict[str, Any], texts: Mapping[str, str]) -> None:
    there = {f"name_{language}": text for language, text in members["names"].items()} | {
        key: members[key] for key in ("short_name", "colour")
    }
    for key, text in texts.items():
        if there.get(key) != text:
            raise ConflictError(
                f"{place} is there already, with {key} {there.get(key, '')!r} and not {text!r}; "
                "choose another id, or edit the file"
            )


def _with_member(data: bytes, party: dict[str, Any]) -> bytes:
    """Put a party in its place in the list, or at the end, in the way the others are laid out."""
    text = data.decode("utf-8")
    start, end = _list_of_parties(text)
    gap = text[start + 1 : _past_space(text, start + 1)]
    last = len(text[: end - 1].rstrip(" \t\r\n"))
    is_first = last == start + 1
    if "\n" in gap and not is_first:
        member = json.dumps(party, ensure_ascii=False, indent=2, sort_keys=True)
        member = member.replace("\n", gap)
    else:
        gap = gap or " " * (not is_first)
        member = json.dumps(party, ensure_ascii=False, sort_keys=True)
    there = _place_of(text, start, party["id"])
    if there is None:
        there, member = (last, last), ("" if is_first else "," + gap) + member
    return (text[: there[0]] + member + text[there[1] :]).encode("utf-8", "surrogatepass")


def _place_of(text: str, start: int, name: str) -> tuple[int, int] | None:
    """Return where the party of an id stands in the list that begins at ``start``, if it does."""
    place = _past_space(text, start + 1)
    while text[place] != "]":
        party, end = _DECODER.raw_decode(text, place)
        if party["id"] == name:
            return place, end
        place = _past_space(text, end)
        place = _past_space(text, place + 1) if text[place] == "," else place
    return None


def _list_of_parties(text: str) -> tuple[int, int]:
    """Return where the list of parties begins and ends in the text of an ``archive.json``."""
    place = text.index("{") + 1
    while True:
        key, place = _DECODER.raw_decode(text, _past_space(text, place))
        place = _past_space(text, _past_space(text, place) + 1)
        _, end = _DECODER.raw_decode(text, place)
        if key == "parties":
            return place, end
        place = _past_space(text, end) + 1


def _past_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place
