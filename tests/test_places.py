"""The status of settlements: what an event weighs, how it carries through time and space."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from shapely import LineString

import frontmap
import three_parties
from conftest import KURSK
from frontmap.errors import InputError, UsageError
from frontmap.facts import events_published_by
from frontmap.places import (
    SettlementTables,
    dates_held,
    read_evidence,
    settlement_statuses,
    status_table,
)
from frontmap.places.field import neighbours, solve, solve_without
from frontmap.places.weigh import relation, weigh_events

CLAIMANTS = pd.DataFrame(
    [
        ("DeepState", "UA", "monitor"),
        ("Russian MoD", "RU", "military"),
        ("Podolyaka", "RU", "channel"),
        ("Syrskyi", "UA", "authority"),
        ("Kursk governor", "RU", "authority"),
    ],
    columns=["claimant", "side", "kind"],
)
#: Seven villages in a row, 3 km apart, the first 1 km from the border.
PLACES = pd.DataFrame(
    {
        "id": list("abcdefg"),
        "name_en": list("ABCDEFG"),
        "raion": "R",
        "lon": 35.0,
        "lat": [51.0 + 0.027 * n for n in range(7)],
    }
)
BORDER = LineString([(34, 50.991), (36, 50.991)])


FLAGS = ("doubted", "seen", "repelled", "passed", "fought")


def events(*rows):
    """Rows of place, day, event, claimant, day of publication (blank: the same), flags."""
    table = [
        (place, dt.date.fromisoformat(day), event, claimant, published or day, f"s-{n}", *given)
        for n, (place, day, event, claimant, published, flags) in enumerate(rows)
        for given in [[name in flags.split() for name in FLAGS]]
    ]
    columns = ["place_id", "date", "event", "claimant", "published", "source", *FLAGS]
    found = pd.DataFrame(table, columns=columns)
    found[["event", "party"]] = found["event"].str.split(" ", n=1, expand=True)
    return found.astype({"date": "datetime64[us]"})


def weighed(*rows):
    return weigh_events(events(*rows), CLAIMANTS, party="UA", at_war=("UA", "RU"))


def evidence(*rows, published_by=None):
    tables = SettlementTables(PLACES, events(*rows), CLAIMANTS, BORDER, ("UA",), ("UA", "RU"))
    return read_evidence(tables, published_by=published_by)


def status_of(found, place, date):
    table = status_table(found, dt.date.fromisoformat(date))
    return table.set_index("place_id")["status"][place]


ADVANCE = (
    ("a", "2024-08-06", "enters UA", "DeepState", "", ""),
    ("c", "2024-08-08", "claims_control UA", "Podolyaka", "", ""),
    ("g", "2024-08-12", "stays RU", "Kursk governor", "", ""),
)
RETREAT = (
    ("c", "2025-03-09", "retakes RU", "Russian MoD", "", ""),
    ("a", "2025-03-12", "retakes RU", "DeepState", "", ""),
)


@pytest.mark.parametrize(
    ("event", "side", "kind", "flags", "stand"),
    [
        ("retakes RU", "RU", "military", "", "own_official"),
        ("retakes RU", "RU", "channel", "", "own"),
        ("retakes RU", "UA", "military", "", "against_interest"),
        ("claims_control UA", "RU", "channel", "", "against_interest"),
        ("claims_control UA", "UA", "authority", "", "own_official"),
        ("contested RU UA", "UA", "monitor", "", "independent"),
        ("stays RU", "RU", "authority", "", "civil_life"),
        ("stays RU", "RU", "military", "fought", "own_official"),
        ("enters UA", "none", "media", "", "press"),
        ("enters UA", "none", "media", "seen", "independent"),
    ],
)
def test_a_claimant_stands_to_its_claim_as_its_interest_says(event, side, kind, flags, stand):
    word, party = event.split(" ", 1)
    seen, fought = "seen" in flags, "fought" in flags
    assert relation(word, party, side, kind, seen=seen, fought=fought) == stand


def test_a_doubted_claim_weighs_half():
    sure, doubted = (
        weighed(("a", "2024-08-06", "stays RU", "DeepState", "", flags))[0]
        for flags in ("", "doubted")
    )
    assert np.allclose(np.array(doubted.costs) * 2, sure.costs)


def test_a_first_loss_says_that_the_place_was_held_until_then():
    found = weighed(("a", "2025-03-12", "retakes RU", "DeepState", "", ""))
    before = [item for item in found if item.implied]
    assert [item.date for item in before] == [dt.date(2025, 3, 10)]
    assert before[0].costs[0] > before[0].costs[2]


def test_the_same_loss_told_twice_says_so_once():
    rows = [("a", day, "retakes RU", "DeepState", "", "") for day in ("2025-03-10", "2025-03-12")]
    assert sum(item.implied for item in weighed(*rows)) == 1


@pytest.mark.parametrize(
    ("published", "day", "rows"),
    [
        ("2024-08-09", "2024-08-09", 1),
        ("2024-08-10", "2024-08-09", 0),
        ("2024-08", "2024-08-30", 0),
    ],
)
def test_only_what_was_published_by_then_is_used(published, day, rows):
    table = events(("a", "2024-08-06", "stays RU", "DeepState", published, ""))
    assert len(events_published_by(table, dt.date.fromisoformat(day))) == rows


def test_a_place_without_events_takes_its_status_from_those_around_it():
    found = evidence(*ADVANCE, *RETREAT)
    between = status_table(found, dt.date(2024, 9, 1)).set_index("place_id").loc["b"]
    assert (between["status"], between["nats"], between["sources"]) == ("controlled", 0.0, "")
    assert status_of(found, "g", "2024-09-01") == "not held"


def test_a_place_is_held_from_its_entry_to_its_loss():
    found = evidence(*ADVANCE, *RETREAT)
    assert status_of(found, "a", "2024-08-05") == "not held"
    assert status_of(found, "a", "2024-12-01") == "controlled"
    assert status_of(found, "a", "2025-03-12") == "not held"


def test_a_lone_claim_of_its_fall_does_not_outweigh_later_fights():
    premature = ("c", "2024-10-10", "retakes RU", "Podolyaka", "", "")
    later = ("c", "2024-12-07", "claims_control UA", "DeepState", "", "")
    found = evidence(*ADVANCE, premature, later, *RETREAT)
    assert status_of(found, "c", "2024-12-07") == "controlled"


def test_what_was_not_yet_published_does_not_count():
    late = ("c", "2024-08-20", "retakes RU", "DeepState", "2024-12-01", "")
    assert status_of(evidence(*ADVANCE, late), "c", "2024-08-25") == "not held"
    first = evidence(*ADVANCE, late, published_by=dt.date(2024, 9, 1))
    assert status_of(first, "c", "2024-08-25") == "controlled"


def test_the_span_of_each_held_place_is_listed():
    spans = dates_held(evidence(*ADVANCE, *RETREAT)).set_index("place_id")
    assert spans["first_held"]["a"] <= pd.Timestamp("2024-08-10")
    assert pd.Timestamp("2025-03-01") <= spans["last_held"]["a"] < pd.Timestamp("2025-03-12")
    assert "g" not in spans.index


@pytest.fixture(scope="module")
def kursk():
    return frontmap.open(KURSK)


def test_the_statuses_of_an_archive_are_those_of_its_dates_that_the_events_reach(kursk):
    found = settlement_statuses(kursk, published_by="2024-08-09")
    dates = [date for date in kursk.dates if date <= dt.date(2024, 8, 23)]
    assert found["date"].drop_duplicates().dt.date.tolist() == dates
    assert found.groupby("date").size().unique().tolist() == [found["place_id"].nunique()]


@pytest.mark.parametrize(
    "dates",
    [
        "2024-08-31",
        dt.date(2024, 8, 31),
        np.datetime64("2024-08-31"),
        pd.to_datetime(["2024-08-31"]),
    ],
    ids=["text", "date", "datetime64", "DatetimeIndex"],
)
def test_statuses_take_a_date_in_any_form(kursk, dates):
    expected = status_table(read_evidence(SettlementTables.read(kursk)), dt.date(2024, 8, 31))
    pd.testing.assert_frame_equal(settlement_statuses(kursk, dates=dates), expected)


def test_of_no_date_there_is_no_status_but_its_columns_are_typed(kursk):
    none = settlement_statuses(kursk, dates=[])
    one = settlement_statuses(kursk, dates="2024-08-31")
    assert none.empty
    pd.testing.assert_series_equal(none.dtypes, one.dtypes)


def test_what_is_no_date_is_refused(kursk):
    with pytest.raises(UsageError, match="'foo' is not a date"):
        settlement_statuses(kursk, dates=["foo"])


def test_where_nothing_was_ever_held_no_span_is_listed():
    spans = dates_held(evidence(("g", "2024-08-12", "stays RU", "Kursk governor", "", "")))
    assert spans.empty
    assert [*spans] == ["place_id", "name_en", "party", "first_held", "last_held", "days_held"]
    assert str(spans["first_held"].dtype) == "datetime64[us]"


def test_a_date_beyond_the_evidence_is_refused():
    with pytest.raises(InputError, match="no evidence reaches it"):
        status_table(evidence(*ADVANCE), dt.date(2030, 1, 1))


def test_the_field_lies_between_the_evidence_and_is_drawn_towards_held_behind_the_line():
    points = np.array([[0.0, 1], [0, 4], [0, 7], [3, 1], [3, 4], [3, 7]])
    pairs = neighbours(points, points[:, 1])
    score = np.array([0.0, 1, -1, 0, 0, 0])
    nats = np.array([0.0, 5, 5, 0, 0, 0])
    given = (pairs, score, nats, np.full(6, -0.5))
    field, without = solve(*given), solve_without(*given)
    assert (np.abs(field) <= 1).all()
    assert field[0] > field[3] > field[5]
    assert without[1] < field[1]


@pytest.mark.parametrize(
    ("date", "later", "status"),
    [
        ("2024-08-15", (), "claimed"),
        ("2024-09-15", (), "not held"),
        ("2024-08-15", (("f", "2024-08-14", "stays RU", "DeepState", "", ""),), "not held"),
    ],
)
def test_a_recent_claim_of_one_side_alone_is_claimed_until_somebody_else_speaks(
    date, later, status
):
    claim = ("f", "2024-08-13", "claims_control UA", "Syrskyi", "", "doubted")
    found = evidence(*ADVANCE, claim, *later, *RETREAT)
    assert status_of(found, "f", date) == status


#: A war of three: each holds villages of its own, in a row.
OF_THREE = (
    ("a", "2020-05-01", "stays GOV", "Monitor", "", ""),
    ("b", "2020-05-01", "stays GOV", "Monitor", "", ""),
    ("c", "2020-05-01", "stays REB", "Monitor", "", ""),
    ("d", "2020-05-01", "stays REB", "Monitor", "", ""),
    ("f", "2020-05-01", "stays NSF", "Monitor", "", ""),
    ("g", "2020-05-01", "stays NSF", "Monitor", "", ""),
)
THREE = ("GOV", "REB", "NSF")


def of_three(*rows, order=THREE):
    claimants = pd.DataFrame(
        [("Monitor", "none", "monitor"), ("Rebel staff", "REB", "military")],
        columns=["claimant", "side", "kind"],
    )
    return read_evidence(SettlementTables(PLACES, events(*rows), claimants, None, order, order))


def told(found, date):
    table = status_table(found, dt.date.fromisoformat(date)).set_index("place_id")
    return dict(zip(table.index, zip(table["status"], table["party"], strict=True), strict=True))


def test_each_of_three_parties_holds_what_the_events_give_it():
    found = told(of_three(*OF_THREE), "2020-05-02")
    assert {place: found[place] for place in "abcdfg"} == {
        place: ("controlled", party)
        for place, party in zip("abcdfg", ("GOV", "GOV", "REB", "REB", "NSF", "NSF"), strict=True)
    }


def test_a_place_passes_from_one_of_three_parties_to_another():
    taken = ("b", "2020-05-10", "claims_control REB", "Monitor", "", "")
    found = of_three(*OF_THREE, taken)
    assert told(found, "2020-05-02")["b"] == ("controlled", "GOV")
    assert told(found, "2020-05-15")["b"] == ("controlled", "REB")
    spans = dates_held(found).query("place_id == 'b'").set_index("party")
    assert spans["last_held"]["GOV"] < spans["first_held"]["REB"]


@pytest.mark.parametrize("order", [THREE, tuple(reversed(THREE))])
def test_a_fight_of_two_is_theirs_and_not_the_third_party_s(order):
    fight = ("b", "2020-05-02", "contested GOV REB", "Monitor", "", "")
    status, parties = told(of_three(*OF_THREE, fight, order=order), "2020-05-02")["b"]
    assert status in {"contested", "controlled"}
    assert "NSF" not in parties.split()


def test_what_is_said_against_one_of_three_is_no_word_against_interest():
    row = ("a", "2020-05-01", "retakes GOV", "Rebel staff", "", "")
    claimants = pd.DataFrame([("Rebel staff", "REB", "military")], columns=CLAIMANTS.columns)
    of_two, of_three = (
        weigh_events(events(row), claimants, party="GOV", at_war=at_war)[0].costs
        for at_war in (("GOV", "REB"), THREE)
    )
    assert np.allclose(np.array(of_three), 0.7 * np.array(of_two))


def test_what_one_takes_from_another_says_nothing_of_a_third_party_s_hold():
    row = ("a", "2020-05-01", "retakes REB", "Monitor", "", "")
    claimants = pd.DataFrame([("Monitor", "none", "monitor")], columns=CLAIMANTS.columns)
    implied = {
        party: [
            item.implied for item in weigh_events(events(row), claimants, party=party, at_war=THREE)
        ]
        for party in THREE
    }
    assert implied == {"GOV": [False], "REB": [False, True], "NSF": [False]}


def test_a_place_that_two_control_by_their_own_evidence_is_contested():
    found = of_three(*OF_THREE)
    gov, reb, nsf = found.of_parties
    twice = replace(found, of_parties=(gov, replace(gov, party="REB"), nsf))
    assert told(twice, "2020-05-02")["a"] == ("contested", "GOV REB")
    assert told(replace(found, of_parties=(reb, gov, nsf)), "2020-05-02") == told(
        found, "2020-05-02"
    )


def test_an_archive_without_snapshots_and_border_tells_of_all_its_parties(tmp_path):
    archive = three_parties.island(tmp_path / "island")
    table = settlement_statuses(archive, dates=three_parties.DAY)
    assert table["party"].tolist() == [party for party in THREE for _ in range(3)]
    assert set(table["status"]) == {"controlled"}
