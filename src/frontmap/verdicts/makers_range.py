"""One reported figure against several makers' maps: from the least to the most of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from frontmap.verdicts.rounding import interval_km2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from frontmap.verdicts.figures import ReportedFigure
    from frontmap.verdicts.judgement import Judgement

Position = Literal["above", "within", "below"]


class Envelope(NamedTuple):
    """What several makers' maps show where a figure stands: areas in km², None where none has it.

    ``makers`` are those whose map has the figure's date, by the rule for one map; of ``asked``.
    From ``low_km2``, the least that any of them shows as controlled, to ``high_km2``, the most that
    any shows as controlled and contested.
    """

    makers: tuple[str, ...]
    asked: int
    low_km2: float | None = None
    high_km2: float | None = None
    position: Position | None = None


def envelope_of(
    figure: ReportedFigure, judgements: Sequence[Judgement], makers: Sequence[str]
) -> Envelope:
    """Set a figure against the range of the maps that it could be set against, one by one.

    ``judgements`` are on the figure, by the map of each of ``makers``. It lies above when even the
    least that it allows is more than the range, below when even the most is less.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement, ReportedFigure
    >>> figure = ReportedFigure(as_of=dt.date(2024, 8, 31), precision="day", value_km2=1200.0,
    ...                         qualifier="about", measure="controlled")
    >>> ours = Judgement(reason="exceeds_both", basis="day", low_km2=900.0, high_km2=1000.0)
    >>> theirs = Judgement(reason="same", basis="day", low_km2=1100.0, high_km2=1300.0)
    >>> envelope_of(figure, [ours, theirs, Judgement(reason="none_near")], ["us", "them", "others"])
    Envelope(makers=('us', 'them'), asked=3, low_km2=900.0, high_km2=1300.0, position='within')
    """
    lows, highs, having = [], [], []
    for judged, maker in zip(judgements, makers, strict=True):
        if judged.low_km2 is not None and judged.high_km2 is not None:
            lows.append(judged.low_km2)
            highs.append(judged.high_km2)
            having.append(maker)
    if not having:
        return Envelope((), len(makers))
    low, high = min(lows), max(highs)
    least, most = interval_km2(figure.value_km2, figure.qualifier)
    position: Position = "above" if least > high else "below" if most < low else "within"
    return Envelope(tuple(having), len(makers), low, high, position)
