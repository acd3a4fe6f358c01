"""The API reference, written from the package tree: no module can be forgotten.

A Sphinx extension. The pages go to `docs/reference/`, which git leaves alone.
"""

from __future__ import annotations

import inspect
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import frontmap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "frontmap"
PUBLIC = """
Reference
=========

What ``import frontmap`` offers comes first: these names stay. Below it is every public function,
room by room in the order in which data flows; what lies in a room may be rearranged.

"""


def rooms() -> list[str]:
    """Name the rooms in the order in which data flows, as the import contract has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    downwards = [name.strip(" ()") for layer in contract["layers"] for name in layer.split(":")]
    return [*reversed(downwards), *contract["exhaustive_ignores"]]


def modules(room: str) -> Iterator[str]:
    """Name a room's modules as they are imported, the room itself first."""
    yield f"frontmap.{room}"
    for path in sorted((PACKAGE / room).rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        if name != f"frontmap.{room}.__init__":
            yield name.removesuffix(".__init__")


def pages() -> dict[str, str]:
    """Write the reference: the public names and the list of rooms, then a page for each room."""
    written = {"index.rst": _public()}
    for room in rooms():
        lines = _heading(room, "=")
        for module in modules(room):
            lines += [] if module == f"frontmap.{room}" else _heading(module, "-")
            lines += [f".. automodule:: {module}", ""]
        written[f"{room}.rst"] = "\n".join(lines)
    return written


def _public() -> str:
    lines = [PUBLIC]
    for name in sorted(set(frontmap.__all__) - {"__version__"}, key=str.swapcase):
        lines += _public_entry(name, getattr(frontmap, name))
    lines += [*_heading("Rooms", "-"), ".. toctree::", "   :maxdepth: 2", ""]
    return "\n".join([*lines, *(f"   {room}" for room in rooms()), ""])


def _public_entry(name: str, value: object) -> list[str]:
    """Describe a public name; references to a class lead to its room, where it is indexed."""
    if not isinstance(value, type):
        return [f".. autofunction:: frontmap.{name}", ""]
    kind = "exception" if issubclass(value, Exception) else "class"
    return [f".. auto{kind}:: frontmap.{name}", "   :no-index:", ""]


def _heading(text: str, underline: str) -> list[str]:
    return [text, underline * len(text), ""]


def _write(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    written = {folder / name: text for name, text in pages().items()}
    for stale in set(folder.iterdir()) - written.keys():
        stale.unlink()
    for page, text in written.items():
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")


def _names_only(
    _app: Sphinx, _kind: str, _name: str, value: Callable[..., object], *more: object
) -> tuple[str, None] | None:
    """Name a verb's arguments alone: their types are written for the command line."""
    _, signature, _ = more
    if "Annotated[" not in str(signature):
        return None
    return f"({', '.join(inspect.signature(value).parameters)})", None


def _skip(_app: Sphinx, _kind: str, _name: str, value: object, *_: object) -> bool | None:
    """Leave out the fields of named tuples, whose docstrings say only their number."""
    return True if type(value).__name__ == "_tuplegetter" else None


def _elsewhere(
    app: Sphinx, _env: object, node: pending_xref, contents: nodes.Element
) -> nodes.Element | None:
    """Lead a name to where it is described, if that is another module than the one it is said of.

    A room may offer what one of its modules has, and what ``frontmap`` offers is described twice.
    """
    from sphinx.util.nodes import make_refnode  # noqa: PLC0415  tests read this module without it

    if node.get("refdomain") != "py":
        return None
    domain = app.env.domains.python_domain
    module, _, name = node["reftarget"].rpartition(".")
    value = getattr(sys.modules.get(module), name, None)
    found = domain.objects.get(f"{getattr(value, '__module__', '')}.{name}")
    if found is None and not module:
        owner = f"{node['py:class']}." if node["reftype"] == "meth" else ""
        named = domain.find_obj(app.env, "", "", f"{owner}{name}", node["reftype"], 1)
        found = named[0][1] if len(named) == 1 else None
    if found is None:
        return None
    return make_refnode(app.builder, node["refdoc"], found.docname, found.node_id, contents)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before they are read."""
    app.connect("builder-inited", _write)
    app.connect("autodoc-process-signature", _names_only)
    app.connect("autodoc-skip-member", _skip)
    app.connect("missing-reference", _elsewhere)
    return {"parallel_read_safe": True}
