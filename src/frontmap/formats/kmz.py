"""The documents in a KMZ: links from one to another are followed, those that lead outside not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from frontmap.formats import kml, xml_text
from frontmap.formats.kml_styles import Styles, document_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from frontmap.formats.features import Feature
    from frontmap.formats.packed import Members

#: How far one document may lead to another.
FURTHEST = 8


def linked_features(
    members: Members, name: str, path: Path, read: dict[str, tuple[str, ...]]
) -> Iterator[Feature]:
    """Yield the features of a document, and of those in the archive to which it links.

    ``read`` is filled with the documents that were read, each once, and what was mended in them.
    Links that lead outside the archive stay features without ground: nothing is fetched. A colour
    is that of whichever document in it a placemark names.

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
    documents = _Documents(members, path, read)
    return documents.features(name, Styles(documents.beside), FURTHEST)


@dataclass(frozen=True, slots=True)
class _Documents:
    members: Members
    path: Path
    read: dict[str, tuple[str, ...]]

    def features(self, name: str, styles: Styles, further: int) -> Iterator[Feature]:
        source = kml.read_kml(*self.root(name), name, styles)
        self.read[name] = source.repairs
        for text in source.texts:
            feature = source.parse(text)
            target = document_at(str(feature.properties.get("href", "")).partition("#")[0], name)
            is_within = feature.others == ("NetworkLink",) and target in self.names()
            if not is_within or not further:
                yield feature
            elif target not in self.read:
                for each in self.features(target, styles, further - 1):
                    yield replace(each, folders=(*each.folders, *feature.folders))

    def beside(self, name: str) -> Element | None:
        """Return the root of a document that another one names; None where it is not in there."""
        if name not in self.names():
            return None
        root, repairs = self.root(name)
        if not list(kml.read_kml(root).texts):  # it has nothing but styles
            self.read[name] = repairs
        return root

    def root(self, name: str) -> tuple[Element, tuple[str, ...]]:
        return xml_text.root_of(self.members.read(name), self.path)

    def names(self) -> list[str]:
        return self.members.ending(".kml")
