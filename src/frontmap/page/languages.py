"""The words of a page by language: those that ship, and those that an archive or a user brings.

A language is a file ``LANG.json``: an object with the texts of ``page/words/en.json`` by name, a
text with a number as an object of plural forms; names that begin with ``#`` are notes. What it
lacks, or has in no usable form, is said in English; what of dates and numbers it lacks, the browser
knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontmap import storage
from frontmap.errors import InputError, NotFoundError
from frontmap.formats import strict
from frontmap.page import bundle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FOLDER = "words"
NOTE = "#"
ENGLISH = bundle.LANGUAGES[0]
MOST_BYTES = 2**18
MOST_LANGUAGES = 20
LONGEST_TEXT = 4000
#: What the browser knows of a language where its file does not say.
OF_THE_BROWSER = ("months", "months_short", "day_date", "thousands", "decimals")
PLURALS = ("zero", "one", "two", "few", "many", "other")
_CODE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"}
#: Control characters but the line's end, and those that turn the direction of what follows.
_UNSEEN = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]")


@dataclass(frozen=True, slots=True)
class Language:
    """The texts that a file has in a language; ``code`` is its tag, such as ``ar`` or ``pt-BR``.

    A text with a number is an object of its plural forms (``zero, one, two, few, many, other``).
    """

    code: str
    texts: Mapping[str, str | Mapping[str, str]]
    path: Path | None = None


def direction_of(code: str) -> str:
    """Return how a language is written: ``rtl``, right to left, or ``ltr``.

    >>> direction_of("ar"), direction_of("uz"), direction_of("uz-Arab")
    ('rtl', 'ltr', 'rtl')
    """
    language, *rest = code.split("-")
    return "rtl" if language in _RIGHT_TO_LEFT or "Arab" in rest or "Hebr" in rest else "ltr"


def shipped_language(code: str) -> Language:
    """Return a language that ships with frontmap; raises ``NotFoundError`` for another one.

    >>> shipped_language("uk").texts["zoom_in"]
    'Наблизити'
    """
    if code not in bundle.LANGUAGES:
        raise NotFoundError(
            f"no words for language {code!r:.80}; {', '.join(bundle.LANGUAGES)} ship with "
            f"frontmap; of a file, give its path: {code:.80}.json"
        )
    return Language(code, bundle.words()[code])


def read_language(path: Path, *, below: Path | None = None) -> Language:
    """Read a language from its file; raises ``InputError`` with file, place and remedy.

    Names that are none of the page's, and texts in another form than its own, are kept:
    :func:`frontmap.page.words_faults.faults` tells of them. Raises as
    :func:`frontmap.storage.read`, and where a file has more than 256 KiB.

    >>> read_language(Path("src/frontmap/page/words/uk.json")).code
    'uk'
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ar.json"
    >>> _ = path.write_text('{"map": 5}')
    >>> read_language(path)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: ...ar.json: 'map': is no text; write one, or an object of plural
    forms (zero, one, two, few, many, other)
    """
    if path.suffix != ".json":
        raise InputError(f"{path}: the words of a language are a file such as ar.json; rename it")
    code = require_code(path.stem, path)
    data = storage.read_start(path, MOST_BYTES + 1, below=below)
    if len(data) > MOST_BYTES:
        raise InputError(f"{path}: more than {MOST_BYTES >> 10} KiB; no language has so many words")
    value, _ = strict.parse(data, path)
    if not isinstance(value, dict):
        raise InputError(
            f'{path}: must be an object of texts by name, as {{"map": "…"}}; make one: '
            f"frontmap words new {code}"
        )
    given = {name: text for name, text in value.items() if not name.startswith(NOTE)}
    return Language(code, {name: _text(name, text, path) for name, text in given.items()}, path)


def require_code(code: str, where: Path | str) -> str:
    """Return the tag of a language that can have words; raises ``InputError``.

    >>> require_code("Arabic", "words new")
    Traceback (most recent call last):
    frontmap.errors.InputError: words new: 'Arabic' is no tag of a language; write one such as ar,
    pt-BR or uz-Arab
    """
    if not _CODE.fullmatch(code):
        raise InputError(
            f"{where}: {code!r:.80} is no tag of a language; write one such as ar, pt-BR or uz-Arab"
        )
    return code


def _text(name: str, given: Any, path: Path) -> str | dict[str, str]:  # noqa: ANN401  as JSON has it
    forms = given if isinstance(given, dict) else {"other": given}
    if unknown := sorted(set(forms) - {*PLURALS}):
        raise InputError(
            f"{path}: {name!r:.80}: {unknown[0]!r:.80} is no plural form; use {', '.join(PLURALS)}"
        )
    for text in forms.values():
        if not isinstance(text, str):
            raise InputError(
                f"{path}: {name!r:.80}: is no text; write one, or an object of plural forms "
                f"({', '.join(PLURALS)})"
            )
        if len(text) > LONGEST_TEXT:
            raise InputError(
                f"{path}: {name!r:.80}: {len(text):,} characters, {LONGEST_TEXT:,} at most; "
                "shorten it"
            )
        if _UNSEEN.search(text):
            raise InputError(
                f"{path}: {name!r:.80}: has a control or direction character; remove it"
            )
    return given if isinstance(given, dict) else str(given)


def own_languages(root: Path) -> tuple[Language, ...]:
    """Return the languages that an archive brings, ``words/LANG.json``, in order of their tags.

    Raises as :func:`read_language`, and ``InputError`` where it brings more than 20.

    >>> own_languages(Path("geodata/kursk"))
    ()
    """
    folder = root / FOLDER
    if storage.kind_of(folder, below=root) is None:
        return ()
    found = [path for path, _ in storage.entries(folder, below=root) if path.suffix == ".json"]
    if len(found) > MOST_LANGUAGES:
        raise InputError(
            f"{folder}: {len(found)} languages, {MOST_LANGUAGES} at most; leave some out"
        )
    return tuple(read_language(path, below=root) for path in found)


def found_language(which: str | Path, root: Path | None = None) -> Language:
    """Return a language by its tag (of the archive in ``root``, or shipped) or its file's path.

    Raises as :func:`shipped_language` and :func:`read_language`.

    >>> found_language("ru").code, found_language("src/frontmap/page/words/uk.json").code
    ('ru', 'uk')
    """
    name = f"{which}"
    if isinstance(which, Path) or name.endswith(".json"):
        return read_language(Path(which))
    own = () if root is None else own_languages(root)
    return next((one for one in own if one.code == name), None) or shipped_language(name)


def page_languages(root: Path, asked: Sequence[str | Path] | None = None) -> tuple[Language, ...]:
    """Return the languages of a page, English first, each once.

    ``asked`` names the others as :func:`found_language` takes them; None: those that ship and those
    that the archive in ``root`` brings. Of one language, what an archive brings goes before what
    ships. Raises as :func:`found_language`, and ``InputError`` for more than 20.

    >>> root = Path("geodata/kursk")
    >>> [one.code for one in page_languages(root)], [one.code for one in page_languages(root, [])]
    (['en', 'uk', 'ru'], ['en'])
    """
    if asked is None:
        shipped = [shipped_language(code) for code in bundle.LANGUAGES]
        others: Iterable[Language] = (*shipped, *own_languages(root))
    else:
        if len(asked) > MOST_LANGUAGES:
            raise InputError(
                f"{len(asked)} languages for one page, {MOST_LANGUAGES} at most; leave some out"
            )
        others = (found_language(each, root) for each in asked)
    by_code = {ENGLISH: shipped_language(ENGLISH), **{one.code: one for one in others}}
    return tuple(by_code.values())
