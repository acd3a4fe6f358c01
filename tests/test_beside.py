"""Sources and parties are added and no byte is lost; init explains the columns of its tables."""

from __future__ import annotations

import functools
import json
import os
import re
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

import frontmap
from frontmap import facts, storage
from frontmap.archive import about as about_file
from frontmap.errors import ConflictError, InputError, StorageError
from frontmap.facts.explained import EXPLAINED, explained_tables
from frontmap.facts.tables import TABLES
from fronts import SMALL, new_archive, zone
from test_facts import FORMAT
from verbs import run

if TYPE_CHECKING:
    from frontmap.archive import Archive

HEADER = "id,publisher,url,published,read"
ISW = ["source", "add", "isw-1", "--publisher", "ISW", "--url", "https://example.org/1"]


@pytest.fixture
def front(tmp_path) -> Archive:
    return new_archive(tmp_path / "front")


def here(front: Archive, *words: str):
    return run(*words, "--archive", str(front.root))


def test_a_source_is_added_once_and_the_same_again_is_nothing_to_do(front):
    table = front.root / "sources.csv"
    before = table.read_text("utf-8")
    said = here(front, *ISW, "--published", "2024-08-31", "--read", "2026-11")
    assert (said.returncode, said.stderr) == (0, "added isw-1 to sources.csv\n")
    added = table.read_text("utf-8")
    assert added == f"{before}isw-1,ISW,https://example.org/1,2024-08-31,,2026-11\n"
    again = here(front, *ISW)
    assert (again.returncode, again.stderr) == (0, "isw-1 is in sources.csv already\n")
    assert table.read_text("utf-8") == added
    listed = json.loads(here(front, "source", "list", "--format", "json").stdout)
    assert [source["publisher"] for source in listed] == ["ISW"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["isw-1", "--publisher", "RBC"], 4, "'isw-1' is there already, with publisher 'ISW'"),
        (["isw 2", "--publisher", "ISW"], 1, "id: 'isw 2' is no id; use letters"),
        (["=1", "--publisher", "ISW"], 1, "id: '=1' is no id"),
        (["x", "--publisher", ""], 1, "publisher: is blank; fill it in"),
        (["x", "--publisher", " X"], 1, "publisher: ' X' has space around it"),
        (["x", "--publisher", "X\nY"], 1, "has a control character; remove it"),
        (["x", "--publisher", "X", "--url", "javascript:1"], 1, "url: 'javascript:1' is no addr"),
        (["x", "--publisher", "X", "--published", "31.08.2024"], 1, "published: '31.08.2024' is"),
        (["x", "--publisher", "X", "--read", "2026-13"], 1, "read: '2026-13' is neither a day"),
    ],
)
def test_what_cannot_stand_in_the_table_is_refused_and_nothing_written(front, words, code, says):
    here(front, *ISW)
    before = (front.root / "sources.csv").read_bytes()
    said = here(front, "source", "add", *words)
    assert said.returncode == code
    assert says in said.stderr
    assert (front.root / "sources.csv").read_bytes() == before


@pytest.mark.parametrize("text", ["=1+1", "+a", "@x", "'=1", '"X", Y', "Правда; новини", "'tis"])
def test_a_publisher_is_a_text_in_a_spreadsheet_and_itself_when_read(front, text):
    front.add_source("x-1", publisher=text)
    assert facts.read_sources(front.root)["publisher"].tolist() == [text]
    line = (front.root / "sources.csv").read_text("utf-8").splitlines()[1]
    assert not re.match(r'x-1,"?[=+@]', line)
    assert not front.add_source("x-1", publisher=text)


