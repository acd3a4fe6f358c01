"""Every option and argument of every verb, given odd values: an answer, or one line."""

from __future__ import annotations

import os
import shutil
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import typer.main

from forging import bench
from frontmap.cli import app
from verbs import failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.core import TyperArgument

pytestmark = pytest.mark.faults

DATA = Path(__file__).parent / "data"
ODD = [
    "", "   ", "0", "-1", "1e99", "1e308", "-1e308", "1e-320", "nan", "inf", "-inf", "x", "\u0660",
    "\ud800", "a\0b", "\u202e", "\n", "%s", "[]", "{}", "null", "true", "-0", "0x10", "-", "=x",
    "UA=",
    "99999999999999999999", "__proto__", "controlled", "../..", "/dev/null", ".", "~", "a" * 300,
    "a" * 100_000, "2024-08-31", "0001-01-01", "9999-12-31", "2024-02-30", "2024-W35-6",
    "-2024-08-31",
    "2024-08-31T10:00:00+25:00", "9999-12-31T23:59:59-14:00", "0000-00-00T00:00:00Z",
    "2024-08-31T24:00:00Z", "34,50,38,53", "nan,nan,nan,nan", "1e308,1,2,3", "-180,-90,180,90",
    "34,50,34,50", "1,2,3", "34,50,38,53,", "tcp://x", "{root}", "{file}", "{root}/no/such/x",
    "{pipe}", "{pipe}.json",
]  # fmt: skip
#: What an argument or option that must be given is, unless it is the odd one.
USUAL = {
    "date": "2024-08-31", "file": "{file}", "other": "{root}", "reason": "because", "title": "t",
    "maker": "m", "bbox": "34,50,38,53", "folder": "{new}", "into": "{new}",
}  # fmt: skip
IMPORTED = {"paths": str(DATA / "uacontrolmap"), "profile": "uacontrolmap"}
#: What starts a server or many processes.
COSTLY = {("jobs", "99999999999999999999")}


class Asked(NamedTuple):
    """A verb with one odd word, and what is odd about it."""

    name: str
    words: list[str]


def verbs(command: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from verbs(inner, (*before, name))
    if not hasattr(command, "commands"):
        yield before, command


def usual(verb: tuple[str, ...], parameter: TyperArgument) -> str | None:
    """Return what a verb is given for a parameter; None where it needs nothing."""
    if parameter.name == "archive":
        return "{root}"
    if parameter.name == "party":
        return {"init": "UA=Ukraine", "map": "UA", "report": "UA", "reported": "UA"}.get(verb[0])
    if verb[0] == "import" and parameter.name in IMPORTED:
        return IMPORTED[parameter.name]
    if parameter.name == "output":
        return "{new}.html"
    if verb[0] == "add" and parameter.name == "date":
        return "2024-09-02"
    needed = parameter.required or parameter.name in {"reason", "date"}
    return USUAL.get(parameter.name or "") if needed else None


def asked() -> Iterator[Asked]:
    """Yield each parameter of each verb with each odd value, the others being as usual."""
    for verb, command in verbs(typer.main.get_command(app)):
        for odd in command.params:
            if getattr(odd, "is_flag", False) or odd.name == "help":
                continue
            for value in ODD:
                if (odd.name, value) in COSTLY:
                    continue
                options, arguments = [], []
                for parameter in command.params:
                    given = value if parameter is odd else usual(verb, parameter)
                    if given is None:
                        continue
                    if parameter.param_type_name == "argument":
                        arguments.append(given)
                    else:
                        options.append(f"{parameter.opts[0]}={given}")
                name = f"{' '.join(verb)} {odd.name} {value[:40]!r}"
                yield Asked(name, [*verb, *options, "--", *arguments])


def number(name: str) -> int:
    return zlib.crc32(name.encode(errors="replace"))


@pytest.mark.parametrize("part", [60, pytest.param(3, marks=pytest.mark.torture)])
def test_an_odd_value_of_any_option_is_answered_or_refused(tmp_path, part, record_property):
    root, file = bench(tmp_path)
    whole, new, pipe = (tmp_path / name for name in ("whole", "new", "pipe"))
    shutil.copytree(root, whole)
    os.mkfifo(pipe)
    os.mkfifo(pipe.with_suffix(".json"))
    chosen = [
        each for each in asked() if zlib.crc32(each.name.encode(errors="replace")) % part == 0
    ]
    failures = {}
    for name, words in chosen:
        shutil.rmtree(root)
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(whole, root)
        places = {"{root}": str(root), "{file}": str(file), "{new}": str(new), "{pipe}": str(pipe)}
        given = words
        for place, path in places.items():
            given = [word.replace(place, path) for word in given]
        if why := failure(*given, cwd=tmp_path):
            failures[name] = why
    record_property("toll", ("odd values of options", len(chosen), len(failures)))
    assert failures == {}
    assert len(chosen) > 50
