r"""ES modules as one script: each after those that it imports, without `import` and `export`.

The modules' names then lie in one scope, so a name may be given once only. What they may say is
what this reads: named imports of modules beside them, and `export` before a function, class or
constant, both at the start of a line.

>>> files = {
...     "start.js": "import { twice } from './parts/sums.js';\ntwice(2);\n",
...     "parts/sums.js": "export const twice = (n) => 2 * n;\n",
... }
>>> print(linked("start.js", files.__getitem__))
const twice = (n) => 2 * n;
twice(2);
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_IMPORT = re.compile(r"^import (?:\{\s*\w+(?:,\s*\w+)*,?\s*\} from )?'(\.[^']+)';\n+", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |const |let |class )", re.MULTILINE)
_NAME = re.compile(r"^(?:async )?(?:function|const|let|var|class) +(\w+)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def linked(entry: str, read: Callable[[str], str]) -> str:
    r"""Join the module ``entry`` and all that it imports.

    ``read`` gives a module's text by its path from one folder, with ``/``. Raises ``ValueError``
    where modules import each other in a circle, where two give one name, and where an import or
    export is of another kind.

    >>> linked("a.js", {"a.js": "import './a.js';\n"}.__getitem__)
    Traceback (most recent call last):
    ValueError: modules import each other: a.js
    """
    texts = {path: _plain(path, text) for path, text in _in_order(entry, read).items()}
    given = Counter(name for text in texts.values() for name in _NAME.findall(text))
    twice = sorted(name for name, times in given.items() if times > 1)
    if twice:
        raise ValueError(f"two modules give one name: {', '.join(twice)}")
    return "\n".join(text.strip("\n") for text in texts.values())


def _in_order(entry: str, read: Callable[[str], str]) -> dict[str, str]:
    """Read all modules that one needs; each after its imports, and near to what imports it."""
    texts: dict[str, str] = {}
    wanted = [entry]
    while wanted:
        path = wanted.pop()
        texts[path] = texts.get(path) or read(path)
        wanted += [each for each in _imports(path, texts[path]) if each not in texts]
    imports = {path: set(_imports(path, text)) for path, text in texts.items()}
    importers = Counter(each for own in imports.values() for each in own)
    ordered: dict[str, str] = {}
    while len(ordered) < len(texts):
        ready = [path for path in texts.keys() - ordered if imports[path] <= ordered.keys()]
        if not ready:
            circle = ", ".join(sorted(texts.keys() - ordered))
            raise ValueError(f"modules import each other: {circle}")
        first = min(ready, key=lambda path: (importers[path], path))
        ordered[first] = texts[first]
    return ordered


def _imports(path: str, text: str) -> Iterator[str]:
    for wanted in _IMPORT.findall(text):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))


def _plain(path: str, text: str) -> str:
    plain = _EXPORT.sub("", _IMPORT.sub("", text))
    left = _LEFT.search(plain)
    if left:
        raise ValueError(f"{path}: not an import or export that can be joined: {left[0]}")
    return plain
