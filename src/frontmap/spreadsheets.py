"""Text in a CSV file that a spreadsheet takes for text: the one rule for every table written."""

from __future__ import annotations

import unicodedata
from itertools import takewhile

_SIGNS = {"=", "+", "-", "@"}
_BREAKS = {"\t", "\r", "\n"}


def as_text_cell(text: str) -> str:
    r"""Put an apostrophe before what a spreadsheet would take for a formula; numbers stay.

    Signs of full width count, and signs behind blanks, quotes or a byte-order mark. A cell is
    given back by :func:`from_text_cell`.

    >>> print(as_text_cell("=1+1"), as_text_cell("-3.5"), as_text_cell("Sudzha"))
    '=1+1 -3.5 Sudzha
    >>> ascii(as_text_cell('\ufeff "\uff1d1+1')[0])
    '"\'"'
    """
    return f"'{text}" if _is_formula(text) else text


def from_text_cell(cell: str) -> str:
    """Return the text of which :func:`as_text_cell` made a cell.

    >>> from_text_cell("'=1+1"), from_text_cell("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    passed_over = "".join(takewhile(_is_passed_over, text))
    rest = text[len(passed_over) :]
    sign = unicodedata.normalize("NFKC", rest[:1]) in _SIGNS
    return (sign or not _BREAKS.isdisjoint(passed_over)) and not _is_number(text)


def _is_passed_over(letter: str) -> bool:
    """Whether a spreadsheet may pass it over before a sign: blanks, quotes, marks."""
    is_mark = letter <= "\uffff" and unicodedata.category(letter) in {"Cf", "Pi", "Pf"}
    return letter.isspace() or letter in "'\"`" or is_mark


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and not text[:1].isspace()
