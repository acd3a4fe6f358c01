"""The documents in a KMZ: links from one to another are followed, those that lead outside not."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from frontmap.formats import kml, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frontmap.formats.features import Feature
    from frontmap.formats.packed import Members

#: How far one document may lead to another.
FURTHEST = 8


def linked_features(
    members: Members,
    name: str,
    path: Path,
    read: dict[str, tuple[str, ...]],
    *,
    further: int = FURTHEST,
) -> Iterator[Feature]:
    """Yield the features of a document, and of those in the archive to which it links.

    ``read`` is filled with the documents that were read, each once, and what was mended in them.
    Links that lead outside the archive stay features without ground: nothing is fetched.

    >>> import io
    >>> import zipfile
    >>> from pathlib import Path
    >>> from frontmap.formats.packed import members_of
    >>> made = io.BytesIO()
    >>> with zipfile.ZipFile(made, "w") as archive:
    ...     archive.writestr("doc.kml", "<kml><NetworkLink><Link><href>layers/a.kml</href></Link>"
    ...         "</NetworkLink></kml>")
    ...     archive.writestr("layers/a.kml", "<kml><Placemark id='zone'/></kml>")
    >>> members = members_of(made.getvalue(), Path("a.kmz"))
    >>> [each.own_id for each in linked_features(members, "doc.kml", Path(), {})]
    ['zone']
    """
    documents = members.ending(".kml")
    source = kml.read_kml(*xml_text.root_of(members.read(name), path))
    read[name] = source.repairs
    for text in source.texts:
        feature = source.parse(text)
        href = str(feature.properties.get("href", "")).partition("#")[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), href))
        is_within = feature.others == ("NetworkLink",) and target in documents
        if not is_within or not further:
            yield feature
        elif target not in read:
            inner = linked_features(members, target, path, read, further=further - 1)
            for each in inner:
                yield replace(each, folders=(*each.folders, *feature.folders))
