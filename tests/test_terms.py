"""The maker's licence and credit travel with pages, reports and exports of ground."""

from __future__ import annotations

import json
from unittest import mock

import pytest
from shapely.geometry import mapping

import frontmap
from frontmap.archive import init
from frontmap.cli import terms
from frontmap.intake.profiles import Profile
from frontmap.licences import OWN_TERMS, allows_redistribution
from frontmap.page import bundle
from frontmap.page.payload.gather import gather_payload
from frontmap.page.without_script import plain_page
from frontmap.report.sentences import method
from fronts import LARGE, SMALL, zone
from verbs import run

CREDIT = "© A Maker <b>"
WITHHELD = bundle.words()["en"]["withheld"]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        *((text, True) for text in (
            "CC-BY-4.0", "CC BY-SA 4.0", "cc0-1.0", "CC0", "CC-BY-NC-ND-4.0", "ODbL-1.0", "MIT",
            "ODC-By-1.0", "OGL-UK-3.0", "public domain", "GPL-3.0-or-later", "LGPL-2.1-only",
            "(CC-BY-4.0 OR MIT)", "CC-BY-4.0 AND ODbL-1.0", "dl-de/by-2-0",
        )),
        *((text, False) for text in (
            OWN_TERMS, "unknown", "NOASSERTION", "NONE", "LicenseRef-own", "proprietary",
            "all rights reserved", "Mitigated use only", "CCTV", "CC-BY-4.0 AND LicenseRef-own",
            "not CC-BY", "ISCHEMIC", "personal use",
        )),
    ],
)  # fmt: skip
def test_only_a_known_licence_lets_others_pass_a_map_on(text, allowed):
    assert allows_redistribution(text) == allowed


@pytest.fixture(params=[OWN_TERMS, "CC-BY-4.0"])
def front(request, tmp_path):
    made = init(
        tmp_path / "front", title="A front", maker="A Maker", license=request.param,
        bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}}, attribution=CREDIT,
    )  # fmt: skip
    made.add("2024-08-30", [zone(SMALL)], reason="first")
    made.add("2024-08-31", [zone(LARGE)], reason="first")
    return made


def test_page_and_report_credit_the_maker_and_say_what_may_not_be_passed_on(front):
    withheld = front.about.license == OWN_TERMS
    payload = gather_payload(front)
    assert payload["credits"] == [CREDIT]
    assert payload["withheld"] == withheld
    plain = plain_page(payload)
    assert "© A Maker &lt;b&gt;" in plain
    assert (WITHHELD in plain) == withheld
    said = " ".join(method(front, (), has_border=False))
    assert f"Maker: A Maker. Licence: {front.about.license}. {CREDIT}. " in said
    assert (WITHHELD in said) == withheld


def test_every_language_of_the_page_says_it():
    texts = {words["withheld"] for words in bundle.words().values()}
    assert len(texts) == len(bundle.words())


@pytest.mark.parametrize(
    "words",
    [
        ["change", "2024-08-30", "2024-08-31"],
        ["front", "2024-08-31"],
        ["held"],
        ["diff", "2024-08-31"],
    ],
)
def test_ground_that_is_exported_says_whose_it_is_and_on_what_terms(front, words):
    said = run(*words, "--format", "geojson", "--archive", str(front.root))
    assert said.returncode == (words[0] == "diff")
    exported = json.loads(said.stdout)
    assert next(iter(exported)) == "type"
    assert exported["type"] == "FeatureCollection"
    assert exported["features"]
    (credit,) = exported["credits"]
    stated = {"maker": "A Maker", "license": front.about.license, "attribution": CREDIT}
    assert stated.items() <= credit.items()
    assert ("redistribution" in credit) == (front.about.license == OWN_TERMS)


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("verb", ["area", "change", "front", "held"])
def test_beside_a_table_for_others_it_is_said_what_may_not_be_passed_on(front, verb, form):
    said = run(verb, "--format", form, "--archive", str(front.root))
    assert said.returncode == 0
    withheld = "before you pass this on: no known licence allows it; ask the maker" in said.stderr
    assert withheld == (front.about.license == OWN_TERMS)


@pytest.fixture
def foreign(tmp_path):
    features = [{"type": "Feature", "properties": {"layer": "held"}, "geometry": mapping(SMALL)}]
    path = tmp_path / "maps" / "2024-08-31.geojson"
    path.parent.mkdir()
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return tmp_path


def imported(folder, *words):
    return run(
        "import", str(folder / "maps"), "--into", str(folder / "made"), "--maker", "A Maker",
        "--rule", "layer=held => UA controlled", "--bbox", "34,50,38,53",
        "--confidence", "medium", "--accuracy-m", "500", *words,
    )  # fmt: skip


def about_of(folder):
    return frontmap.open(folder / "made").about


def test_an_import_without_a_licence_says_what_that_means_and_how_to_state_one(foreign):
    said = imported(foreign)
    assert said.returncode == 0, said.stderr
    assert about_of(foreign).license == OWN_TERMS
    assert "no licence is stated" in said.stderr
    assert "edit license and attribution in archive.json" in said.stderr
    again = imported(foreign)
    assert again.returncode == 0
    assert "no licence is stated" not in again.stderr


def test_an_import_records_the_terms_that_are_stated_and_refuses_others_later(foreign):
    stated = ["--license", "CC-BY-4.0", "--attribution", CREDIT]
    said = imported(foreign, *stated)
    assert said.returncode == 0, said.stderr
    assert "no licence" not in said.stderr
    assert (about_of(foreign).license, about_of(foreign).attribution) == ("CC-BY-4.0", CREDIT)
    assert imported(foreign, *stated).returncode == 0
    other = imported(foreign, "--license", "MIT")
    assert other.returncode == 4
    assert "license is 'CC-BY-4.0' and not 'MIT'; leave the option out" in other.stderr


def test_an_import_asks_for_the_terms_on_a_terminal(monkeypatch, tmp_path):
    answers = iter(["ODbL-1.0", f" {CREDIT} "])
    monkeypatch.setattr("sys.stdin", mock.Mock(isatty=lambda: True))
    monkeypatch.setattr("sys.stderr", mock.Mock(isatty=lambda: True))
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    made = terms.asked_terms(Profile(name="x", maker="X"), tmp_path / "new")
    assert (made.license, made.attribution) == ("ODbL-1.0", CREDIT)
