"""Names of one thing in the languages of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from frontmap.page.payload.fields import Names

_ENGLISH = "en"


def names_in(
    languages: Sequence[str],
    texts: Mapping[Any, object],
    *,
    prefix: str = "name_",
    else_in: str = _ENGLISH,
) -> Names:
    """Return a name by language, blank where there is none; the English one is there if any is.

    ``texts`` has it as ``PREFIX`` and language. Where it is not in English, ``en`` is that in the
    language ``else_in``, else the first there is.

    >>> names_in(["en", "uk"], {"name_en": "Sudzha", "name_uk": "Суджа", "name_ru": "Суджа"})
    {'en': 'Sudzha', 'uk': 'Суджа'}
    >>> names_in(["en", "ar"], {"name_en": "", "name_ar": "أعزاز"}), names_in(["en"], {})
    ({'en': 'أعزاز', 'ar': 'أعزاز'}, {'en': ''})
    """
    given = {
        key.removeprefix(prefix): text
        for key, text in texts.items()
        if isinstance(text, str) and text and key.startswith(prefix)
    }
    first = given.get(_ENGLISH) or given.get(else_in) or next(iter(given.values()), "")
    return {**{language: given.get(language, "") for language in languages}, _ENGLISH: first}
