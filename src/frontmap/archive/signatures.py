"""Signatures of manifests, made and proved by ``ssh-keygen``, which whoever uses SSH has.

A signature says who wrote a list. Whose word counts, only the reader can say: never the archive.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from frontmap import storage
from frontmap.archive.programs import search_path
from frontmap.errors import InputError, IntegrityError, NotFoundError, StorageError, UsageError

NAMESPACE = "frontmap"
_MOST_BYTES = 2**20
_PATIENCE_S = 20.0
_KEY_TYPES = (b"ssh-", b"ecdsa-", b"sk-")
#: What tells a file that frontmap made stands after the signature, where ssh-keygen looks no more.
_MARK = b"# generator: frontmap\n"


def signature_path(manifest: Path) -> Path:
    """Return where the signature of a manifest lies: beside it, with ``.sig`` after its name.

    >>> signature_path(Path("kursk.sha256")).name
    'kursk.sha256.sig'
    """
    return manifest.parent / f"{manifest.name}.sig"


def sign(text: bytes, key: Path) -> bytes:
    """Return the signature of a text by a private key, or by a public one whose agent runs.

    ``ssh-keygen`` itself asks for a passphrase. Raises ``InputError`` when it does not sign, and as
    :func:`frontmap.storage.read` for the key.

    >>> sign(b"", Path("no/such/key"))
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: no/such/key: there is no such file
    """
    storage.read_start(key, 1)  # a plain file that is there: ssh-keygen would wait for a pipe
    words = ["-Y", "sign", "-n", NAMESPACE, "-f", str(key.absolute())]
    done = _ssh_keygen(words, text, dict(os.environ), patience_s=None)
    if done.returncode:
        raise InputError(f"{key}: signs nothing: {_said(done.stderr)}")
    return done.stdout + _MARK


def require_signed(text: bytes, manifest: Path, keys: Path, *, root: Path) -> str:
    """Return by whom a manifest is signed; ``keys`` is a public key or a file of allowed signers.

    Raises ``IntegrityError`` when its signature is no one's of them or of another text,
    ``NotFoundError`` when a file is missing, and ``UsageError`` when the keys lie in the archive
    itself: whoever wrote the archive wrote those.

    >>> require_signed(b"", Path("list"), Path("a/keys"), root=Path("a"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.UsageError: a/keys: lies in the archive a, whose word proves nothing about...
    """
    if keys.resolve().is_relative_to(root.resolve()):
        raise UsageError(
            f"{keys}: lies in the archive {root}, whose word proves nothing about itself; "
            "name keys that you had before"
        )
    signature = signature_path(manifest)
    allowed = _allowed_signers(storage.read(keys, most=_MOST_BYTES), keys)
    with tempfile.TemporaryDirectory(prefix="frontmap-keys-") as made:
        signed = storage.read(signature, below=signature.parent, most=_MOST_BYTES)
        storage.write_scratch(Path(made, "keys"), allowed)
        storage.write_scratch(Path(made, "sig"), signed)
        words = ["-f", f"{made}/keys", "-s", f"{made}/sig"]
        environment = {"LC_ALL": "C", "HOME": made}
        found = _ssh_keygen(["-Y", "find-principals", *words], b"", environment)
        proof = found
        for signer in found.stdout.splitlines() if found.returncode == 0 else ():
            named = ["-n", NAMESPACE, "-I", os.fsdecode(signer)]
            proof = _ssh_keygen(["-Y", "verify", *named, *words], text, environment)
            if proof.returncode == 0:
                return signer.decode(errors="replace")
        why = _said(proof.stderr).replace(f"{made}/keys", str(keys)).replace(f"{made}/sig", "it")
    raise IntegrityError(f"{signature}: is no signature of {manifest} by whom {keys} names: {why}")


def _allowed_signers(text: bytes, path: Path) -> bytes:
    """Return a file of allowed signers; of public keys, one that names each by its comment."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(b"#")]
    if not all(any(kind in line for kind in _KEY_TYPES) for line in lines):
        raise InputError(
            f"{path}: is neither a public key (NAME.pub) nor a file of allowed signers; "
            "name the public key of whom you trust"
        )
    if not all(line.startswith(_KEY_TYPES) for line in lines):
        return text
    return b"".join(b"%s %s\n" % (_comment(line), line) for line in lines)


def _comment(key: bytes) -> bytes:
    words = key.split(maxsplit=2)[2:]
    name = b"".join(words[:1]).replace(b" ", b"_")
    return name if name.replace(b"@", b"").replace(b".", b"").isalnum() else b"signer"


def _ssh_keygen(
    words: list[str],
    text: bytes,
    environment: dict[str, str],
    *,
    patience_s: float | None = _PATIENCE_S,
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *words],
            input=text,
            env={**environment, "PATH": search_path()},
            capture_output=True,
            check=False,
            timeout=patience_s,
        )
    except FileNotFoundError:
        raise NotFoundError(
            "ssh-keygen is not installed, which signs and proves signatures; install OpenSSH"
        ) from None
    except subprocess.TimeoutExpired:
        raise StorageError(f"ssh-keygen has not answered in {patience_s:g} s") from None


def _said(text: bytes) -> str:
    return " ".join(text.decode(errors="replace").split()) or "ssh-keygen says no more"
