"""Who said what is on the page: each claimant once, by number, named in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from frontmap.facts import read_claimants
from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import ClaimantRow, Columns

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Claimants:
    """The claimants that something on the page names, by number; ``root`` is the archive's folder.

    ``claimants.csv`` may have a name in each language: ``claimant_en, claimant_uk, claimant_ru``.
    """

    root: Path
    _numbers: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _rows(self) -> dict[str, ClaimantRow]:
        return {
            row["claimant"]: ClaimantRow(
                given=row["claimant"],
                en=str(row.get("claimant_en", "")),
                uk=str(row.get("claimant_uk", "")),
                ru=str(row.get("claimant_ru", "")),
            )
            for row in read_claimants(self.root).to_dict("records")
        }

    def number(self, claimant: str) -> int:
        """Return the number of a claimant, as a table of the archive writes it.

        >>> from pathlib import Path
        >>> claimants = Claimants(Path("geodata/kursk"))
        >>> [claimants.number(name) for name in ("Syrskyi", "ISW", "Syrskyi")]
        [0, 1, 0]
        """
        return self._numbers.setdefault(claimant, len(self._numbers))

    def columns(self) -> Columns[ClaimantRow]:
        """Return the claimants by number: as given, then their names in the page's languages.

        A name that the table hasn't is blank.

        >>> from pathlib import Path
        >>> claimants = Claimants(Path("geodata/kursk"))
        >>> _ = claimants.number("Syrskyi"), claimants.number("a stranger")
        >>> claimants.columns()["uk"]
        ['Сирський', '']
        """
        return by_columns(
            ClaimantRow,
            (
                self._rows.get(given, ClaimantRow(given=given, en="", uk="", ru=""))
                for given in self._numbers
            ),
        )
