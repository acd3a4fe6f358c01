"""The verb that proves: verify, by itself and against older lists of the archive's files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.groups import grouped
from frontmap.cli.options import ArchiveOption, ForceOption, FormatOption, find_archive
from frontmap.cli.output import emit_findings, exit_code_of, say
from frontmap.errors import ConflictError, InputError, UsageError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from frontmap.archive.manifests import Manifest
    from frontmap.model import Finding


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The older lists that an archive is held against, and who must have signed them."""

    manifest: Annotated[
        Path | None,
        typer.Option(
            "--manifest",
            metavar="FILE",
            help="An older list of the archive's files: every file is still as it was then, "
            "and no other revision or table is there.",
            show_default=False,
        ),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="FILE|REV",
            help="An older list, or a revision in git: nothing that was recorded then is lost.",
            show_default=False,
        ),
    ] = None
    signature: Annotated[
        Path | None,
        typer.Option(
            "--signature",
            metavar="KEYS",
            help="A public key, or a file of allowed signers, that you had before: the lists are "
            "signed by it (ssh-keygen -Y), each in FILE.sig.",
            show_default=False,
        ),
    ] = None

    def compare(self, root: Path) -> tuple[list[Finding], str]:
        """Return what is not as the lists say, and in words what was compared.

        >>> Witnesses().compare(Path("geodata/kursk"))
        ([], '')
        >>> Witnesses(signature=Path("me.pub")).compare(Path("geodata/kursk"))
        Traceback (most recent call last):
        frontmap.errors.UsageError: --signature says who signed a list: name it by --manifest FILE
        or --since FILE
        """
        from frontmap.archive import manifests

        if self.signature and not self.manifest and not self.since:
            raise UsageError(
                "--signature says who signed a list: name it by --manifest FILE or --since FILE"
            )
        findings: list[Finding] = []
        said = ""
        strict = self._read(root, self.manifest) if self.manifest else None
        grown = self._listed_then(root, self.since) if self.since is not None else None
        if strict is not None:
            findings += manifests.differing_files(root, strict, grown=False)
            said += f"; {counted(len(strict.digests), 'file')} as listed in {self.manifest}"
        if grown is not None:
            findings += manifests.differing_files(root, grown, grown=True)
            said += f"; nothing of {counted(len(grown.digests), 'file')} in {self.since} is lost"
            if strict is not None and grown.path is not None:
                findings += manifests.broken_series(strict, grown)
        return findings, said

    def _read(self, root: Path, path: Path) -> Manifest:
        from frontmap import storage
        from frontmap.archive import manifests, signatures

        text = storage.read(path)
        if self.signature is not None:
            signer = signatures.require_signed(text, path, self.signature, root=root)
            say(f"{path}: signed by {signer}")
        elif path.resolve().is_relative_to(root.resolve()):
            say(f"{path}: came with the archive, and shows no more than the archive itself")
        return manifests.loads(text, path)

    def _listed_then(self, root: Path, since: str) -> Manifest:
        """Return what ``--since`` names: the list in a file, or what a revision in git has."""
        from frontmap.archive import git_listing

        if Path(since).is_file():
            if Path(since).name == since and git_listing.knows(root, since):
                raise UsageError(
                    f"--since {since}: there is a file and a revision in git of that name; "
                    f"give ./{since} for the file, refs/heads/{since} for the branch"
                )
            return self._read(root, Path(since))
        if self.signature is not None:
            raise UsageError(f"--signature: {since} is no file; a revision in git has no FILE.sig")
        if (root / ".git").exists():
            say(
                f"{root / '.git'}: came with the archive, and shows no more than the archive itself"
            )
        return git_listing.read_listing(root, since)


@app.command(epilog="Example: frontmap verify --archive geodata/kursk")
@grouped
def verify(
    witnesses: Witnesses,
    write_manifest: Annotated[
        Path | None,
        typer.Option(
            "--write-manifest",
            metavar="FILE",
            help="Write such a list (as sha256sum does) when all is well. Onto an earlier one, it "
            "names that one as what it follows, and nothing recorded then may be lost.",
            show_default=False,
        ),
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option(
            "--sign",
            metavar="KEY",
            help="Sign the list that is written with this SSH key; the signature is FILE.sig.",
            show_default=False,
        ),
    ] = None,
    *,
    force: ForceOption = False,
    form: FormatOption = "text",
    archive: ArchiveOption = None,
) -> int:
    """Prove every revision whole and in its chain, and every copy up to date.

    Exit code 5 when a revision is damaged, missing or not frontmap's; 1 when a copy was edited, a
    date has two revisions in force or tables changed; 0 when all is well.
    """
    if sign is not None and write_manifest is None:
        raise UsageError("--sign signs the list that is written: add --write-manifest FILE")
    opened = find_archive(archive)
    found, compared = witnesses.compare(opened.root)
    listing = None if write_manifest is None else _Listing(opened.root, write_manifest, force)
    findings = [*opened.verify(), *found]
    if listing is not None:
        findings += listing.contradictions()
    emit_findings(findings, form)
    if findings:
        return exit_code_of(findings)
    revisions = counted(len(opened.revisions()), "revision")
    say(f"{revisions} of {counted(len(opened.dates), 'date')}: all whole{compared}")
    if listing is not None:
        listing.write(sign)
    return 0


class _Listing:
    """A manifest to be written, onto an earlier one of the same archive where there is one."""

    def __init__(self, root: Path, path: Path, force: bool) -> None:
        from frontmap import outputs, storage
        from frontmap.archive import manifests

        outputs.require_free([path], force=True)  # what a file of that name is, is asked below
        self._root, self._path, self._force = root, path, force
        there = not force and storage.kind_of(path, below=path.parent) == "file"
        self._earlier = storage.read(path, below=path.parent) if there else b""
        self._now = manifests.manifest(root)

    def contradictions(self) -> list[Finding]:
        from frontmap.archive import manifests

        if not self._earlier:
            return []
        try:
            earlier = manifests.loads(self._earlier, self._path)
        except InputError as error:
            raise ConflictError(
                f"{self._path}: is there, and is the list of no archive; choose another name, "
                f"or say --force to replace it ({error})"
            ) from error
        return [*manifests.differing_files(self._root, earlier, grown=True)]

    def write(self, key: Path | None) -> None:
        from frontmap import outputs
        from frontmap.archive import manifests, signatures

        text = manifests.dumps(self._now)
        if self._earlier:
            text = manifests.successor(self._now, self._earlier, self._path)
        files = {self._path: text}
        signature = signatures.signature_path(self._path)
        if key is not None:
            files[signature] = signatures.sign(text, key)
        elif text != self._earlier and signature.exists():
            raise ConflictError(
                f"{signature}: would no longer be the signature of {self._path}; "
                "sign the new list (--sign KEY), or remove it"
            )
        outputs.save(files, force=self._force)
        listed = manifests.loads(text, self._path)
        follows = counted(len(listed.predecessors), "earlier list")
        say(f"{self._path}: {counted(len(listed.digests), 'file')}, follows {follows}; "
            f"its SHA-256 is {listed.digest}")  # fmt: skip
