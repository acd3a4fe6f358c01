"""Rules over a whole archive: each yields its finding, and none where there is nothing to mend."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

import frontmap
from frontmap.archive import snapshot_rules
from frontmap.archive.about import parties_of
from frontmap.checks import check_archive, check_file, jump
from frontmap.checks.untold import rules_untold
from frontmap.errors import InputError, NotFoundError
from frontmap.measure import steps
from frontmap.measure.area import areas
from frontmap.model import About, Finding, Theatre, Zone
from fronts import grounds, new_archive, snapshots
from verbs import run

KURSK = Path(__file__).parents[1] / "geodata" / "kursk"
TABLES = {
    "sources.csv": (
        "id,publisher,url,published,read\nx-1,X News,https://example.org/1,2024-08-12,2026-11\n"
    ),
    "claimants.csv": "claimant,side,kind,note\nISW,none,monitor,\n",
    "places.csv": (
        "id,name_en,name_uk,name_ru,raion,lon,lat,accuracy_m,source\n"
        "alba,Alba,,,,35.05,51.05,500,x-1\n"
        "bela,Bela,,,,35.15,51.06,500,x-1\n"
        "cena,Cena,,,,35.10,51.15,500,x-1\n"
        "dora,Dora,,,,35.60,51.30,500,x-1\n"
        "edda,Edda,,,,35.70,51.35,500,x-1\n"
    ),
    "settlement_events.csv": (
        "place_id,date,date_precision,event,party,claimant,publisher,published,source,"
        "doubted,seen,repelled,passed,fought,note\n"
        + "".join(
            f"{place},2024-08-{day:02},day,{event},ISW,X News,2024-08-{day:02},x-1,,,,,,\n"
            for day in (11, 12, 13)
            for place, event in (
                ("alba", "claims_control,UA"),
                ("bela", "claims_control,UA"),
                ("cena", "claims_control,UA"),
                ("dora", "stays,RU"),
                ("edda", "stays,RU"),
            )
        )
    ),
}
BORDER = {"type": "LineString", "coordinates": [[33, 51], [39, 51]]}
HELD = box(35.0, 51.0, 35.2, 51.2)


def zone(ground, name="a", status="controlled", **changes):
    made = Zone(
        id=name,
        party="UA",
        status=status,
        geometry=ground,
        sources=("x-1",),
        confidence="medium",
        accuracy_m=500.0,
    )
    return replace(made, **changes)


@pytest.fixture
def front(tmp_path):
    opened = new_archive(tmp_path / "front")
    for name, content in TABLES.items():
        (opened.root / name).write_text(content, "utf-8")
    feature = {"type": "Feature", "properties": {"kind": "state_border"}, "geometry": BORDER}
    collection = {"type": "FeatureCollection", "features": [feature]}
    (opened.root / "reference.geojson").write_text(json.dumps(collection), "utf-8")
    return opened


@pytest.fixture
def sound(front):
    front.add("2024-08-12", [zone(HELD)], reason="first map")
    return front


def rules_of(findings):
    return [finding.rule for finding in findings]


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_sound_archive_has_nothing_to_mend(sound):
    assert check_archive(sound) == ()


def test_an_archive_without_any_table_is_checked_too(tmp_path):
    bare = new_archive(tmp_path / "bare")
    bare.add("2024-08-12", [zone(HELD)], reason="first map")
    assert rules_of(check_archive(bare)) == ["source"]


def test_a_source_without_a_row_is_said_once_whatever_names_it(tmp_path):
    bare = new_archive(tmp_path / "bare")
    zones = [zone(HELD), zone(box(35.4, 51, 35.6, 51.2), "b", sources=("x-1", "x-2"))]
    bare.add("2024-08-12", zones, reason="first map", sources=["x-1", "$(x)"])
    found = [finding for finding in check_archive(bare) if finding.rule == "source"]
    says = [finding.message.partition(" source ")[0] for finding in found]
    assert says == ["the header names", "the header and 2 zones name", "zone 'b' names"]
    assert [finding.zone for finding in found] == [None, None, "b"]
    assert "frontmap source add '$(x)' --publisher" in found[0].message


@pytest.mark.parametrize(
    ("zones", "rules", "says"),
    [
        ([zone(box(35, 50.99, 35.2, 51.2))], ["border"], "reaches 1,1"),
        ([zone(box(35, 50.9995, 35.2, 51.2))], [], ""),
        (
            [zone(HELD), zone(box(35, 50.8, 35.2, 51), "b", party="RU")],
            ["settlement"] * 2,
            "is controlled by its",
        ),
        ([zone(HELD, sources=("x-1", "x-9"))], ["source"], "source 'x-9', which is not in"),
        ([zone(box(35.0, 51.0, 35.2, 51.1))], ["settlement"], "Cena (cena) is controlled by its"),
        ([zone(box(35.0, 51.0, 35.2, 51.148))], [], ""),
        (
            [zone(box(35.0, 51.0, 35.2, 51.1)), zone(box(35, 51.1, 35.2, 51.2), "b", "contested")],
            ["settlement"],
            "in no controlled zone: the nearest is 5,5",
        ),
        ([], ["settlement"] * 5, "in no controlled zone"),
    ],
)
def test_ground_is_held_against_border_sources_and_settlements(front, zones, rules, says):
    front.add("2024-08-12", zones, reason="first map")
    found = check_archive(front)
    assert rules_of(found) == rules
    assert all(says in finding.located for finding in found)
    assert all(finding.located.startswith("2024-08-12: ") for finding in found)


KEPT = "or accept it in accepted.csv: an import keeps what its maker drew"


@pytest.mark.parametrize(
    ("party", "first", "second", "remedy"),
    [
        ("UA", "controlled", "contested", "cut one by the other"),
        ("RU", "controlled", "controlled", "cut one by the other"),
        ("RU", "contested", "contested", "leave what both contest to one of them"),
    ],
)
def test_overlaps_kept_at_an_import_are_findings_with_their_remedy(
    front, party, first, second, remedy
):
    ground = box(35.1, 51.1, 35.2, 51.2)
    zones = [zone(HELD, "a", first), zone(ground, "b", second, party=party)]
    with pytest.raises(InputError, match=f"ground must not; {remedy}$"):
        front.add("2024-08-12", zones, reason="drawn")
    front.add("2024-08-12", zones, reason="an import", overlaps="keep")
    (found,) = [each for each in check_archive(front) if each.rule == "overlap"]
    assert found.message.endswith(f"ground must not; {remedy}, {KEPT}")


NEAR = [HELD, box(35.9, 51.0, 36.0, 51.2)]


@pytest.mark.parametrize(
    ("pieces", "rules"),
    [
        (NEAR, []),
        ([*NEAR, box(38.5, 51.0, 38.6, 51.2)], ["far"]),
        ([*NEAR, box(37.9, 51.0, 38.0, 51.2)], []),
        ([HELD, box(33.1, 51.0, 33.2, 51.2), box(37.25, 51.0, 37.3, 51.2)], []),
        ([HELD, box(38.5, 51.0, 38.6, 51.2)], []),
    ],
    ids=["near", "far", "within two degrees", "no farther than all else is wide", "two pieces"],
)
def test_a_piece_far_from_all_other_ground_is_a_finding(tmp_path, pieces, rules):
    made = new_archive(tmp_path / "archive", bbox=(33, 50, 39, 53))
    made.add("2024-08-12", [zone(MultiPolygon(pieces))], reason="first map")
    found = [each for each in check_archive(made) if each.rule != "source"]
    assert rules_of(found) == rules
    assert all("of zone 'a' near 38.55, 51.1 lie 175 km from all other" in f.message for f in found)


WIDE = MultiPolygon([HELD, box(36.0, 51.6, 36.2, 51.8)])


@pytest.mark.parametrize(
    "reason", ["more was taken", "since 2024-08-12 the north was taken too"], ids=["plain", "dated"]
)
def test_a_jump_is_a_finding_whatever_its_reason_says_until_it_is_accepted(sound, reason):
    sound.add("2024-08-13", [zone(WIDE)], reason=reason)
    (found,) = check_archive(sound)
    assert (found.rule, found.date.isoformat()) == ("jump", "2024-08-13")
    assert "changes by +30" in found.message
    accept(sound, "2024-08-13,jump,,the north was taken in a night")
    assert check_archive(sound) == ()


@pytest.mark.parametrize(
    ("km2", "rules"), [(149.9, []), (150.0, []), (150.1, ["jump"])], ids=["below", "at", "above"]
)
@pytest.mark.parametrize("status", ["controlled", "contested"])
def test_where_no_pace_is_known_a_jump_is_more_than_150_km2_of_controlled_or_held_ground(
    sound, monkeypatch, km2, rules, status
):
    sound.add("2024-08-13", [zone(HELD)], reason="nothing new")
    table = areas(sound, errors="none").assign(controlled_km2=0.0, contested_km2=0.0)
    table[f"{status}_km2"] = [0.0, km2]
    monkeypatch.setattr(jump, "areas", lambda *_, **__: table)
    assert rules_of(check_archive(sound)) == rules


@pytest.mark.parametrize(
    ("controlled", "contested", "rules"),
    [
        ([400.0, 249.0], [300.0, 300.0], ["jump"]),
        ([400.0, 400.0], [300.0, 149.0], ["jump"]),
        ([400.0, 500.0], [300.0, 200.0], []),
        ([400.0, 600.0], [300.0, 100.0], ["jump"]),
    ],
)
def test_a_jump_is_of_either_area_and_either_way(sound, monkeypatch, controlled, contested, rules):
    sound.add("2024-08-13", [zone(HELD)], reason="nothing new")
    table = areas(sound, errors="none").assign(controlled_km2=controlled, contested_km2=contested)
    monkeypatch.setattr(jump, "areas", lambda *_, **__: table)
    assert rules_of(check_archive(sound)) == rules


def series_of(*controlled_km2, contested_km2=0.0):
    """A party's ground day by day."""
    dates = pd.date_range("2024-08-06", periods=len(controlled_km2))
    return pd.DataFrame(
        {
            "date": dates,
            "party": "UA",
            "controlled_km2": [float(each) for each in controlled_km2],
            "contested_km2": contested_km2,
        }
    )


