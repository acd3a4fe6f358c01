"""Dated, versioned control polygons; their exact area; and one map page to read them.

The public names are loaded when they are first asked for, so that ``import frontmap`` stays fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.errors import (
    ConflictError,
    FrontmapError,
    InputError,
    IntegrityError,
    MendedWarning,
    NotFoundError,
    StorageError,
    UsageError,
)

if TYPE_CHECKING:
    from frontmap.archive import Archive, init
    from frontmap.archive import open_archive as open  # noqa: A004  the library's verb
    from frontmap.archive.first_ground import fill_reference
    from frontmap.checks import check_archive, check_file
    from frontmap.draft import draft_snapshot
    from frontmap.measure.area import areas
    from frontmap.measure.area_by_zone import zone_areas
    from frontmap.measure.change import changed_ground, changes
    from frontmap.measure.difference import Difference, compare_snapshots
    from frontmap.measure.frontline import front_lines, fronts
    from frontmap.measure.held_days import days_held
    from frontmap.measure.makers import compare_makers
    from frontmap.measure.transferred import transfers
    from frontmap.model import About, Finding, Party, Revision, Snapshot, Theatre, Zone
    from frontmap.page import layer, save_page
    from frontmap.places import settlement_statuses
    from frontmap.proposals import Proposal, propose
    from frontmap.report import Report, compose_report, save_report
    from frontmap.verdicts import figure_verdicts

__version__ = "0.1.0"

__all__ = [
    "About",
    "Archive",
    "ConflictError",
    "Difference",
    "Finding",
    "FrontmapError",
    "InputError",
    "IntegrityError",
    "MendedWarning",
    "NotFoundError",
    "Party",
    "Proposal",
    "Report",
    "Revision",
    "Snapshot",
    "StorageError",
    "Theatre",
    "UsageError",
    "Zone",
    "__version__",
    "areas",
    "changed_ground",
    "changes",
    "check_archive",
    "check_file",
    "compare_makers",
    "compare_snapshots",
    "compose_report",
    "days_held",
    "draft_snapshot",
    "figure_verdicts",
    "fill_reference",
    "front_lines",
    "fronts",
    "init",
    "layer",
    "open",
    "propose",
    "save_page",
    "save_report",
    "settlement_statuses",
    "transfers",
    "zone_areas",
]

_ROOMS = {
    "frontmap.archive": ("Archive", "init", "open_archive"),
    "frontmap.archive.first_ground": ("fill_reference",),
    "frontmap.checks": ("check_archive", "check_file"),
    "frontmap.draft": ("draft_snapshot",),
    "frontmap.measure.area": ("areas",),
    "frontmap.measure.change": ("changed_ground", "changes"),
    "frontmap.measure.held_days": ("days_held",),
    "frontmap.measure.difference": ("Difference", "compare_snapshots"),
    "frontmap.measure.frontline": ("front_lines", "fronts"),
    "frontmap.measure.makers": ("compare_makers",),
    "frontmap.measure.area_by_zone": ("zone_areas",),
    "frontmap.measure.transferred": ("transfers",),
    "frontmap.model": ("About", "Finding", "Party", "Revision", "Snapshot", "Theatre", "Zone"),
    "frontmap.page": ("layer", "save_page"),
    "frontmap.places": ("settlement_statuses",),
    "frontmap.proposals": ("Proposal", "propose"),
    "frontmap.report": ("Report", "compose_report", "save_report"),
    "frontmap.verdicts": ("figure_verdicts",),
}
_MODULES = {name: module for module, names in _ROOMS.items() for name in names}

if not TYPE_CHECKING:  # a type checker then refuses a name that is not public

    def __getattr__(name: str) -> object:
        from importlib import import_module

        own = "open_archive" if name == "open" else name
        if name not in __all__ or own not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[own]), own)


def __dir__() -> list[str]:
    return __all__