FORMS = {
    "plain": f"{HEADER}\na,A,,,\n".encode(),
    "no last line end": f"{HEADER}\na,A,,,".encode(),
    "columns of one's own": f"mine,{HEADER}\nkept,a,A,,,\n".encode(),
    "a mark, semicolons, CRLF": f"\ufeff{HEADER}\r\na,A,,,\r\n".replace(",", ";").encode(),
    "UTF-16, tabs": f"{HEADER}\r\na,A,,,\r\n".replace(",", "\t").encode("utf-16"),
    "a blank column": f"{HEADER},\na,A,,,,\n".encode(),
    "every cell quoted": b'"id","publisher","url","published","read"\n"a","A","","",""\n',
}


@pytest.mark.parametrize("form", FORMS)
def test_a_row_is_added_in_the_form_of_the_file_every_other_byte_as_it_is(front, form):
    table = front.root / "sources.csv"
    table.write_bytes(FORMS[form])
    front.add_source("b", publisher="Б", published="2024-08")
    assert table.read_bytes().startswith(FORMS[form])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = facts.read_sources(front.root)
    assert read[["id", "publisher", "published"]].to_numpy().tolist() == [
        ["a", "A", ""],
        ["b", "Б", "2024-08"],
    ]


def test_a_table_that_is_gone_is_made_anew_and_one_that_cannot_be_read_is_left(front):
    table = front.root / "sources.csv"
    table.unlink()
    front.add_source("a", publisher="A")
    assert facts.read_sources(front.root)["id"].tolist() == ["a"]
    table.write_text("id,publisher\na,A\n")
    with pytest.raises(InputError, match="column url is missing"):
        front.add_source("b", publisher="B")
    assert table.read_text() == "id,publisher\na,A\n"


def test_another_writer_is_waited_for(front, monkeypatch):
    at_once = functools.partial(storage.locked, seconds=0)
    monkeypatch.setattr(storage, "locked", at_once)
    with FileLock(front.root / ".lock"):
        for add in (lambda: front.add_source("a", publisher="A"), lambda: front.add_party("BY")):
            with pytest.raises(StorageError, match="another writer"):
                add()


def test_a_party_is_added_after_the_others_whose_colours_stay(front):
    path = front.root / "archive.json"
    before = frontmap.open(front.root).about.parties
    named = ["--name", "Belarus", "--name-in", "uk=Білорусь", "--short", "Bel"]
    words = ["party", "add", "BY", *named]
    said = here(front, *words)
    assert (said.returncode, said.stderr) == (0, "added BY to archive.json\n")
    about = frontmap.open(front.root).about
    assert list(about.parties) == [*before, "BY"]
    assert {name: about.parties[name] for name in before} == before
    added = about.parties["BY"]
    assert (dict(added.names), added.short_name) == ({"en": "Belarus", "uk": "Білорусь"}, "Bel")
    assert added.colour == about_file.PALETTE[len(before)]
    added_text = path.read_bytes()
    assert added_text == about_file.text_of(json.loads(added_text))
    assert here(front, *words).stderr == "BY is in archive.json already\n"
    assert path.read_bytes() == added_text
    listed = json.loads(here(front, "party", "list", "--format", "json").stdout)
    assert [party["id"] for party in listed] == list(about.parties)


