"""For the tests of projects that use frontmap: say in words how two snapshots differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.measure.difference import compare_snapshots

if TYPE_CHECKING:
    from frontmap.model import Snapshot


def assert_snapshots_equal(one: Snapshot, other: Snapshot) -> None:
    """Pass when two snapshots say the same of the same valid date; when and by whom is let be.

    Ground is compared as it is stored: snapped to six decimals (WGS 84, longitude/latitude), the
    order of zones, parts and positions let be. Raises ``AssertionError`` that names the zones.

    >>> import datetime as dt
    >>> from frontmap.model import Revision, Snapshot
    >>> header = Revision(
    ...     date=dt.date(2024, 8, 31), recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    ...     kind="snapshot", maker="us", author="us", license="CC0-1.0", reason="first")
    >>> assert_snapshots_equal(Snapshot(header, ()), Snapshot(header, ()))
    """
    if one.date != other.date:
        raise AssertionError(f"valid dates differ: {one.date} and {other.date}")
    found = compare_snapshots(one, other)
    if found.empty:
        return
    lines = [" ".join(["zone", repr(z.zone_id), z.change, *z.attributes]) for z in found.zones]
    lines += [f"source {s!r} added" for s in found.sources_added]
    lines += [f"source {s!r} removed" for s in found.sources_removed]
    raise AssertionError(f"snapshots of {one.date} differ: " + "; ".join(lines))
