"""The page for readers without script: the same numbers, as a table."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from typing import Any

from frontmap.page import bundle
from frontmap.page.escape import as_markup

MOST_ROWS = 40


def plain_page(payload: dict[str, Any]) -> str:
    """Return the markup that stands in for the map where no script runs.

    Beyond ``MOST_ROWS`` dates only the last of each month is listed.
    """
    tables = "".join(_table(payload, party) for party in payload["areas"])
    method = "".join(f"<p>{as_markup(text)}</p>" for text in _method())
    known = f"<p><strong>As known on {as_markup(payload['known'])}.</strong></p>"
    return (
        '<main class="fm-plain">'
        f'<h1 lang="{as_markup(payload["language"])}">{as_markup(payload["title"])}</h1>'
        f"{known if payload['known'] else ''}"
        f"{_in_other_languages(payload)}"
        f"<p>{as_markup(bundle.words()['en']['plain'])}</p>"
        f"{tables}{method}"
        f"<p>{as_markup(payload['maker'])}, {as_markup(payload['license'])}. "
        f"{as_markup(' '.join(payload['credits']))} "
        f"Archive {payload['digest'][:16]}, recorded {payload['recorded']}.</p></main>"
    )


def _in_other_languages(payload: dict[str, Any]) -> str:
    """Say what this is to those who read no English."""
    titles, words = payload["titles"], bundle.words()
    return "".join(
        f'<p lang="{language}">{as_markup(titles[language] + ". " if language in titles else "")}'
        f"{as_markup(words[language]['plain'])}</p>"
        for language in words
        if language != "en"
    )


def _table(payload: dict[str, Any], party: str) -> str:
    names = payload["parties"].get(party, [party])
    controlled, contested, _, error, _ = payload["areas"][party]
    days = _days(payload)
    listed = _listed(days)
    which = "" if len(listed) == len(days) else ", on the last date of each month"
    rows = "".join(
        f"<tr><th>{days[i]}</th><td>{controlled[i]:.0f}</td>"
        f"<td>{contested[i]:.0f}</td><td>{error[i]:.0f}</td></tr>"
        for i in listed
    )
    return (
        f"<table><caption>{as_markup(names[0])}: square kilometres{which}</caption>"
        "<thead><tr><th>Date</th><th>controlled</th><th>contested</th><th>error ±</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _days(payload: dict[str, Any]) -> list[dt.date]:
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
