r"""Short names for what is only a variable: half of what a name costs in a page is saved.

A name that stands nowhere as a property (after a point, before a colon, alone between braces) and
in no text may be any other name, if it is so everywhere: no scope need be known for that. Names
that nobody declares are the browser's and stay, as do those that some object has.

>>> shortened("const width=box.size;const size=(width)=>`${width} px`;")
'const a=box.size;const size=(a)=>`${a} px`;'
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, product
from string import ascii_lowercase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"'(?:[^'\\\n]|\\.)*'"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|[A-Za-z_$][\w$]*|\d[\w.]*|\s+|=>|\?\.(?!\d)|\.\.\.|.",
    re.DOTALL,
)
_PATTERN = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/[a-z]*")
_TEMPLATE = re.compile(r"[`}](?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_VALUE_ENDS = re.compile(r"[\w$)\]}'\"`]\Z")
_NAME = re.compile(r"[A-Za-z_$][\w$]*\Z")
_DECLARING = {"const", "let", "function"}
_SHORTEST = 2
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "as await break case catch class const continue default delete do else false finally for "
        "function get if in instanceof let new null of return set static super switch this throw "
        "true try typeof undefined var void while yield",
    )
)


class _Use(NamedTuple):
    """A name where it stands: the signs before and after it, and whether braces are about it."""

    name: str
    before: str
    after: str
    in_braces: bool

    @property
    def is_property(self) -> bool:
        """Whether an object may have it: rather too often than once too little."""
        if self.before in {".", "?."}:
            return True
        alone = self.before in {"{", ","} and self.after in {",", "}", "=", "("}
        return self.in_braces and (alone or (self.after == ":" and self.before != "?"))


def shortened(script: str) -> str:
    """Rename what is declared in a script and is only ever a variable; the most used are shortest.

    ``script`` is a whole script, without comments. The same script gives the same names.

    >>> shortened("let total=0;const grow=(by)=>{total+=by;};grow(2);window.total={grow};")
    'let total=0;const grow=(by)=>{total+=by;};grow(2);window.total={grow};'
    """
    tokens = list(_tokens(script))
    uses = list(_uses(tokens))
    times = Counter(use.name for use in uses)
    declared = {use.name for use in uses if use.before in _DECLARING}
    owned = {use.name for use in uses if use.is_property}
    free = (name for name in _short_names() if name not in times and name not in _WORDS)
    wanted = [name for name, _ in times.most_common() if name in declared - owned]
    names = {name: next(free) for name in wanted if len(name) > _SHORTEST}
    return "".join(names.get(token, token) for token in tokens)


def _tokens(script: str) -> Iterator[str]:
    """Cut a script into texts, names, numbers and signs; a template into its texts and the rest."""
    at, last = 0, ""
    braces: list[str] = []
    while at < len(script):
        sign = script[at]
        if sign == "`" or (sign == "}" and braces[-1] == "${"):
            found = _TEMPLATE.match(script, at)
            if sign == "}":
                braces.pop()
        elif sign == "/" and (last == "return" or not _VALUE_ENDS.search(last)):
            found = _PATTERN.match(script, at)
        else:
            found = _TOKEN.match(script, at)
        if found is None:
            raise ValueError(f"no script: {script[at : at + 40]}")
        token = found[0]
        if _opens(token):
            braces.append("${")
        elif sign == "{":
            braces.append(sign)
        elif sign == "}" and len(token) == 1:
            braces.pop()
        last = last if token.isspace() else token
        at = found.end()
        yield token


def _uses(tokens: Sequence[str]) -> Iterator[_Use]:
    """Find the names, with what is about them."""
    signs = [token for token in tokens if not token.isspace()]
    about: list[str] = []
    for token, before, after in zip(signs, ["", *signs], [*signs[1:], ""], strict=False):
        if token[0] in ")]}":
            about.pop()
        if token in {"(", "[", "{"} or _opens(token):
            about.append(token)
        if _NAME.match(token) and token not in _WORDS:
            yield _Use(token, before, after, bool(about) and about[-1] == "{")


def _opens(token: str) -> bool:
    """Whether it is a template's text up to something that is put in."""
    return token[0] in "`}" and token.endswith("${")


def _short_names() -> Iterator[str]:
    letters = (product(ascii_lowercase, repeat=length) for length in (1, 2, 3))
    return ("".join(each) for each in chain.from_iterable(letters))
