"""A data package's descriptor, with the fields of each table as the one definition has them.

The standard (Data Package and Table Schema, version 1) lets other programs load and check them.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from frontmap import storage
from frontmap.errors import FrontmapError, InputError
from frontmap.facts.dialect import read_records
from frontmap.facts.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from frontmap.facts.columns import Column
    from frontmap.facts.schemas import TableSchema


def package_text(path: Path) -> str:
    """Write a descriptor anew: of each table that frontmap reads, the fields as they are defined.

    ``path`` is a ``datapackage.json``; what it says of the package and of other files stays.
    Raises ``InputError`` where it cannot be read, or names a table that isn't there.

    >>> from pathlib import Path
    >>> kursk = Path("geodata/datapackage.json")
    >>> package_text(kursk) == kursk.read_text(encoding="utf-8")
    True
    """
    try:
        package = json.loads(storage.read(path, below=path.parent))
        for resource in package["resources"]:
            table = TABLES.get(PurePosixPath(resource["path"]).name)
            if table is not None:
                file = path.parent / resource["path"]
                rows = storage.read(file, below=path.parent)
                header = read_records(file, rows, [c.name for c in table.columns]).header[1]
                resource["schema"]["fields"] = table_fields(table, header)
    except (FrontmapError, ValueError, KeyError, TypeError) as error:
        what = error if isinstance(error, FrontmapError) else repr(error)
        raise InputError(f"{path}: is no descriptor of tables beside it: {what}") from None
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def table_fields(table: TableSchema, header: Sequence[str]) -> list[dict[str, Any]]:
    """Describe the columns of a file in the words of a Table Schema, in the order of its header.

    A column that the definition does not know is a text.

    >>> from frontmap.facts.tables import REVIEWS
    >>> table_fields(REVIEWS, ["verdict", "since"])[0]["constraints"]
    {'required': True, 'enum': ['agrees', 'changed', 'left']}
    """
    defined = {column.name: column for column in table.columns}
    return [
        _field(defined[name]) if name in defined else {"name": name, "type": "string"}
        for name in header
    ]


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.kind,
        "description": column.description,
    }
    constraints: dict[str, object] = {"required": True} if column.required else {}
    constraints |= {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in column.constraints
    }
    if column.kind == "boolean":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    return field | ({"constraints": constraints} if constraints else {})