QUIET, FAST = [1000 + n for n in range(8)], [1000 + 40 * n for n in range(8)]


@pytest.mark.parametrize(
    ("series", "jumped"),
    [
        (series_of(*QUIET, 1050), []),
        (series_of(*QUIET, 1068), ["2024-08-14"]),
        (series_of(*QUIET, 932), ["2024-08-14"]),
        (series_of(*FAST, 1700), []),
        (series_of(*FAST, 1740), ["2024-08-14"]),
        (series_of(*QUIET[:4], 500, *QUIET[5:]), ["2024-08-10", "2024-08-11"]),
        (series_of(1000, 1000, 1000, 1000, 1051), ["2024-08-10"]),
        (series_of(1000, 1000, 1000, 1140), []),
        (series_of(1000, 1000, 1000, 1151), ["2024-08-09"]),
        (series_of(0, 90, 180, 270, 360, 240, 330), []),
        (series_of(0, 90, 180, 270, 360, 120, 210), ["2024-08-11"]),
        (series_of(*QUIET, 1000, contested_km2=[0.0] * 8 + [70.0]), ["2024-08-14"]),
        (series_of(), []),
        (series_of(500), []),
    ],
    ids=[
        "quiet: 43 km2 in a day", "quiet: 61 in a day", "quiet: 75 lost in a day",
        "fast: 420 in a day", "fast: 460 in a day",
        "lost and found again", "no pace at all: 51", "three steps: 140", "three steps: 151",
        "fast: a third is lost", "fast: two thirds are lost", "contested ground", "no date", "one",
    ],
)  # fmt: skip
def test_a_jump_is_large_for_the_pace_of_the_steps_around_it(series, jumped):
    assert [f"{found.date}" for found in jump.large_steps(series)] == jumped


