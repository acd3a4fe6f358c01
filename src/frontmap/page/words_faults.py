"""What a language's file lacks, and what of it a page cannot use."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, get_args

from frontmap.facts.vocabulary import Event
from frontmap.model import Finding
from frontmap.page import bundle
from frontmap.page.languages import (
    ENGLISH,
    NOTE,
    OF_THE_BROWSER,
    PLURALS,
    direction_of,
    require_code,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from frontmap.page.languages import Language

_BLANK = re.compile(r"\{(\w+)\}")
_MONTHS = 12
_DIRECTIONS = ("ltr", "rtl")
#: The forms that whole and decimal numbers take (Unicode CLDR), by language; of others, `other` is
#: asked for. That of millions in ca, es, fr, it and pt (`many`) is as `other`.
_FORMS = {
    "one other": "af ak am as ast az bal bg bn ca ckb da de dv ee el en eo es et eu fa ff fi fil "
    "fo fr fur fy gl gu ha hi hu hy ia is it ka kk kl kn ks ku ky lb ln mg mk ml mn mr nb ne nl nn "
    "no ny om or os pa ps pt rm sc sd si sn so sq ss st sv sw syr ta te ti tk tn tr ts tzm ug ur "
    "uz ve xh yi zu",
    "one two other": "he iu se",
    "one few other": "bs hr ro sr",
    "one few many other": "be cs lt pl ru sk uk",
    "one two few other": "dsb gd hsb sl",
    "one two few many other": "br ga gv mt",
    "zero one other": "lv prg",
    "zero one two few many other": "ar cy kw",
}
_FORMS_OF = {code: forms.split() for forms, codes in _FORMS.items() for code in codes.split()}


def plural_forms(code: str) -> tuple[str, ...]:
    """Return the plural forms that a language's texts with a number have.

    >>> plural_forms("uk"), plural_forms("pt-BR"), plural_forms("tlh")
    (('one', 'few', 'many', 'other'), ('one', 'other'), ('other',))
    """
    return tuple(_FORMS_OF.get(code.partition("-")[0], ("other",)))


def usable(language: Language) -> dict[str, str | Mapping[str, str]]:
    """Return the texts that a page can show, by name, with the direction of the language.

    An English of somebody's own stands over that of the page, which every language falls back to.

    >>> from frontmap.page.languages import Language
    >>> usable(Language("ar", {"map": "خريطة", "close": "", "raion": "{of}", "mine": "x"}))
    {'map': 'خريطة', 'direction': 'rtl'}
    """
    texts = {
        name: text
        for name, text in language.texts.items()
        if name in bundle.words()[ENGLISH] and text and not _flaw(name, text)
    }
    whole = bundle.words()[ENGLISH] if language.code == ENGLISH else {}
    return {**whole, **texts, "direction": texts.get("direction", direction_of(language.code))}


def faults(language: Language) -> Iterator[Finding]:
    """Yield what a language lacks: ``words-missing``, ``-unknown``, ``-form``, ``-plural``.

    Not missing are the words of one archive alone: of its kinds of settlement, and of an event with
    its parties in it. In order of the page's own texts, then unknown names. What has another form
    than the page's own text (other blanks in braces, no plural forms) is shown in English.

    >>> from frontmap.page.languages import Language, shipped_language
    >>> list(faults(shipped_language("uk")))
    []
    >>> found = faults(Language("ar", {"raion": "{of}", "days": {"other": "{n} يوم"}, "mine": "x"}))
    >>> for fault in found:
    ...     if fault.rule != "words-missing":
    ...         print(fault.message)
    ar: days: has no form zero, one, two, few, many; 'other' is shown for them
    ar: raion: has {of}, in place of {name}
    ar: mine: is no text of the page; remove it
    """
    for name in bundle.words()[ENGLISH]:
        text = language.texts.get(name)
        if not text:
            if _is_asked_for(name):
                yield _finding(language, "missing", f"{name}: is missing, and shown in English")
        elif flaw := _flaw(name, text):
            yield _finding(language, "form", f"{name}: {flaw}")
        elif not isinstance(text, str) and (lacks := _lacking(language.code, text)):
            shown = f"has no form {', '.join(lacks)}; 'other' is shown for them"
            yield _finding(language, "plural", f"{name}: {shown}")
    for name in sorted(language.texts.keys() - bundle.words()[ENGLISH].keys()):
        yield _finding(language, "unknown", f"{name:.80}: is no text of the page; remove it")


def template_text(code: str) -> str:
    """Write a language's file to be filled in: each text blank, its English in a note before it.

    Raises ``InputError`` for what is no tag of a language.

    >>> [line for line in template_text("ar").splitlines() if '"map"' in line]
    [' "map": "",']
    """
    forms = dict.fromkeys(plural_forms(require_code(code, "words new")), "")
    lines = [f'"direction": "{direction_of(code)}"']
    for name, text in bundle.words()[ENGLISH].items():
        if _is_asked_for(name):
            lines.append(f'"{NOTE} {name}": {_json(text)}')
            lines.append(f'"{name}": {_json("" if isinstance(text, str) else forms)}')
    return "{\n " + ",\n ".join(lines) + "\n}\n"


def _is_asked_for(name: str) -> bool:
    """Tell whether every archive's page has use for a text that nothing else stands in for."""
    is_event = name.startswith("event_") and name.removeprefix("event_") not in get_args(Event)
    return not (is_event or name.startswith("sort_") or name in {*OF_THE_BROWSER, "direction"})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _finding(language: Language, rule: str, message: str) -> Finding:
    place = f"{language.code}: " if language.path is None else ""
    return Finding(
        rule=f"words-{rule}", message=place + message, severity="warning", path=language.path
    )


def _lacking(code: str, forms: Mapping[str, str]) -> list[str]:
    return [form for form in plural_forms(code) if not forms.get(form)]


def _flaw(name: str, text: str | Mapping[str, str]) -> str:
    """Say why a page cannot show a text in the place of its English one; nothing if it can."""
    english = bundle.words()[ENGLISH][name]
    if isinstance(text, str):
        if not isinstance(english, str):
            return f"must be an object of plural forms ({', '.join(PLURALS)})"
        return _flaw_of_one(name, text) or _wrong_blanks(text, [text], english)
    if isinstance(english, str):
        return "must be one text; it has no plural forms"
    whole = text.get("other", "")
    return _wrong_blanks(whole, [*text.values()], english["other"]) if whole else "lacks 'other'"


def _flaw_of_one(name: str, text: str) -> str:
    if name == "direction" and text not in _DIRECTIONS:
        return "must be ltr or rtl"
    if name.startswith("months") and len(text.split(" ")) != _MONTHS:
        return f"must be {_MONTHS} names with a blank between"
    return ""


def _wrong_blanks(whole: str, forms: list[str], english: str) -> str:
    """Compare the blanks in braces; a form for one number, as "two days", need not have its own."""
    known = {*_BLANK.findall(english)}
    if unknown := sorted({blank for form in forms for blank in _BLANK.findall(form)} - known):
        return f"has {_braced(unknown)}, in place of {_braced(sorted(known)) or 'none'}"
    if lost := sorted(known - {*_BLANK.findall(whole)}):
        return f"lacks {_braced(lost)}"
    return ""


def _braced(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
