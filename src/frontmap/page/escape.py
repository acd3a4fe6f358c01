"""Text from data on its way into a page: it stays text, whatever reads it on the way.

folium and branca read what they render as template source, browsers read it as markup, and a
script block ends at the first ``</script>``. None of them sees a sign of theirs in what `as_json`
and `as_markup` return.
"""

from __future__ import annotations

import html
import json
import re

_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_SIGNS = re.compile("[{}<>&\u2028\u2029]")


def as_json(value: object) -> str:
    r"""Write a value as JSON whose texts hold none of ``{ } < > &``, U+2028 and U+2029.

    >>> as_json({"note": "{{ 7*7 }}</script>"})
    '{"note":"\\u007b\\u007b 7*7 \\u007d\\u007d\\u003c/script\\u003e"}'
    >>> json.loads(as_json({"note": "{{ 7*7 }}</script>"}))["note"]
    '{{ 7*7 }}</script>'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _LITERAL.sub(_escaped_literal, text)


def as_markup(text: str) -> str:
    """Write a text for HTML, inert in templates too.

    >>> as_markup("<b>{{ 7*7 }}</b>")
    '&lt;b&gt;&#123;&#123; 7*7 &#125;&#125;&lt;/b&gt;'
    """
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _escaped_literal(literal: re.Match[str]) -> str:
    return _SIGNS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", literal[0])
