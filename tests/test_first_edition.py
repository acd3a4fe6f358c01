"""Tables of format 1 read as those of format 2, and are written so without losing a cell."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import subprocess
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontmap import facts
from frontmap.errors import InputError
from frontmap.facts.first_edition import EVENTS, REFERENCE_KINDS
from frontmap.facts.tables import TABLES

ROOT = Path(__file__).parent.parent
KURSK = ROOT / "geodata" / "kursk"
#: The last commit of the first edition, and one after it whose events had columns for the flags.
FIRST_EDITION, WITH_FLAGS = "c6a04fe", "71c4849"
TRANSLATED = ("settlement_events.csv", "reported.csv", "reference.geojson")
READERS = {
    "settlement_events.csv": facts.read_settlement_events,
    "reported.csv": facts.read_reported,
    "claimants.csv": facts.read_claimants,
    "reference.geojson": facts.read_reference,
}
EVENTS_HEADER = "place_id,date,event,claimant,publisher,published,source"
FLAGS = ("doubted", "seen", "repelled", "passed", "fought")


def committed(commit: str, name: str) -> bytes:
    """A file of the record as a commit has it; the test is skipped where there is no history."""
    shown = subprocess.run(
        ["git", "-C", ROOT, "show", f"{commit}:geodata/kursk/{name}"],
        capture_output=True,
        check=False,
    )
    if shown.returncode:
        pytest.skip(f"the history of this repository has no commit {commit} here")
    return shown.stdout


def write(root: Path, name: str, data: bytes) -> None:
    root.mkdir(exist_ok=True)
    for beside in ("places.csv", "sources.csv"):
        (root / beside).write_bytes((KURSK / beside).read_bytes())
    (root / name).write_bytes(data)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.to_wkb() if isinstance(frame, gpd.GeoDataFrame) else frame


@pytest.mark.parametrize("commit", [FIRST_EDITION, WITH_FLAGS])
@pytest.mark.parametrize("name", READERS)
def test_what_the_first_edition_wrote_reads_as_what_it_is_rewritten_to(tmp_path, commit, name):
    before = committed(commit, name)
    after = facts.upgraded_text(Path(name), before)
    assert (before != after) == (name in TRANSLATED)
    assert facts.upgraded_text(Path(name), after) == after
    write(tmp_path / "before", name, before)
    write(tmp_path / "after", name, after)
    read = READERS[name]
    old, new = read(tmp_path / "before"), read(tmp_path / "after")
    pd.testing.assert_frame_equal(plain(old), plain(new))
    assert len(old) <= len(read(KURSK))


@pytest.mark.parametrize("name", [*TABLES, "reference.geojson"])
def test_what_is_shipped_is_of_format_2_already(name):
    data = (KURSK / name).read_bytes()
    assert facts.upgraded_text(KURSK / name, data) == data


def test_flags_come_from_the_words_of_a_note_as_their_columns_were_once_filled(tmp_path):
    for commit in (FIRST_EDITION, WITH_FLAGS):
        write(
            tmp_path / commit,
            "settlement_events.csv",
            committed(commit, "settlement_events.csv"),
        )
    derived, filled = (
        facts.read_settlement_events(tmp_path / commit) for commit in (FIRST_EDITION, WITH_FLAGS)
    )
    pd.testing.assert_frame_equal(derived, filled)


@pytest.mark.parametrize(
    ("note", "flags"),
    [
        ("", ""),
        ("buses serve it", ""),
        ("Unconfirmed by ISW", "doubted"),
        ("one blogger says so", "doubted"),
        ("near it", "doubted"),
        ("geolocated footage", "seen"),
        ("seen by satellite", "seen"),
        ("attack repelled", "repelled fought"),
        ("advance towards it stopped", "repelled"),
        ("went past it", "passed"),
        ("failed raid; denied? no: denies", "doubted fought"),
    ],
)
def test_a_note_says_what_has_a_column_in_format_2(tmp_path, note, flags):
    row = f"sudzha,2024-08-15,stays,,,,,{note}\n"
    write(tmp_path, "settlement_events.csv", f"{EVENTS_HEADER},note\n{row}".encode())
    event = facts.read_settlement_events(tmp_path).loc[2]
    assert [flag for flag in FLAGS if event[flag]] == [
        flag for flag in FLAGS if flag in flags.split()
    ]


def test_a_flag_that_has_a_column_is_not_read_from_the_note(tmp_path):
    header = f"{EVENTS_HEADER},{','.join(FLAGS)},note"
    row = "sudzha,2024-08-15,stays,,,,,,,,,,attack repelled"
    write(tmp_path, "settlement_events.csv", f"{header}\n{row}\n".encode())
    assert not facts.read_settlement_events(tmp_path)[list(FLAGS)].any(axis=None)


@pytest.mark.parametrize("word", EVENTS)
def test_each_word_of_an_event_names_event_and_parties(tmp_path, word):
    row = f"sudzha,2024-08-15,{word},,,,,\n"
    write(tmp_path, "settlement_events.csv", f"{EVENTS_HEADER},note\n{row}".encode())
    event = facts.read_settlement_events(tmp_path).loc[2]
    assert (event["event"], event["party"]) == EVENTS[word]
    assert word.removeprefix("UA_").removeprefix("RU_") == event["event"]
    assert word[:2] in {event["party"], word[:2].lower()}


@pytest.mark.parametrize(
    ("header", "row", "says"),
    [
        (
            f"{EVENTS_HEADER},note",
            "sudzha,2024-08-15,UA_claim_control,,,,,",
            "line 2, column event: 'UA_claim_control' is unknown; did you mean 'UA_claims_control'",
        ),
        (
            f"{EVENTS_HEADER},note",
            "sudzha,2024-08-15,retakes,,,,,",
            "line 2, column event: 'retakes' needs the column party in this table; add it",
        ),
        (
            f"{EVENTS_HEADER},note",
            "sudzha,2024-8-15,stays,,,,,",
            "line 2, column date: '2024-8-15' is not a date",
        ),
        (
            f"{EVENTS_HEADER},{','.join(FLAGS)},note",
            "sudzha,2024-08-15,stays,,,,,maybe,,,,,",
            "line 2, column doubted: 'maybe' is unknown",
        ),
        (
            f"{EVENTS_HEADER},doubted,note",  # some flags and not all: never a form of any format
            "sudzha,2024-08-15,stays,,,,,yes,",
            "line 1: column party is missing; add it, settlement_events.csv needs",
        ),
        (EVENTS_HEADER, "", "line 1: column party is missing; add it, settlement_events.csv needs"),
    ],
)
def test_what_cannot_be_taken_of_an_older_table_is_named_by_its_own_words(
    tmp_path, header, row, says
):
    data = f"{header}\n{row}\n".encode()
    write(tmp_path, "settlement_events.csv", data)
    with pytest.raises(InputError) as refused:
        facts.read_settlement_events(tmp_path)
    assert says in str(refused.value)
    with pytest.raises(InputError) as refused:
        facts.upgraded_text(Path("settlement_events.csv"), data)
    assert says in str(refused.value)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))).map(
    str.strip
)
OLDER = {
    "settlement_events.csv": st.fixed_dictionaries(
        {
            "place_id": st.just("sudzha"),
            "date": st.dates().filter(lambda day: 1001 <= day.year <= 9998).map(str),
            "event": st.sampled_from(sorted(EVENTS)),
            "claimant": CELLS,
            "publisher": CELLS,
            "published": st.sampled_from(["", "2024-08", "2024-08-15"]),
            "source": st.just(""),
            "note": CELLS | st.sampled_from(["geolocated", "repelled, near it", "past it"]),
            "own": CELLS,
        },
        optional={
            "date_precision": st.sampled_from(["", "day", "about", "month"]),
        },
    ),
    "reported.csv": st.fixed_dictionaries(
        {
            "as_of": st.just("2024-08-15"),
            "as_of_precision": st.sampled_from(["day", "undated"]),
            "published": st.just(""),
            "value_km2": st.sampled_from(["900", "0900.50"]),
            "qualifier": st.sampled_from(["about", "exact"]),
            "measure": st.sampled_from(["controlled", "retaken"]),
            "claimant": CELLS,
            "source": st.just(""),
            "note": CELLS,
            "own": CELLS,
        }
    ),
}


@given(st.data(), st.sampled_from(sorted(OLDER)))
def test_every_cell_is_kept_but_those_that_are_translated(tmp_path_factory, data, name):
    row = data.draw(OLDER[name])
    header = data.draw(st.permutations(sorted(row)))
    text = io.StringIO()
    rows = csv.DictWriter(text, header, lineterminator="\n")
    rows.writeheader()
    rows.writerow(row)
    before = text.getvalue().encode()
    after = facts.upgraded_text(Path(name), before)
    assert facts.upgraded_text(Path(name), after) == after
    (written,) = csv.DictReader(io.StringIO(after.decode()))
    translated = {"party", *FLAGS, "event"} if name == "settlement_events.csv" else {"party"}
    assert {k: v for k, v in written.items() if k not in translated} == {
        k: v for k, v in row.items() if k not in translated
    }
    columns = [column.name for column in TABLES[name].columns]
    assert list(written) == [*(name for name in columns if name in written), "own"]
    folder = tmp_path_factory.mktemp("forms")
    write(folder / "before", name, before)
    write(folder / "after", name, after)
    old, new = READERS[name](folder / "before"), READERS[name](folder / "after")
    pd.testing.assert_frame_equal(old, new)


def feature(**properties):
    point = {"type": "Point", "coordinates": [35.27, 51.19]}
    return {"type": "Feature", "properties": properties, "geometry": point}


@pytest.mark.parametrize("kind", [*REFERENCE_KINDS, "road"])
def test_each_kind_of_the_reference_has_its_name_of_format_2(tmp_path, kind):
    text = json.dumps({"features": [feature(kind=kind, name_en="Sudzha")]})
    (tmp_path / "reference.geojson").write_text(text, "utf-8")
    (read,) = facts.read_reference(tmp_path)["kind"]
    assert read == REFERENCE_KINDS.get(kind, kind)
    after = facts.upgraded_text(tmp_path / "reference.geojson", text.encode())
    assert after.decode() == text.replace(f'"kind": "{kind}"', f'"kind": "{read}"')


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"features": [feature(kind="town", own={"kind": "town"})]}),
        json.dumps({"kind": "river", "features": [feature(kind="river")]}),
        json.dumps({"features": [feature(kind="border", note='"kind": "town"')]}),
        json.dumps({"features": [feature(kind="road")]}).replace("kind", "\\u006bind"),
        json.dumps({"features": [feature(kind="town")]}).replace("kind", "\\u006bind"),
    ],
)
def test_of_a_reference_nothing_changes_but_the_kinds_of_its_features(text):
    expected = json.loads(text)
    (own,) = expected["features"]
    kind = own["properties"]["kind"]
    own["properties"]["kind"] = REFERENCE_KINDS.get(kind, kind)
    after = facts.upgraded_text(Path("reference.geojson"), text.encode())
    assert json.loads(after) == expected


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"features": [{"properties": {"kind": "tow"}}]}'])
def test_a_reference_that_cannot_be_read_is_not_rewritten(data):
    with pytest.raises(InputError, match=r"reference\.geojson"):
        facts.upgraded_text(Path("reference.geojson"), data)


WHOLE = {
    "settlement_events.csv": (
        f"{EVENTS_HEADER},note,own\n"
        "sudzha,2024-08-15,UA_enters,ISW,ISW,2024-08,,near it,a\n"
        'sudzha,2024-08-16,contested,ISW,ISW,2024-08-16,,"attack, repelled",\n'
    ),
    "reported.csv": (
        "as_of,as_of_precision,published,value_km2,qualifier,measure,claimant,source,note\n"
        "2024-08-15,day,,900,about,controlled,ISW,,\n"
    ),
    "reference.geojson": json.dumps({"features": [feature(kind="border"), feature(kind="town")]}),
}


@given(st.data(), st.sampled_from(sorted(WHOLE)))
def test_whatever_the_bytes_they_read_as_what_they_are_rewritten_to_or_both_are_refused(
    tmp_path_factory, data, name
):
    whole = WHOLE[name].encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 6, len(whole))))
    words = st.sampled_from([b"party", b"party,", b"UA_present", b"retakes", b"road", b"\n", b'"'])
    before = whole[:start] + data.draw(words | st.binary(max_size=6)) + whole[end:]
    folder = tmp_path_factory.mktemp("any")
    write(folder / "before", name, before)
    try:
        old = READERS[name](folder / "before")
    except InputError:
        with contextlib.suppress(InputError):  # an unknown place is no matter of form
            facts.upgraded_text(Path(name), before)
        return
    after = facts.upgraded_text(Path(name), before)
    write(folder / "after", name, after)
    pd.testing.assert_frame_equal(plain(old), plain(READERS[name](folder / "after")))
    assert facts.upgraded_text(Path(name), after) == after
