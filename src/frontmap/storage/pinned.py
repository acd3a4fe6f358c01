"""A folder pinned by device and inode, so that another one in its place is noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from frontmap.errors import StorageError
from frontmap.storage.refusals import naming

if TYPE_CHECKING:
    import os
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class PinnedFolder:
    """The folder that was at ``location`` when it was pinned: what the system knows it by."""

    location: Path
    device: int
    inode: int

    @property
    def path(self) -> Path:
        """Where it lies; ``StorageError`` when it lies there no longer.

        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp(), "front")
        >>> folder.mkdir()
        >>> pinned = pin(folder)
        >>> pinned.path == folder
        True
        >>> _ = folder.rename(folder.with_name("moved"))
        >>> pinned.path  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        frontmap.errors.StorageError: ...front: was moved or replaced since it was opened; open...
        """
        self.require_there()
        return self.location

    def require_there(self) -> None:
        """Raise ``StorageError`` when another folder, or none, is at its place.

        >>> import tempfile
        >>> from pathlib import Path
        >>> pin(Path(tempfile.mkdtemp())).require_there()  # or raises
        """
        try:
            status = self.location.stat()
        except OSError:
            status = None
        self.require_same(status)

    def require_same(self, status: os.stat_result | None) -> None:
        """Raise ``StorageError`` when what the system says is of another folder, or of none.

        >>> import os
        >>> from pathlib import Path
        >>> pin(Path("geodata")).require_same(os.stat("geodata/kursk"))
        Traceback (most recent call last):
        frontmap.errors.StorageError: geodata: was moved or replaced since it was opened; open it
        again
        """
        if status is None or (status.st_dev, status.st_ino) != (self.device, self.inode):
            raise StorageError(
                f"{self.location}: was moved or replaced since it was opened; open it again"
            )


#: The folder below which a file must lie; one that is pinned must still be the same one.
Below: TypeAlias = "Path | PinnedFolder"


def pin(folder: Path) -> PinnedFolder:
    """Pin the folder that lies at a path now; raises ``NotFoundError`` or ``StorageError``.

    >>> from pathlib import Path
    >>> pin(Path("no/such/folder"))
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: no/such/folder: there is no such file
    """
    with naming(folder):
        status = folder.stat()
    return PinnedFolder(folder, status.st_dev, status.st_ino)
