"""Options that several verbs share, given to each as one value."""

from __future__ import annotations

import functools
import inspect
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable

_Answer = TypeVar("_Answer")


def grouped(verb: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Let a verb take groups: of a parameter that is a dataclass, typer sees the fields.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size:
    ...     width: int
    ...     height: int = 1
    >>> @grouped
    ... def area(size: Size, scale: int = 1) -> int:
    ...     return size.width * size.height * scale
    >>> list(inspect.signature(area).parameters)
    ['width', 'height', 'scale']
    >>> area(width=3, height=2, scale=1)
    6
    """
    hints = get_type_hints(verb, include_extras=True)
    groups = {
        name: kind for name, kind in hints.items() if isinstance(kind, type) and is_dataclass(kind)
    }
    shown: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(verb).parameters.items():
        if name in groups:
            shown += _parameters(groups[name])
        else:
            shown.append(
                parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            )

    @functools.wraps(verb)
    def flat(**given: Any) -> _Answer:  # noqa: ANN401  options have all kinds of values
        for name, kind in groups.items():
            given[name] = kind(**{field.name: given.pop(field.name) for field in fields(kind)})
        return verb(**given)

    flat.__signature__ = inspect.signature(verb).replace(parameters=shown)  # type: ignore[attr-defined]  # how inspect lets a function tell its own
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return flat


def _parameters(kind: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(kind)
    ]
