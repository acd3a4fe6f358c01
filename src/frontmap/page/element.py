"""The reader as a folium element: on anybody's map, or as a page of its own."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import folium
from branca.element import Element, Figure
from folium.elements import MacroElement
from folium.template import Template

from frontmap.errors import UsageError
from frontmap.page import bundle
from frontmap.page.container import identity, sealed
from frontmap.page.escape import as_markup
from frontmap.page.without_script import plain_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from frontmap.page.payload.fields import Payload, WholePayload

TILE_HOST = "https://tile.openstreetmap.org"
MOST_IN_A_CELL = 1_000_000


class Verbatim(Element):
    """Text that folium puts into the page as it is and never reads as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class FrontLayer(MacroElement):
    """An archive's dates on a folium map, with their slider, figures and legend.

    `payload` is what `frontmap.page.payload.gather.gather_payload` returns.
    """

    def __init__(self, payload: Payload, *, whole: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # folium types no base
        self._name = "frontmap"
        # what differs in anything it shows is another layer, also of one archive on one map
        self._id = payload["digest"][:16] if whole else identity(payload)[:16]
        self.payload = payload
        self.whole = whole

    def render(self, **_kwargs: object) -> str:
        """Put data and script into the figure that this element is part of; return nothing.

        Raises ``UsageError`` where it is part of none.

        >>> import frontmap
        >>> frontmap.layer(frontmap.open("geodata/kursk")).render()
        Traceback (most recent call last):
        frontmap.errors.UsageError: this layer is on no map; add it: layer.add_to(folium.Map())
        """
        figure, parent = self.get_root(), self._parent
        if not isinstance(figure, Figure) or parent is None:
            raise UsageError("this layer is on no map; add it: layer.add_to(folium.Map())")
        name = self.get_name()
        data = f'<script type="application/json" id="{name}">{sealed(self.payload)}</script>'
        start = f'frontmapStart(() => {parent.get_name()}, "{name}", false);'
        if self.whole:
            start = f'frontmapStart({parent.get_name()}_make, "{name}", true);'
        figure.html.add_child(Verbatim(data), name=name)
        figure.script.add_child(Verbatim(bundle.boot()), name="frontmap_boot")
        figure.script.add_child(Verbatim(start), name=f"{name} on {parent.get_name()}")
        return ""

    def _get_self_bounds(self) -> list[list[float | None]]:
        west, south, east, north = self.payload["view"]
        return [[south, west], [north, east]]

    def _repr_html_(self) -> str:
        """Show the whole page in a notebook's cell, or how to save it where it is too large."""
        return Page(self.payload)._repr_html_()


class _Map(folium.Map):
    """A folium map that loads nothing and is made when called for: Leaflet is in the payload."""

    _template = Template(
        """
{%- macro html(this, kwargs) -%}
<div class="folium-map" id={{ this.get_name()|tojson }}></div>
{%- endmacro -%}
{%- macro script(this, kwargs) -%}
function {{ this.get_name() }}_make() {
return L.map({{ this.get_name()|tojson }}, {
center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}
});
}
{%- endmacro -%}
        """
    )
    default_js: list[tuple[str, str]] = []  # noqa: RUF012  the name that folium gives it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, identity: str) -> None:
        super().__init__(
            location=(0, 0), tiles=None, zoom_start=6, zoomSnap=0.25, attributionControl=False
        )
        self._id = identity


class Page(Figure):
    """The whole document: a strict content policy, Leaflet inside, readable without script."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="@policy@">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<!-- generator: frontmap -->\n"
        "<title>{{ this.plain_title }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>{{ this.script.render(**kwargs) }}</script>\n</body>\n</html>\n"
    )

    def __init__(self, payload: Payload) -> None:
        super().__init__(height="720px")
        self.reader = payload["script"].decode()
        self.plain_title = as_markup(payload["title"])
        self.header._children.clear()  # noqa: SLF001  branca's own meta tag; ours comes first
        style = f"<style>{bundle.document_style()}</style>"
        self.header.add_child(Verbatim(style), name="document_style")
        plain = f"<noscript>{plain_page(payload)}</noscript>"
        self.html.add_child(Verbatim(plain), name="plain")
        theatre = _Map(payload["digest"][:16])
        theatre.add_to(self)
        everything: WholePayload = {**payload, **bundle.leaflet()}
        FrontLayer(everything, whole=True).add_to(theatre)

    def render(self, **kwargs: object) -> str:
        """Render the document; the policy allows exactly the scripts and styles that are in it.

        >>> import frontmap
        >>> text = frontmap.page.whole_page(frontmap.open("geodata/kursk")).render()
        >>> text.count("<script>"), "'unsafe-inline'" in text
        (1, False)
        """
        text = str(super().render(**kwargs))
        return text.replace("@policy@", _policy(text, self.reader), 1)

    def _repr_html_(self, **kwargs: object) -> str:
        """Show the page in a frame; beyond ``MOST_IN_A_CELL`` bytes, say how to save it instead."""
        size = len(self.render().encode())
        if size > MOST_IN_A_CELL:
            return (
                f"<p>This map weighs {size / 1e6:.1f} MB, too much for a notebook. Save it and "
                "open the file: <code>frontmap.page.save_page(archive, Path('map.html'))</code></p>"
            )
        return str(super()._repr_html_(**kwargs))


def _policy(text: str, reader: str) -> str:
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    scripts += [bundle.leaflet_script(), reader]
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    styles += [bundle.leaflet_style(), bundle.style()]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashes(scripts)}",
            f"style-src {_hashes(styles)}",
            f"img-src data: blob: {TILE_HOST}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashes(texts: Iterable[str]) -> str:
    return " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in texts
    )
