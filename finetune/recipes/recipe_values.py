"""Turn a mapping read from YAML into a frozen dataclass, naming the key that is wrong.

mapping -> each value checked against its field's type -> dataclass, which checks ranges itself
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import TypeVar, get_args, get_origin, get_type_hints

from finetune import errors
from finetune.errors import FinetuneError

Built = TypeVar("Built")

_LARGEST = 2**31 - 1
"""Of whole numbers: a slip of the hand, above."""


def build(kind: type[Built], values: object, path: str = "") -> Built:
    """Make a dataclass; FinetuneError names an unknown, missing or mistyped key under `path`."""
    if not isinstance(values, Mapping):
        raise FinetuneError(
            f"{path.rstrip('.') or 'The recipe'} must be a mapping of keys to values.",
            where=path.rstrip("."),
            remedy="Compare it with a shipped one: medchat recipes show mini.",
        )
    assert is_dataclass(kind)
    known = {one.name: one for one in fields(kind)}
    for key in values:
        if key not in known:
            raise FinetuneError(
                f"The recipe key {path}{key} is unknown.",
                where=f"{path}{key}",
                remedy=f"Known here: {', '.join(sorted(known)) or 'none'}.",
            )
    for key, one in known.items():
        required = one.default is MISSING and one.default_factory is MISSING
        if required and key not in values:
            raise FinetuneError(
                f"The recipe key {path}{key} is missing.",
                where=f"{path}{key}",
                remedy=f"Add a line with {key}:.",
            )
    hints = get_type_hints(kind)
    checked = {str(key): _value(hints[key], value, f"{path}{key}") for key, value in values.items()}
    return kind(**checked)


def demand(holds: bool, key: str, value: object, wanted: str) -> None:
    """Raise FinetuneError where a value of the recipe is not what its key needs."""
    errors.demand(holds, f"The recipe key {key}", value, wanted, where=key)


def is_pattern(text: str) -> bool:
    """Say whether a text is a regular expression."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def plain(value: object) -> object:
    """Return dataclasses as dicts and tuples as lists, all the way down."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


def _value(hint: object, value: object, path: str) -> object:
    if isinstance(hint, type) and is_dataclass(hint):
        return build(hint, value, f"{path}.")
    if get_origin(hint) is Mapping:
        if not isinstance(value, Mapping):
            raise _mistyped(path, "a mapping of keys to values")
        return {str(key): one for key, one in value.items()}
    choices = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    lists = [choice for choice in choices if get_origin(choice) is tuple]
    if isinstance(value, list):
        if not lists:
            raise _mistyped(path, "one value")
        item = get_args(lists[0])[0]
        return tuple(_value(item, one, f"{path}[{place}]") for place, one in enumerate(value, 1))
    scalars = [choice for choice in choices if choice not in lists]
    if not scalars:
        raise _mistyped(path, "a list")
    # a Literal is a text whose choices the dataclass checks
    convert = _SCALARS.get(scalars[0], _text) if isinstance(scalars[0], type) else _text
    return convert(value, path)


def _whole(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mistyped(path, "a whole number")
    if abs(value) > _LARGEST:
        raise _mistyped(path, f"at most {_LARGEST:,}")
    return value


def _number(value: object, path: str) -> float:
    # YAML 1.1 reads 2e-4 as a text, because it has no dot
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _mistyped(path, "a number")
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise _mistyped(path, "a number") from error
    if not math.isfinite(number):  # JSON has no word for it
        raise _mistyped(path, "a finite number")
    return number


def _truth(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _mistyped(path, "true or false")
    return value


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _mistyped(path, "a text")
    return value


_SCALARS: dict[type, Callable[[object, str], object]] = {
    int: _whole,
    float: _number,
    bool: _truth,
    str: _text,
}


def _mistyped(path: str, wanted: str) -> FinetuneError:
    return FinetuneError(
        f"The recipe key {path} must be {wanted}.", where=path, remedy="Correct the value."
    )
