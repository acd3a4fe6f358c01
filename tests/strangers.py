"""Archives as a stranger might send them: things planted in the place of each of their files.

Beside the archive lies a folder outside it, which nothing may change, and a copy of what each file
of the archive truly is.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

import shapely
from shapely import box

import frontmap
from frontmap.imports.importing import import_files, sources_in
from fronts import Clock, new_archive, to_format_1, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST, DAY, FREE = "2024-08-12", "2024-08-13", "2024-08-20"  # the last has no snapshot
KML = Path(__file__).parent / "data" / "uacontrolmap"
SECONDS = 20.0
UNFORESEEN = (70, 99)
ODD_NAMES = "odd names beside it"
NOT_OF_THE_ARCHIVE = (".cache", ".git/", ".lock")
TERABYTE = 1 << 40

BORDER = {"type": "LineString", "coordinates": [[33, 51], [39, 51]]}
TABLES = {
    "sources.csv": (
        "id,publisher,url,published,read\nx-1,X News,https://example.org/1,2024-08-12,2026-11\n"
    ),
    "claimants.csv": "claimant,side,kind,note\nISW,none,monitor,\n",
    "places.csv": (
        "id,name_en,name_uk,name_ru,raion,lon,lat,accuracy_m,source\n"
        "alba,Alba,,,North,35.05,51.05,500,x-1\n"
        "bela,Bela,,,North,35.15,51.06,500,x-1\n"
        "cena,Cena,,,North,35.10,51.15,500,x-1\n"
        "dora,Dora,,,South,35.60,51.30,500,x-1\n"
    ),
    "settlement_events.csv": (
        "place_id,date,date_precision,event,party,claimant,publisher,published,source,"
        "doubted,seen,repelled,passed,fought,note\n"
        "alba,2024-08-11,day,claims_control,UA,ISW,X News,2024-08-11,x-1,,,,,,\n"
        "bela,2024-08-11,day,claims_control,UA,ISW,X News,2024-08-11,x-1,,,,,,\n"
        "cena,2024-08-12,day,claims_control,UA,ISW,X News,2024-08-12,x-1,,,,,,\n"
        "dora,2024-08-12,day,stays,RU,ISW,X News,2024-08-12,x-1,,,,,,\n"
    ),
    "reported.csv": (
        "as_of,as_of_precision,published,value_km2,qualifier,measure,party,claimant,source,note\n"
        "2024-08-12,day,2024-08-12,300,about,controlled,UA,ISW,x-1,\n"
    ),
    "reviews.csv": "date,source,says,verdict,note\n2024-08-13,x-1,Alba is held,agrees,\n",
    "events.csv": "date,what,figure,unit,claimant,source,lat,lon\n",
    "accepted.csv": "date,rule,zone,reason\n",
}
BESIDE = {
    "datapackage.json": "{}\n",
    "import.json": '{"maker": "deepstate"}\n',
    "repairs/2024/1725138000.csv": "file,feature,zone,rule,detail,count\n",
    "profiles/own.json": '{"rules": ["type=held => UA controlled"], "source": "x-1", '
    '"maker": "UA Control Map", "dates": "{yyyy}-{mm}-{dd}"}\n',
    "words/de.json": '{"map": "Karte"}\n',
    ".cache/.gitignore": "*\n",
    ".cache/ground-1/000000-00000000/manifest.json": "{}",
    ".lock": "",
}

Paths = dict[str, tuple[str, bytes]]


class Answer(NamedTuple):
    """What a verb did: exit code (None: it had to be killed), what it printed and what it wrote."""

    code: int | None
    out: str
    err: str
    written: Paths


class Cage:
    """A loaded frontmap that runs verbs in forked children; see ``caged.py``."""

    def __init__(self, folder: Path) -> None:
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        self.cache = folder / "cache"
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("caged.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={
                **os.environ,
                "OPENBLAS_NUM_THREADS": "1",
                "COLUMNS": "200",
                "FRONTMAP_AUTHOR": "",
                "XDG_CACHE_HOME": str(self.cache),
                "HOME": str(folder),
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _stream(self.process.stdin).close()
        self.process.wait()
        _stream(self.process.stdout).close()

    def load(self, words: list[str]) -> None:
        """Run a verb in the loaded process itself, so that what it imports is there."""
        self._ask({"words": words})

    def run(self, words: list[str], cwd: Path, *, seconds: float = SECONDS) -> int | None:
        """Run a verb in a child and return its exit code; None where it had to be killed."""
        order = {"words": words, "cwd": str(cwd), "seconds": seconds}
        return self._ask({**order, "out": str(self.out), "err": str(self.err)})

    def _ask(self, order: dict[str, object]) -> int | None:
        print(json.dumps(order), file=self.process.stdin, flush=True)
        code: int | None = json.loads(_stream(self.process.stdout).readline())
        return code


def _stream(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@dataclass(slots=True)
class Yard:
    """A folder in which the archive ``front`` lies, with ``outside`` beside it."""

    folder: Path
    cage: Cage
    expected: dict[str, tuple[Answer, Paths]] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The archive."""
        return self.folder / "front"

    @property
    def outside(self) -> Path:
        """What nothing may change."""
        return self.folder / "outside"

    @property
    def made(self) -> Path:
        """Where verbs write what they make for somebody."""
        return self.folder / "made"

    def contents(self) -> Paths:
        """Return what lies in the archive."""
        return contents(self.root)

    def restore(self, verb: str) -> None:
        """Put the archive back to how it was, and what the last verb wrote."""
        erase(self.root)
        erase(self.made)
        shutil.copytree(self.folder / VERBS[verb].base, self.root, symlinks=True)
        self.made.mkdir()

    def restore_outside(self) -> None:
        """Put what lies outside back to how it was."""
        erase(self.outside)
        lay_outside(self.folder)

    def plant(self, target: str, plant: str, verb: str) -> str:
        """Put something in the place of a file or folder of a fresh archive; return its name."""
        self.restore(verb)
        name = target.format(tip=self.tip())
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        erase(path)
        same = self.outside / VERBS[verb].base / name
        PLANTS[plant].put(Place(path, same, self.outside))
        return name

    def tip(self) -> str:
        """Return the file name of the revision that was recorded last."""
        return max(p.name for p in (self.folder / "whole/revisions/2024/2024-08-13").iterdir())

    def words(self, verb: str) -> list[str]:
        """Return the command line of a verb."""
        kept = max(p.name for p in (self.folder / "forked/revisions/2024/2024-08-13").iterdir())
        given: dict[str, object] = {"root": self.root, "made": self.made, "folder": self.folder}
        given |= {"kept": kept[17:29], "base": self.tip()[17:29]}
        return [word.format(**given) for word in VERBS[verb].words]

    def run(self, verb: str) -> Answer:
        """Run a verb in a child."""
        code = self.cage.run(self.words(verb), self.folder)
        out, err = (
            path.read_bytes().decode("utf-8", "replace") for path in (self.cage.out, self.cage.err)
        )
        return Answer(code, out, err, contents(self.made))

    def answer(self, verb: str) -> tuple[Answer, Paths]:
        """Return what a verb answers from the untouched archive, and how it leaves it."""
        if verb not in self.expected:
            self.restore(verb)
            self.expected[verb] = (self.run(verb), self.contents())
        return self.expected[verb]

    def warm_up(self) -> None:
        """Load all that verbs import when they are first called."""
        for verb in VERBS:
            self.restore(verb)
            self.cage.load(self.words(verb))


