"""Tables to standard output, as text for people or as JSON, CSV or GeoJSON for programs.

Text from data is only ever text: on a terminal, control and direction characters are shown as
escapes; in CSV, what a spreadsheet would take for a formula gets a leading apostrophe.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Literal

from frontmap.errors import IntegrityError
from frontmap.licences import allows_redistribution
from frontmap.plurals import counted
from frontmap.spreadsheets import as_text_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from frontmap.model import About, Finding

Format = Literal["text", "json", "csv"]
GeoFormat = Literal["text", "json", "csv", "geojson"]

WIDEST = 80
#: So many findings of one rule are listed; of more, the worst.
MOST_LISTED = 5
EXIT_FINDINGS = 1
_ASK = "no known licence allows it; ask the maker"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def emit(frame: pd.DataFrame, form: GeoFormat, makers: Sequence[About] = ()) -> None:
    """Print a table; a geometry column is left out of every format but ``geojson``.

    ``makers`` are the archives that the ground is from: GeoJSON has their credits as a member. Of
    one that no known licence lets anybody pass on, files for others (CSV, JSON) come with a word.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"date": [dt.date(2024, 8, 31)], "note": ["=1+1"]})
    >>> emit(table, "csv")
    date,note
    2024-08-31,'=1+1
    >>> emit(table.head(0), "text")
    nothing to show
    """
    frame = _with_plain_times(frame)
    if form in {"json", "geojson"}:
        frame = frame.map(_text_of_time)
    if form == "geojson":
        text = frame.to_json(drop_id=True, to_wgs84=False)  # type: ignore[call-overload]
        start, features, rest = text.partition('"features"')
        stated = f'"credits": {json.dumps([*map(_credit, makers)])}, ' if makers else ""
        print(f"{start}{stated}{features}{rest}")
        return
    if form in {"csv", "json"}:
        for about in makers:
            if not allows_redistribution(about.license):
                say(f"{about.maker}: {about.license}; before you pass this on: {_ASK}")
    plain = frame.drop(columns="geometry", errors="ignore")
    if form == "csv":
        print(_texts(plain, _cell).to_csv(index=False, lineterminator="\n"), end="")
    elif form == "json":
        print(plain.to_json(orient="records", date_format="iso", indent=2, force_ascii=False))
    else:
        shown = _texts(plain, printable)
        print(
            shown.to_string(index=False, na_rep="", max_colwidth=WIDEST)
            if len(shown)
            else "nothing to show"
        )


def _credit(about: About) -> dict[str, str]:
    """Return whose ground it is and on what terms, as far as that is stated."""
    credit = {"maker": about.maker, "license": about.license, "attribution": about.attribution}
    if not allows_redistribution(about.license):
        credit["redistribution"] = _ASK
    return {key: text for key, text in credit.items() if text}


def say(line: str) -> None:
    r"""Tell the user something that is not data, on standard error, after the data before it.

    >>> from contextlib import redirect_stderr
    >>> with redirect_stderr(sys.stdout):
    ...     say("read zones\x1b[2J.geojson")
    read zones\x1b[2J.geojson
    """
    sys.stdout.flush()
    print(printable(line), file=sys.stderr)


def emit_findings(findings: Iterable[Finding], form: Format) -> None:
    """Print findings: a line each as text, else a table of rule, severity, place and message.

    >>> from frontmap.model import Finding
    >>> found = Finding(rule="border", message="lies abroad", date=dt.date(2024, 8, 31), zone="a")
    >>> emit_findings([found], "text")
    error: 2024-08-31: lies abroad
    >>> emit_findings([found], "csv")
    rule,severity,date,zone,path,message
    border,error,2024-08-31,a,,2024-08-31: lies abroad
    """
    if form == "text":
        for finding in findings:
            print(printable(f"{finding.severity}: {finding.located}"))
        return
    import pandas as pd

    columns = ["rule", "severity", "date", "zone", "path", "message"]
    rows = [
        (f.rule, f.severity, str(f.date or ""), f.zone or "", str(f.path or ""), f.located)
        for f in findings
    ]
    emit(pd.DataFrame(rows, columns=columns), form)


def grouped_findings(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line for each finding; where one rule has more than a few, for its worst alone.

    What is damaged or forked is named one by one.

    >>> from frontmap.model import Finding
    >>> found = [Finding(rule="border", message=f"{km} km abroad", size=km) for km in range(9)]
    >>> list(grouped_findings(found))
    ['error: 8 km abroad (the worst of 9 findings of the rule border)']
    >>> list(grouped_findings(found[:2]))
    ['error: 0 km abroad', 'error: 1 km abroad']
    """
    from frontmap.archive.inspection import DAMAGE

    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, own in by_rule.items():
        if len(own) <= MOST_LISTED or rule in DAMAGE | {"fork"}:
            yield from (f"{finding.severity}: {finding.located}" for finding in own)
        else:
            worst = max(own, key=lambda finding: (finding.severity == "error", finding.size))
            of_all = f"the worst of {counted(len(own), 'finding')} of the rule {rule}"
            yield f"{worst.severity}: {worst.located} ({of_all})"


def exit_code_of(findings: Sequence[Finding]) -> int:
    """Return the exit code of a verb that has found something: 5 for damage, else 1; 0 for nothing.

    >>> from frontmap.model import Finding
    >>> [exit_code_of([Finding(rule=rule, message="")]) for rule in ("damaged", "border")]
    [5, 1]
    """
    from frontmap.archive.inspection import DAMAGE

    if any(finding.rule in DAMAGE for finding in findings):
        return IntegrityError.exit_code
    return EXIT_FINDINGS if findings else 0


def printable(text: str) -> str:
    r"""Show control, direction and other unseen characters as escapes, so that a line stays a line.

    >>> printable("a\x1b[2Jb\u202ec")
    'a\\x1b[2Jb\\u202ec'
    """
    return "".join(
        letter.encode("unicode_escape").decode()
        if unicodedata.category(letter) in _UNSEEN
        else letter
        for letter in text
    )


def _cell(text: str) -> str:
    return as_text_cell(text.replace("\r", "\\r"))  # bare, it ends a line for many readers


def _with_plain_times(frame: pd.DataFrame) -> pd.DataFrame:
    """Give dates and instants as those of the standard library, which print as ISO 8601."""
    plain = {}
    for name in frame.select_dtypes(["datetime", "datetimetz"]).columns:
        times = frame[name].dt
        values = (times.date if times.tz is None else times.to_pydatetime()).astype(object)
        plain[str(name)] = values.where(frame[name].notna(), None)
    return frame.assign(**plain)


def _text_of_time(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _texts(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    named = frame.rename(columns=lambda name: change(str(name)))
    return named.map(lambda value: change(value) if isinstance(value, str) else value)
