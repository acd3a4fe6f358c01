"""The comparison that keeps the pages' console sessions true can tell a difference."""

from __future__ import annotations

import pytest

from consoles import fresh_clone, matches, outputs, run, steps


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
        ("...", "frontmap: no such date", False),
        ("frontmap: no ... date", "frontmap: no such date", True),
    ],
)
def test_shown_output_matches_what_was_printed(shown, printed, same):
    assert matches(shown, printed) is same


def test_the_sessions_of_a_page_are_read_with_their_continued_commands(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ one \\\n>   more\nout\n$ two\n```\ntext\n```console\n$ three\n```\n", "utf-8"
    )
    first, second, third = steps(page)
    assert (first.command, first.shown) == ("one more", "out\n")
    assert (second.command, second.shown, third.command) == ("two", "", "three")


def test_commands_run_in_one_shell_and_each_has_its_own_output(tmp_path):
    commands = ["there=folder", "mkdir $there && cd $there", "pwd; echo no >&2", "false", "cat"]
    printed = outputs(commands, tmp_path)
    assert printed == ["", "", f"{tmp_path}/folder\nno\n", "", ""]


def test_a_command_that_ends_the_shell_leaves_the_rest_without_output(tmp_path):
    assert outputs(["echo a", "exit 1", "echo b"], tmp_path) == ["a\n"]


def test_no_page_installs_anything_into_the_environment_of_the_tests(tmp_path):
    clone = fresh_clone(tmp_path)
    assert run("make env map -n", clone).splitlines()[0] == "mkdir -p build"
    assert run(".venv/bin/python -c 'import sys; print(sys.prefix)'", clone) == f"{clone}/.venv\n"
