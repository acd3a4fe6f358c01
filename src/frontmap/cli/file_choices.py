"""What the user says of a file that is read: its layer, and what it doesn't say itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.errors import UsageError

if TYPE_CHECKING:
    from frontmap.formats.source import FileOptions
    from frontmap.intake.periods import Split


@dataclass(frozen=True, slots=True)
class FileChoices:
    """Which of a file's layers is read, and what its texts and numbers are where it doesn't say."""

    layer: Annotated[
        str | None,
        typer.Option(
            "--layer", metavar="NAME", help="Layer of a file that has several.", show_default=False
        ),
    ] = None
    encoding: Annotated[
        str | None,
        typer.Option(
            "--encoding",
            metavar="NAME",
            help="Encoding of the texts of a Shapefile or CSV, such as cp1251.",
            show_default=False,
        ),
    ] = None
    crs: Annotated[
        str | None,
        typer.Option(
            "--crs",
            metavar="CODE",
            help="Coordinate system of a file that states none, such as EPSG:3857.",
            show_default=False,
        ),
    ] = None

    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            metavar="PROPERTY",
            help="Of a file of many days take those of the date: each feature's date is in this "
            "property, or its period in two: start,end.",
            show_default=False,
        ),
    ] = None
    ends_included: Annotated[
        bool, typer.Option("--ends-included", help="A period's end is its last day.")
    ] = False

    def days(self) -> Split | None:
        """Return how the features of a day are told in a file of many; None where it is of one.

        >>> FileChoices(split="start,end").days().end
        'end'
        """
        from frontmap.intake.periods import parse_split

        if self.split is None:
            if self.ends_included:
                raise UsageError("--ends-included says what --split start,end means; give both")
            return None
        return parse_split(self.split, ends_included=self.ends_included)

    def options(self) -> FileOptions:
        """Return them as the readers of files take them.

        >>> FileChoices(layer="control").options()
        FileOptions(layer='control', encoding=None, crs=None)
        """
        from frontmap.formats.source import FileOptions

        return FileOptions(self.layer, self.encoding, self.crs)