def test_a_party_is_renamed_and_nothing_else_changes(front):
    path = front.root / "archive.json"
    before = frontmap.open(front.root).about.parties
    words = ["party", "rename", "UA", "--name", "Republic", "--name-in", "ar=جمهورية"]
    said = here(front, *words, "--short", "Rep.")
    assert (said.returncode, said.stderr) == (0, "renamed UA in archive.json\n")
    after = frontmap.open(front.root).about.parties
    assert {**after, "UA": before["UA"]} == before
    assert list(after) == list(before)
    assert after["UA"].names == {**before["UA"].names, "en": "Republic", "ar": "جمهورية"}
    assert (after["UA"].short_name, after["UA"].colour) == ("Rep.", before["UA"].colour)
    text = path.read_bytes()
    assert text == about_file.text_of(json.loads(text))
    assert here(front, *words).stderr == "UA has these names already\n"
    assert path.read_bytes() == text


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["XX", "--name", "X"], 3, "no party 'XX'; there are UA"),
        (["UA"], 2, "say a name: --name, --name-in or --short"),
        (["UA", "--name", "russia "], 4, "the name 'russia ' (en) is that of 'RU'; give 'UA' one"),
        (["UA", "--short", "RU"], 4, "the name 'RU' (in short) is that of 'RU'"),
        (["UA", "--name", "U\nA"], 1, "must be one line"),
        (["UA", "--name-in", "U!=x"], 1, "'U!' is no language tag"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_written(front, words, code, says):
    before = (front.root / "archive.json").read_bytes()
    said = here(front, "party", "rename", *words)
    assert said.returncode == code
    assert says in said.stderr
    assert (front.root / "archive.json").read_bytes() == before


@given(
    st.lists(
        st.tuples(
            st.sampled_from("PQRST"), st.sampled_from(["add", "rename"]), st.text("xyz", min_size=1)
        ),
        max_size=12,
    )
)
def test_no_party_s_colour_ever_changes(tmp_path_factory, steps):
    front = new_archive(tmp_path_factory.mktemp("colours") / "front")
    colours = {name: party.colour for name, party in front.about.parties.items()}
    for name, verb, text in steps:
        known = frontmap.open(front.root).about.parties
        with suppress(ConflictError):  # the name is that of another
            if verb == "rename" and name in known:
                front.rename_party(name, name_en=text)
            elif verb == "add" and name not in known:
                front.add_party(name, name_en=text)
        now = {
            each: party.colour for each, party in frontmap.open(front.root).about.parties.items()
        }
        assert {each: now[each] for each in colours} == colours
        colours = now
    assert len({*colours.values()}) == len(colours)


def test_parties_added_one_by_one_have_the_colours_of_those_given_to_init(tmp_path):
    names = [f"P{number}" for number in range(19)]
    init = functools.partial(
        frontmap.init, title="t", maker="m", license="CC0-1.0", bbox=(34, 50, 38, 53)
    )
    whole = init(tmp_path / "whole", parties={name: {} for name in names})
    grown = init(tmp_path / "grown", parties={names[0]: {}})
    for name in names[1:]:
        grown.add_party(name)
    assert (grown.root / "archive.json").read_bytes() == (whole.root / "archive.json").read_bytes()


def test_a_ninth_party_says_whose_colour_it_has_again(tmp_path):
    folder = str(tmp_path / "front")
    eight = [word for number in range(8) for word in ("--party", f"P{number}=Party {number}")]
    about = ["--title", "t", "--maker", "m", "--bbox", "34,50,38,53", "--no-reference"]
    assert "one colour" not in run("init", folder, *about, *eight).stderr
    said = run("party", "add", "P8", "--archive", folder).stderr
    assert "P0, P8 have one colour, #00697a: the palette has no more" in said
    own = run("party", "add", "P9", "--colour", "#123456", "--archive", folder).stderr
    assert "P9" not in own.partition("\n")[2]
    nine = [*eight, "--party", "P8=Nine"]
    assert "P0, P8 have one colour" in run("init", str(tmp_path / "nine"), *about, *nine).stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["UA", "--name", "Ukraina"], 4, "party 'UA' is there already, with name_en"),
        (["ua"], 4, "party 'ua' differs from 'UA' in capitals alone; write UA, or choose another"),
        (["B Y"], 1, "'B Y' is no id; use letters"),
        (["BY", "--name-in", "uk"], 2, "--name-in 'uk': give LANG=NAME"),
        (["BY", "--name-in", "Ukrainian!=x"], 1, "'Ukrainian!' is no language tag"),
        (["BY", "--name", "B\nY"], 1, "must be one line"),
        (["BY", "--colour", "teal"], 1, "'teal' is none; write six lower-case digits"),
        (["BY", "--colour", "#00697a"], 4, "colour #00697a is that of UA; choose another one"),
        (["BY", "--name", "Ukraine"], 4, "the name 'Ukraine' (en) is that of 'UA'; give 'BY' one"),
    ],
)
def test_a_party_that_cannot_be_is_refused_and_nothing_written(front, words, code, says):
    before = (front.root / "archive.json").read_bytes()
    said = here(front, "party", "add", *words)
    assert said.returncode == code
    assert says in said.stderr
    assert (front.root / "archive.json").read_bytes() == before


