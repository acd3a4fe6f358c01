"""A text that is split at its features is read as a parser reads it, whatever its form."""

from __future__ import annotations

import json

import orjson
from hypothesis import given
from hypothesis import strategies as st

from frontmap.formats.splitting import BoundedCache, each_feature, parse_feature, split_features


def dumped(value, form):
    return {
        "minified": lambda: json.dumps(value, separators=(",", ":")),
        "spaced": lambda: json.dumps(value),
        "indented": lambda: json.dumps(value, indent=2),
        "keys the other way round": lambda: json.dumps(
            {
                "features": [dict(reversed(f.items())) for f in value["features"]],
                "type": value["type"],
            }
        ),
        "a member after the features": lambda: json.dumps({**value, "name": "x"}),
    }[form]()


FORMS = (
    "minified", "spaced", "indented", "keys the other way round", "a member after the features"
)  # fmt: skip


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('{}[],:"\\ aFeatureтyp', max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
features = st.fixed_dictionaries(
    {
        "type": st.just("Feature"),
        "properties": st.dictionaries(st.text(max_size=4), values, max_size=3),
    },
    optional={"id": st.integers(), "inner": st.just({"type": "Feature", "id": 1})},
)


@given(st.lists(features, max_size=5), st.sampled_from(FORMS))
def test_splitting_sees_what_the_parser_sees(several, form):
    text = dumped({"type": "FeatureCollection", "features": several}, form).encode()
    assert each_feature(text, lambda texts: [parse_feature(t) for t in texts]) == several


def test_a_feature_inside_another_is_not_split_off():
    inner = {"type": "Feature", "properties": {"x": [1, {"type": "Feature", "id": 2}, 3]}}
    text = orjson.dumps({"type": "FeatureCollection", "features": [inner, inner]})
    assert len(split_features(text) or []) != 2
    assert each_feature(text, lambda texts: [parse_feature(t) for t in texts]) == [inner, inner]


def test_what_is_remembered_is_bounded_and_made_again_after():
    made: list[str] = []

    def make(key):
        made.append(key)
        return key

    remembered = BoundedCache(make, size=len, limit_bytes=10)
    for number in range(100):
        assert remembered(f"key {number:03}") == f"key {number:03}"
        assert remembered("key 000") == "key 000"
    assert made.count("key 000") == 1
    assert remembered("key 001") == "key 001"
    assert made.count("key 001") == 2
