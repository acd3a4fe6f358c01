"""The page's modules: how they become one script, and that they say what the payload is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import box

from frontmap.geometry.changed import ground_changes
from frontmap.page import bundle
from frontmap.page.linking import linked
from frontmap.page.payload import fields, gains
from frontmap.page.payload.pack import iter_varints
from frontmap.page.payload.shown_once import shortened_number
from frontmap.page.shortening import shortened
from fronts import new_archive, zone

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "src" / "frontmap" / "page" / "modules"
SCRIPTS = sorted(path.relative_to(ROOT).as_posix() for path in MODULES.rglob("*.js"))
MOST_LINES, MOST_COLUMNS = 300, 110
MANY = 4000

node = pytest.mark.skipif(
    shutil.which("node") is None and os.environ.get("FRONTMAP_REQUIRE_NODE") != "1",
    reason="no node on this machine",
)


@node
def test_the_modules_meet_their_own_tests():
    own = sorted(path.relative_to(ROOT) for path in (ROOT / "tests" / "page").glob("*.test.js"))
    done = subprocess.run(
        ["node", "--test", *own], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_module_is_short_and_its_lines_too(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > MOST_COLUMNS] == []


def joined(**files):
    texts = {f"{name}.js": text for name, text in files.items()}
    return linked("main.js", texts.__getitem__)


def test_a_module_stands_after_those_that_it_imports_and_once():
    low = "export const a = 1;\n"
    left = "import { a } from './low.js';\n\nexport function b() {}\n"
    main = "import { a } from './low.js';\nimport {\n  b,\n} from './left.js';\n\nb(a);\n"
    assert joined(main=main, left=left, low=low) == "const a = 1;\nfunction b() {}\nb(a);"


def test_paths_are_from_the_module_that_imports():
    files = {
        "start/main.js": "import { a } from '../parts/one.js';\na();\n",
        "parts/one.js": "import { b } from './two.js';\nexport const a = () => b;\n",
        "parts/two.js": "export const b = 2;\n",
    }
    text = linked("start/main.js", files.__getitem__)
    assert text == "const b = 2;\nconst a = () => b;\na();"


REFUSED = {
    "a circle": {
        "main": "import { a } from './one.js';\n",
        "one": "import { b } from './two.js';\nexport const a = 1;\n",
        "two": "import { a } from './one.js';\nexport const b = 1;\n",
    },
    "one name twice": {
        "main": "import { a } from './one.js';\nconst b = 1;\n",
        "one": "export const a = 1;\nfunction b() {}\n",
    },
    "another name for what is imported": {
        "main": "import { a as b } from './one.js';\n",
        "one": "export const a = 1;\n",
    },
    "a default": {"main": "export default 1;\n"},
}
SAID = {
    "a circle": "import each other: main.js, one.js, two.js",
    "one name twice": "two modules give one name: b",
    "another name for what is imported": "main.js: not an import or export",
    "a default": "main.js: not an import or export",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_joined_is_refused(kind):
    with pytest.raises(ValueError, match=re.escape(SAID[kind])):
        joined(**REFUSED[kind])


SHORTENED = {
    "const long=1;use(long);": "const a=1;use(a);",
    "const long=1;use({long});": "const long=1;use({long});",
    "const long=1;use({long:2});": "const long=1;use({long:2});",
    "const long=1;use(it.long);": "const long=1;use(it.long);",
    "const long=1;use(it?.long);": "const long=1;use(it?.long);",
    "const{long}=it;": "const{long}=it;",
    "const long=1;use(`long ${long} ${`${long}`}`);": "const a=1;use(`long ${a} ${`${a}`}`);",
    "const long=1;use('long',\"long\");": "const a=1;use('long',\"long\");",
    "const long=1;use(it.replace(/[/`']/g,long));": "const a=1;use(it.replace(/[/`']/g,a));",
    "const long=on?long:other;": "const a=on?a:other;",
    "const long=1,a=2;": "const b=1,a=2;",
    "const long=4/2/long;": "const a=4/2/a;",
    "window.long=1;use(long);": "window.long=1;use(long);",
}


@pytest.mark.parametrize("script", SHORTENED)
def test_only_a_name_that_is_only_a_variable_is_shortened(script):
    assert shortened(script) == SHORTENED[script]


def stated_in_python():
    """Each type of `fields`, by name, with the names of its fields."""
    return {
        name: set(kind.__annotations__)
        for name, kind in vars(fields).items()
        if isinstance(kind, type) and hasattr(kind, "__total__")
    }


def stated_in_the_script():
    text = (MODULES / "payload.js").read_text("utf-8")
    blocks = re.findall(r"@typedef \{object\} (\w+)\n(.*?)\*/", text, re.DOTALL)
    return {name: set(re.findall(r"@property \{.*?\} \[?(\w+)", body)) for name, body in blocks}


def test_python_and_the_script_state_the_same_payload():
    script, python = stated_in_the_script(), stated_in_python()
    assert len(script) > 12
    assert script["Payload"] == python["WholePayload"]
    for name in script.keys() - {"Payload"}:
        assert script[name] == python[name], name


def test_a_payload_has_the_fields_that_are_stated_and_each_table_its_columns(kursk_payload):
    payload: dict[str, Any] = dict(kursk_payload)
    assert payload.keys() == fields.Payload.__required_keys__
    tables = {
        name: re.fullmatch(r"Columns\[(\w+)\]", hint.__forward_arg__)
        for name, hint in fields.Payload.__annotations__.items()
    }
    assert sum(map(bool, tables.values())) > 8
    for name, row in tables.items():
        if row:
            assert payload[name].keys() == stated_in_python()[row[1]], name


@pytest.fixture
def front(tmp_path):
    """Three dates of two parties: ground gained, then lost; another party's, the other way."""
    made = new_archive(tmp_path / "front")
    for date, own, other in (
        ("2024-08-12", 0.1, 0.3),
        ("2024-08-20", 0.3, 0.2),
        ("2024-08-31", 0.2, 0.4),
    ):
        zones = [
            zone(box(35, 51, 35 + own, 51.2), "own"),
            zone(box(36, 51, 36 + other, 51.2), "other", party="RU"),
        ]
        made.add(date, zones, reason="for this test")
    return made


