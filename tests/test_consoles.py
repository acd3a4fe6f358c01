"""The comparison that keeps the pages' console sessions true can tell a difference."""

from __future__ import annotations

import pytest

from consoles import matches, sessions


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("", "", True),
        ("", "a", False),
        ("a\nb", "a\nb\n", True),
        ("a\nb", "a\nc", False),
        ("a\n...\nz", "a\nb\nc\nz", True),
        ("a\n...\nz", "a\nb\nc", False),
        ("in ... s", "in 1.23 s", True),
        ("in ... s", "in\n1.23 s", False),
        ("1.5 (x)", "1.5 (x)", True),
        ("1.5", "1x5", False),
    ],
)
def test_shown_output_matches_what_was_printed(shown, printed, same):
    assert matches(shown, printed) is same


def test_a_session_is_read_with_its_continued_commands(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ one \\\n>   more\nout\n$ two\n```\n", "utf-8")
    ((first, second),) = sessions(page)
    assert (first.command, first.shown, second.command) == ("one more", "out\n", "two")
