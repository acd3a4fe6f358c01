"""Profiles: what a maker's words mean in ours, what is left out, and on whose terms; as JSON files.

One that ships with frontmap is known by its name, such as ``deepstate``; those of an archive are
its ``profiles/NAME.json``, which go first.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from frontmap import storage
from frontmap.errors import FrontmapError, InputError, NotFoundError
from frontmap.formats import canonical, strict
from frontmap.intake.rules import Meaning, Rule, parse_meaning, parse_rule
from frontmap.model import CONFIDENCES, Confidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER = "profiles"
SHIPPED = Path(__file__).parent / "shipped"
#: What ``keep`` calls the word that decided: kept as a property, it shows what a status rests on.
DECIDING = "deciding word"

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)
_PROPERTY = re.compile(r"\S(.{0,98}\S)?")
_SOURCE = re.compile(r"\S{1,200}")
_VERSION_DIGITS = 12
_MOST_BYTES = 2**20
_LEAST_M, _MOST_M = 0.001, 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a maker's files are understood.

    ``rules`` go in their order. Texts that rules read are split at ``separator``, and each part is
    a word of its own. ``keep`` maps properties of our zones to what of a feature they hold (a
    property, ``folder``, ``fill``, …); ``None`` keeps all. ``source`` is the maker's id in
    ``sources.csv``; ``confidence`` and ``accuracy_m`` are assumed of zones that state none.
    ``dates`` is how files are named, ``time_zone`` where the maker's days end. ``stands_for`` says,
    by language, what the ground of a meaning is where that is not all of its kind.
    """

    name: str
    maker: str = ""
    license: str = ""
    attribution: str = ""
    link: str = ""
    source: str = ""
    dates: str = ""
    time_zone: str = ""
    confidence: Confidence | None = None
    accuracy_m: float | None = None
    separator: str = ""
    rules: tuple[Rule, ...] = ()
    keep: Mapping[str, str] | None = field(default=None, hash=False)
    stands_for: Mapping[Meaning, Mapping[str, str]] = field(default_factory=dict, hash=False)

    @property
    def version(self) -> str:
        """Twelve digits that change when the same file would become other zones.

        >>> one = Profile(name="a", rules=(parse_rule("layer=Held => RU controlled"),))
        >>> other = Profile(name="b", maker="Them", rules=one.rules)
        >>> one.version == other.version, one.version == Profile(name="a").version
        (True, False)
        """
        makes_zones = {"accuracy_m", "confidence", "keep", "rules", "separator", "source"}
        value = {key: value for key, value in _members(self).items() if key in makes_zones}
        text = json.dumps(value, sort_keys=True).encode()
        return hashlib.sha256(text).hexdigest()[:_VERSION_DIGITS]


#: A profile that nobody named, and says nothing yet.
UNNAMED = Profile(name="rules")


def profile_text(profile: Profile, undecided: tuple[str, ...] = ()) -> bytes:
    """Write a profile as JSON: one text for the same profile.

    ``undecided`` are rules that somebody has yet to finish; with one of them it cannot be read.

    >>> held = Profile(name="a", rules=(parse_rule("layer=Held => RU controlled"),))
    >>> parse_profile(profile_text(held), Path("a.json")) == held
    True
    """
    value = _members(profile)
    value["rules"] += undecided
    text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)
    return (text + "\n").encode()


def parse_profile(text: bytes, path: Path) -> Profile:
    """Read a profile, named like its file; raises ``InputError`` with file, place and remedy.

    >>> parse_profile(b'{"rules": ["layer=Held => RU held"]}', Path("a.json"))
    Traceback (most recent call last):
    frontmap.errors.InputError: a.json: rule 1: 'RU held': give a party and one of controlled,
    contested, claimed, or 'left out'
    """
    value, _ = strict.parse(text, path)
    reader = _Reader(path)
    if not isinstance(value, dict):
        raise reader.refused("a profile is an object with 'rules'")
    if unknown := sorted(set(value) - set(_FIELDS)):
        raise reader.refused(
            f"{unknown[0]!r} is no part of a profile; it has {', '.join(sorted(_FIELDS))}"
        )
    fields = {key: _FIELDS[key](reader, key, given) for key, given in value.items()}
    name = path.name.removesuffix(".json").removesuffix(".profile")
    return Profile(name=require_name(name, path), **fields)


def read_profile(name: str, root: Path | None = None) -> Profile:
    """Return a profile by its name (of the archive in ``root``, or shipped) or its file's path.

    Raises ``NotFoundError`` where there is none, ``InputError`` for one that cannot be read.

    >>> read_profile("deepstate").maker
    'DeepState'
    """
    if name.endswith(".json") or "/" in name or "\\" in name:
        return parse_profile(storage.read(Path(name), most=_MOST_BYTES), Path(name))
    require_name(name, "--profile")
    if root is not None:
        own = profile_path(name, root)
        if storage.kind_of(own, below=root) is not None:
            return parse_profile(storage.read(own, below=root, most=_MOST_BYTES), own)
    if name in shipped_names():
        path = SHIPPED / f"{name}.json"
        return parse_profile(storage.read(path), path)
    known = sorted({*shipped_names(), *(own_names(root) if root is not None else ())})
    raise NotFoundError(
        f"no profile {name!r}; there are {', '.join(known)}; of a file, give its path: {name}.json"
    )


def profile_path(name: str, root: Path) -> Path:
    """Return where an archive keeps a profile.

    >>> profile_path("isw", Path("front")).as_posix()
    'front/profiles/isw.json'
    """
    return root / FOLDER / f"{name}.json"