def contents(folder: Path) -> Paths:
    """Return what lies below a folder, by name: its kind and its bytes; links are not followed."""
    found: Paths = {}
    for path in _walk(folder):
        name = str(path.relative_to(folder))
        status = path.lstat()
        kind = oct(stat.S_IFMT(status.st_mode))
        is_read = stat.S_ISREG(status.st_mode) and status.st_size < 1 << 26
        if path.is_symlink():
            found[name] = (kind, os.fsencode(path.readlink()))
        else:
            found[name] = (kind, path.read_bytes() if is_read else b"")
    return found


def canary(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return all that a verb could change outside: names, bytes, modes and times."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() and not path.is_symlink() else None,
        )
        for path in (folder, *_walk(folder))
    }


def _walk(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError), os.scandir(folder) as listed:
        for entry in sorted(listed, key=lambda entry: entry.name):
            yield Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))


def erase(path: Path) -> None:
    """Remove whatever lies at a path, closed folders too, and nothing that it links to."""
    if not path.is_symlink() and path.is_dir():
        path.chmod(0o700)
        for inner in list(path.iterdir()):
            erase(inner)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


EVENTS_OF_FORMAT_1 = (
    "place_id,date,event,claimant,publisher,published,source,note\n"
    "alba,2024-08-11,UA_claims_control,ISW,X News,2024-08-11,x-1,\n"
    "bela,2024-08-13,contested,ISW,X News,2024-08-13,x-1,unconfirmed\n"
)