@pytest.mark.parametrize(("days", "jumped"), [(1, 1), (2, 0), (3, 0)])
def test_more_may_change_in_more_days(days, jumped):
    series = series_of(*QUIET, 1068)
    series["date"] = [*series["date"][:-1], series["date"].iloc[-2] + dt.timedelta(days=days)]
    assert len(list(jump.large_steps(series))) == jumped


def test_a_step_is_no_part_of_its_own_pace():
    with_jump, without = (
        steps.series_steps(series_of(*QUIET, last))["pace_km2_per_day"].iloc[-1]
        for last in (5000, 1008)
    )
    assert with_jump == without == 1.0


def test_of_one_step_there_is_one_finding_that_names_the_change_most_out_of_place():
    (found,) = jump.large_steps(series_of(*QUIET, 1200, contested_km2=[0.0] * 8 + [100.0]))
    assert "changes by +293 km² since 2024-08-13, at 1 km² a day around then" in found.message


def test_an_event_dated_after_its_publication_is_out_of_order(sound):
    edit(sound.root / "settlement_events.csv", "bela,2024-08-11", "bela,2024-08-14")
    (found,) = check_archive(sound)
    assert (found.rule, found.zone) == ("event-order", "bela")
    assert "line 3: claims_control at bela is dated 2024-08-14, after" in found.located


