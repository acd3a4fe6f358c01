"""Laws of settlements, drafts and figures, over random wars of two to five parties."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from figures import figure
from frontmap.draft import draft_zones
from frontmap.places import NOT_HELD, SettlementTables, read_evidence, status_table, statuses_on
from frontmap.places.field import local_km
from frontmap.verdicts import figure_series, judge_figures, with_party

PARTIES = ("AA", "BB", "CC", "DD", "EE")
FIRST = dt.date(2020, 5, 1)
BBOX = (-31.0, 20.0, -30.0, 20.6)
LATITUDE = 20.3
#: Nine villages, some 25 km apart.
PLACES = pd.DataFrame(
    {
        "id": list("abcdefghi"),
        "name_en": list("ABCDEFGHI"),
        "raion": "R",
        "lon": [-30.8 + 0.3 * (n % 3) for n in range(9)],
        "lat": [20.1 + 0.2 * (n // 3) for n in range(9)],
        "accuracy_m": 500.0,
    }
)
CLAIMANTS = pd.DataFrame([("Monitor", "none", "monitor")], columns=["claimant", "side", "kind"])
FLAGS = ("doubted", "seen", "repelled", "passed", "fought")
WARS = st.integers(2, 5).map(lambda count: PARTIES[:count])


@st.composite
def evidences(draw):
    """Who holds each village at first, and what is said of it later, by a monitor."""
    parties = draw(WARS)
    rows = [(place, 0, f"stays {draw(st.sampled_from(parties))}") for place in PLACES["id"]]
    for place in draw(st.lists(st.sampled_from(list(PLACES["id"])), max_size=8)):
        day = draw(st.integers(1, 12))
        if draw(st.booleans()):
            two = draw(st.lists(st.sampled_from(parties), min_size=2, max_size=2, unique=True))
            rows.append((place, day, f"contested {' '.join(sorted(two))}"))
        else:
            said = draw(st.sampled_from(["claims_control", "retakes", "enters"]))
            rows.append((place, day, f"{said} {draw(st.sampled_from(parties))}"))
    table = [
        (place, date, *said.split(" ", 1), "Monitor", f"{date}", f"s-{n}", *[False] * len(FLAGS))
        for n, (place, day, said) in enumerate(rows)
        for date in [FIRST + dt.timedelta(days=day)]
    ]
    columns = ["place_id", "date", "event", "party", "claimant", "published", "source", *FLAGS]
    events = pd.DataFrame(table, columns=pd.Index(columns))
    events["date"] = events["date"].astype("datetime64[us]")
    return read_evidence(SettlementTables(PLACES, events, CLAIMANTS, None, parties, parties))


DAYS = st.integers(0, 14).map(lambda days: FIRST + dt.timedelta(days=days))


@given(evidences(), DAYS)
@settings(max_examples=10)
def test_a_settlement_is_held_by_parties_of_the_war_or_by_none(evidence, day):
    table = status_table(evidence, day)
    mapped = {own.party for own in evidence.of_parties}
    for status, party in zip(table["status"], table["party"], strict=True):
        whose = party.split()
        assert len(whose) == len(set(whose))
        assert set(whose) <= mapped
        assert bool(whose) == (status != NOT_HELD)
        assert status != "controlled" or len(whose) == 1
    found = statuses_on(evidence, day)
    assert table["status"].tolist() == found.status.tolist()
    # The statuses as each party has them are all of them again.
    each = [found.of(party) for party in sorted(mapped)]
    for place, status in enumerate(found.status):
        assert {str(own[place]) for own in each} <= {str(status), NOT_HELD}


@given(evidences(), DAYS)
@settings(max_examples=6)
def test_a_draft_shows_again_the_statuses_that_it_was_drawn_from(evidence, day):
    zones = draft_zones(evidence, None, BBOX, day)
    table = status_table(evidence, day).join(PLACES[["lon", "lat", "accuracy_m"]])
    told = table[(table["nats"] > 0) & (table["confidence"] != "low")]
    assert shapely.coverage_is_valid([zone.geometry for zone in zones])
    assert {(zone.party, zone.status) for zone in zones} <= {
        (party, status) for status in ("controlled", "contested", "claimed") for party in PARTIES
    }
    for place in told[told["status"] != NOT_HELD].to_dict("records"):
        whose = place["party"].split()
        own = [zone for zone in zones if zone.status == place["status"] and zone.party in whose]
        assert own, place
        spot = shapely.transform(_point(place), _to_plane)
        away_km = min(shapely.transform(zone.geometry, _to_plane).distance(spot) for zone in own)
        allowed_m = max(place["accuracy_m"], *(zone.accuracy_m for zone in own))
        assert 1000 * away_km <= allowed_m


def _point(place):
    return shapely.Point(place["lon"], place["lat"])


def _to_plane(degrees):
    return local_km(degrees, LATITUDE)


@st.composite
def measured_wars(draw):
    """A table of areas of two to five parties on one day, and a figure of one of them."""
    parties = draw(WARS)
    km2 = st.floats(1, 1e5)
    rows = [
        {
            "date": pd.Timestamp("2024-08-31"),
            "party": party,
            "controlled_km2": draw(km2),
            "contested_km2": draw(km2),
            "error_km2": draw(km2),
            "bound_km2": draw(km2),
        }
        for party in parties
    ]
    return pd.DataFrame(rows), draw(st.sampled_from(parties))


@settings(max_examples=25)
@given(measured_wars(), st.floats(0, 1), st.sampled_from(["exact", "about"]))
def test_a_figure_within_the_range_of_its_party_is_within(war, part, qualifier):
    table, party = war
    own = table[table["party"] == party].to_dict("records")[0]
    value = round(own["controlled_km2"] + part * own["contested_km2"], 1)
    asked = replace(figure(value, qualifier), party=party)
    of_nobody = figure(value, qualifier)
    figures = with_party([asked, of_nobody], table)
    (_, judged), (_, unnamed) = judge_figures(figures, figure_series(figures, table))
    assert judged.reason in {"same", "exceeds_controlled"}
    assert (judged.within_error, judged.within_bound) == (True, True)
    assert judged.low_km2 == own["controlled_km2"]
    assert unnamed.reason == "party_not_named"
    as_asked = with_party([of_nobody], table, party)
    assert judge_figures(as_asked, figure_series(as_asked, table))[0].judgement == judged


@settings(max_examples=25)
@given(measured_wars(), st.floats(1.2, 9), st.sampled_from(["above", "below"]))
def test_a_figure_beyond_the_range_of_its_party_is_beyond(war, times, verdict):
    table, party = war
    own = table[table["party"] == party].to_dict("records")[0]
    high = own["controlled_km2"] + own["contested_km2"]
    value = round(high * times + 1, 1) if verdict == "above" else own["controlled_km2"] / times - 1
    figures = [replace(figure(max(round(value, 1), 0.0)), party=party)]
    ((_, judged),) = judge_figures(figures, figure_series(figures, table))
    assert judged.verdict == verdict or figures[0].value_km2 == 0
