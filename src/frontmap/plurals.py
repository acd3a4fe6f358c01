"""Counts in the English of messages, tables and notes."""

from __future__ import annotations


def counted(number: int, noun: str, rest: str = "") -> str:
    """Write a number with its noun in the singular or plural, and what follows the noun.

    >>> counted(1, "date"), counted(2, "date"), counted(0, "date")
    ('1 date', '2 dates', '0 dates')
    >>> counted(2, "revision", "in force")
    '2 revisions in force'
    """
    plural = "" if number == 1 else "s"
    return f"{number} {noun}{plural}{' ' * bool(rest)}{rest}"
