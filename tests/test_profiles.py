"""A maker's words in ours: rules, profiles, and words that no rule knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import frontmap
from frontmap.errors import FrontmapError, InputError, NotFoundError
from frontmap.formats.features import Feature
from frontmap.intake.meanings import decide
from frontmap.intake.profiles import (
    Profile,
    own_names,
    parse_profile,
    profile_text,
    read_profile,
    shipped_names,
)
from frontmap.intake.rules import UNDECIDED, parse_rule
from frontmap.intake.unknown_words import error_for_unknown, unknown_of
from frontmap.intake.zone_words import Defaults, Terms, read_words
from frontmap.page.payload.gather import gather_payload
from frontmap.page.without_script import plain_page
from frontmap.report import markdown
from test_cli_records import Desk

USUAL = Defaults(confidence="medium", accuracy_m=500, sources=("isw",))


def profile(*rules, **fields):
    return Profile(name="them", rules=tuple(map(parse_rule, rules)), **fields)


def meaning(feature, *rules, file=""):
    made = decide(feature, profile(*rules), file)
    return "unknown" if made is None else str(made.rule.meaning or "left out")


@pytest.mark.parametrize(
    ("rule", "feature"),
    [
        ("layer=支配", Feature(properties={"layer": "支配"})),
        ("layer=支配", Feature(layer="支配")),
        ("LAYER=occupied", Feature(properties={"Layer": " Occupied "})),
        ("folder=low consolidation", Feature(folders=("Raion 1", "Low\xa0 consolidation"))),
        ("folder=*consolidation", Feature(folders=("Zones of control, but low consolidation",))),
        ("fill=#a52714", Feature(fill="#a52714")),
        ("fill=A52714", Feature(properties={"fill": "#A52714"})),
        ("fill=#f00", Feature(fill="#ff0000")),
        ("name~taken back", Feature(properties={"name": "Звільнено /// Taken\nback 5.03"})),
        ("name=Russian-controlled*", Feature(properties={"NAME": "russian-controlled Raion"})),
        ("name=5\\*", Feature(properties={"name": "5*"})),
        ("type=3", Feature(properties={"type": 3.0})),
        ("held=true", Feature(properties={"held": True})),
        ("type=", Feature(properties={"type": None})),
        ("file=20220410_RussianAssessed*", Feature()),
        ("file=20220410_RussianAssessedAdvance", Feature()),
    ],
)
def test_a_rule_reads_a_word_wherever_it_stands_and_however_it_is_written(rule, feature):
    file = "20220410_RussianAssessedAdvance.geojson"
    assert meaning(feature, f"{rule} => RU controlled", file=file) == "RU controlled"


@pytest.mark.parametrize(
    ("rule", "feature"),
    [
        ("name~occupied", Feature(properties={"name": "unoccupied"})),
        ("name=occupied", Feature(properties={"name": "occupied by nobody"})),
        ("name=a*b", Feature(properties={"name": "ba"})),
        ("name=ab*ba", Feature(properties={"name": "aba"})),
        ("fill=#a52714", Feature(properties={"stroke": "#a52714"})),
        ("layer=held", Feature(properties={"layers": "held"})),
        ("layer=held", Feature(properties={"layer": ["held"]})),
    ],
)
def test_a_rule_reads_no_other_word(rule, feature):
    assert meaning(feature, f"{rule} => RU controlled") == "unknown"


def test_the_nearest_folder_decides_whatever_the_order_of_the_rules():
    rules = ("folder=Held => RU controlled", "folder=Cities => left out")
    for order in (rules, rules[::-1]):
        assert meaning(Feature(folders=("Cities", "Held")), *order) == "left out"
        assert meaning(Feature(folders=("Held", "Cities")), *order) == "RU controlled"


def test_of_words_in_several_places_that_of_the_first_rule_decides_and_others_are_said():
    rules = ("name~liberated => UA controlled", "fill=#a52714 => RU controlled")
    feature = Feature(properties={"name": "Liberated", "fill": "#a52714"})
    made = decide(feature, profile(*rules))
    assert str(made.rule.meaning) == "UA controlled"
    assert [str(word) for word, _ in made.against] == ["fill '#a52714'"]


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda text: text.strip() and "=>" not in text
)


@given(texts)
def test_a_rule_written_from_any_word_reads_that_word(word):
    escaped = word.replace("*", "\\*")
    assert meaning(Feature(layer=word), f"layer={escaped} => UA contested") == "UA contested"
    rule = parse_rule(f"layer={escaped} => UA contested")
    assert parse_rule(str(rule)) == rule


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"[]", "an object with 'rules'"),
        (b'{"rules": "a"}', "must be a list"),
        (b'{"rules": [3]}', "rule 1 is 3"),
        (b'{"rules": ["layer=a => RU"]}', "rule 1: 'RU': give a party and one of"),
        (b'{"rules": ["layer=a => RU held"]}', "one of controlled, contested, claimed"),
        (b'{"rules": ["layer=a => ?"]}', "rule 1: what it means is not said"),
        (b'{"rules": ["layer=a"]}', "write a rule as"),
        (b'{"rules": ["a => RU controlled"]}', "write what it is about"),
        (b'{"rules": ["name~ => RU controlled"]}', "no word after ~"),
        (b'{"rule": []}', "'rule' is no part of a profile"),
        (b'{"confidence": "sure"}', "choose one of high, medium, low"),
        (b'{"accuracy_m": true}', "give metres"),
        (b'{"accuracy_m": 1e9}', "give metres"),
        (b'{"source": "two words"}', "one id without spaces"),
        (b'{"keep": {"party": "name"}}', "no name for a further property"),
        (b'{"stands_for": {"UA": {"en": "x"}}}', "stands_for: 'UA'"),
        (b'{"stands_for": {"UA controlled": "x"}}', "an object of texts"),
        (b'{"rules": [], "rules": []}', "occurs twice"),
        (b"[", "not JSON"),
    ],
)
def test_a_profile_that_cannot_be_read_is_refused_with_file_and_place(text, says):
    with pytest.raises(InputError) as refused:
        parse_profile(text, Path("front/profiles/them.json"))
    assert str(refused.value).startswith("front/profiles/them.json:")
    assert says in str(refused.value)


@pytest.mark.parametrize("name", shipped_names())
def test_a_profile_that_ships_is_written_as_it_is_read(name):
    shipped = read_profile(name)
    assert parse_profile(profile_text(shipped), Path(f"{name}.json")) == shipped


def test_a_version_changes_with_what_makes_zones_and_with_nothing_else():
    one = profile("layer=a => RU controlled")
    assert one.version == profile("layer=a => RU controlled", maker="They", dates="x").version
    others = [
        profile("layer=a => RU contested"),
        profile("layer=a => RU controlled", accuracy_m=100.0),
        profile("layer=a => RU controlled", keep={}),
        profile("layer=a => RU controlled", source="them"),
    ]
    assert len({one.version, *(other.version for other in others)}) == 5


@pytest.mark.parametrize("name", ["../x", "", ".hidden", "a b", "x" * 65])
def test_a_name_that_leads_elsewhere_is_no_profile(name):
    with pytest.raises(FrontmapError):
        read_profile(name)


def test_a_profile_that_is_nowhere_is_not_found_and_those_there_are_named():
    with pytest.raises(NotFoundError, match="there are deepstate, uacontrolmap"):
        read_profile("isw")


def test_what_a_feature_says_itself_holds_and_what_says_otherwise_is_said():
    terms = Terms(
        profile=profile("type=losses => RU controlled"), parties={"UA", "RU"}, defaults=USUAL
    )
    feature = Feature(properties={"party": "UA", "Status": "Controlled", "type": "losses"})
    words, notes, *_ = read_words(feature, terms)
    assert (words.party, words.status) == ("UA", "controlled")
    assert [note.rule for note in notes] == ["own-word-read", "rule-overruled"]


@pytest.mark.parametrize("rules", [None, profile("layer=held => RU controlled")])
def test_our_own_words_are_read_in_any_capitals_and_between_blanks_and_that_is_said(rules):
    terms = Terms(profile=rules, parties={"UA", "RU"}, defaults=USUAL)
    said = {"party": "ua", "status": "Contested ", "confidence": "HIGH"}
    words, notes, *_ = read_words(Feature(properties=said), terms)
    assert (words.party, words.status, words.confidence) == ("UA", "contested", "high")
    assert [note.detail for note in notes if note.rule == "own-word-read"] == [
        "party 'ua' is read as 'UA'",
        "status 'Contested ' is read as 'contested'",
        "confidence 'HIGH' is read as 'high'",
    ]


@pytest.mark.parametrize(
    ("value", "parties", "party"),
    [("ua", {"UA", "ua"}, "ua"), ("Ua", {"UA", "ua"}, "Ua"), ("ua", None, "ua")],
)
def test_a_party_in_other_capitals_is_the_only_one_that_it_can_be(value, parties, party):
    said = {"party": value, "status": "claimed"}
    words = read_words(Feature(properties=said), Terms(parties=parties, defaults=USUAL)).words
    assert words.party == party


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0"])
def test_a_blank_word_of_ours_says_nothing(blank):
    keys = ("party", "status", "confidence", "accuracy_m", "sources", "date", "note")
    said = dict.fromkeys(keys, blank)
    stated = Defaults(
        party="RU", status="claimed", confidence="low", accuracy_m=10.0, sources=("isw",)
    )
    words, notes, *_ = read_words(Feature(properties=said), Terms(defaults=stated))
    assert words == ("RU", "claimed", ("isw",), "low", 10.0, "", {})
    assert notes == ()
    assert read_words(Feature(properties=said), Terms(defaults=stated)).date is None


def test_an_option_that_a_feature_contradicts_is_said():
    terms = Terms(
        defaults=Defaults(party="RU", status="claimed", confidence="low", accuracy_m=10.0)
    )
    feature = Feature(properties={"party": "UA", "status": "claimed", "accuracy_m": 20})
    words, notes, *_ = read_words(feature, terms)
    assert (words.party, words.accuracy_m) == ("UA", 20.0)
    assert [note.detail for note in notes] == [
        "party is its own, not that of --party RU",
        "accuracy_m is its own, not that of --accuracy 10.0",
    ]


def test_a_status_in_the_makers_words_is_a_word_for_rules_and_is_kept():
    terms = Terms(
        profile=profile("status=occupied => RU controlled"), parties={"UA", "RU"}, defaults=USUAL
    )
    words = read_words(Feature(properties={"status": "Occupied"}), terms).words
    assert (words.party, words.status, words.extra) == (
        "RU",
        "controlled",
        {"maker_status": "Occupied"},
    )


def test_with_a_profile_no_option_gives_a_side_to_an_unknown_word():
    terms = Terms(
        profile=profile("layer=held => RU controlled"),
        defaults=Defaults(party="UA", status="controlled", confidence="low", accuracy_m=10.0),
    )
    assert read_words(Feature(properties={"layer": "new"}), terms).unknown is not None


COARSE = ("hi", "lo", "lo")
TYPES = ("Контроль РФ", "Сіра зона", "ЗСУ")  # noqa: RUF001  Ukrainian


def test_other_properties_that_may_tell_features_apart_are_named():
    rows = zip(COARSE, TYPES, strict=True)
    drawn = [Feature(properties={"conf": c, "Тип": t, "name": t, "n": t[:0]}) for c, t in rows]
    said = str(error_for_unknown("map.kml", list(map(unknown_of, drawn)), profile()))
    assert f"тип {TYPES[0]!r} (1 feature)" in said
    assert said.endswith("; other properties: conf, name")


OURS = {"confidence": "high", "accuracy_m": 500, "sources": "isw", "note": "b", "date": "1"}


@pytest.mark.parametrize(
    ("own", "rule", "says"),
    [
        ({"x": "1"}, "xx=1 => RU controlled", "x '1' (1 feature)"),
        ({"x": "1", "party": "RU"}, "xx=1 => RU controlled", "x '1' (1 feature)"),
        ({"x": "1", "status": "Claimed"}, "xx=1 => RU controlled", "x '1' (1 feature)"),
        ({"状態": "支配"}, "国=ウクライナ => UA controlled", "状態 '支配' (1 feature)"),
        ({"stroke": "#a52714"}, "fill=#a52714 => RU controlled", "stroke '#a52714' (1 feature)"),
        ({"status": "контроль"}, "xx=1 => RU controlled", "status 'контроль' (1 feature)"),
        ({"party": "ЗСУ"}, "xx=1 => RU controlled", "party 'ЗСУ' (1 feature)"),  # noqa: RUF001
    ],
)
def test_a_word_of_ours_is_never_offered_for_the_makers(own, rule, says):
    made = profile(rule)
    terms = Terms(profile=made, parties={"RU", "UA"})
    unknown = read_words(Feature(properties=OURS | own), terms).unknown
    assert unknown is not None
    said = str(error_for_unknown("map.kml", [unknown], made))
    assert said.startswith(f"map.kml: no rule says what these mean: {says}; say so: ")
    assert said.endswith(f"; none of them has {rule.partition('=')[0]}, of which rules speak")


def test_of_a_feature_that_is_alone_every_property_that_may_be_the_word_is_named():
    feature = Feature(properties=OURS | {"a": "1", "stroke": "#a52714"}, folders=("Map",))
    said = str(error_for_unknown("map.kml", [unknown_of(feature)], profile()))
    assert "folder 'Map' (1 feature)" in said
    assert said.endswith("; other properties: a, stroke")


def listed(features, *rules):
    unknown = [unknown_of(feature, "map.kml") for feature in features]
    return error_for_unknown("map.kml", unknown, profile(*rules)).rules


@pytest.mark.parametrize(
    ("features", "rules", "expected"),
    [
        (
            [Feature(folders=("Infiltration zone",), properties={"name": str(n)}) for n in "abc"],
            ["folder=Held => RU controlled", "name~held => RU controlled"],
            ["folder=Infiltration zone"],
        ),
        (
            [Feature(folders=("Polygon",), fill=fill) for fill in ("#ff0000", "#0000ff")],
            ["folder=Held => RU controlled"],
            ["fill=#0000ff", "fill=#ff0000"],
        ),
        (
            [Feature(properties={"n": n, "layer": layer}) for n, layer in enumerate("aab")],
            [],
            ["layer=a", "layer=b"],
        ),
        (
            [Feature(properties={"shape": n, "支配": word}) for n, word in enumerate("aabb")],
            [],
            ["支配=a", "支配=b"],
        ),
        (
            [Feature(properties={"conf": c, "Тип": t}) for c, t in zip(COARSE, TYPES, strict=True)],
            [],
            [f"тип={text}" for text in sorted(TYPES)],
        ),
        (
            [Feature(properties={"code": f"A{n}", "held": w}) for n, w in enumerate("aabb")],
            [],
            ["held=a", "held=b"],
        ),
        (
            [Feature(properties={"type": n, "kto": w}) for n, w in enumerate("aabb")],
            [],
            ["kto=a", "kto=b"],
        ),
        (
            [Feature(properties={"note": chr(97 + n), "kto": "ab"[n % 2]}) for n in range(12)],
            [],
            ["kto=a", "kto=b"],
        ),
        ([Feature()], [], ["file=map.kml"]),
    ],
)
def test_unknown_words_are_listed_where_they_tell_features_apart(features, rules, expected):
    assert listed(features, *rules) == tuple(f"{each} => {UNDECIDED}" for each in expected)


MADE = ["--confidence", "medium", "--accuracy", "500", "--source", "isw", "--reason", "x"]
SQUARE = [[35, 51], [35.2, 51], [35.2, 51.2], [35, 51.2], [35, 51]]
FAR = [[35.3, 51], [35.4, 51], [35.4, 51.1], [35.3, 51.1], [35.3, 51]]


@pytest.fixture
def desk(tmp_path):
    """A folder with an archive of Ukraine and Russia, and a file in a maker's words."""
    made = Desk(tmp_path)
    made.run("init", "front", "--title", "t", "--maker", "m", "--bbox", "34,50,38,52.5",
             "--party", "UA=Ukraine", "--party", "RU=Russia")  # fmt: skip
    features = [
        {"type": "Feature", "properties": {"layer": layer}, "geometry": {
            "type": "Polygon", "coordinates": [ring]}}
        for layer, ring in (("支配", SQUARE), ("反撃", FAR))
    ]  # fmt: skip
    value = {"type": "FeatureCollection", "features": features}
    (tmp_path / "isw.geojson").write_text(json.dumps(value), "utf-8")
    return made