def is_in_archive(profile: Profile, root: Path) -> bool:
    """Whether an archive has this very profile by its name: of its own, else one that ships.

    >>> is_in_archive(read_profile("deepstate"), Path("geodata/kursk"))
    True
    >>> is_in_archive(Profile(name="deepstate"), Path("geodata/kursk"))
    False
    """
    try:
        return profile_text(read_profile(profile.name, root)) == profile_text(profile)
    except FrontmapError:
        return False


def keep_profile(profile: Profile, root: Path) -> None:
    """Write a profile into an archive, in the place of the one there, unless it has it.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("deepstate", "isw"):
    ...     keep_profile(Profile(name=name) if name == "isw" else read_profile(name), folder)
    >>> own_names(folder)
    ('isw',)
    """
    if not is_in_archive(profile, root):
        storage.replace(profile_path(profile.name, root), profile_text(profile), below=root)


def shipped_names() -> tuple[str, ...]:
    """Return the names of the profiles that come with frontmap.

    >>> shipped_names()
    ('deepstate', 'uacontrolmap')
    """
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.json")))


def own_names(root: Path) -> tuple[str, ...]:
    """Return the names of the profiles that an archive keeps.

    >>> own_names(Path("geodata/kursk"))
    ()
    """
    folder = root / FOLDER
    if storage.kind_of(folder, below=root) is None:
        return ()
    listed = storage.entries(folder, below=root)
    return tuple(sorted(path.stem for path, _ in listed if path.suffix == ".json"))


def require_name(name: str, where: Path | str) -> str:
    """Return a name that a profile can have; raises ``InputError``.

    >>> require_name("../isw", "--save-profile")
    Traceback (most recent call last):
    frontmap.errors.InputError: --save-profile: '../isw' is no name of a profile; give letters,
    digits, dots, dashes and underscores, 64 at most
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{where}: {name!r:.80} is no name of a profile; "
            "give letters, digits, dots, dashes and underscores, 64 at most"
        )
    return name


def _members(profile: Profile) -> dict[str, Any]:
    """Return what a profile says, as JSON has it; what it leaves unsaid is not in it."""
    texts = ("maker", "license", "attribution", "link", "source", "dates", "time_zone", "separator")
    value: dict[str, Any] = {key: text for key in texts if (text := getattr(profile, key))}
    for key in ("confidence", "accuracy_m"):
        if (given := getattr(profile, key)) is not None:
            value[key] = given
    if profile.keep is not None:
        value["keep"] = dict(profile.keep)
    if profile.stands_for:
        value["stands_for"] = {str(one): dict(words) for one, words in profile.stands_for.items()}
    return {**value, "rules": [str(rule) for rule in profile.rules]}


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path

    def text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.refused(f"{key} is {value!r:.80}; it must be a text")
        return value

    def word(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not _SOURCE.fullmatch(value):
            raise self.refused(f"{key} is {value!r:.80}; give one id without spaces")
        return value

    def confidence(self, key: str, value: object) -> Confidence:
        if value not in CONFIDENCES:
            raise self.refused(f"{key} is {value!r:.80}; choose one of {', '.join(CONFIDENCES)}")
        return value

    def metres(self, key: str, value: object) -> float:
        if type(value) not in (int, float) or not _LEAST_M <= cast("float", value) <= _MOST_M:
            raise self.refused(f"{key} is {value!r:.80}; give metres, 0.001 to 100000")
        return float(cast("float", value))

    def rules(self, key: str, value: object) -> tuple[Rule, ...]:
        if not isinstance(value, list):
            raise self.refused(f"{key} must be a list of texts such as 'layer=Held => RU claimed'")
        return tuple(self.rule(number, text) for number, text in enumerate(value, 1))

    def rule(self, number: int, text: object) -> Rule:
        try:
            return parse_rule(self.text(f"rule {number}", text))
        except ValueError as error:
            raise self.refused(f"rule {number}: {error}") from None

    def keep(self, key: str, value: object) -> dict[str, str]:
        names = self.texts(key, value)
        for name in names:
            if not _PROPERTY.fullmatch(name) or name in canonical.CORE_PROPERTIES:
                raise self.refused(f"{key}: {name!r:.80} is no name for a further property")
        return names

    def stands_for(self, key: str, value: object) -> dict[Meaning, dict[str, str]]:
        if not isinstance(value, dict):
            raise self.refused(f"{key} must map 'PARTY STATUS' to texts by language")
        said = {}
        for words, texts in value.items():
            try:
                meaning = parse_meaning(words)
            except ValueError as error:
                raise self.refused(f"{key}: {error}") from None
            if meaning is None:
                raise self.refused(f"{key}: ground that is left out stands for nothing")
            said[meaning] = self.texts(f"{key} {words!r}", texts)
        return said

    def texts(self, key: str, value: object) -> dict[str, str]:
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise self.refused(f"{key} must be an object of texts")
        return value

    def refused(self, why: str) -> InputError:
        return InputError(f"{self.path}: {why}")


_FIELDS: Mapping[str, Callable[[_Reader, str, object], Any]] = {
    **dict.fromkeys(
        ("maker", "license", "attribution", "link", "dates", "time_zone", "separator"), _Reader.text
    ),
    "source": _Reader.word,
    "confidence": _Reader.confidence,
    "accuracy_m": _Reader.metres,
    "rules": _Reader.rules,
    "keep": _Reader.keep,
    "stands_for": _Reader.stands_for,
}
