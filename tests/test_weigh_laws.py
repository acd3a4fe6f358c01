"""What an event weighs, row by row of docs/draft.md, and what it says of the days before it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from frontmap.places.weigh import weigh_events

CLAIMANTS = pd.DataFrame(
    [
        ("DeepState", "UA", "monitor"),
        ("CIT", "none", "monitor"),
        ("Turkish MFA", "none", "military"),
        ("Reuters", "none", "media"),
        ("Russian MoD", "RU", "military"),
        ("Kursk governor", "RU", "authority"),
        ("Rybar", "RU", "channel"),
        ("TASS", "RU", "media"),
        ("Ukrainian staff", "UA", "military"),
        ("Syrskyi", "UA", "authority"),
        ("Butusov", "UA", "channel"),
    ],
    columns=["claimant", "side", "kind"],
)
FLAGS = ("doubted", "seen", "repelled", "passed", "fought")


def weighed(*rows):
    """Weigh rows of (day of August, place, event, claimant, flags)."""
    table = [
        {
            "place_id": place,
            "date": dt.date(2024, 8, 1) + dt.timedelta(days=day),
            "event": event,
            "claimant": claimant,
            "source": f"s-{number}",
            **{flag: flag in flags for flag in FLAGS},
        }
        for number, (day, place, event, claimant, *flags) in enumerate(rows)
    ]
    return weigh_events(pd.DataFrame(table).astype({"date": "datetime64[us]"}), CLAIMANTS)


def own_costs(event, claimant, *flags):
    """What an event costs to disbelieve on its own day: not held, contested, held."""
    return weighed((9, "a", event, claimant, *flags))[0].costs


@pytest.mark.parametrize(
    ("event", "flags", "costs"),
    [
        ("UA_enters", (), (6, 0, 1.4)),
        ("UA_claims_control", (), (8, 2, 0)),
        ("UA_present", (), (1.5, 0, 0.5)),
        ("RU_retakes", (), (0, 3, 8)),
        ("stays", (), (0, 3, 8)),
        ("contested", (), (3, 0, 2)),
        ("forward_point", (), (0, 1, 3)),
        ("forward_point", ("seen",), (1.6, 0, 1.6)),
        ("forward_point", ("passed",), (6, 0, 1.4)),
        ("forward_point", ("passed", "seen"), (6, 0, 1.4)),
        ("UA_enters", ("passed", "seen"), (6, 0, 1.4)),
    ],
)
def test_an_event_that_a_monitor_reports_weighs_in_full(event, flags, costs):
    assert own_costs(event, "CIT", *flags) == costs


@pytest.mark.parametrize(
    ("event", "claimant", "flags", "trust"),
    [
        ("RU_retakes", "DeepState", (), 1),
        ("RU_retakes", "Turkish MFA", (), 1),
        ("RU_retakes", "Reuters", (), 0.7),
        ("RU_retakes", "Nobody that is listed", (), 0.7),
        ("RU_retakes", "Russian MoD", (), 0.5),
        ("RU_retakes", "Kursk governor", (), 0.5),
        ("RU_retakes", "Rybar", (), 0.25),
        ("RU_retakes", "TASS", (), 0.25),
        ("RU_retakes", "Rybar", ("seen",), 1),
        ("RU_retakes", "Ukrainian staff", (), 1),
        ("RU_retakes", "Butusov", (), 1),
        ("UA_enters", "Russian MoD", (), 1),
        ("UA_claims_control", "Rybar", (), 1),
        ("UA_present", "Syrskyi", (), 0.5),
        ("UA_claims_control", "Butusov", (), 0.25),
        ("stays", "Kursk governor", (), 1),
        ("stays", "TASS", (), 1),
        ("stays", "Rybar", (), 0.25),
        ("stays", "Kursk governor", ("fought",), 0.5),
        ("stays", "TASS", ("fought",), 0.25),
        ("stays", "Syrskyi", (), 1),
        ("RU_retakes", "TASS", ("fought",), 0.25),
        ("contested", "Russian MoD", (), 0.5),
        ("contested", "Ukrainian staff", (), 0.5),
        ("contested", "Butusov", (), 0.25),
        ("contested", "Russian MoD", ("repelled",), 0.25),
        ("contested", "Kursk governor", ("repelled", "seen"), 0.25),
        ("contested", "Rybar", ("repelled",), 0.25),
        ("contested", "Ukrainian staff", ("repelled",), 0.5),
        ("RU_retakes", "Russian MoD", ("repelled",), 0.5),
        ("forward_point", "Butusov", (), 0.25),
        ("forward_point", "Russian MoD", (), 0.5),
        ("RU_retakes", "CIT", ("doubted",), 0.5),
        ("RU_retakes", "Russian MoD", ("doubted",), 0.25),
        ("contested", "Russian MoD", ("doubted", "repelled"), 0.125),
    ],
)
def test_an_event_weighs_as_far_as_its_claimant_can_be_believed(event, claimant, flags, trust):
    full = own_costs(event, "CIT", *({*flags} & {"seen", "passed"}))
    assert own_costs(event, claimant, *flags) == pytest.approx([cost * trust for cost in full])


def before(*rows):
    """Day (of August) and costs of what is implied of the days before."""
    return [
        ((item.date - dt.date(2024, 8, 1)).days, item.place_id, pytest.approx(item.costs))
        for item in weighed(*rows)
        if item.implied
    ]


@pytest.mark.parametrize(
    ("event", "claimant", "flags", "day", "costs"),
    [
        ("RU_retakes", "DeepState", (), 7, (4.5, 0.45, 0)),
        ("RU_retakes", "Russian MoD", (), 7, (4.5, 0.45, 0)),
        ("RU_retakes", "Rybar", (), 7, (2.25, 0.225, 0)),
        ("RU_retakes", "Rybar", ("doubted",), 7, (1.125, 0.1125, 0)),
        ("UA_enters", "DeepState", (), 7, (0, 0.4, 4)),
        ("UA_enters", "Syrskyi", (), 7, (0, 0.2, 2)),
        ("UA_claims_control", "DeepState", (), 5, (0, 0.2, 2)),
        ("UA_claims_control", "Butusov", (), 5, (0, 0.05, 0.5)),
    ],
)
def test_a_first_change_says_what_was_so_before_it(event, claimant, flags, day, costs):
    assert before((9, "a", event, claimant, *flags)) == [(day, "a", costs)]


@pytest.mark.parametrize("event", ["UA_present", "contested", "stays", "forward_point"])
def test_what_is_no_change_says_nothing_of_the_days_before(event):
    assert before((9, "a", event, "DeepState")) == []


LOSS, ENTRY, CLAIM = "RU_retakes", "UA_enters", "UA_claims_control"


@pytest.mark.parametrize(
    ("rows", "days"),
    [
        pytest.param([(0, LOSS), (21, LOSS)], [-2], id="a loss told again within three weeks"),
        pytest.param([(0, LOSS), (22, LOSS)], [-2, 20], id="a loss after more than three weeks"),
        pytest.param([(0, LOSS), (15, LOSS), (30, LOSS)], [-2], id="a loss told again and again"),
        pytest.param([(0, ENTRY), (3, LOSS)], [-2, 1], id="an entry, then a loss"),
        pytest.param([(0, ENTRY), (60, ENTRY)], [-2], id="an entry told again"),
        pytest.param([(0, CLAIM), (2, ENTRY)], [-4], id="a claim, then an entry"),
        pytest.param([(0, LOSS), (9, CLAIM)], [-2], id="an entry of what had been lost"),
    ],
)
def test_only_first_changes_say_what_was_so_before(rows, days):
    found = before(*((day, "a", event, "DeepState") for day, event in rows))
    assert [day for day, *_ in found] == days


def test_each_place_has_first_changes_of_its_own():
    rows = [(day, place, "RU_retakes", "DeepState") for day, place in ((3, "a"), (5, "b"))]
    assert [(day, place) for day, place, _ in before(*rows)] == [(1, "a"), (3, "b")]


def test_a_claimant_that_repeats_itself_counts_once_and_without_its_doubts():
    told = [(9, "a", "stays", "CIT", "doubted"), (9, "a", "stays", "CIT"), (9, "a", "stays", "CIT")]
    (only,) = weighed(*told)
    assert (only.source, only.costs) == ("s-1", (0, 3, 8))


@pytest.mark.parametrize(
    "other",
    [
        (10, "a", "stays", "CIT"),
        (9, "b", "stays", "CIT"),
        (9, "a", "contested", "CIT"),
        (9, "a", "stays", "DeepState"),
    ],
)
def test_another_day_place_event_or_claimant_counts_as_well(other):
    assert len(weighed((9, "a", "stays", "CIT"), other)) == 2


def test_evidence_comes_in_order_of_date_and_place_and_names_its_source():
    found = weighed(
        (9, "b", "stays", "CIT"), (9, "a", "stays", "CIT"), (3, "c", "RU_retakes", "CIT")
    )
    shown = [(item.date.day - 1, item.place_id, item.source, item.implied) for item in found]
    assert shown == [
        (3, "c", "s-2", False),
        (1, "c", "s-2", True),
        (9, "a", "s-1", False),
        (9, "b", "s-0", False),
    ]


@pytest.mark.parametrize(
    ("event", "claimant", "claim"),
    [
        ("UA_enters", "Syrskyi", True),
        ("UA_claims_control", "Butusov", True),
        ("UA_present", "Syrskyi", False),
        ("UA_enters", "DeepState", False),
        ("UA_enters", "Russian MoD", False),
        ("UA_enters", "Reuters", False),
    ],
)
def test_a_claim_is_ukraines_own_word_that_it_is_in_a_place(event, claimant, claim):
    own, *implied = weighed((9, "a", event, claimant))
    assert own.claim is claim
    assert not any(item.claim for item in implied)