def add(desk, *words, date="2024-08-31", code=0):
    return desk.archive("add", date, "isw.geojson", *MADE, *words, code=code)


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if not path.name.startswith(".")}


def test_unknown_words_stop_a_file_and_a_profile_to_edit_is_written_beside(desk):
    before = files(desk.root)
    said = add(desk, code=1)
    assert "layer '反撃' (1 feature), layer '支配' (1 feature)" in said
    assert files(desk.root) == before
    draft = desk.folder / "rules.profile.json"
    assert json.loads(draft.read_bytes())["rules"] == ["layer=反撃 => ?", "layer=支配 => ?"]
    assert "what it means is not said" in add(desk, "--profile", draft.name, code=1)
    text = draft.read_text("utf-8").replace("反撃 => ?", "反撃 => UA contested")
    draft.write_text(text.replace("支配 => ?", "支配 => RU controlled"), "utf-8")
    edited = draft.read_bytes()
    add(desk, "--rule", "layer=支配 => RU controlled", code=1)
    assert draft.read_bytes() == edited
    add(desk, "--profile", draft.name)
    zones = frontmap.open(desk.root)["2024-08-31"].zones
    assert sorted((z.party, z.status) for z in zones) == [("RU", "controlled"), ("UA", "contested")]


def test_rules_are_kept_in_the_archive_named_in_the_revision_and_used_again(desk):
    rules = ["--rule", "layer=支配 => RU controlled", "--leave-out", "layer=反撃"]
    assert "left out by layer=反撃" in add(desk, *rules)
    origin = frontmap.open(desk.root)["2024-08-31"].revision.imported_from
    kept = read_profile("rules", desk.root)
    assert (origin.file, origin.profile, origin.version) == ("isw.geojson", "rules", kept.version)
    assert "kept" not in add(desk, "--profile", "rules", date="2024-09-01")
    again = frontmap.open(desk.root)["2024-09-01"]
    assert again.revision.imported_from == origin
    assert len(again.zones) == 1
    assert desk.archive("verify") != ""


