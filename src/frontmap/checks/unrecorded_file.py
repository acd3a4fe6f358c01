"""The rules of one snapshot, held against a file that is not recorded yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from frontmap.archive import snapshot_rules
from frontmap.archive.about import parties_of
from frontmap.archive.covered import ground_to_fill
from frontmap.archive.matching import SnappedZones, match_closely, snap_zones
from frontmap.archive.overlapping import part_shared_ground
from frontmap.checks.borders import across_the_border, ground_of_most_places, unknown_sources
from frontmap.checks.far_ground import far_pieces
from frontmap.checks.narrow_ground import narrow_gaps
from frontmap.formats.source import UNSAID
from frontmap.intake.file_zones import NO_DEFAULTS, read_zones
from frontmap.model import About, Finding, Revision, Snapshot, Theatre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.archive import Archive
    from frontmap.formats.source import FileOptions
    from frontmap.intake.file_zones import FileZones
    from frontmap.intake.profiles import Profile
    from frontmap.intake.zone_words import Defaults
    from frontmap.model import Zone

ANY_DATE = dt.date(1, 1, 1)


def check_file(  # noqa: PLR0913  each is a word of the caller's own
    path: str | Path,
    archive: Archive | None = None,
    *,
    defaults: Defaults = NO_DEFAULTS,
    date: dt.date | None = None,
    options: FileOptions = UNSAID,
    profile: Profile | None = None,
    snap_m: float | None = None,
) -> tuple[Finding, ...]:
    """Hold a file of zones against the rules of a snapshot; writes nothing.

    With ``archive``, also against its theatre, parties, state border and sources. What reading it
    or recording it has to mend is a finding of its own (``mended``). An ``error`` is what ``add``
    would refuse. ``defaults`` are what zones are that don't say so, ``profile`` is what the words
    of its maker mean; a file that states another date than ``date`` is refused. ``options`` are
    what the user says of the file: its layer, or what it doesn't say itself. ``snap_m``: with gaps
    and overlaps up to so many metres closed.

    Raises
    ------
    InputError
        The file cannot be read as zones: names the feature and the remedy.
    NotFoundError
        There is no such file.

    Examples
    --------
    >>> import json
    >>> import tempfile
    >>> from pathlib import Path
    >>> import frontmap
    >>> zone = {"party": "UA", "status": "held", "sources": "x", "confidence": "low"}
    >>> ground = {"type": "Polygon", "coordinates": [[[36, 51], [37, 51], [37, 52], [36, 51]]]}
    >>> feature = {"type": "Feature", "id": "a", "properties": zone, "geometry": ground}
    >>> feature["properties"]["accuracy_m"] = 500
    >>> path = Path(tempfile.mkdtemp(), "new.geojson")
    >>> _ = path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    >>> [(finding.rule, finding.zone, finding.date) for finding in frontmap.check_file(path)]
    [('status', 'a', None)]
    """
    path = Path(path)
    reading = (
        read_zones(path, date=date, defaults=defaults, options=options, profile=profile)
        if archive is None
        else read_zones(
            path,
            date=date,
            defaults=defaults,
            below=archive.root,
            options=options,
            profile=profile,
            parties=archive.about.parties,
            time_zone=archive.about.theatre.time_zone,
        )
    )
    about = archive.about if archive is not None else _about(reading.zones)
    within = None if archive is None else ground_to_fill(archive.about, archive.root)
    snapped = SnappedZones(reading.zones, ())
    if snap_m is not None:
        snapped = snap_zones(reading.zones, snap_m, within=within)
    checked = snapshot_rules.CheckedZones()
    zones, shared = part_shared_ground(snapped.zones, checked.shared)
    zones, matched = match_closely(zones, checked)
    snapshot = Snapshot(_revision(about), zones)
    found = [
        Finding(rule="mended", severity="warning", message=repair, path=path)
        for repair in (*reading.repairs, *snapped.said, *filter(None, [shared, matched]))
    ]
    found += snapshot_rules.check_snapshot(snapshot, about, checked=checked)
    found += far_pieces([snapshot])
    found += narrow_gaps([snapshot], within)
    if archive is not None:
        found += _beside(archive, snapshot)
    return tuple(
        replace(snapshot_rules.placed(each, reading.places), path=path, date=None) for each in found
    )


def candidate_errors(archive: Archive, date: dt.date, file: FileZones) -> tuple[Finding, ...]:
    """Return all that the rules of a snapshot refuse in zones that are to be recorded of a date.

    >>> import datetime as dt
    >>> import frontmap
    >>> from dataclasses import replace
    >>> from frontmap.intake.file_zones import FileZones
    >>> kursk = frontmap.open("geodata/kursk")
    >>> zones = [replace(zone, party="XX") for zone in kursk["2024-08-31"].zones[:2]]
    >>> found = candidate_errors(kursk, dt.date(2024, 8, 29), FileZones(tuple(zones)))
    >>> [each.rule for each in found]
    ['party', 'party']
    """
    checked = snapshot_rules.CheckedZones()
    matched, _ = match_closely(file.zones, checked)
    snapshot = Snapshot(replace(_revision(archive.about), date=date), matched)
    found = snapshot_rules.check_snapshot(snapshot, archive.about, checked=checked)
    return tuple(
        snapshot_rules.placed(finding, file.places)
        for finding in found
        if finding.severity == "error"
    )


def _beside(archive: Archive, snapshot: Snapshot) -> Iterator[Finding]:
    yield from unknown_sources([snapshot], archive.root)
    side = ground_of_most_places(archive.root, archive.about)
    if side is not None and all(zone.geometry.is_valid for zone in snapshot.zones):
        yield from across_the_border([snapshot], side)


def _about(zones: tuple[Zone, ...]) -> About:
    """Take a file at its word: its own parties, anywhere on Earth."""
    return About(
        title="",
        maker="",
        license="",
        theatre=Theatre(name="", bbox=(-180.0, -90.0, 180.0, 90.0), time_zone="UTC"),
        parties=parties_of({zone.party: {} for zone in zones}),
    )


def _revision(about: About) -> Revision:
    return Revision(
        date=ANY_DATE,
        recorded=dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        kind="snapshot",
        maker=about.maker,
        author=about.maker,
        license=about.license,
        reason="to be recorded",
    )