@pytest.mark.parametrize(
    ("fields", "printed"),
    [
        ({"date": dt.date(2024, 8, 12)}, "2024-08-12: gone"),
        ({"path": Path("a.csv"), "date": dt.date(2024, 8, 12)}, "a.csv: gone"),
        ({"path": Path("a.csv"), "line": 3, "zone": "alba"}, "a.csv, line 3: gone"),
        ({"path": Path("a.csv"), "names_place": True}, "gone"),
        ({}, "gone"),
    ],
)
def test_a_finding_is_printed_after_its_place(fields, printed):
    finding = Finding(rule="lost", message="gone", **fields)
    assert finding.located == printed


def test_a_file_is_named_and_no_date_whatever_date_its_own_text_holds(tmp_path, front):
    dated = zone(HELD, "0001-01-01: a", sources=("0001-01-01: x",))
    (found, *_) = check_file(geojson(tmp_path / "new.geojson", dated), front)
    assert found.date is None
    assert found.path == tmp_path / "new.geojson"
    assert "0001-01-01: " in found.message


def test_an_event_of_an_unknown_place_is_a_finding(sound):
    edit(sound.root / "settlement_events.csv", "bela,", "bella,")
    (found,) = check_archive(sound)
    assert found.rule == "table"
    assert "'bella' is not in places.csv" in found.located


FIGURE = (
    "as_of,as_of_precision,published,value_km2,qualifier,measure,party,claimant,source,note\n"
    "2024-08-12,day,,300,about,controlled,XX,ISW,x-1,\n"
)


def test_an_event_or_figure_of_an_unknown_party_is_a_finding_with_its_line(sound):
    edit(sound.root / "settlement_events.csv", "claims_control,UA", "contested,UA XX")
    (sound.root / "reported.csv").write_text(FIGURE, "utf-8")
    found = [each for each in check_archive(sound) if each.rule == "party"]
    assert [(each.path.name, each.line) for each in found] == [
        ("settlement_events.csv", 2),
        ("reported.csv", 2),
    ]
    assert (
        "'XX' is no party of archive.json; mend the id, or add it: frontmap party add XX"
        in found[0].message
    )


@pytest.mark.parametrize("words", [["places", "2024-08-12"], ["draft", "2024-08-12"], ["places"],
                                   ["review", "2024-08-12"], ["draft", "2024-08-12", "--why"],
                                   ["map", "--output", "map.html"]])  # fmt: skip
def test_nothing_is_drafted_from_an_event_of_an_unknown_party(sound, words):
    edit(sound.root / "settlement_events.csv", "claims_control,UA", "claims_control,XX")
    answer = run(*words, "--archive", str(sound.root), cwd=sound.root.parent)
    assert answer.returncode == 1
    assert "settlement_events.csv, line 2, column party: 'XX' is no party of" in answer.stderr


