"""The sentences of the report: plain, neutral, each from a number."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from frontmap.archive.stated_meanings import said_in, stands_for
from frontmap.licences import allows_redistribution
from frontmap.plurals import counted
from frontmap.verdicts import judge_as_of_day, party_name
from frontmap.verdicts import wording as figure_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from frontmap.archive import Archive
    from frontmap.model import About, Snapshot, Status
    from frontmap.verdicts import (
        JudgedFigure,
        Judgement,
        Measured,
        Reason,
        ReportedFigure,
        Verdict,
    )

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PREDICATES: Final[Mapping[Verdict, str]] = {
    "agrees": "agrees with the ground that the map shows as controlled",
    "contested": "agrees with the map only if contested ground counts as held",
    "above": "is above the map, even if contested ground counts as held",
    "below": "is below the ground that the map shows as controlled",
    "unchecked": "cannot be checked against the map",
}
AN_ASSESSMENT = (
    "A snapshot is its maker's assessment. Where nobody reported from, it is a judgement, not an "
    "observation."
)
WITHHELD = "Ask its maker before you pass this map on: no known licence allows it. "
WHAT_A_STATUS_MEANS: Final[Mapping[Status, str]] = {
    "controlled": "Controlled ground is the maker's assessment: influence over the ground that "
    "prevents its use by another party.",
    "contested": "Contested ground is where no party's control is established.",
    "claimed": "Claimed ground is what a party states, neither corroborated nor disproved; it "
    "counts as held nowhere here.",
}
HOW_IT_IS_MEASURED = (
    "Areas are measured on the WGS 84 ellipsoid, edges straight in longitude and latitude. The "
    "error takes stretches of the line as independent beyond a stated length; the bound moves the "
    "whole line at once{border}, and is a worst case. Verdicts use the middle values of the map "
    "and the rounding of the figure."
)
BORDER_FIXED = ", the state border fixed"
WHY_UNCHECKED: Final[Mapping[Reason, str]] = {
    "counts_retaken": "count something else",
    "counts_combat_zone": "count something else",
    "no_date": "name no day",
    "none_in_month": "lie too far from any snapshot",
    "none_near": "lie too far from any snapshot",
    "party_not_named": "do not say whose ground they count",
    "party_not_mapped": "count ground of a party that the map never shows as held",
    "party_only_claims": "count ground of a party that the map never shows as held",
}
WHY_NOT_ONE_NUMBER = (
    "A figure depends on the day, on what counts as held, and on how the area is measured; the "
    "sections below give each of them."
)
NEAR_DAYS = 7
LONG_GAP_DAYS = 7


def day_text(day: dt.date) -> str:
    """Write a day in words, in English whatever the locale.

    >>> import datetime as dt
    >>> day_text(dt.date(2024, 8, 31))
    '31 August 2024'
    """
    return f"{day.day} {month_text(day)}"


def month_text(day: dt.date) -> str:
    """Write a day's month in words.

    >>> import datetime as dt
    >>> month_text(dt.date(2024, 8, 31))
    'August 2024'
    """
    return f"{MONTHS[day.month - 1]} {day.year}"


def question(asked: JudgedFigure | None, by: str = "") -> str:
    """Put the report's question; ``by`` is the name of the party, where that has to be said.

    >>> question(None), question(None, "Rebels")
    ('How much ground is held?', 'How much ground is held by Rebels?')
    """
    if asked is None:
        return f"How much ground is held{_by(by)}?"
    return f"{figure_text.area_text(asked.figure.value_km2)} km²?"


def _by(party: str) -> str:
    return f" by {party}" if party else ""


def answer(
    asked: JudgedFigure | None,
    series: Sequence[Measured],
    judged: Sequence[JudgedFigure],
    whose: str = "",
) -> tuple[str, ...]:
    """Answer the question: a first paragraph for a reader in a hurry, then the evidence.

    ``whose`` is the name of the party whose ground it is, where that has to be said.

    >>> import datetime as dt
    >>> from frontmap.verdicts import Measured
    >>> last = Measured(
    ...     date=dt.date(2024, 8, 31), controlled_km2=900.0, contested_km2=267.0, error_km2=68.0,
    ...     bound_km2=517.0,
    ... )
    >>> answer(None, [last], [])[0].partition(",")[0]
    'On 31 August 2024'
    """
    if asked is None:
        return (_latest(series, whose),)
    figure, judgement = asked
    no_day = figure.precision == "undated" or not judgement.is_of_a_mapped_party
    by_day = judgement if no_day else judge_as_of_day(figure, series).judgement
    first = [_verdict(figure, judgement, whose), *_map_beside(figure, judgement, by_day)]
    return (" ".join(first), _who_said(figure), _others(figure, judged), WHY_NOT_ONE_NUMBER)


def limits(
    series: Sequence[Measured], snapshots: Sequence[Snapshot], judged: Sequence[JudgedFigure]
) -> tuple[str, ...]:
    """Say what the record can't tell, from its own numbers.

    >>> limits([], [], []) == (AN_ASSESSMENT,)
    True
    """
    return tuple(
        sentence
        for sentence in (
            AN_ASSESSMENT,
            _gaps(series),
            _accuracy(snapshots),
            _confidence(snapshots),
            _unchecked(judged),
        )
        if sentence
    )


def other_parties(about: About, parties: Sequence[str]) -> tuple[str, ...]:
    """Say whose ground the map shows too, and how to have a report on it.

    >>> import frontmap
    >>> other_parties(frontmap.open("geodata/kursk").about, ["RU"])
    ('The map also shows ground of Russia (--party RU): a report of its own is on each.',)
    """
    if not parties:
        return ()
    each = ", ".join(f"{party_name(about, party)} (--party {party})" for party in parties)
    return (f"The map also shows ground of {each}: a report of its own is on each.",)


def method(archive: Archive, snapshots: Sequence[Snapshot], *, has_border: bool) -> tuple[str, ...]:
    """Say how the numbers were made and from which state of the archive.

    ``has_border``: whether a state border is kept still.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> method(kursk, (), has_border=True)[2].partition(" Licence")[0]
    'Maker: frontmap.'
    """
    statuses = {zone.status for snapshot in snapshots for zone in snapshot.zones}
    meanings = [text for status, text in WHAT_A_STATUS_MEANS.items() if status in statuses]
    said = stands_for(archive.root, [snapshot.revision for snapshot in snapshots])
    meanings += [f"{each}: {said_in(texts, 'en')}." for each, texts in said.items()]
    state = (
        f"Maker: {archive.about.maker}. Licence: {archive.about.license}. {_terms(archive.about)}"
        f"State of the archive: {archive.digest}."
    )
    measured = HOW_IT_IS_MEASURED.format(border=BORDER_FIXED if has_border else "")
    return (" ".join(meanings), measured, state)


def _terms(about: About) -> str:
    """Say how the maker wants to be credited, and whether others may pass the map on."""
    credit = f"{about.attribution.rstrip('.')}. " if about.attribution else ""
    return credit if allows_redistribution(about.license) else credit + WITHHELD


def _latest(series: Sequence[Measured], whose: str) -> str:
    last = series[-1]
    by = _by(whose)
    errors = f"(error ± {last.error_km2:,.0f} km², worst case ± {last.bound_km2:,.0f} km²)"
    contested = (
        f", and {last.held_km2:,.0f} km² if contested ground counts" if last.contested_km2 else ""
    )
    return (
        f"On {day_text(last.date)}, the last date of the map, {last.controlled_km2:,.0f} km² were "
        f"controlled{by}{contested} {errors}."
    )


def _verdict(figure: ReportedFigure, judgement: Judgement, whose: str) -> str:
    when = {
        "month": f"in {month_text(figure.as_of)}",
        "undated": "on no stated day",
    }.get(figure.precision, f"on {day_text(figure.as_of)}")
    value = figure_text.value_text(figure)
    counts = ", ".join(filter(None, (figure_text.MEASURE_WORDS[figure.measure], whose)))
    return f"{_sentence_case(value)} km² ({counts}) {when} {PREDICATES[judgement.verdict]}."


def _sentence_case(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _who_said(figure: ReportedFigure) -> str:
    published = f", published {figure.published}" if figure.published else ""
    note = f" ({figure.note})" if figure.note else ""
    return (
        f"Who said so: {figure.claimant or 'not named'}; where: {figure.publisher}{published}"
        f"{note}."
    )


def _map_beside(figure: ReportedFigure, judgement: Judgement, by_day: Judgement) -> list[str]:
    """Say what the map shows on the figure's day, and over its month; or why nothing compares."""
    if by_day.basis is None:
        return [f"{_sentence_case(figure_text.why_text(figure, judgement))}."]
    contested = (
        ""
        if by_day.high_km2 == by_day.low_km2
        else f", and {by_day.high_km2:,.0f} km² with contested ground"
    )
    on_the_day = (
        f"On {day_text(by_day.snapshots[0])} the map shows {by_day.low_km2:,.0f} km² "
        f"controlled{contested} (error ± {by_day.error_km2:,.0f} km², worst case "
        f"± {by_day.bound_km2:,.0f} km²)."
    )
    sentences = [on_the_day]
    if judgement.basis == "month":
        sentences.append(
            f"Over all of {month_text(figure.as_of)} the most it shows is "
            f"{judgement.controlled_km2:,.0f} km² controlled and {judgement.high_km2:,.0f} km² "
            f"with contested ground ({counted(len(judgement.snapshots), 'snapshot')})."
        )
    if judgement.verdict in {"above", "below"}:
        sentences.append(_gap(judgement))
    return sentences