def build(folder: Path) -> None:
    """Make an archive with all that may lie in one, and beside it what verbs take.

    ``whole`` is the archive, ``forked`` the same with a fork, ``outside`` what nothing may change.
    """
    root = folder / "whole"
    covered = folder / "covered.geojson"
    covered.write_text(collection(shapely.geometry.mapping(box(34, 50, 38, 53))), "utf-8")
    opened = new_archive(root, covered=covered)
    for name, text in TABLES.items():
        (root / name).write_text(text, "utf-8")
    (root / "reference.geojson").write_text(collection(BORDER, {"kind": "state_border"}), "utf-8")
    details: dict[str, Any] = {"sources": ("x-1",), "accuracy_m": 500.0}
    opened.add(FIRST, [zone(box(35.0, 51.0, 35.2, 51.2), **details)], reason="first")
    opened.add(DAY, [zone(box(35.0, 51.0, 35.3, 51.2), **details)], reason="first")
    opened.correct(DAY, [zone(box(35.0, 51.0, 35.25, 51.2), **details)], reason="second")
    for name, text in BESIDE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in ("init -q --template=", "add -f .", "commit -qm recorded", "gc -q"):
        subprocess.run([*git, *words.split()], check=True)
    _fork(folder)
    copy = shutil.copytree(root, folder / "edited") / "snapshots" / "2024" / f"{DAY}.geojson"
    copy.write_text(copy.read_text("utf-8").replace("35.25", "35.24"), "utf-8")
    to_format_1(shutil.copytree(root, folder / "older"))
    (folder / "older" / "settlement_events.csv").write_text(EVENTS_OF_FORMAT_1, "utf-8")
    first = sources_in([min(KML.glob("*.kml"))], "uacontrolmap")
    list(import_files(first, folder / "imported", maker="uacontrolmap", clock=Clock()))
    shutil.copytree(root / "profiles", folder / "imported" / "profiles")
    drawn = shapely.geometry.mapping(box(35.0, 51.0, 35.1, 51.1))
    (folder / "zones.geojson").write_text(collection(drawn), "utf-8")
    (folder / "maps").mkdir()
    (folder / f"maps/{FREE}.geojson").write_text(collection(drawn, {"type": "held"}), "utf-8")
    other = new_archive(folder / "other")
    other.add(DAY, [zone(box(35.0, 51.0, 35.2, 51.1))], reason="theirs")
    for name in ("sources.csv", "claimants.csv", "reported.csv"):
        (other.root / name).write_text(TABLES[name], "utf-8")
    lay_outside(folder)


def lay_outside(folder: Path) -> None:
    """Make the folder outside: a copy of the archive, a folder and a file of somebody's."""
    outside = folder / "outside"
    for base in ("whole", "forked", "edited", "older", "imported"):
        shutil.copytree(folder / base, outside / base, symlinks=True)
    (outside / "folder" / "ground-1").mkdir(parents=True)
    (outside / "folder" / "ground-1" / "mine.txt").write_text("mine")
    (outside / "other.txt").write_text("mine\n")