def test_an_archive_is_not_begun_with_parties_that_differ_in_capitals_alone(tmp_path):
    with pytest.raises(InputError, match="'UA' and 'ua' differ in capitals alone; leave out one"):
        frontmap.init(
            tmp_path / "new", title="t", maker="m", license="CC0-1.0", bbox=(34, 50, 38, 53),
            parties={"UA": {}, "ua": {}},
        )  # fmt: skip
    assert not (tmp_path / "new").exists()


def test_an_archive_is_not_begun_with_two_parties_of_one_name(tmp_path):
    with pytest.raises(InputError, match=r"the name 'Us' .en. is that of 'B'; give 'A' one"):
        frontmap.init(
            tmp_path / "new", title="t", maker="m", license="CC0-1.0", bbox=(34, 50, 38, 53),
            parties={"A": {"name_en": "Us"}, "B": {"name_en": "us"}},
        )  # fmt: skip
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("layout", [{"indent": 4}, {"indent": None}, {"separators": (",", ":")}])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_rest_of_a_file_that_was_written_by_hand_stays_byte_for_byte(front, layout, end):
    path = front.root / "archive.json"
    value = {"mine": {"parties": [1]}, **json.loads(path.read_text("utf-8")), "own": 'a"]b'}
    text = json.dumps(value, **layout).replace("\n", end)
    path.write_bytes(text.encode())
    front.add_party("BY", name_en="Belarus")
    added = path.read_bytes().decode()
    front.rename_party("BY", name_en="B")
    front.rename_party("BY", name_en="Belarus")
    assert path.read_bytes().decode() == added
    start = next(at for at in range(len(text)) if not added.startswith(text[: at + 1]))
    assert added.endswith(text[start:])
    assert list(frontmap.open(front.root).about.parties)[-1] == "BY"
    assert json.loads(added)["own"] == 'a"]b'


def test_init_explains_every_column_of_every_table(front):
    text = (front.root / EXPLAINED).read_text("utf-8")
    assert text.encode() == explained_tables()
    for name, table in TABLES.items():
        _, _, part = text.partition(f"## `{name}`\n")
        part = part.partition("\n## ")[0]
        assert f"One row is {table.row}." in part
        for column in table.columns:
            need = "no, nor is" if column.optional else "yes" if column.required else "may be blank"
            assert f"| `{column.name}` | {column.description} | {column.form} | {need}" in part
    documented = FORMAT.read_text("utf-8")
    assert all(f"| `{name}` | {table.row} |" in documented for name, table in TABLES.items())


def test_an_explanation_that_is_somebodys_own_stays(tmp_path):
    (tmp_path / EXPLAINED).write_text("mine")
    front = new_archive(tmp_path)
    assert (front.root / EXPLAINED).read_text() == "mine"


def test_a_feature_of_the_reference_names_a_source_that_is_there(front):
    features = [
        {"type": "Feature", "properties": {"kind": "coast", "source": source},
         "geometry": {"type": "LineString", "coordinates": [[35, 51], [36, 51]]}}
        for source in ("osm", "osn", None)
    ]  # fmt: skip
    front.add_source("osm", publisher="OpenStreetMap")
    collection = {"type": "FeatureCollection", "features": features}
    (front.root / "reference.geojson").write_text(json.dumps(collection))
    (found,) = frontmap.check_archive(front)
    assert found.rule == "source"
    assert "features[1]: source 'osn' is not in sources.csv" in found.located


