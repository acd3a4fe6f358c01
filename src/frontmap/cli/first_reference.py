"""What init and import say of the reference that a new archive is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.output import say
from frontmap.errors import FrontmapError

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

    The archive is made by then, and stands where the reference cannot be: that is said, too.

    >>> import frontmap
    >>> say_filled(frontmap.open("geodata/kursk"))
    """
    from frontmap.archive.first_ground import fill_reference

    try:
        is_filled = fill_reference(archive)
    except FrontmapError as error:
        say(f"reference.geojson is not filled: {error}")
        return
    if is_filled:
        say(
            f"filled {archive.root / 'reference.geojson'} with coasts, borders (to some 3 km) and "
            "cities; your own may take its place"
        )
