"""Figures, verdicts and reasons in words: the one place where their codes become sentences."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Final

from frontmap.plurals import counted
from frontmap.verdicts.judgement import DAYS_AROUND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from frontmap.verdicts.figures import ReportedFigure
    from frontmap.verdicts.judgement import JudgedFigure, Judgement, Reason, Verdict
    from frontmap.verdicts.makers_range import Envelope

WIDTH = 100
MEASURE_WORDS = {
    "controlled": "controlled",
    "peak": "peak",
    "retaken": "retaken",
    "combat_zone": "combat zone",
}
QUALIFIER_WORDS = {
    "exact": "",
    "about": "about ",
    "over": "over ",
    "at_least": "at least ",
    "up_to": "up to ",
}


VERDICT_WORDS: Final[Mapping[Verdict, str]] = {
    "agrees": "agrees with controlled",
    "contested": "agrees only if contested ground counts",
    "above": "above the map",
    "below": "below the map",
    "unchecked": "cannot be checked",
}
LIMIT_WORDS = {
    "up_to": 'the figure is an upper limit ("up to")',
    "over": 'the figure is a lower limit ("over")',
    "at_least": 'the figure is a lower limit ("at least")',
}
#: ``{it}`` stands for the figure, ``{limit}`` for what kind of limit it is.
_REASON_WORDS: Final[Mapping[Reason, str]] = {
    "same": "the two are the same within the figure's rounding",
    "meets_limit": "{limit} that the map does not contradict: controlled ground meets it",
    "under_upper_limit": "{limit} that the map does not contradict: controlled ground lies below "
    "it",
    "over_lower_limit": "{limit} that the map does not contradict: controlled ground lies above it",
    "exceeds_controlled": "{it} exceeds controlled ground, not controlled and contested together",
    "exceeds_both": "{it} exceeds controlled and contested ground together",
    "less_than_controlled": "{it} is less than controlled ground alone",
    "counts_retaken": "it counts ground retaken, not ground held on a day",
    "counts_combat_zone": "it counts the extent of the fighting, not ground held",
    "no_snapshots": "there is no snapshot with ground to set it against",
    "party_not_named": "it does not say whose ground it counts, and the map shows that of several",
    "party_not_mapped": "the map shows no ground of the party whose ground it counts",
    "party_only_claims": "the map shows ground of that party only as claimed, never as held",
    "no_date": "it names no date",
    "none_in_month": "there is no snapshot in {month}",
    "none_near": "no snapshot within {allowed}; the nearest is {nearest}, {days} away",
}


def area_text(km2: float) -> str:
    """Write an area with thousands apart and no more digits than it has.

    >>> area_text(1243.0), area_text(5.5)
    ('1,243', '5.5')
    """
    return f"{km2:,.0f}" if km2 == round(km2) else f"{km2:,g}"


def value_text(figure: ReportedFigure) -> str:
    """Write a figure's value, in km² without the unit, with its qualifier.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> value_text(ReportedFigure(
    ...     as_of=dt.date(2024, 8, 31), precision="day", value_km2=1150.0, qualifier="at_least",
    ...     measure="controlled",
    ... ))
    'at least 1,150'
    """
    return QUALIFIER_WORDS[figure.qualifier] + area_text(figure.value_km2)


def as_of_text(figure: ReportedFigure) -> str:
    """Write a figure's as-of date no more exactly than it is known.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> for precision in ("day", "about", "month", "undated"):
    ...     as_of_text(ReportedFigure(
    ...         as_of=dt.date(2024, 8, 31), precision=precision, value_km2=1.0, qualifier="exact",
    ...         measure="controlled",
    ...     ))
    '2024-08-31'
    'about 2024-08-31'
    '2024-08'
    'undated'
    """
    day = f"{figure.as_of}"
    return {"day": day, "about": f"about {day}", "month": day[:7], "undated": "undated"}[
        figure.precision
    ]


def range_text(judged: Judgement) -> str:
    """Write the map's range, controlled to controlled and contested, with error and bound.

    >>> from frontmap.verdicts import Judgement
    >>> held = {"low_km2": 900.0, "high_km2": 1167.0, "error_km2": 68.0, "bound_km2": 517.0}
    >>> range_text(Judgement(reason="same", **held))
    '900 to 1,167 km² ± 68 (bound 517)'
    """
    if judged.low_km2 is None or judged.high_km2 is None:
        return ""
    return (
        f"{judged.low_km2:,.0f} to {judged.high_km2:,.0f} km² "
        f"± {judged.error_km2:,.0f} (bound {judged.bound_km2:,.0f})"
    )


def snapshots_text(judged: Judgement) -> str:
    """Name the snapshots used and how old they were on the as-of date.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement
    >>> day, later = dt.date(2024, 8, 12), dt.date(2024, 8, 31)
    >>> snapshots_text(Judgement(reason="same", snapshots=(day,), age_days=(-3,)))
    '2024-08-12 (3 days later)'
    >>> snapshots_text(Judgement(reason="same", snapshots=(day, later), age_days=(19, 0)))
    '2024-08-12 to 2024-08-31 (2 snapshots)'
    """
    days = judged.snapshots
    if judged.basis == "between":
        ages = (counted(abs(age), "day") for age in judged.age_days)
        return "{} ({} earlier) and {} ({} later)".format(
            *(part for pair in zip(days, ages, strict=True) for part in pair)
        )
    if len(days) > 1:
        return f"{days[0]} to {days[-1]} ({counted(len(days), 'snapshot')})"
    if not days:
        return ""
    if not judged.age_days:
        return f"{days[0]}"
    age = judged.age_days[0]
    when = "same day" if age == 0 else counted(abs(age), "day", "earlier" if age > 0 else "later")
    return f"{days[0]} ({when})"


def difference_text(judged: Judgement) -> str:
    """Write the figure minus controlled ground, in km² and per cent, and what bridges it.

    Of a figure above the map it is said how far, since the error is counted from that end.

    >>> from frontmap.verdicts import Judgement
    >>> difference_text(
    ...     Judgement(
    ...         reason="exceeds_both", controlled_km2=900.0, high_km2=1171.0, difference_km2=343.0,
    ...         difference_percent=38.1, within_error=False, within_bound=True,
    ...     )
    ... )
    '+343 km² (+38%); 72 km² above the range, beyond the error'
    """
    difference, controlled, high = judged.difference_km2, judged.controlled_km2, judged.high_km2
    if difference is None or controlled is None or high is None:
        return ""
    share = judged.difference_percent
    text = f"{difference:+,.0f} km²" + ("" if share is None else f" ({share:+.0f}%)")
    if judged.verdict in {"agrees", "contested"}:
        return text
    if judged.verdict == "above":
        text += f"; {controlled + difference - high:,.0f} km² above the range"
    text += ", within the error" if judged.within_error else ", beyond the error"
    return f"{text} and the bound" if judged.within_bound is False else text


def envelope_text(envelope: Envelope) -> str:
    """Say where a figure lies by the range of several makers' maps, and how many have its date.

    >>> from frontmap.verdicts import Envelope
    >>> envelope_text(Envelope(("us", "them"), 3, 900.0, 1300.0, "within"))
    "within the makers' range, 900 to 1,300 km² (2 of 3 makers: us, them)"
    >>> envelope_text(Envelope((), 2))
    'no map of 2 makers can be set against it'
    """
    if envelope.position is None:
        return f"no map of {counted(envelope.asked, 'maker')} can be set against it"
    return (
        f"{envelope.position} the makers' range, {envelope.low_km2:,.0f} to "
        f"{envelope.high_km2:,.0f} km² ({len(envelope.makers)} of "
        f"{counted(envelope.asked, 'maker')}: {', '.join(envelope.makers)})"
    )


def basis_text(figure: ReportedFigure, judged: Judgement) -> str:
    """Say what a figure was set against; nothing where it could not be checked.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement, ReportedFigure
    >>> figure = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 30), precision="day", value_km2=1300.0, qualifier="up_to",
    ...     measure="controlled", claimant="ISW", publisher="ISW",
    ... )
    >>> basis_text(
    ...     figure, Judgement(reason="meets_limit", basis="day", snapshots=(dt.date(2024, 8, 31),))
    ... )
    'the snapshot of 2024-08-31, 1 day away'
    """
    match judged.basis:
        case "peak":
            return "a peak, against the highest snapshot of the series"
        case "month":
            return f"known to the month: the range over {figure.as_of:%Y-%m}"
        case "between":
            return "a day between two snapshots: from certainly controlled to possibly held"
        case "day":
            days = abs((figure.as_of - judged.snapshots[0]).days)
            away = f", {counted(days, 'day')} away" if days else ""
            return f"the snapshot of {judged.snapshots[0]}{away}"
        case None:
            return ""


def reason_text(figure: ReportedFigure, judged: Judgement) -> str:
    """Say what came of setting the figure against the map, or why it was not.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement, ReportedFigure
    >>> figure = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 30), precision="day", value_km2=1300.0, qualifier="up_to",
    ...     measure="controlled", claimant="ISW", publisher="ISW",
    ... )
    >>> reason_text(figure, Judgement(reason="less_than_controlled", basis="day"))
    'the figure is an upper limit ("up to"), and even that is less than controlled ground alone'
    """
    limit = LIMIT_WORDS.get(figure.qualifier, "")
    values = {"it": f"{limit}, and even that" if limit else "it", "limit": limit}
    if judged.reason == "none_in_month":
        values["month"] = f"{figure.as_of:%Y-%m}"
    if judged.nearest is not None:
        values["allowed"] = counted(DAYS_AROUND[figure.precision], "day")
        values["nearest"] = f"{judged.nearest}"
        values["days"] = counted(abs((figure.as_of - judged.nearest).days), "day")
    return _REASON_WORDS[judged.reason].format_map(values)


def why_text(figure: ReportedFigure, judged: Judgement) -> str:
    """Say why a figure got its verdict: what it was set against, and what came of it.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement, ReportedFigure
    >>> figure = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 18), precision="day", value_km2=1.0, qualifier="exact",
    ...     measure="controlled",
    ... )
    >>> why_text(figure, Judgement(reason="none_near", nearest=dt.date(2024, 8, 12)))
    'no snapshot within 3 days; the nearest is 2024-08-12, 6 days away'
    """
    basis, reason = basis_text(figure, judged), reason_text(figure, judged)
    return f"{basis}; {reason}" if basis else reason


def brief_why_text(figure: ReportedFigure, judged: Judgement) -> str:
    """Say why, where verdict and numbers alone would mislead: of limits and of the unchecked.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement, ReportedFigure
    >>> figure = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 30), precision="day", value_km2=1300.0, qualifier="exact",
    ...     measure="controlled", claimant="ISW", publisher="ISW",
    ... )
    >>> brief_why_text(figure, Judgement(reason="same", basis="month"))
    ''
    >>> brief_why_text(figure, Judgement(reason="no_date"))
    'it names no date'
    """
    checked = judged.verdict != "unchecked"
    return "" if checked and not figure.is_limit else reason_text(figure, judged)


def few_lines(
    figure: ReportedFigure, judged: Judgement, envelope: Envelope | None = None, whose: str = ""
) -> str:
    """Write one figure and its verdict in a few lines of at most 100 columns.

    ``envelope``: what several makers' maps show, where it was asked for; ``whose``: the name of
    the party whose ground it counts, where that has to be said.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement, ReportedFigure
    >>> figure = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 30), precision="undated", value_km2=1300.0, qualifier="about",
    ...     measure="controlled", claimant="ISW", publisher="ISW",
    ... )
    >>> print(few_lines(figure, Judgement(reason="no_date")))
    undated           about 1,300 km²  controlled  cannot be checked
                     ISW
                     it names no date
    """
    first = (
        f"{as_of_text(figure):<16} {value_text(figure):>14} km²  "
        f"{MEASURE_WORDS[figure.measure]:<11} {VERDICT_WORDS[judged.verdict]}"
    )
    numbers = f"map {range_text(judged)}, {snapshots_text(judged)}; {difference_text(judged)}"
    reasons = [
        numbers if judged.snapshots else "",
        brief_why_text(figure, judged),
        "" if envelope is None else envelope_text(envelope),
    ]
    party = f" (party: {whose})" if whose else ""
    speaker = textwrap.shorten(figure.speaker, WIDTH - 20 - len(party), placeholder=" …") + party
    indent = " " * 17
    wrapped = [
        textwrap.fill(
            reason, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )
        for reason in reasons
        if reason
    ]
    return "\n".join([first, f"{indent}{speaker}", *wrapped])


def details(
    figure: ReportedFigure,
    judged: Judgement,
    by_day: JudgedFigure | None,
    envelope: Envelope | None = None,
    whose: str = "",
) -> str:
    """Write one figure, its verdict and everything that it rests on.

    ``by_day`` is the same figure judged as of its day, for one known to the month; ``envelope`` and
    ``whose`` as for :func:`few_lines`.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Judgement, ReportedFigure
    >>> figure = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 30), precision="undated", value_km2=1300.0, qualifier="about",
    ...     measure="controlled", claimant="ISW", publisher="ISW",
    ... )
    >>> print(details(figure, Judgement(reason="no_date"), None))
    figure              about 1,300 km², controlled, as of undated
    said by             ISW; ISW
    verdict             cannot be checked
    why                 it names no date
    """
    lines = {
        "figure": f"{value_text(figure)} km², {MEASURE_WORDS[figure.measure]}, "
        f"as of {as_of_text(figure)}",
        "party": whose,
        "said by": f"{figure.claimant}; {figure.publisher}",
        "address": figure.url,
        "note": figure.note,
        "verdict": VERDICT_WORDS[judged.verdict],
        "why": why_text(figure, judged),
        "map": range_text(judged),
        "snapshots": snapshots_text(judged),
        "difference": difference_text(judged),
        "makers": "" if envelope is None else envelope_text(envelope),
    }
    if by_day is not None:
        as_day, read = by_day
        rests_on = (
            f"{range_text(read)} on {snapshots_text(read)}; {difference_text(read)}"
            if read.snapshots
            else why_text(as_day, read)
        )
        lines[f"read as {figure.as_of}"] = f"{VERDICT_WORDS[read.verdict]}: {rests_on}"
    return "\n".join(
        textwrap.fill(
            f"{name:<20}{text}", WIDTH, subsequent_indent=" " * 20, break_on_hyphens=False
        )
        for name, text in lines.items()
        if text
    )


def counts_text(judgements: Iterable[Judgement]) -> str:
    """Count the verdicts, in words.

    >>> from frontmap.verdicts import Judgement
    >>> counts_text([Judgement(reason="no_date"), Judgement(reason="same", basis="peak")])
    '2 figures: 1 agrees with controlled; 1 cannot be checked'
    """
    counts = Counter(VERDICT_WORDS[judgement.verdict] for judgement in judgements)
    each = "; ".join(f"{number} {words}" for words, number in sorted(counts.items()))
    if not each:
        return "no reported figure"
    return f"{counted(counts.total(), 'figure')}: {each}"
