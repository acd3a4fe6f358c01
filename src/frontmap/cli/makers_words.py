"""What a maker's words mean, as the options say: profiles, rules, and the draft of one to edit."""

from __future__ import annotations

import hashlib
import itertools
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path  # noqa: TC003  the examples use it
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.output import say
from frontmap.errors import FrontmapError, StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from frontmap.intake.profiles import Profile
    from frontmap.intake.rules import Rule
    from frontmap.intake.unknown_words import UnknownWordsError
    from frontmap.model import ImportedFrom


@dataclass(frozen=True, slots=True)
class MakersWords:
    """What the words of a maker's file mean in ours."""

    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            help="What the maker's words mean: a profile of the archive, one that ships with "
            "frontmap (deepstate, uacontrolmap), or a file NAME.json.",
            show_default=False,
        ),
    ] = None
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            metavar="RULE",
            help="What one word means: 'layer=their word => RU controlled', also by folder, fill, "
            "name, file or any property; may be given several times, and goes before the profile.",
            show_default=False,
        ),
    ] = None
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            "--leave-out",
            metavar="WHAT",
            help="What to leave out: 'type=losses'; may be given several times.",
            show_default=False,
        ),
    ] = None
    save_profile: Annotated[
        str | None,
        typer.Option(
            "--save-profile",
            metavar="NAME",
            help="Keep these rules in the archive under this name, in the place of those there.",
            show_default=False,
        ),
    ] = None

    def made_profile(self, root: Path | None) -> Profile | None:
        """Return the profile that a file is read by: the rules given here, then those of a profile.

        ``root`` is the archive's folder. ``None`` where nothing is said.

        >>> MakersWords().made_profile(None)
        >>> made = MakersWords(rule=["layer=Held => RU controlled"], leave_out=["type=losses"])
        >>> [str(rule) for rule in made.made_profile(None).rules]
        ['type=losses => left out', 'layer=Held => RU controlled']
        """
        from frontmap.intake.profiles import UNNAMED, read_profile, require_name
        from frontmap.intake.rules import parse_about, parse_rule

        left_out = _rules("--leave-out", self.leave_out, parse_about)
        rules = (*left_out, *_rules("--rule", self.rule, parse_rule))
        if self.profile is None and not rules:
            if self.save_profile is not None:
                raise UsageError("--save-profile: there are no rules to keep; give some: --rule")
            return None
        named = None if self.profile is None else read_profile(self.profile, root)
        made = UNNAMED if named is None else named
        name = made.name if self.save_profile is None else self.save_profile
        require_name(name, "--save-profile")
        about = {rule.where for rule in rules}
        others = (rule for rule in made.rules if rule.where not in about)
        return replace(made, name=name, rules=(*rules, *others))

    @contextmanager
    def held_by(
        self, profile: Profile | None, file: Path | None, root: Path
    ) -> Iterator[ImportedFrom | None]:
        """Keep a profile in an archive while something is recorded by it; give what it is called.

        Where that fails, the archive has no more profiles than before.

        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> words = MakersWords(rule=["layer=Held => RU controlled"])
        >>> profile = words.made_profile(folder)
        >>> with words.held_by(profile, Path("tests/fronts.py"), folder) as origin:
        ...     origin.profile
        'rules'
        >>> [path.name for path in folder.glob("profiles/*")]
        ['rules.json']
        """
        if profile is None or file is None:
            yield None
            return
        from frontmap import storage
        from frontmap.archive.committing import StaleCopyError
        from frontmap.intake.profiles import is_in_archive, keep_profile, profile_path
        from frontmap.model import ImportedFrom

        named = _free_name(profile, root, replaces=self.save_profile is not None)
        path = profile_path(named.name, root)
        before = storage.read(path, below=root) if storage.kind_of(path, below=root) else None
        is_new = not is_in_archive(named, root)
        sha256 = hashlib.sha256(storage.read(file)).hexdigest()
        try:
            keep_profile(named, root)
            yield ImportedFrom(
                file=file.name, sha256=sha256, profile=named.name, version=named.version
            )
        except StaleCopyError:  # the revision is recorded, and names it
            raise
        except BaseException:
            with suppress(FrontmapError):  # why nothing is recorded is what counts
                if is_new and before is None:
                    storage.remove(path, below=root)
                elif is_new and before is not None:
                    storage.replace(path, before, below=root)
            raise
        if is_new:
            say(f"its rules are kept as {path}; the next time: --profile {named.name}")


def written_draft(error: UnknownWordsError, folder: Path) -> Path | None:
    """Write a profile to be edited, with the rules that an error misses; ``None`` where it can't.

    It lies in ``folder``, or beside the archive that this is in, and writes over nothing: one that
    is there already with the same text is it.

    >>> import tempfile
    >>> from frontmap.intake.profiles import Profile
    >>> from frontmap.intake.unknown_words import UnknownWordsError
    >>> unknown = UnknownWordsError("isw.kml: …", ("layer=Held => ?",), Profile(name="isw"))
    >>> folder = Path(tempfile.mkdtemp())
    >>> [written_draft(unknown, folder).name for _ in range(2)]
    ['isw.profile.json', 'isw.profile.json']
    """
    from frontmap import storage
    from frontmap.intake.profiles import profile_text

    text = profile_text(error.profile, error.rules)
    for number in itertools.count(1):
        ending = f"-{number}" if number > 1 else ""
        path = _outside_archives(folder) / f"{error.profile.name}{ending}.profile.json"
        try:
            if storage.kind_of(path, below=path.parent) is None:
                storage.create(path, text)
                return path
            if storage.read(path, below=path.parent, most=2 * len(text)) == text:
                return path
        except StorageError:
            return None
        except FrontmapError:
            continue
    return None


def _outside_archives(folder: Path) -> Path:
    folder = folder.absolute()
    inside = [each for each in (folder, *folder.parents) if (each / "archive.json").exists()]
    return inside[-1].parent if inside else folder


def _rules(option: str, texts: list[str] | None, read: Callable[[str], Rule]) -> tuple[Rule, ...]:
    found = []
    for text in texts or ():
        try:
            found.append(read(text))
        except ValueError as error:
            raise UsageError(f"{option} {error}") from None
    return tuple(found)


def _free_name(profile: Profile, root: Path, *, replaces: bool) -> Profile:
    """Return a profile with a name under which an archive has no other one."""
    from frontmap import storage
    from frontmap.intake.profiles import is_in_archive, profile_path, shipped_names

    if replaces or is_in_archive(profile, root):
        return profile
    names = (f"{profile.name}-{number}" for number in itertools.count(2))
    for name in itertools.chain([profile.name], names):
        one = replace(profile, name=name)
        is_free = storage.kind_of(profile_path(name, root), below=root) is None
        if is_in_archive(one, root) or (is_free and name not in shipped_names()):
            return one
    raise AssertionError  # there is always a further name
