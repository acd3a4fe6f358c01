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


def said(event):
    """An event and its parties, as two columns."""
    word, _, party = event.partition(" ")
    return {"event": word, "party": party}


def weighed(*rows, party="UA", at_war=("UA", "RU"), claimants=CLAIMANTS):
    """Weigh rows of (day of August, place, event and its parties, claimant, flags)."""
    table = [
        {
            "place_id": place,
            "date": dt.date(2024, 8, 1) + dt.timedelta(days=day),
            **said(event),
            "claimant": claimant,
            "source": f"s-{number}",
            **{flag: flag in flags for flag in FLAGS},
        }
        for number, (day, place, event, claimant, *flags) in enumerate(rows)
    ]
    return weigh_events(
        pd.DataFrame(table).astype({"date": "datetime64[us]"}),
        claimants,
        party=party,
        at_war=at_war,
    )


def own_costs(event, claimant, *flags):
    """What an event costs to disbelieve on its own day: not held, contested, held."""
    return weighed((9, "a", event, claimant, *flags))[0].costs


@pytest.mark.parametrize(
    ("event", "flags", "costs"),
    [
        ("enters UA", (), (6, 0, 1.4)),
        ("claims_control UA", (), (8, 2, 0)),
        ("present UA", (), (1.5, 0, 0.5)),
        ("retakes RU", (), (0, 3, 8)),
        ("stays RU", (), (0, 3, 8)),
        ("contested RU UA", (), (3, 0, 2)),
        ("forward_point UA", (), (0, 1, 3)),
        ("forward_point UA", ("seen",), (1.6, 0, 1.6)),
        ("forward_point UA", ("passed",), (6, 0, 1.4)),
        ("forward_point UA", ("passed", "seen"), (6, 0, 1.4)),
        ("enters UA", ("passed", "seen"), (6, 0, 1.4)),
    ],
)
def test_an_event_that_a_monitor_reports_weighs_in_full(event, flags, costs):
    assert own_costs(event, "CIT", *flags) == costs


@pytest.mark.parametrize(
    ("event", "claimant", "flags", "trust"),
    [
        ("retakes RU", "DeepState", (), 1),
        ("retakes RU", "Turkish MFA", (), 1),
        ("retakes RU", "Reuters", (), 0.7),
        ("retakes RU", "Nobody that is listed", (), 0.7),
        ("retakes RU", "Russian MoD", (), 0.5),
        ("retakes RU", "Kursk governor", (), 0.5),
        ("retakes RU", "Rybar", (), 0.25),
        ("retakes RU", "TASS", (), 0.25),
        ("retakes RU", "Rybar", ("seen",), 1),
        ("retakes RU", "Ukrainian staff", (), 1),
        ("retakes RU", "Butusov", (), 1),
        ("enters UA", "Russian MoD", (), 1),
        ("claims_control UA", "Rybar", (), 1),
        ("present UA", "Syrskyi", (), 0.5),
        ("claims_control UA", "Butusov", (), 0.25),
        ("stays RU", "Kursk governor", (), 1),
        ("stays RU", "TASS", (), 1),
        ("stays RU", "Rybar", (), 0.25),
        ("stays RU", "Kursk governor", ("fought",), 0.5),
        ("stays RU", "TASS", ("fought",), 0.25),
        ("stays RU", "Syrskyi", (), 1),
        ("retakes RU", "TASS", ("fought",), 0.25),
        ("contested RU UA", "Russian MoD", (), 0.5),
        ("contested RU UA", "Ukrainian staff", (), 0.5),
        ("contested RU UA", "Butusov", (), 0.25),
        ("contested RU UA", "Russian MoD", ("repelled",), 0.25),
        ("contested RU UA", "Kursk governor", ("repelled", "seen"), 0.25),
        ("contested RU UA", "Rybar", ("repelled",), 0.25),
        ("contested RU UA", "Ukrainian staff", ("repelled",), 0.5),
        ("retakes RU", "Russian MoD", ("repelled",), 0.5),
        ("forward_point UA", "Butusov", (), 0.25),
        ("forward_point UA", "Russian MoD", (), 0.5),
        ("retakes RU", "CIT", ("doubted",), 0.5),
        ("retakes RU", "Russian MoD", ("doubted",), 0.25),
        ("contested RU UA", "Russian MoD", ("doubted", "repelled"), 0.125),
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
        ("retakes RU", "DeepState", (), 7, (4.5, 0.45, 0)),
        ("retakes RU", "Russian MoD", (), 7, (4.5, 0.45, 0)),
        ("retakes RU", "Rybar", (), 7, (2.25, 0.225, 0)),
        ("retakes RU", "Rybar", ("doubted",), 7, (1.125, 0.1125, 0)),
        ("enters UA", "DeepState", (), 7, (0, 0.4, 4)),
        ("enters UA", "Syrskyi", (), 7, (0, 0.2, 2)),
        ("claims_control UA", "DeepState", (), 5, (0, 0.2, 2)),
        ("claims_control UA", "Butusov", (), 5, (0, 0.05, 0.5)),
    ],
)
def test_a_first_change_says_what_was_so_before_it(event, claimant, flags, day, costs):
    assert before((9, "a", event, claimant, *flags)) == [(day, "a", costs)]


