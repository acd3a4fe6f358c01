"""What is certainly and what is possibly held on a day between two snapshots."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity, box

import frontmap
from figures import figure, measured
from frontmap.errors import InputError, NotFoundError, UsageError
from frontmap.geometry.counted_once import STATUSES_OF, counted_km2, pieces
from frontmap.measure import area_between
from frontmap.measure.area import area_km2, areas
from frontmap.measure.area_between import certain_and_possible
from frontmap.measure.change import changes
from frontmap.verdicts import MapRange, figure_verdicts, judge
from fronts import new_archive, snapshot, zone
from verbs import run

PARTIES = ["UA", "RU", "SY", "IQ", "TR"]
CELL = st.integers(0, 8).map(lambda n: 35 + n / 10)


@st.composite
def fronts(draw):
    """Two snapshots of two to five parties, whose zones overlap, share edges and cross."""
    parties = PARTIES[: draw(st.integers(2, 5))]

    def ground():
        west, south = draw(CELL), draw(CELL) + 16
        wide, high = draw(st.integers(1, 5)) / 10, draw(st.integers(1, 5)) / 10
        turn = draw(st.sampled_from([0, 0, 17, 45]))
        return affinity.rotate(box(west, south, west + wide, south + high), turn)

    def zones():
        return [
            zone(
                ground(),
                f"z{n}",
                party=draw(st.sampled_from(parties)),
                status=draw(st.sampled_from(["controlled", "contested", "claimed"])),
            )
            for n in range(draw(st.integers(0, 6)))
        ]

    before = zones()
    kept = before[: draw(st.integers(0, len(before)))]
    after = [zone(z.geometry, f"k{z.id}", party=z.party, status=z.status) for z in kept]
    return snapshot(*before), snapshot(*after, *zones())


@settings(deadline=None)
@given(fronts())
def test_what_is_certain_lies_in_either_snapshot_and_these_in_what_is_possible(front):
    before, after = front
    forth, back = certain_and_possible(before, after), certain_and_possible(after, before)
    for party, found in forth.items():
        for basis, statuses in STATUSES_OF.items():
            certain = getattr(found, f"certainly_{basis}_km2")
            possible = getattr(found, f"possibly_{basis}_km2")
            ends = [counted_km2(pieces(each), *statuses, party=party) for each in front]
            assert certain <= min(ends) + 1e-9
            assert possible >= max(ends) - 1e-9
            assert certain + possible == pytest.approx(sum(ends), abs=1e-9)
        assert found.certainly_controlled_km2 <= found.certainly_held_km2 + 1e-9
        assert found.possibly_controlled_km2 <= found.possibly_held_km2 + 1e-9
        assert found == pytest.approx(back[party], abs=1e-9)


@settings(deadline=None)
@given(fronts())
def test_between_two_equal_snapshots_all_is_certain(front):
    one, _ = front
    for party, found in certain_and_possible(one, one).items():
        own = pieces(one)
        controlled, held = (counted_km2(own, *s, party=party) for s in STATUSES_OF.values())
        assert tuple(found) == (controlled, controlled, held, held)


WEST, EAST, NORTH = box(35, 51, 35.2, 51.2), box(35.2, 51, 35.4, 51.2), box(35, 51.2, 35.4, 51.4)
BOTH = box(35, 51, 35.4, 51.2)
KM2_WEST, KM2_EAST, KM2_NORTH = area_km2([WEST, EAST, NORTH])


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add("2024-08-10", [zone(WEST, "a"), zone(EAST, "b", status="contested")], reason="first")
    made.add(
        "2024-08-14",
        [zone(BOTH, "a"), zone(NORTH, "c", party="RU")],
        reason="second",
    )
    return made


CERTAIN = ["certainly_controlled_km2", "possibly_controlled_km2"]
ENDS = [*CERTAIN, "certainly_held_km2", "possibly_held_km2"]


def test_a_day_between_has_both_ends_for_each_party(front):
    table = areas(front, dates="2024-08-12", fill="between")
    assert table["party"].tolist() == ["RU", "UA"]
    russia, ukraine = table.to_dict("records")
    assert [russia[name] for name in ENDS] == pytest.approx([0, KM2_NORTH] * 2)
    both = KM2_WEST + KM2_EAST
    assert [ukraine[name] for name in ENDS] == pytest.approx([KM2_WEST, both, both, both])
    first, second = front.in_force()
    assert (ukraine["before_date"].date(), ukraine["after_date"].date()) == front.dates
    assert (ukraine["before_digest"], ukraine["after_digest"]) == (first.digest, second.digest)
    of_ends = areas(front)
    assert ukraine["error_km2"] == of_ends.loc[of_ends["party"] == "UA", "error_km2"].max()


def test_without_dates_every_day_of_the_series_has_its_rows(front):
    table = areas(front, fill="between", errors="none")
    days = table[table["party"] == "UA"].to_dict("records")
    assert [day["date"].date() for day in days] == [dt.date(2024, 8, n) for n in range(10, 15)]
    plain = areas(front, errors="none")
    own = plain.loc[plain["party"] == "UA", "controlled_km2"].tolist()
    assert [[days[n][name] for name in CERTAIN] for n in (0, -1)] == [[km2] * 2 for km2 in own]
    assert table["error_km2"].isna().all()


def test_the_series_of_kursk_adds_up():
    kursk = frontmap.open("geodata/kursk")
    steps = changes(kursk).set_index("to_date")
    table = areas(kursk, dates="2024-09-01", fill="between").iloc[0]
    step = steps.loc[table["after_date"]]
    assert table["certainly_controlled_km2"] == pytest.approx(step["unchanged_km2"], abs=1e-9)
    assert table["possibly_controlled_km2"] == pytest.approx(
        step["start_km2"] + step["gained_km2"], abs=1e-9
    )


@pytest.mark.parametrize(("day", "missing"), [("2024-08-09", "before"), ("2024-08-15", "after")])
def test_beyond_the_ends_of_the_series_there_is_no_answer(front, day, missing):
    with pytest.raises(NotFoundError, match=f"no snapshot of {day} or {missing} it"):
        areas(front, dates=day, fill="between")


def test_of_several_instants_a_day_the_nearest_ones_count(tmp_path):
    made = new_archive(tmp_path / "hours")
    for day, hour, ground in (("10", 6, WEST), ("10", 18, EAST), ("14", 6, EAST), ("14", 9, WEST)):
        at = dt.datetime(2024, 8, int(day), hour, tzinfo=dt.UTC)
        made.add(f"2024-08-{day}", [zone(ground)], reason="an hour's map", published=at)
    own, between = areas(made, dates=["2024-08-10", "2024-08-12"], fill="between")[CERTAIN].values
    assert own.tolist() == between.tolist() == pytest.approx([KM2_EAST] * 2)


def test_two_makers_on_either_side_are_not_mixed(front):
    about = front.root / "archive.json"
    about.write_text(about.read_text("utf-8").replace('"maker": "us"', '"maker": "them"'), "utf-8")
    other = frontmap.open(front.root)
    other.add("2024-08-20", [zone(WEST)], reason="another's")
    with pytest.raises(UsageError, match=r"2024-08-16 lies between .* by us and .* by them"):
        areas(other, dates="2024-08-16", fill="between")


def test_days_without_end_are_not_listed(front, monkeypatch):
    monkeypatch.setattr(area_between, "MOST_DAYS", 4)
    with pytest.raises(InputError, match="5 days from 2024-08-10 to 2024-08-14, 4 at most"):
        areas(front, fill="between")


def test_the_verb_prints_both_ends(front):
    words = ("area", "2024-08-12", "--fill", "between", "--archive", str(front.root))
    done = run(*words, "--format", "json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert rows[1]["possibly_controlled_km2"] == pytest.approx(KM2_WEST + KM2_EAST)
    assert rows[1]["before_date"] == "2024-08-10"


@pytest.mark.parametrize(
    "words",
    [
        ("area", "--by", "status"),
        ("area", "--by", "zone"),
        ("area", "--per", "snapshot"),
        ("area", "--edges", "compare"),
        ("change",),
        ("front",),
        ("show", "2024-08-12"),
    ],
    ids=" ".join,
)
def test_what_has_no_two_ends_refuses_to_fill_between(front, words):
    done = run(*words, "--fill", "between", "--archive", str(front.root))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "between" in done.stderr


def test_a_snapshot_is_none_of_two(front):
    wrong: Any = "between"
    with pytest.raises(UsageError, match="none, previous"):
        front.as_of("2024-08-12", fill=wrong)
    with pytest.raises(UsageError, match="none, previous"):
        changes(front, fill=wrong)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (599, "less_than_controlled"),
        (600, "same"),
        (900, "same"),
        (901, "exceeds_controlled"),
        (1000, "exceeds_controlled"),
        (1001, "exceeds_both"),
    ],
)
def test_a_figure_of_a_day_between_is_set_against_both_ends(value, reason):
    days = (dt.date(2024, 8, 30), dt.date(2024, 9, 4))
    ends = MapRange(days, 600.4, 899.6, 1000.0, 10.0, 20.0)
    found = judge(figure(value), [measured("2024-08-30", 600.4)], ends)
    assert (found.reason, found.basis) == (reason, "between")
    assert (found.snapshots, found.age_days) == (days, (1, -4))
    assert (found.low_km2, found.controlled_km2, found.high_km2) == (600.4, 899.6, 1000.0)


def test_only_a_figure_known_to_the_day_has_two_ends():
    ends = MapRange((dt.date(2024, 8, 30), dt.date(2024, 9, 4)), 1.0, 2.0, 3.0, 0.0, 0.0)
    series = [measured("2024-08-30", 600.4)]
    for other in (figure(600, precision="month"), figure(600, measure="peak")):
        assert judge(other, series, ends) == judge(other, series)


def test_figures_are_set_against_the_two_ends_where_they_are_asked_for(front):
    rows = [
        ["2024-08-12", "day", "600", "controlled"],
        ["2024-08-10", "day", "600", "controlled"],
        ["2024-08-16", "day", "600", "controlled"],
        ["2024-08-12", "month", "600", "controlled"],
        ["2024-08-12", "day", "600", "retaken"],
    ]
    header = (
        "as_of,as_of_precision,value_km2,qualifier,measure,party,published,claimant,source,note"
    )
    lines = [f"{day},{how},{km2},about,{what},UA,,,," for day, how, km2, what in rows]
    (front.root / "reported.csv").write_text("\n".join([header, *lines, ""]), "utf-8")
    found = figure_verdicts(front, fill="between")
    assert found["basis"].fillna("").tolist() == ["between", "day", "day", "month", ""]
    between = found.iloc[0]
    both = KM2_WEST + KM2_EAST
    assert [between[name] for name in ("low_km2", "controlled_km2", "high_km2")] == pytest.approx(
        [KM2_WEST, both, both]
    )
    done = run("reported", "--fill", "between", "--archive", str(front.root))
    assert "2024-08-10 (2 days earlier) and 2024-08-14 (2 days later)" in " ".join(
        done.stdout.split()
    )
    plain = figure_verdicts(front)
    assert plain["basis"].fillna("").tolist() == ["day", "day", "day", "month", ""]