def _gap(judgement: Judgement) -> str:
    if judgement.within_error:
        return "The error of the map would bridge the gap."
    if judgement.within_bound:
        return "The error of the map would not bridge the gap; its worst case would."
    return "Neither the error of the map nor its worst case would bridge the gap."


def _others(asked: ReportedFigure, judged: Sequence[JudgedFigure]) -> str:
    """Name the figures of ground held within a week of the one asked about."""
    if asked.precision == "undated":
        return "It names no day, so no other figure can be set beside it."
    near = [
        _other(figure, judgement)
        for figure, judgement in judged
        if figure.measure == "controlled"
        and figure.precision in {"day", "about"}
        and abs((figure.as_of - asked.as_of).days) <= NEAR_DAYS
    ]
    if not near:
        return f"No other figure of ground held lies within {NEAR_DAYS} days of it."
    return f"Other figures of ground held within {NEAR_DAYS} days of it, in km²: {'; '.join(near)}."


def _other(figure: ReportedFigure, judgement: Judgement) -> str:
    verdict = figure_text.VERDICT_WORDS[judgement.verdict]
    agrees = judgement.verdict == "agrees"
    why = figure_text.brief_why_text(figure, judgement) if agrees else ""
    where = f"{figure.speaker}, {figure.as_of}: {verdict}"
    return f"{figure_text.value_text(figure)} ({where}{': ' if why else ''}{why})"