def test_other_rules_are_kept_under_another_name_unless_theirs_is_said(desk):
    one, other = "layer=* => RU controlled", "layer=* => RU contested"
    add(desk, "--rule", one)
    add(desk, "--rule", other, date="2024-09-01")
    assert own_names(desk.root) == ("rules", "rules-2")
    assert str(read_profile("rules", desk.root).rules[0]) == one
    add(desk, "--rule", other, "--save-profile", "rules", date="2024-09-02")
    assert str(read_profile("rules", desk.root).rules[0]) == other


def test_what_cannot_be_recorded_keeps_no_profile(desk):
    before = files(desk.root)
    add(desk, "--rule", "layer=* => XX controlled", code=1)
    add(desk, "--rule", "layer=* => XX controlled", "--save-profile", "isw", code=1)
    assert files(desk.root) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--rule", "layer=a"], 2),
        (["--leave-out", "losses"], 2),
        (["--profile", "no-such"], 3),
        (["--profile", "no-such.json"], 3),
        (["--save-profile", "isw"], 2),
        (["--rule", "layer=* => RU controlled", "--save-profile", "../isw"], 1),
    ],
)
def test_options_that_say_nothing_are_one_line_and_write_nothing(desk, words, code):
    before = files(desk.folder)
    assert len(add(desk, *words, code=code).splitlines()) == 1
    assert files(desk.folder) == before


