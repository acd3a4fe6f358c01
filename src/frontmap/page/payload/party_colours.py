"""The colours of parties on a page: those of the archive, and what stands for each in the dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from frontmap.archive.about import PALETTE
from frontmap.page import bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from frontmap.model import Party
    from frontmap.page.payload.fields import Palette

#: What stands for each colour of the archive's palette on dark ground, in its order: as far apart.
_ON_DARK = (
    "#35b5c9", "#b56be0", "#86ffab", "#007da5", "#f30318", "#eb3460", "#d9dafa", "#ca118b",
)  # fmt: skip
ON_DARK: Final = dict(zip(PALETTE, _ON_DARK, strict=True))
#: A line stands out from the ground by this much at least (WCAG 2.2, 1.4.11).
LEAST_CONTRAST = 3.0
_STEP = 0.1
_LUMINANCE = (0.2126, 0.7152, 0.0722)


def palette_with(parties: Mapping[str, Party], *, several: bool) -> dict[str, Palette]:
    """Return the colours of the map, light and dark, with those of an archive's parties.

    ``several`` of them have ground: then what is contested tells whose it is.

    >>> import frontmap
    >>> palette = palette_with(frontmap.open("geodata/kursk").about.parties, several=False)
    >>> palette["light"]["parties"], palette["dark"]["parties"]["UA"]
    ({'UA': '#00697a', 'RU': '#7d3f98'}, '#35b5c9')
    """
    light, dark = bundle.palette()["light"], bundle.palette()["dark"]
    return {
        "light": {
            **light,
            "several": several,
            "parties": {name: party.colour for name, party in parties.items()},
        },
        "dark": {
            **dark,
            "several": several,
            "parties": {
                name: on_dark(party.colour, dark["ground"]) for name, party in parties.items()
            },
        },
    }


def on_dark(colour: str, ground: str) -> str:
    """Return what stands for a colour on dark ground: its own where that stands out from it.

    Of the palette it is the stated one, else the colour with as much white in it as it needs.

    >>> on_dark("#00697a", "#182028"), on_dark("#ffcc00", "#182028"), on_dark("#400000", "#182028")
    ('#35b5c9', '#ffcc00', '#8c6666')
    """
    if colour in ON_DARK:
        return ON_DARK[colour]
    own = _channels(colour)
    parts = (step * _STEP for step in range(int(1 / _STEP) + 1))
    lighter = (tuple(each + (1 - each) * part for each in own) for part in parts)
    ground_light = _luminance(_channels(ground))
    found = next(c for c in lighter if _contrast(_luminance(c), ground_light) >= LEAST_CONTRAST)
    return "#" + "".join(f"{round(each * 255):02x}" for each in found)


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))


def _luminance(channels: tuple[float, ...]) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    light = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)  # noqa: PLR2004  of sRGB
    return sum(share * each for share, each in zip(_LUMINANCE, light, strict=True))


def _contrast(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)
