"""``frontmap.testing`` tells two snapshots apart, and says how."""

from __future__ import annotations

import pytest

from frontmap.testing import assert_snapshots_equal
from fronts import LARGE, SMALL, new_archive, zone


@pytest.fixture
def opened(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    return made


def test_the_same_ground_drawn_otherwise_is_equal(opened, tmp_path):
    other = new_archive(tmp_path / "other")
    other.add("2024-08-31", [zone(SMALL.reverse())], reason="another reason", author="Ann")
    assert_snapshots_equal(opened.as_of("2024-08-31"), other.as_of("2024-08-31"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (zone(LARGE), "zone 'a' changed geometry"),
        (zone(SMALL, note="x"), "zone 'a' changed note"),
        (zone(SMALL, extra={"name": "x"}), "zone 'a' changed name"),
        (zone(SMALL, sources=("isw", "ds")), "source 'ds' added"),
        (zone(SMALL, "b"), "zone 'a' removed; zone 'b' added"),
    ],
)
def test_a_difference_is_named(opened, tmp_path, changed, says):
    other = new_archive(tmp_path / "other")
    other.add("2024-08-31", [changed], reason="first")
    with pytest.raises(AssertionError, match=says):
        assert_snapshots_equal(opened.as_of("2024-08-31"), other.as_of("2024-08-31"))


def test_another_date_is_another_snapshot(opened):
    opened.add("2024-09-01", [zone(SMALL)], reason="first")
    with pytest.raises(AssertionError, match="valid dates"):
        assert_snapshots_equal(opened.as_of("2024-08-31"), opened.as_of("2024-09-01"))
