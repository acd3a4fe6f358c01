"""What is said of a file and of a revision: why, from which sources, what its zones are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from frontmap.cli.file_choices import FileChoices
from frontmap.cli.makers_words import MakersWords
from frontmap.cli.options import AuthorOption  # noqa: TC001  typer reads it
from frontmap.errors import UsageError
from frontmap.model import CONFIDENCES, STATUSES

if TYPE_CHECKING:
    import datetime as dt

    from frontmap.intake.zone_words import Defaults

_Word = TypeVar("_Word", bound=str)

ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence.")]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source", metavar="ID", help="An id of sources.csv; may be given several times."
    ),
]


@dataclass(frozen=True, slots=True)
class Statement:
    """Why something is recorded, from which sources, and by whom."""

    reason: ReasonOption
    source: SourceOption = None
    author: AuthorOption = ""

    @property
    def sources(self) -> tuple[str, ...] | None:
        """Return the ids given, in their order; None where none are, which leaves them as they are.

        >>> Statement("first", ["isw", "dw"]).sources
        ('isw', 'dw')
        """
        return tuple(self.source) if self.source else None


@dataclass(frozen=True, slots=True)
class ZoneDefaults:
    """What zones are taken for that don't say so themselves."""

    party: Annotated[
        str | None,
        typer.Option(
            "--party", metavar="ID", help="Party of the zones that name none.", show_default=False
        ),
    ] = None
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="WORD",
            help=f"Status of the zones that name none: {', '.join(STATUSES)}.",
            show_default=False,
        ),
    ] = None
    confidence: Annotated[
        str | None,
        typer.Option(
            "--confidence",
            metavar="WORD",
            help=f"Confidence of the zones that name none: {', '.join(CONFIDENCES)}.",
            show_default=False,
        ),
    ] = None
    accuracy: Annotated[
        float | None,
        typer.Option(
            "--accuracy",
            metavar="METRES",
            help="Position error of the line of the zones that name none.",
            show_default=False,
        ),
    ] = None

    def defaults(self, sources: tuple[str, ...] | None) -> Defaults:
        """Return what the zones of a file are read with, or raise UsageError for a wrong word.

        >>> ZoneDefaults(status="contested").defaults(None).status
        'contested'
        >>> ZoneDefaults(status="held").defaults(None)
        Traceback (most recent call last):
        frontmap.errors.UsageError: --status 'held': choose one of controlled, contested, claimed
        """
        from frontmap.intake.zone_words import Defaults

        return Defaults(
            party=self.party,
            status=_one_of("--status", self.status, STATUSES),
            confidence=_one_of("--confidence", self.confidence, CONFIDENCES),
            accuracy_m=self.accuracy,
            sources=sources or (),
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What the user says of a file: of its zones and its form, its words, what it was made from.

    ``no_ground`` says that none was held: there need be no file, and it has no zones.
    """

    zone_defaults: ZoneDefaults = field(default_factory=ZoneDefaults)
    choices: FileChoices = field(default_factory=FileChoices)
    words: MakersWords = field(default_factory=MakersWords)
    from_: str | None = None
    snap_m: float | None = None
    no_ground: bool = False
    published: dt.datetime | None = None


def _one_of(option: str, word: str | None, words: tuple[_Word, ...]) -> _Word | None:
    found = next((known for known in words if known == word), None)
    if word is not None and found is None:
        raise UsageError(f"{option} {word!r}: choose one of {', '.join(words)}")
    return found