def km2(shapes):
    from frontmap.measure.area import area_km2

    return float(np.sum(area_km2(shapely.get_parts(shapes))))


@pytest.mark.parametrize("most", [0, 1, 3])
def test_beyond_so_many_faces_a_page_carries_neighbouring_pairs_alone(front, monkeypatch, most):
    monkeypatch.setattr(gains, "MOST_FACES", most)
    snapshots = list(front.snapshots())
    parts = gains.packed_gains(snapshots, ["UA", "RU"], front.root)
    assert parts["any_pair"] is False
    numbers = list(iter_varints(parts["changed_ground"]))
    expected = []
    for party in ("UA", "RU"):
        pairs = pairwise(snapshots)
        changes = [ground_changes(a.zones, b.zones, [party], "controlled")[party] for a, b in pairs]
        expected += [km2(change.gained) for change in changes]
        expected += [km2(change.lost) for change in changes]
    assert [number / gains.PER_KM2 for number in numbers] == pytest.approx(expected, abs=0.001)
    assert sum(km2 > 1 for km2 in expected) == 4


def test_up_to_so_many_faces_a_page_carries_any_pair(front, monkeypatch):
    monkeypatch.setattr(gains, "MOST_FACES", 4)
    assert gains.packed_gains(list(front.snapshots()), ["UA", "RU"], front.root)["any_pair"] is True


@node
@pytest.mark.parametrize(
    "script",
    [bundle.boot, bundle.script, partial(bundle.script, beside=True)],
    ids=["boot", "script", "beside"],
)
def test_what_goes_into_a_page_is_a_script(script, tmp_path):
    path = tmp_path / "script.js"
    path.write_text(script(), "utf-8")
    subprocess.run(["node", "--check", path], check=True)


def test_the_lock_of_the_tools_names_no_registry():
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    packages = json.loads(lock)["packages"]
    assert "resolved" not in lock
    assert all("integrity" in package for name, package in packages.items() if name)


@node
def test_a_number_reads_the_same_on_the_page_as_in_the_report_and_the_terminal():
    """Rounded once, however it came there; also a sum, as of controlled and contested ground."""
    random = np.random.default_rng(5)
    many = (random.random(MANY) * 10.0 ** random.integers(-2, 6, MANY)).tolist()
    # Just beside the ties of one decimal, which rounding to two first would move.
    near = [n / 20 + d for n in range(1, 4001, 2) for d in (-2e-3, -1e-5, 1e-5, 2e-3)]
    values = [*many, *near, 4856.448]
    zones = [shortened_number(value, 2) for value in values]
    areas = [shortened_number(value) for value in values]
    script = f"""
        import {{ makeWords }} from '{MODULES}/text/words.js';
        import {{ readFileSync }} from 'node:fs';
        const words = makeWords([{{ name: 'thousands', texts: {{ en: ',' }} }},
                                 {{ name: 'decimals', texts: {{ en: '.' }} }}], 'en');
        const [zones, areas] = JSON.parse(readFileSync(0, 'utf8'));
        const sums = areas.slice(1, {MANY}).map((value, i) => words.number(value + areas[i]));
        console.log(JSON.stringify([zones.map(words.tenth), areas.map(words.number), sums]));
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps([zones, areas]),
        capture_output=True,
        text=True,
        check=True,
    )
    tenths, numbers, sums = json.loads(done.stdout)
    assert tenths == [f"{value:,.1f}" for value in values]
    assert numbers == [shown(value) for value in values]
    assert sums == [shown(one + other) for one, other in pairwise(many)]


def shown(value: float) -> str:
    """A number as a sentence has it, with a digit more where it is small."""
    return f"{value:,.1f}" if value < 10 and value != round(value) else f"{value:,.0f}"