def test_a_table_of_format_1_means_its_parties_and_is_no_finding(sound):
    about = sound.root / "archive.json"
    value = json.loads(about.read_text("utf-8"))
    value["parties"] = [each for each in value["parties"] if each["id"] == "UA"]
    about.write_text(json.dumps(value), "utf-8")
    opened = frontmap.open(sound.root)
    assert set(rules_of(check_archive(opened))) == {"party"}
    text = (sound.root / "settlement_events.csv").read_text("utf-8")
    text = text.replace("claims_control,UA", "UA_claims_control").replace("stays,RU", "stays")
    (sound.root / "settlement_events.csv").write_text(text.replace("event,party", "event"), "utf-8")
    assert check_archive(opened) == ()


def test_an_edited_copy_is_named(sound):
    (copy,) = (sound.root / "snapshots").rglob("*.geojson")
    edit(copy, '"confidence":"medium"', '"confidence":"high"')
    (found,) = check_archive(sound)
    assert found.rule == "edited"
    assert "edited, not recorded" in found.located


def accept(front, *rows):
    text = "date,rule,zone,reason\n" + "".join(f"{row}\n" for row in rows)
    (front.root / "accepted.csv").write_text(text, "utf-8")


def test_an_accepted_finding_is_silent_and_one_no_longer_needed_is_a_finding(front):
    front.add("2024-08-12", [zone(box(35.0, 51.0, 35.2, 51.1))], reason="first map")
    accept(front, "2024-08-12,settlement,cena,only its edge was reached")
    assert check_archive(front) == ()
    front.correct("2024-08-12", [zone(HELD)], reason="all of it")
    (found,) = check_archive(front)
    assert found.rule == "accepted"
    assert "accepted.csv, line 2: no finding needs it any more" in found.located


def test_accepting_one_date_accepts_no_other(front):
    for day in (12, 13):
        small = zone(box(35.0, 51.0, 35.2, 51.1))
        front.add(f"2024-08-{day}", [small], reason="map")
    accept(front, "2024-08-12,settlement,cena,only its edge was reached")
    (found,) = check_archive(front)
    assert found.date.isoformat() == "2024-08-13"


def test_a_damaged_revision_stops_the_check(sound):
    (revision,) = (sound.root / "revisions").rglob("*.geojson")
    data = revision.read_bytes()
    revision.write_bytes(data.replace(b"35.2", b"35.3", 1))
    assert "damaged" in rules_of(check_archive(sound))
    answer = run("check", str(sound.root))
    assert answer.returncode == 5
    assert revision.name in answer.stdout


def geojson(path, *zones):
    features = [
        {
            "type": "Feature",
            "id": each.id,
            "properties": {
                "party": each.party,
                "status": each.status,
                "sources": " ".join(each.sources),
                "confidence": each.confidence,
                "accuracy_m": each.accuracy_m,
            },
            "geometry": each.geometry.__geo_interface__,
        }
        for each in zones
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_a_file_is_checked_before_it_is_recorded(tmp_path, front):
    path = geojson(tmp_path / "new.geojson", zone(HELD))
    assert check_file(path, front) == ()
    bad = zone(box(35, 50.9, 35.2, 51.2), sources=("x-9",))
    found = check_file(geojson(path, bad), front)
    assert rules_of(found) == ["source", "border"]
    assert all(finding.located.startswith(f"{path}: ") for finding in found)


def test_a_file_is_checked_without_an_archive_too(tmp_path):
    path = tmp_path / "new.geojson"
    overlapping = zone(box(35.1, 51.1, 35.4, 51.4), "b", "contested")
    assert check_file(geojson(path, zone(HELD))) == ()
    assert rules_of(check_file(geojson(path, zone(HELD), overlapping))) == ["overlap"]


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path):
    path = tmp_path / "new.geojson"
    with pytest.raises(NotFoundError, match=r"new\.geojson"):
        check_file(path)
    path.write_text("{}", "utf-8")
    with pytest.raises(InputError, match=r"new\.geojson"):
        check_file(path)


