"""Who said what is on the page: each claimant once, by number, named in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from frontmap.facts import read_claimants
from frontmap.page.bundle import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = tuple(f"claimant_{language}" for language in LANGUAGES)


@dataclass
class Claimants:
    """The claimants that something on the page names, by number; ``root`` is the archive's folder.

    ``claimants.csv`` may have a name in each language: ``claimant_en, claimant_uk, claimant_ru``.
    """

    root: Path
    _numbers: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        rows = read_claimants(self.root).to_dict("records")
        return {row["claimant"]: [str(row.get(name, "")) for name in _COLUMNS] for row in rows}

    def number(self, claimant: str) -> int:
        """Return the number of a claimant, as a table of the archive writes it."""
        return self._numbers.setdefault(claimant, len(self._numbers))

    def columns(self) -> list[list[str]]:
        """Return the claimants by number: as given, then their names in the page's languages.

        A name that the table hasn't is blank.
        """
        blank = [""] * len(_COLUMNS)
        rows = [[given, *self._names.get(given, blank)] for given in self._numbers]
        return [list(column) for column in zip(*rows, strict=True)] or [[]]
