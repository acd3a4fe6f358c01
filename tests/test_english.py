"""Counts in messages: one date, two dates."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import frontmap

NOUNS = r"(date|revision|file|settlement|zone|snapshot|finding|figure|polygon|position|day)s\b"


def test_no_message_counts_with_a_plural_of_its_own():
    """`{len(zones)} zones` is wrong for one; ``english.counted`` writes both."""
    rough = []
    for path in sorted(Path(frontmap.__file__).parent.rglob("*.py")):
        for text in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(text, ast.JoinedStr):
                continue
            for before, after in zip(text.values, text.values[1:], strict=False):
                if (
                    isinstance(before, ast.FormattedValue)
                    and "len(" in ast.unparse(before.value)
                    and isinstance(after, ast.Constant)
                    and re.match(" " + NOUNS, str(after.value))
                ):
                    rough.append(f"{path.name}:{text.lineno}: {ast.unparse(text)}")
    assert rough == []
