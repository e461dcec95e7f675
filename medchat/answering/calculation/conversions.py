"""Turn a number from one unit into another where a message asks for it.

"101.5 F to Celsius", "how many pounds is 82 kg", "HbA1c 58 mmol/mol in %" -> number, unit
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from medchat.answering.calculation.input_wording import Quantity, quantities, unit_patterns

_NUMBER = r"(?<![\d.])(\d+(?:\.\d+)?)(?!\d)"
_TO = re.compile(
    r"(?:\b(?:to|in|into|as)\b|换算[成为]?|转?换[成为]|等于(?:多少)?|是多少|合(?:多少)?|=)"
    r"(?: ?(?:how many|多少))? ?"
)
_HOW_MANY = re.compile(
    r"(?:\bhow many|多少(?:个)?)\s*(?P<target>[^\d\s][\w/%°μ ]{0,14}?)\s*"
    r"(?:is|are|in|make|equals?|=|等于|是)\s*$"
)
_FEET = re.compile(
    r"(?<![\d.])(\d) ?(?:ft|feet|foot|') ?(?:(\d{1,2}) ?(?:inch(?:es)?|in\b|\")?)? "
    r"(?:in|to|into|换算成?) ?(cm|厘米|m\b)"
)
_PLAIN = frozenset({"weight", "height", "temperature", "pressure"})
"""Quantities whose units convert alike whatever is measured."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """An expression, the unit of what it gives, and the number as it was written."""

    expression: str
    unit: str
    written: str


def convert(text: str) -> Conversion | None:
    """Return the conversion that a folded message asks for, or None."""
    if feet := _FEET.search(text):
        inches = f"({feet[1]} * 12 + {feet[2] or 0})"
        centimetres = not feet[3].startswith("m")
        factor = "2.54" if centimetres else "0.0254"
        return Conversion(f"{inches} * {factor}", "cm" if centimetres else "m", feet[0])
    return next(_own(text), None) or next(_of_quantities(text), None)


def _own(text: str) -> Iterator[Conversion]:
    """Yield the conversions of `conversions.yaml`."""
    for entry in _entries():
        if not re.search(entry["of"], text):
            continue
        for way in entry["ways"]:
            source, target = re.compile(way["from"]), re.compile(way["to"])
            for number in re.finditer(_NUMBER, text):
                if _asks(text, number, source, target):
                    expression = way["turn"].replace("x", number[1])
                    per = re.compile(rf" ?(?:{way['from']})").match(text, number.end())
                    litre = "/L" if per and re.search("(?:meq|mmol) ?/ ?l", per[0]) else ""
                    unit = way["unit"]
                    yield Conversion(expression, f"{unit}{litre * ('/' not in unit)}", number[0])


def _asks(
    text: str, number: re.Match[str], source: re.Pattern[str], target: re.Pattern[str]
) -> bool:
    """Say whether a number of one unit is to be told in another, named behind or before it."""
    unit = re.compile(rf" ?(?:{source.pattern})").match(text, number.end())
    if unit is None:
        return False
    before = _HOW_MANY.search(text[: number.start()])
    if before and target.fullmatch(before["target"].strip()):
        return True
    return any(target.match(text, sign.end()) for sign in _TO.finditer(text, unit.end()))


def _of_quantities(text: str) -> Iterator[Conversion]:
    for quantity in quantities():
        if not quantity.inputs or len(quantity.units) < 2:
            continue
        if quantity.names.search(text) is None and quantity.id not in _PLAIN:
            continue
        for number in re.finditer(_NUMBER, text):
            yield from _between(text, number, quantity)


def _between(text: str, number: re.Match[str], quantity: Quantity) -> Iterator[Conversion]:
    patterns = unit_patterns()
    for source in quantity.units:
        if source not in patterns or patterns[source].match(text, number.end()) is None:
            continue
        for target in quantity.units:
            if target == source or target not in patterns:
                continue
            own, other = (_bare(patterns[each]) for each in (source, target))
            if _asks(text, number, own, other):
                yield Conversion(_turned(number[1], source, target, quantity), target, number[0])


@cache
def _bare(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return a unit's expression without what may stand between it and its number."""
    return re.compile(rf"(?:{pattern.pattern})")


def _turned(number: str, source: str, target: str, quantity: Quantity) -> str:
    if source == "°F":
        return f"({number} - 32) / 1.8"
    if target == "°F":
        return f"{number} * 1.8 + 32"
    one, other = quantity.units[source], quantity.units[target]
    times = "" if one == 1 else f" * {one:g}"
    return f"{number}{times}" + ("" if other == 1 else f" / {other:g}")


@cache
def _entries() -> list[Mapping[str, Any]]:
    path = files("medchat.answering.calculation").joinpath("conversions.yaml")
    return cast(
        list[Mapping[str, Any]],
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader),
    )
