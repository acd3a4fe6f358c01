"""The Kursk record can be loaded without frontmap, and says of every place how it was lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from frontmap import facts
from frontmap.errors import InputError
from frontmap.facts.datapackage import package_text, table_fields
from frontmap.facts.tables import TABLES

GEODATA = Path(__file__).parent.parent / "geodata"
KURSK = GEODATA / "kursk"
ENTERED = ["enters", "claims_control"]


def test_frictionless_validates_the_data_package():
    frictionless = Path(sys.executable).with_name("frictionless")

    run = subprocess.run(
        [frictionless, "validate", "--json", GEODATA / "datapackage.json"],
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(run.stdout)
    assert report["valid"], report
    assert run.returncode == 0


def test_every_table_of_the_record_is_in_the_data_package():
    package = json.loads((GEODATA / "datapackage.json").read_text(encoding="utf-8"))

    described = {resource["path"] for resource in package["resources"]}

    assert {f"kursk/{table.name}" for table in KURSK.glob("*.csv")} <= described


def test_the_data_package_has_the_fields_that_frontmap_reads():
    descriptor = GEODATA / "datapackage.json"
    assert package_text(descriptor) == descriptor.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_column_that_nobody_defined_is_a_text_in_the_data_package(table):
    *_, further = table_fields(table, [*(column.name for column in table.columns), "further"])
    assert further == {"name": "further", "type": "string"}


@pytest.mark.parametrize(
    ("descriptor", "says"),
    [
        ("{", "JSONDecodeError"),
        ("{}", "'resources'"),
        ('{"resources": [{"path": "events.csv"}]}', "there is no such file"),
    ],
)
def test_a_descriptor_that_cannot_be_written_anew_is_named(tmp_path, descriptor, says):
    path = tmp_path / "datapackage.json"
    path.write_text(descriptor, encoding="utf-8")
    with pytest.raises(InputError, match="is no descriptor of tables beside it") as refused:
        package_text(path)
    assert str(refused.value).startswith(str(path))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("read", "columns"),
    [
        (facts.read_places, "name_uk name_ru raion raion_uk raion_ru kind source"),
        (facts.read_settlement_events, "date_precision claimant publisher source"),
        (facts.read_reported, "claimant source"),
        (facts.read_events, "claimant source"),
    ],
)
def test_the_record_leaves_no_blank_where_others_may(read, columns):
    frame = read(KURSK)
    assert not [name for name in columns.split() if (frame[name] == "").any()]


def test_a_place_that_was_entered_has_a_loss_or_a_word_on_why_not():
    events = facts.read_settlement_events(KURSK)
    places = facts.read_places(KURSK).set_index("id")
    entered = set(events.loc[events["event"].isin(ENTERED), "place_id"])
    lost = set(events.loc[events["event"].isin(["retakes", "stays"]), "place_id"])

    silent = sorted(i for i in entered - lost if "loss:" not in places.loc[i, "note"])

    assert not silent


@pytest.mark.parametrize(
    "read", [facts.read_settlement_events, facts.read_reported, facts.read_events]
)
def test_every_claimant_has_a_side(read):
    assert set(read(KURSK)["claimant"]) <= set(facts.read_claimants(KURSK)["claimant"])


@pytest.mark.parametrize("table", sorted(KURSK.glob("*.csv")), ids=lambda path: path.name)
def test_no_cell_of_the_record_runs_as_a_formula(table):
    for row in table.read_text(encoding="utf-8").splitlines():
        for cell in row.split(","):
            assert not cell.strip('"').startswith(("=", "+", "@")), row