@pytest.mark.parametrize("event", ["present UA", "contested RU UA", "stays RU", "forward_point UA"])
def test_what_is_no_change_says_nothing_of_the_days_before(event):
    assert before((9, "a", event, "DeepState")) == []


LOSS, ENTRY, CLAIM = "retakes RU", "enters UA", "claims_control UA"


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
    rows = [(day, place, "retakes RU", "DeepState") for day, place in ((3, "a"), (5, "b"))]
    assert [(day, place) for day, place, _ in before(*rows)] == [(1, "a"), (3, "b")]


def test_a_claimant_that_repeats_itself_counts_once_and_without_its_doubts():
    told = [
        (9, "a", "stays RU", "CIT", "doubted"),
        (9, "a", "stays RU", "CIT"),
        (9, "a", "stays RU", "CIT"),
    ]
    (only,) = weighed(*told)
    assert (only.source, only.costs) == ("s-1", (0, 3, 8))


@pytest.mark.parametrize(
    "other",
    [
        (10, "a", "stays RU", "CIT"),
        (9, "b", "stays RU", "CIT"),
        (9, "a", "contested RU UA", "CIT"),
        (9, "a", "stays RU", "DeepState"),
    ],
)
def test_another_day_place_event_or_claimant_counts_as_well(other):
    assert len(weighed((9, "a", "stays RU", "CIT"), other)) == 2


def test_evidence_comes_in_order_of_date_and_place_and_names_its_source():
    found = weighed(
        (9, "b", "stays RU", "CIT"), (9, "a", "stays RU", "CIT"), (3, "c", "retakes RU", "CIT")
    )
    shown = [(item.date.day - 1, item.place_id, item.source, item.implied) for item in found]
    assert shown == [
        (3, "c", "s-2", False),
        (1, "c", "s-2", True),
        (9, "a", "s-1", False),
        (9, "b", "s-0", False),
    ]


SWAPPED = {"UA": "RU", "RU": "UA"}
OF_ONE = ("enters", "claims_control", "present", "retakes", "stays", "forward_point")


@pytest.mark.parametrize("event", [*OF_ONE, "contested"])
@pytest.mark.parametrize("flags", [(), *((flag,) for flag in FLAGS)], ids=str)
@pytest.mark.parametrize("of_party", SWAPPED)
def test_the_same_war_with_its_parties_swapped_weighs_the_same(event, flags, of_party):
    ours = f"{event} {of_party}"
    theirs = f"{event} {SWAPPED[of_party]}"
    if event == "contested":
        ours = theirs = "contested RU UA"
    swapped = CLAIMANTS.replace({"side": SWAPPED})
    for claimant in CLAIMANTS["claimant"]:
        here = weighed((9, "a", ours, claimant, *flags), party="UA")
        there = weighed((9, "a", theirs, claimant, *flags), party="RU", claimants=swapped)
        assert here == there, claimant


@pytest.mark.parametrize("event", OF_ONE)
def test_what_an_event_says_of_its_party_it_says_in_reverse_of_another(event):
    own, other = (own_costs(f"{event} {party}", "CIT") for party in ("UA", "RU"))
    assert other == own[::-1]


def test_a_fight_between_others_leaves_a_place_with_one_of_them():
    assert own_costs("contested RU XX", "CIT") == own_costs("stays RU", "CIT") == (0, 3, 8)
    assert own_costs("contested RU UA XX", "CIT") == own_costs("contested RU UA", "CIT")


def test_a_place_that_is_regained_was_not_held_before():
    own, implied = weighed((9, "a", "retakes UA", "CIT"))
    assert (own.costs, implied.costs) == ((8, 3, 0), pytest.approx((0, 0.2, 2)))
    assert (own.date - implied.date).days == 4


@pytest.mark.parametrize(
    ("event", "claimant", "claim"),
    [
        ("enters UA", "Syrskyi", True),
        ("claims_control UA", "Butusov", True),
        ("present UA", "Syrskyi", False),
        ("enters UA", "DeepState", False),
        ("enters UA", "Russian MoD", False),
        ("enters UA", "Reuters", False),
    ],
)
def test_a_claim_is_ukraines_own_word_that_it_is_in_a_place(event, claimant, claim):
    own, *implied = weighed((9, "a", event, claimant))
    assert own.claim is claim
    assert not any(item.claim for item in implied)