@pytest.mark.parametrize("key", ["source", "license", "attribution", "name_en", "name_pl"])
@pytest.mark.parametrize("value", [5, True, ["x"], {"a": 1}])
def test_texts_of_the_reference_are_texts(front, key, value):
    feature = {"type": "Feature", "properties": {"kind": "place", key: value},
               "geometry": {"type": "Point", "coordinates": [35, 51]}}  # fmt: skip
    collection = {"type": "FeatureCollection", "features": [feature]}
    (front.root / "reference.geojson").write_text(json.dumps(collection))
    with pytest.raises(InputError, match=rf"features\[0\]: {key} .* is no text"):
        facts.read_reference(front.root)


@pytest.mark.parametrize("key", ["license", "attribution", "maker", "title"])
@pytest.mark.parametrize("value", [5, None, ["CC0-1.0"], "", "two\nlines"])
def test_texts_of_archive_json_are_texts(front, key, value):
    path = front.root / "archive.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), key: value}))
    with pytest.raises(InputError, match=f"{key}: must be"):
        frontmap.open(front.root)


def test_an_archive_of_an_older_format_gets_no_source(front):
    path = front.root / "archive.json"
    value = json.loads(path.read_text("utf-8"))
    value |= {"format": 1, "parties": {"UA": {"name_en": "Ukraine"}}}
    path.write_text(json.dumps(value))
    for add in ("add_source", "add_party"):
        with pytest.raises(InputError, match="frontmap upgrade"):
            getattr(frontmap.open(front.root), add)("x")


EVIL = "[user]\n\tname = General Staff\n[core]\n\tfsmonitor = touch {0}\n\tpager = touch {0}\n"


@pytest.fixture
def told_by(front, monkeypatch, tmp_path):
    """Record a day with the given configurations of git; return the author, and what was said."""

    def record(own: str, of_repository: str = "", **environment: str) -> tuple[str, str]:
        (tmp_path / "own").write_text(own)
        (front.root / ".git").mkdir(exist_ok=True)
        (front.root / ".git/config").write_text(of_repository)
        (front.root / ".git/HEAD").write_text("ref: refs/heads/main\n")
        for part in ("objects", "refs"):
            (front.root / ".git" / part).mkdir(exist_ok=True)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "own"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        frontmap.open(front.root).add("2024-08-31", [zone(SMALL)], reason="first")
        words = ["withdraw", "2024-08-31", "--reason", "x", "--archive", "."]
        said = run(*words, cwd=front.root)
        assert said.returncode == 0
        return front.revisions("2024-08-31")[-1].author, said.stderr

    return record


def test_who_records_is_by_the_users_own_git_configuration_and_said(told_by):
    author, said = told_by("[user]\n\tname = Ann Онопрієнко\n")
    assert author == "Ann Онопрієнко"
    assert "author: Ann Онопрієнко\n" in said


def test_the_repository_of_an_archive_says_nobody_and_runs_nothing(told_by, tmp_path):
    author, said = told_by("", EVIL.format(tmp_path / "ran"), GIT_CONFIG_COUNT="1",
                           GIT_CONFIG_KEY_0="user.name", GIT_CONFIG_VALUE_0="Env")  # fmt: skip
    assert author == "us"
    assert "author:" not in said
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("own", ["[user\n", '[user]\n\tname = "a\\nb"\n', "[user]\n\tname = \n"])
def test_a_configuration_that_says_no_name_leaves_it_to_the_maker(told_by, own):
    assert told_by(own)[0] == "us"


def test_an_author_that_is_given_goes_before_git(told_by):
    assert told_by("[user]\n\tname = Ann\n", FRONTMAP_AUTHOR="Bob")[0] == "Bob"


def test_an_archive_that_holds_a_program_named_git_does_not_run_it(told_by, front, tmp_path):
    program = front.root / "git"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\necho Evil\n")
    program.chmod(0o755)
    path = f".:{os.environ['PATH']}:"
    assert told_by("[user]\n\tname = Ann\n", PATH=path)[0] == "Ann"
    assert not (tmp_path / "ran").exists()
