"""The page for readers without script: the same numbers, as a table."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from typing import TYPE_CHECKING

from frontmap.archive.stated_meanings import said_in
from frontmap.model import STATUSES
from frontmap.page import bundle
from frontmap.page.escape import as_markup

if TYPE_CHECKING:
    from frontmap.page.payload.fields import Payload

MOST_ROWS = 40


def plain_page(payload: Payload) -> str:
    """Return the markup that stands in for the map where no script runs.

    Beyond ``MOST_ROWS`` dates only the last of each month is listed.

    >>> import frontmap
    >>> from frontmap.page import gather_payload
    >>> page = plain_page(gather_payload(frontmap.open("geodata/kursk")))
    >>> page.count("<table>"), "<script" in page
    (1, False)
    """
    tables = "".join(_table(payload, party) for party in payload["areas"])
    method = "".join(f"<p>{as_markup(text)}</p>" for text in _method())
    note = as_markup(bundle.words()["en"]["proposed_note"])
    proposed = "" if payload["proposed"] is None else f"<p><strong>{note}</strong></p>"
    known = f"<p><strong>As known on {as_markup(payload['known'])}.</strong></p>"
    return (
        '<main class="fm-plain">'
        f'<h1 lang="{as_markup(payload["language"])}">{as_markup(payload["title"])}</h1>'
        f"{known if payload['known'] else ''}{proposed}"
        f"{_in_other_languages(payload)}"
        f"<p>{as_markup(bundle.words()['en']['plain'])}</p>"
        f"{tables}{method}"
        f"<p>{as_markup(payload['maker'])}, {as_markup(payload['license'])}. "
        f"{as_markup(' '.join(payload['credits']))} "
        f"{as_markup(bundle.words()['en']['withheld'] if payload['withheld'] else '')} "
        f"Archive {payload['digest'][:16]}, recorded {payload['recorded']}.</p></main>"
    )


def _in_other_languages(payload: Payload) -> str:
    """Say what this is to those who read no English."""
    titles, words = payload["titles"], payload["words"]
    plain = words["name"].index("plain")
    said = {language: texts[plain] for language, texts in words["texts"].items()}
    way = words["name"].index("direction")
    return "".join(
        f'<p lang="{language}" dir="{words["texts"][language][way]}">'
        f"{as_markup(titles[language] + '. ' if language in titles else '')}{as_markup(text)}</p>"
        for language, text in said.items()
        if text and language != "en"
    )


def _table(payload: Payload, party: str) -> str:
    names = payload["parties"].get(party)
    name = names["en"] if names else party
    area = payload["areas"][party]
    days = _days(payload)
    listed = _listed(days)
    which = "" if len(listed) == len(days) else ", on the last date of each month"
    rows = "".join(
        f"<tr><th>{days[i]}</th><td>{area['controlled_km2'][i]:.0f}</td>"
        f"<td>{area['contested_km2'][i]:.0f}</td><td>{area['error_km2'][i]:.0f}</td></tr>"
        for i in listed
    )
    return (
        f"<table><caption>{as_markup(name)}: square kilometres{which}</caption>"
        "<thead><tr><th>Date</th><th>controlled</th><th>contested</th><th>error ±</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{_stands_for(payload, party)}"
    )


def _stands_for(payload: Payload, party: str) -> str:
    """Say what a party's ground is where it is not all of its kind."""
    said = (
        f"<p>{status}: {as_markup(said_in(texts, 'en'))}</p>"
        for status in STATUSES
        if (texts := payload["stands_for"].get(f"{party} {status}"))
    )
    return "".join(said)


def _days(payload: Payload) -> list[dt.date]:
    first = dt.date.fromisoformat(payload["first"])
    return [first + dt.timedelta(days=days) for days in accumulate(payload["steps"])]


def _listed(days: list[dt.date]) -> list[int]:
    if len(days) <= MOST_ROWS:
        return list(range(len(days)))
    last = {(day.year, day.month): i for i, day in enumerate(days)}
    return sorted(last.values())


def _method() -> list[str]:
    english = bundle.words()["en"]
    return [*str(english["method"]).split("\n"), *str(english["limits"]).split("\n")]
