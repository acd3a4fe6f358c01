"""Words of a page in another language: what their file may be, what it lacks, what a page takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from frontmap.errors import FrontmapError, InputError, NotFoundError
from frontmap.page import bundle
from frontmap.page.languages import (
    LONGEST_TEXT,
    MOST_BYTES,
    MOST_LANGUAGES,
    found_language,
    page_languages,
    read_language,
)
from frontmap.page.payload.gather import gather_payload
from frontmap.page.words_faults import faults, template_text, usable
from fronts import SMALL, Clock, new_archive, zone
from verbs import run

ARABIC = Path("tests/data/words/ar.json").resolve()


@pytest.fixture
def archive(tmp_path):
    made = new_archive(tmp_path / "front", Clock())
    made.add("2024-08-31", [zone(SMALL)], reason="for this test")
    return made


def written(folder, text, name="ar.json"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return path


@pytest.mark.parametrize("language", bundle.LANGUAGES)
def test_what_ships_lacks_nothing(language):
    assert list(faults(found_language(language))) == []


def test_what_a_language_lacks_is_listed_with_what_a_page_cannot_use():
    found = list(faults(read_language(ARABIC)))
    said = {fault.message for fault in found if fault.rule != "words-missing"}
    assert said == {
        "qualifier_about: has {number}, in place of {value}",
        "verdict_agrees: must be one text; it has no plural forms",
        "of_my_own: is no text of the page; remove it",
    }
    missing = [fault.message for fault in found if fault.rule == "words-missing"]
    assert "figures_help: is missing, and shown in English" in missing
    assert not any(text.startswith(("months", "thousands", "map")) for text in missing)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ({"days": "{n} أيام"}, "days: must be an object of plural forms"),
        ({"days": {"one": "يوم"}}, "days: lacks 'other'"),
        ({"days": {"one": "يوم", "other": "أيام"}}, "days: lacks {n}"),
        ({"days": {"one": "{day}", "other": "{n}"}}, "days: has {day}, in place of {n}"),
        ({"days": {"other": "{n}"}}, "days: has no form zero, one, two, few, many;"),
        ({"map": "{__proto__}"}, "map: has {__proto__}, in place of none"),
        ({"direction": "up"}, "direction: must be ltr or rtl"),
        ({"months": "ك ش"}, "months: must be 12 names"),
    ],
)
def test_each_kind_of_fault_is_said_and_its_text_left_to_english(tmp_path, text, said):
    language = read_language(written(tmp_path, text))
    (fault,) = [each for each in faults(language) if each.rule != "words-missing"]
    assert fault.message.startswith(said)
    kept = usable(language)
    assert kept["direction"] == "rtl"
    assert kept.keys() - {"direction"} == (text.keys() if fault.rule == "words-plural" else set())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ar.json", "[]", "must be an object"),
        ("ar.json", '{"map": 5}', "'map': is no text"),
        ("ar.json", '{"map": {"all": "x"}}', "'all' is no plural form"),
        ("ar.json", '{"map": {"other": null}}', "'map': is no text"),
        ("ar.json", '{"map": "a", "map": "b"}', "occurs twice"),
        ("ar.json", '{"map": "a\\u202eb"}', "control or direction character"),
        ("ar.json", '{"map": "a\\u0007b"}', "control or direction character"),
        ("ar.json", json.dumps({"map": "x" * (LONGEST_TEXT + 1)}), "at most; shorten it"),
        ("ar.json", " " * (MOST_BYTES + 1), "more than 256 KiB"),
        ("ar.json", "{", "not JSON"),
        ("Arabic.json", "{}", "no tag of a language"),
        ("__proto__.json", "{}", "no tag of a language"),
        ("ar.txt", "{}", "a file such as ar.json"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(tmp_path, name, text, said):
    path = written(tmp_path, text, name)
    with pytest.raises(InputError, match=said) as refused:
        read_language(path)
    assert f"{path}" in str(refused.value)


def test_a_page_has_the_languages_that_are_asked_for_and_english(archive):
    assert [each.code for each in page_languages(archive.root)] == ["en", "uk", "ru"]
    assert [each.code for each in page_languages(archive.root, [ARABIC])] == ["en", "ar"]
    written(archive.root / "words", ARABIC.read_text("utf-8"))
    assert [each.code for each in page_languages(archive.root)] == ["en", "uk", "ru", "ar"]
    assert [each.code for each in page_languages(archive.root, ["ar"])] == ["en", "ar"]
    with pytest.raises(NotFoundError, match="no words for language 'de'"):
        page_languages(archive.root, ["de"])


def test_an_archive_is_a_strangers(archive):
    folder = archive.root / "words"
    folder.mkdir()
    (folder / "ar.json").symlink_to(ARABIC)
    with pytest.raises(FrontmapError, match="is a link"):
        page_languages(archive.root)
    (folder / "ar.json").unlink()
    for number in range(MOST_LANGUAGES + 1):
        written(folder, "{}", f"a{chr(ord('a') + number)}.json")
    with pytest.raises(InputError, match="at most; leave some out"):
        page_languages(archive.root)


def test_names_in_the_data_are_on_the_page_in_its_languages_alone(archive):
    names = {"name_en": "Azaz", "name_uk": "Азаз", "name_ar": "أعزاز"}
    place = {"type": "Feature", "properties": {"kind": "place", **names}}
    place["geometry"] = {"type": "Point", "coordinates": [35.1, 51.1]}
    collection = {"type": "FeatureCollection", "features": [place]}
    written(archive.root, collection, "reference.geojson")
    payload = gather_payload(archive, words=[ARABIC])
    assert payload["places"]["names"] == {"en": ["Azaz"], "ar": ["أعزاز"]}
    assert payload["words"]["texts"].keys() == {"en", "ar"}
    shown = gather_payload(archive)["places"]["names"]
    assert shown == {"en": ["Azaz"], "uk": ["Азаз"], "ru": [""]}


def test_words_check_lists_what_is_lacking_by_code(archive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("words", "check").returncode == 0
    done = run("words", "check", f"{ARABIC}", "--format", "csv")
    assert done.returncode == 1
    assert "words-form,warning" in done.stdout
    assert "words-missing,warning" in done.stdout
    written(archive.root / "words", {"map": "خريطة"})
    done = run("words", "check", "--archive", f"{archive.root}")
    assert (done.returncode, "legend: is missing" in done.stdout) == (1, True)
    assert run("words", "check", "de").returncode == 3
    assert run("words", "check", f"{written(tmp_path, '[]')}").returncode == 1


@pytest.mark.parametrize("code", ["ar", "uk", "ja", "pt-BR"])
def test_a_new_languages_file_lacks_words_alone_until_they_are_written(tmp_path, code):
    path = written(tmp_path, template_text(code), f"{code}.json")
    assert {fault.rule for fault in faults(read_language(path))} <= {"words-missing", "words-form"}
    blank = json.loads(path.read_text("utf-8"))
    filled = {
        name: text if isinstance(text, str) and text else blank[f"# {name}"]
        for name, text in blank.items()
        if not name.startswith("#")
    }
    for name, forms in blank.items():
        if isinstance(forms, dict) and name in filled:
            filled[name] = dict.fromkeys(forms, blank[f"# {name}"]["other"])
    assert list(faults(read_language(written(tmp_path, filled, f"{code}.json")))) == []
    done = run("words", "new", code)
    assert (done.returncode, done.stdout) == (0, template_text(code))


def test_a_new_language_is_asked_for_no_words_of_one_archive(tmp_path):
    asked = json.loads(template_text("ar"))
    assert "event_enters" in asked
    assert [name for name in asked if re.search(r"_(UA|RU)\b|^sort_", name)] == []
    lacking = read_language(written(tmp_path, {"map": "x"}))
    said = " ".join(fault.message for fault in faults(lacking))
    assert "event_enters: is missing" in said
    assert not re.search(r"_(UA|RU)\b|sort_", said)


def test_an_english_of_the_archives_own_is_completed_by_that_of_the_page(archive):
    written(archive.root / "words", {"map": "Chart", "days": "no plural", "mine": "x"}, "en.json")
    words = gather_payload(archive)["words"]
    shown = dict(zip(words["name"], words["texts"]["en"], strict=True))
    english = bundle.words()["en"]
    assert shown["map"] == "Chart"
    assert all(shown[name] == english[name] for name in shown if name != "map")
    assert "plain" in shown
