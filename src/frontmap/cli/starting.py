"""The verb that makes an archive: init."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads it
from typing import Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.beside import say_shared_colours
from frontmap.cli.first_reference import NoReferenceOption, say_filled
from frontmap.cli.options import parse_bbox
from frontmap.cli.output import say


@app.command(
    epilog="Example: frontmap init my-front --title 'My front' --maker 'Me' --bbox 34,50,38,52.5 "
    "--party UA=Ukraine --party RU=Russia --time-zone Europe/Kyiv"
)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new archive.")],
    title: Annotated[str, typer.Option("--title", help="What the archive is about.")],
    maker: Annotated[str, typer.Option("--maker", help="Whose assessment it holds.")],
    bbox: Annotated[
        str, typer.Option("--bbox", metavar="W,S,E,N", help="The theatre, in degrees.")
    ],
    party: Annotated[
        list[str], typer.Option("--party", metavar="ID=NAME", help="A party; give each one.")
    ],
    title_in: Annotated[
        list[str] | None,
        typer.Option("--title-in", metavar="LANG=TITLE", help="The title in another language."),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="Language of the title and of what is recorded.")
    ] = "en",
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="Where a valid date ends at midnight (IANA name).")
    ] = "UTC",
    license: Annotated[  # noqa: A002  the header's own word
        str, typer.Option("--license", help="Licence of what is recorded (SPDX id).")
    ] = "CC-BY-4.0",
    attribution: Annotated[
        str, typer.Option("--attribution", help="How the maker wants to be credited.")
    ] = "",
    covered: Annotated[
        Path | None,
        typer.Option("--covered", help="GeoJSON file with the ground that the maker maps at all."),
    ] = None,
    no_reference: NoReferenceOption = False,
) -> None:
    """Make a new archive in DIR."""
    from frontmap import archive, storage

    parties = dict(word.partition("=")[::2] for word in party)
    made = archive.init(
        folder,
        title=title,
        maker=maker,
        license=license,
        bbox=parse_bbox(bbox),
        parties={key: {"name_en": name or key} for key, name in parties.items()},
        time_zone=time_zone,
        language=language,
        titles=dict(word.partition("=")[::2] for word in title_in or []),
        attribution=attribution,
        covered=covered,
    )
    for name, lines in archive.GIT_FILES.items():
        path = made.root / name
        is_file = storage.kind_of(path, below=made.root) == "file"
        if not is_file or storage.read(path, below=made.root) != lines:
            wanted = " and ".join(lines.decode().split("\n")[:-1])
            say(f"left {path} as it is; git needs in it: {wanted}")
    say_shared_colours(made.about)
    if not no_reference:
        say_filled(made)
    say(f"what is recorded in it is under {license} (another: --license)")
    say(f"made {made.root / 'archive.json'}; next: frontmap add DATE FILE --archive {made.root}")
