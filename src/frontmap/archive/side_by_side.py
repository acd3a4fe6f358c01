"""What makers are called where several stand side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from frontmap.archive.queries import RecordedSnapshots


def maker_names(archives: Sequence[RecordedSnapshots]) -> list[str]:
    """Return the makers' names, with a number in their order where two archives share one.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> maker_names([kursk]), maker_names([kursk, kursk])
    (['frontmap'], ['frontmap (1)', 'frontmap (2)'])
    """
    makers = [archive.about.maker for archive in archives]
    of_name, seen = Counter(makers), Counter[str]()
    names = []
    for maker in makers:
        seen[maker] += 1
        names.append(f"{maker} ({seen[maker]})" if of_name[maker] > 1 else maker)
    return names
