"""Name the condition that one value out of range is: "potassium of 6.3" -> hyperkalaemia.

folded message -> where a value stands, and what it is called
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from medchat.answering.answer import Language
from medchat.answering.patient.measurements import find_values


@dataclass(frozen=True, slots=True)
class AbnormalValue:
    """Where a value out of range stands in a message, and the condition that it is."""

    start: int
    end: int
    name: str


def find_abnormal(text: str, language: Language) -> AbnormalValue | None:
    """Return the only value of a folded message, if it is out of range and that has a name.

    >>> find_abnormal("how do i manage a potassium of 6.3?", "en")
    AbnormalValue(start=18, end=34, name='hyperkalaemia')
    """
    values = list(find_values(text))
    if len(values) != 1:
        return None
    (value,) = values
    called = _table().get(value.name, {})
    limits = called.get(value.unit)
    if limits is None:
        return None
    number = float(value.number)
    side = "low" if number < limits["low"] else "high" if number > limits["high"] else ""
    return AbnormalValue(value.start, value.end, called[side][language]) if side else None


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    path = files("medchat.answering.patient").joinpath("abnormal_values.yaml")
    text = path.read_text(encoding="utf-8")
    return cast(Mapping[str, Mapping[str, Any]], yaml.load(text, Loader=yaml.CSafeLoader))