def test_the_command_ends_with_1_on_findings_of_an_archive_and_on_files_that_are_refused(
    tmp_path, sound
):
    assert run("check", "--archive", str(sound.root)).returncode == 0
    accept(sound, "2024-08-12,jump,,no jump")
    answer = run("check", str(sound.root), "--format", "json")
    assert answer.returncode == 1
    assert json.loads(answer.stdout)[0]["rule"] == "accepted"
    path = geojson(tmp_path / "new.geojson", zone(box(35, 50.9, 35.2, 51.2)))
    assert run("check", str(path), cwd=tmp_path).returncode == 0
    answer = run("check", str(path), "--archive", str(sound.root))
    assert (answer.returncode, answer.stdout.count("across the state border")) == (0, 1)
    geojson(path, zone(HELD, party="XX"))
    assert run("check", str(path), "--archive", str(sound.root)).returncode == 1
    assert run("check", str(tmp_path / "no.geojson"), cwd=tmp_path).returncode == 3


@st.composite
def series(draw):
    """Snapshots that share some ground, some of which overlaps, crosses itself or lies outside."""
    ground = draw(st.lists(grounds(), min_size=2, max_size=4))
    bow_tie = Polygon([(35, 51), (35.1, 51.1), (35.1, 51), (35, 51.1)])
    rest = [bow_tie, box(30, 40, 31, 41)] if draw(st.booleans()) else []
    choice = st.sampled_from([*ground, *rest])
    statuses = st.sampled_from(["controlled", "contested", "claimed"])
    one = st.lists(st.tuples(choice, statuses), min_size=1, max_size=4)
    return [
        replace(
            draw(snapshots()),
            zones=tuple(
                zone(ground, name=f"z{n}", status=status)
                for n, (ground, status) in enumerate(draw(one))
            ),
        )
        for _ in range(draw(st.integers(2, 4)))
    ]


THEATRE = Theatre(name="", bbox=(34, 50, 38, 53), time_zone="UTC")
ABOUT = About(
    title="", maker="us", license="CC0-1.0", theatre=THEATRE, parties=parties_of({"UA": {}})
)


@given(series())
def test_what_is_remembered_of_other_snapshots_changes_no_finding(made):
    checked = snapshot_rules.CheckedZones()
    for snapshot in made:
        fresh = list(snapshot_rules.check_snapshot(snapshot, ABOUT))
        assert list(snapshot_rules.check_snapshot(snapshot, ABOUT, checked=checked)) == fresh


def test_a_check_says_what_it_cannot_tell(tmp_path):
    front = new_archive(tmp_path / "front")
    front.add("2024-08-12", [], reason="nobody held any")
    for words in ([str(front.root)], ["2024-08-12", "--archive", str(front.root)]):
        said = run("check", *words).stderr.splitlines()
        assert [line.split(": ")[1:] for line in said if line.startswith("not told: ")] == [
            [
                "whether ground reaches across a state border",
                "reference.geojson has none that is exact to 100 m",
            ],
            ["whether settlements lie on ground of their status", "places.csv has none"],
        ]
    assert [each.wanting for each in rules_untold(front)] == ["no_border", "no_places"]
    for name in ("sources.csv", "places.csv", "reference.geojson"):
        (front.root / name).write_bytes((KURSK / name).read_bytes())
    assert [each.wanting for each in rules_untold(front)] == ["no_settlement_events"]


def test_settlements_say_that_no_border_tells_their_sides_apart(tmp_path):
    front = new_archive(tmp_path / "front")
    for name, text in TABLES.items():
        (front.root / name).write_text(text, "utf-8")
    front.add("2024-08-12", [zone(HELD)], reason="first", sources=["x-1"])
    for words in ([], ["2024-08-12"]):
        said = run("places", *words, "--archive", str(front.root)).stderr
        assert said.startswith("not told: on which side of a state border a settlement lies")
    assert run("places", "2024-08-12", "--archive", str(KURSK)).stderr == ""
