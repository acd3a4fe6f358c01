"""What init and import say of the reference that a new archive is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.output import say

if TYPE_CHECKING:
    from frontmap.archive import Archive

NoReferenceOption = Annotated[
    bool,
    typer.Option(
        "--no-reference",
        help="Leave out reference.geojson, which is filled from a set of the world.",
    ),
]


def say_filled(archive: Archive) -> None:
    """Give an archive without a reference one, and say so; nothing where it has its own.

    >>> import frontmap
    >>> say_filled(frontmap.open("geodata/kursk"))
    """
    from frontmap.archive.first_ground import fill_reference

    if fill_reference(archive):
        say(
            f"filled {archive.root / 'reference.geojson'} with coasts, borders (to some 3 km) and "
            "cities; your own may take its place"
        )