def imported(desk, text, *words, code=0):
    folder = desk.folder / "kml"
    folder.mkdir(exist_ok=True)
    (folder / "2026-02-01.kml").write_text(f"<kml><Document>{text}</Document></kml>", "utf-8")
    return desk.run("import", "uacontrolmap", "kml", "--into", "theirs", *words, code=code)


def placemark(inside="", name="Polygon 1", west=36):
    ring = " ".join(f"{west + x},{48 + y},0" for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)))
    return (
        f"<Placemark><name>{name}</name>{inside}<Polygon><outerBoundaryIs><LinearRing>"
        f"<coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def in_folder(name, *inside):
    return f"<Folder><name>{name}</name>{''.join(inside)}</Folder>"


def test_a_folder_renamed_overnight_stops_the_import_and_the_new_word_is_named(desk):
    held = in_folder("Confirmed Russian controlled territory", placemark())
    new = in_folder("Infiltration zone", placemark(name="Infiltration zone", west=37))
    said = imported(desk, held + new, code=1)
    assert "folder 'Infiltration zone' (1 feature)" in said
    assert not list(desk.folder.glob("theirs/revisions/*"))
    rule = "folder=Infiltration zone => RU contested"
    imported(desk, held + new, "--rule", rule)
    assert read_profile("uacontrolmap", desk.folder / "theirs").rules[0] == parse_rule(rule)
    assert "1 unchanged" in imported(desk, held + new)


def test_red_and_blue_without_words_are_no_side(desk):
    styles = "".join(
        f'<Style id="{each}"><PolyStyle><color>4d{colour}</color></PolyStyle></Style>'
        for each, colour in (("r", "0000ff"), ("b", "ff0000"))
    )
    drawn = [
        placemark(f"<styleUrl>#{each}</styleUrl>", name=f"Union Polygon_{n}", west=36 + n)
        for n, each in enumerate("rb")
    ]
    said = imported(desk, styles + in_folder("Polygon", *drawn), code=1)
    assert "folder 'Polygon', fill '#0000ff' (1 feature)" in said
    assert "folder 'Polygon', fill '#ff0000' (1 feature)" in said


@pytest.mark.parametrize(
    "text",
    [
        in_folder(
            "Confirmed Russian controlled territory", in_folder("Donetsk Oblast", placemark())
        ),
        in_folder(
            "Layer 1",
            placemark("<Style><PolyStyle><color>4c1427a5</color></PolyStyle></Style>"),
        ),
    ],
    ids=["a folder in a folder", "a style of its own"],
)
def test_every_folder_above_and_every_form_of_style_is_read(desk, text):
    imported(desk, text)
    (zone,) = frontmap.open(desk.folder / "theirs")["2026-02-01"].zones
    assert (zone.party, zone.status) == ("RU", "controlled")


def test_what_ground_stands_for_is_said_by_page_report_and_table_of_areas(tmp_path):
    desk = Desk(tmp_path)
    files = Path(__file__).parent / "data" / "deepstate"
    desk.run("import", "deepstate", str(files), "--into", "theirs")
    archive = frontmap.open(tmp_path / "theirs")
    said = "ground regained, not all that Ukraine holds"
    table = frontmap.areas(archive, errors="none", by="status")
    rows = {(row.party, row.status): row.stands_for for row in table.itertuples()}
    assert rows["UA", "controlled"] == said
    assert rows["RU", "controlled"] == ""
    assert f"UA controlled: {said}." in markdown(frontmap.compose_report(archive), "").decode()
    assert "stands_for" not in frontmap.areas(frontmap.open("geodata/kursk"), errors="none")
    payload = gather_payload(archive)
    assert payload["stands_for"]["UA controlled"]["en"] == said
    assert said in plain_page(payload)
