"""Whether the terms of a map are known to let others pass it on: for what is shown beside it."""

from __future__ import annotations

import re

#: What is recorded of a maker who states no licence.
OWN_TERMS = "the maker's own terms"
#: How licences begin that let anybody pass on what is under them, by SPDX id or by name.
_OPEN = re.compile(
    r"(CC0|CC[ -](BY|PDDC|PDM)|Creative Commons|Public Domain|PDDL|PDDC|ODbL|ODC[ -]By"
    r"|Open Data(base| Commons)|OGL|Open Government Licen[cs]e|NLOD|DL-DE|etalab|CDLA|C-UDA"
    r"|GFDL|MIT|0BSD|BSD|Apache|ISC|MPL|[AL]?GPL|EUPL|CECILL|Artistic|Unlicense|WTFPL|Zlib|X11)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s+(?:AND|OR|WITH)\s+")


def allows_redistribution(license_text: str) -> bool:
    """Tell whether a licence is one of those known to let others pass on what is under it.

    Of several that are joined (``CC-BY-4.0 AND ODbL-1.0``) each must. Words that are no known
    licence say nothing: then who made it has to be asked.

    >>> allows_redistribution("CC-BY-4.0"), allows_redistribution("CC-BY-4.0 AND LicenseRef-ours")
    (True, False)
    >>> allows_redistribution(OWN_TERMS), allows_redistribution("Mitigated use only")
    (False, False)
    """
    parts = [part.strip("() ") for part in _JOINED.split(license_text)]
    return all(_OPEN.match(part) for part in parts)