def _fork(folder: Path) -> None:
    root, twin = folder / "forked", folder / "twin"
    for copy in (root, twin):
        shutil.copytree(folder / "whole", copy)
    for copy, day, ground in (
        (root, 1, box(35, 51, 35.2, 51.1)),
        (twin, 2, box(35, 51, 35.1, 51.2)),
    ):
        opened = frontmap.open(copy, clock=Clock(f"2026-09-0{day}T10:00:00+00:00"))
        opened.correct(DAY, [zone(ground)], reason=f"number {day}")
    shutil.copytree(twin / "revisions", root / "revisions", dirs_exist_ok=True)
    shutil.rmtree(twin)


def collection(geometry: object, properties: object = None) -> str:
    feature = {"type": "Feature", "properties": properties or {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


class Verb(NamedTuple):
    """A command line, and the archive that it is run on.

    ``is_compared``: it says what it would change, and of another date what could not be compared.
    """

    words: list[str]
    base: str = "whole"
    is_slow: bool = False
    is_compared: bool = False


_HERE = ["--archive", "{root}"]
_ZONES = [
    "{folder}/zones.geojson", "--reason", "because", "--source", "x-1", "--party", "UA",
    "--status", "controlled", "--confidence", "high", "--accuracy", "500",
]  # fmt: skip
_WORDS = [
    f"{{folder}}/maps/{FREE}.geojson", "--reason", "because", "--source", "x-1",
    "--confidence", "high", "--accuracy", "500",
]  # fmt: skip
_MAPS = [
    "import", "{folder}/maps", "--into", "{root}", "--profile", "own",
]  # fmt: skip
_DRAWN = ["--source", "x-1", "--party", "UA", "--status", "controlled", "--confidence", "high",
          "--accuracy", "500"]  # fmt: skip
VERBS = {
    "places": Verb(["places", *_HERE]),
    "draft": Verb(["draft", DAY, *_HERE]),
    "review": Verb(["review", DAY, *_HERE]),
    "reported": Verb(["reported", *_HERE]),
    "check": Verb(["check", *_HERE]),
    "check FILE": Verb(["check", "{root}/snapshots/2024/2024-08-13.geojson", *_HERE]),
    "check FILE --date": Verb(
        ["check", "{folder}/zones.geojson", "--date", FREE, *_DRAWN, *_HERE],
        is_compared=True,
    ),
    "check DATE": Verb(["check", DAY, *_HERE]),
    "area": Verb(["area", *_HERE]),
    "area --fill between": Verb(["area", "--fill", "between", *_HERE]),
    "area --by unit": Verb(["area", "--by", "unit", *_HERE]),
    "change": Verb(["change", *_HERE]),
    "change --by transfer": Verb(["change", "--by", "transfer", *_HERE]),
    "front": Verb(["front", *_HERE]),
    "front --by neighbour": Verb(["front", "--by", "neighbour", *_HERE]),
    "held": Verb(["held", *_HERE]),
    "makers": Verb(["makers", "{root}", "--date", DAY, "--archive", "{folder}/other"]),
    "makers, three": Verb(
        ["makers", "{folder}/other", "{root}", "{folder}/other", "--date", DAY, "--format", "csv"]
    ),
    "reported --with": Verb(["reported", "--with", "{root}", "--archive", "{folder}/other"]),
    "words check": Verb(["words", "check", *_HERE]),
    "show": Verb(["show", DAY, *_HERE]),
    "log": Verb(["log", *_HERE]),
    "diff": Verb(["diff", DAY, *_HERE]),
    "diff FILE": Verb(["diff", DAY, "{folder}/zones.geojson", *_DRAWN[2:], *_HERE]),
    "diff --format geojson": Verb(["diff", DAY, "--format", "geojson", *_HERE]),
    "diff --since": Verb(["diff", "--since", "HEAD", *_HERE]),
    "verify": Verb(["verify", *_HERE]),
    "verify --since": Verb(["verify", "--since", "HEAD", *_HERE]),
    "verify --write-manifest": Verb(["verify", "--write-manifest", "{made}/list", *_HERE]),
    "fmt": Verb(["fmt", *_HERE]),
    "add": Verb(["add", FREE, *_ZONES, *_HERE], is_compared=True),
    "add --dry-run": Verb(["add", FREE, *_ZONES, "--dry-run", *_HERE], is_compared=True),
    "add --preview": Verb(
        ["add", FREE, *_ZONES, "--preview", "{made}/preview.html", "--dry-run", *_HERE],
        is_slow=True,
        is_compared=True,
    ),
    "add --profile": Verb(["add", FREE, *_WORDS, "--profile", "own", *_HERE], is_compared=True),
    "add --save-profile": Verb(
        [
            "add",
            FREE,
            *_WORDS,
            "--rule",
            "type=held => UA contested",
            "--save-profile",
            "own",
            "--snap",
            "20",
            *_HERE,
        ],
        is_compared=True,
    ),
    "add --no-ground": Verb(
        ["add", FREE, "--no-ground", "--reason", "because", *_HERE], is_compared=True
    ),
    "add --leave-out": Verb(["add", FREE, *_WORDS, "--leave-out", "type=lost", *_HERE]),
    "correct": Verb(["correct", DAY, *_ZONES, *_HERE], is_compared=True),
    "correct --from": Verb(["correct", DAY, *_ZONES, "--from", "{base}", *_HERE], is_compared=True),
    "correct without FILE": Verb(
        ["correct", DAY, "--reason", "because", *_HERE], "edited", is_compared=True
    ),
    "withdraw": Verb(["withdraw", DAY, "--reason", "because", *_HERE]),
    "revert": Verb(["revert", DAY, *_HERE]),
    "resolve": Verb(["resolve", DAY, "--keep", "{kept}", "--reason", "because", *_HERE], "forked"),
    "upgrade": Verb(["upgrade", *_HERE], "older"),
    "upgrade --dry-run": Verb(["upgrade", "--dry-run", *_HERE], "older"),
    "area, of format 1": Verb(["area", *_HERE], "older"),
    "source add": Verb(["source", "add", "isw-9", "--publisher", "ISW", *_HERE]),
    "source list": Verb(["source", "list", *_HERE]),
    "party add": Verb(["party", "add", "BY", "--name", "Belarus", *_HERE]),
    "party rename": Verb(["party", "rename", "UA", "--name", "Us", *_HERE]),
    "party list": Verb(["party", "list", *_HERE]),
    "init": Verb(
        ["init", "{root}", "--title=t", "--maker=m", "--bbox=34,50,38,53", "--party=UA=U"]
    ),
    "import": Verb(["import", "uacontrolmap", str(KML), "--into", "{root}"], "imported"),
    "import PATH": Verb(_MAPS, "imported"),
    "import PATH --dry-run": Verb([*_MAPS, "--dry-run"], "imported"),
    "map": Verb(["map", "--output", "{made}/map.html", *_HERE], is_slow=True),
    "map --with": Verb(
        ["map", "--with", "{root}", "--output", "{made}/map.html", "--archive", "{folder}/other"],
        is_slow=True,
    ),
    "report": Verb(["report", "--output", "{made}/report.html", *_HERE], is_slow=True),
}
#: Every file and folder that an archive may hold; of the staged ones, what a killed writer leaves.
TARGETS = (
    "archive.json", ".gitignore", ".gitattributes", ".lock", ".writing.part",
    ".cache", ".cache/.gitignore", ".cache/ground-1", ".cache/ground-1/000000-00000000",
    "snapshots", "snapshots/2024", "snapshots/2024/2024-08-13.geojson",
    "snapshots/2024/2024-08-20.geojson", "snapshots/2024/.2024-08-13.geojson~1-0.part",
    "revisions", "revisions/2024", "revisions/2024/2024-08-13", "revisions/2024/2024-08-20",
    "revisions/2024/2024-08-13/{tip}", "revisions/2024/2024-08-13/.x.geojson~1-0.part",
    *TABLES, "TABLES.md", "reference.geojson", "covered.geojson", "datapackage.json",
    "import.json", "repairs", "repairs/2024/1725138000.csv", "profiles", "profiles/own.json",
    "words", "words/de.json", ".git", ".git/HEAD", ".git/config", ".git/objects",
)  # fmt: skip


class Place(NamedTuple):
    """Where something is planted, what was there (kept outside), and the folder outside."""

    target: Path
    same: Path
    outside: Path


class Plant(NamedTuple):
    """What is put in the place of a file or folder.

    ``is_other`` says that the archive holds something else then: an answer from it may differ.
    """

    put: Callable[[Place], object]
    is_other: bool = False


def _link(text: str) -> Callable[[Place], None]:
    def put(place: Place) -> None:
        place.target.symlink_to(text.format(outside=place.outside, name=place.target.name))

    return put


def _hard_link_to_the_same(place: Place) -> None:
    if place.same.is_dir():
        shutil.copytree(place.same, place.target, copy_function=os.link)
    elif place.same.exists():
        os.link(place.same, place.target)


def _circle(place: Place) -> None:
    other = place.target.with_name(place.target.name + "-2")
    place.target.symlink_to(other)
    other.symlink_to(place.target)


def _socket(place: Place) -> None:
    here = Path.cwd()
    os.chdir(place.target.parent)  # a socket's path may have 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(place.target.name)
    finally:
        os.chdir(here)


def _device(number: int) -> Callable[[Place], None]:
    def put(place: Place) -> None:
        try:
            os.mknod(place.target, stat.S_IFCHR | 0o666, os.makedev(1, number))
        except PermissionError:  # of root alone
            place.target.symlink_to({5: "/dev/zero", 7: "/dev/full"}[number])

    return put


def _terabyte(place: Place) -> None:
    with place.target.open("wb") as file:
        file.truncate(TERABYTE)


def _empty(place: Place) -> None:
    if place.same.is_dir():
        place.target.mkdir()
    else:
        place.target.touch()


def _put_back(place: Place) -> None:
    if place.same.is_dir():
        shutil.copytree(place.same, place.target, symlinks=True)
    else:
        place.target.write_bytes(place.same.read_bytes() if place.same.exists() else b"")


def _closed(place: Place) -> None:
    _put_back(place)
    place.target.chmod(0)


#: Names that a program may take for something else: read as text, printed, split or climbed by.
NAMES = [
    b"..geojson", b"...", b".. ", b"2024-08-13\n.geojson", b"\x1b[31mred.geojson",
    b"\xff\xfe.geojson", b"\xe2\x80\xae2024.geojson", b"n" * 247 + b".geojson", b"-rf",
    b"2024-08-14", b"2024-02-30.geojson", b"20240831T000000Z-000000000000.geojson",
]  # fmt: skip


def _names(place: Place) -> None:
    """Leave the thing in its place, and put the same under odd names beside it."""
    _put_back(place)
    for name in NAMES:
        path = os.path.join(os.fsencode(place.target.parent), name)  # noqa: PTH118  of bytes
        _put_back(place._replace(target=Path(os.fsdecode(path))))


PLANTS = {
    "a link to the same outside": Plant(lambda place: place.target.symlink_to(place.same)),
    "a link to another file outside": Plant(_link("{outside}/other.txt")),
    "a link to a folder outside": Plant(_link("{outside}/folder")),
    "a link to nothing outside": Plant(_link("{outside}/nothing")),
    "a link by .. to a folder outside": Plant(_link("../outside/folder")),
    "a link to itself": Plant(_link("{name}")),
    "a link to ..": Plant(_link("..")),
    "a link to /dev/zero": Plant(_link("/dev/zero")),
    "two links in a circle": Plant(_circle),
    "a hard link to the same outside": Plant(_hard_link_to_the_same),
    "a hard link to another file outside": Plant(
        lambda place: os.link(place.outside / "other.txt", place.target), is_other=True
    ),
    "a pipe": Plant(lambda place: os.mkfifo(place.target)),
    "a socket": Plant(_socket),
    "the device of zeros": Plant(_device(5)),
    "the full device": Plant(_device(7)),
    "an empty folder": Plant(lambda place: place.target.mkdir(), is_other=True),
    "a file of something else": Plant(
        lambda place: place.target.write_bytes(b"\xff\x00 no text\n"), is_other=True
    ),
    "nothing in it": Plant(_empty, is_other=True),
    "nothing": Plant(lambda place: None, is_other=True),
    "a terabyte": Plant(_terabyte),
    "closed to its user": Plant(_closed),
    ODD_NAMES: Plant(_names),
}