def _gaps(series: Sequence[Measured]) -> str:
    gaps = [(after.date - before.date).days for before, after in pairwise(series)]
    if not gaps or max(gaps) <= LONG_GAP_DAYS:
        return ""
    place = gaps.index(max(gaps))
    first, last = series[place].date, series[place + 1].date
    return (
        f"Between its {counted(len(series), 'date')} the record says nothing. Gaps longer than "
        f"{LONG_GAP_DAYS} days: {sum(gap > LONG_GAP_DAYS for gap in gaps)}; the longest is "
        f"{max(gaps)} days, from {first} to {last}."
    )


def _accuracy(snapshots: Sequence[Snapshot]) -> str:
    metres = sorted(zone.accuracy_m for snapshot in snapshots for zone in snapshot.zones)
    if not metres:
        return ""
    return (
        f"The line of a zone may lie {metres[0]:,.0f} to {metres[-1]:,.0f} m from where it is "
        f"drawn, by the zone (median {metres[len(metres) // 2]:,.0f} m)."
    )


def _confidence(snapshots: Sequence[Snapshot]) -> str:
    zones = [zone for snapshot in snapshots for zone in snapshot.zones]
    low = sum(zone.confidence == "low" for zone in zones)
    return f"Of low confidence: {low} of {counted(len(zones), 'zone')}." if low else ""


def _unchecked(judged: Sequence[JudgedFigure]) -> str:
    reasons = [each.reason for _, each in judged if each.verdict == "unchecked"]
    if not reasons:
        return ""
    found = {WHY_UNCHECKED[reason] for reason in reasons if reason in WHY_UNCHECKED}
    why = [text for text in dict.fromkeys(WHY_UNCHECKED.values()) if text in found]
    listed = f"{', '.join(why[:-1])}, or {why[-1]}" if len(why) > 1 else "".join(why)
    return (
        f"{len(reasons)} of {counted(len(judged), 'reported figure')} cannot be checked: they "
        f"{listed}."
    )
