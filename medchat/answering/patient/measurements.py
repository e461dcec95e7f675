"""Read what was measured of a patient: weight, kidney function, other values with their units.

"eGFR 25, 72 kg, BP 130/80" -> {"egfr": 25 mL/min/1.73 m², "weight": 72 kg, "sbp": 130 mmHg, …}
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from medchat.answering.patient.cues import Measured, measured
from medchat.answering.patient_state import Measurement
from medchat.answering.screening import vital_signs
from medchat.answering.screening.rules import cue

_JOINT = re.compile(
    r"(?:\s*(?:\((?:egfr|crcl|bmi|scr)\)|is|was|of|at|level|levels|value|=|:|：|为|是|约|about|"
    r"around|only|now|currently|came back(?: at)?|measured|approximately|大约|只有|目前|现在|"
    r"水平|值|,|，))"
    r"{0,3}\s*(\d{1,4}(?:\.\d{1,3})?)(?![\d/]|\.\d|e\d|[\s-]*(?:year|yr|month|week|day)s?[\s-]*old|\s*[-–~至]\s*\d)\s*"
)
_OTHER_UNIT = re.compile(
    r"(?:[mnpuμµ]?mol|meq|mmol|[mkuμµ]?g|ng|mcg|kg|lbs?|cm|mm|m|ml|l|%|y\.?o|years?|yrs?|days?|weeks?|"
    r"months?|hours?|h|bpm|mmhg|kpa|tablets?|doses?)(?![a-z])|"
    r"公斤|千克|斤|厘米|岁|天|周|个?月|小时|年|毫米汞柱|毫克|克|片"
)
"""A unit that what was measured does not have: the number is of something else, or wrong."""

_PAST = re.compile(
    r"[^,，;；.。]{0,16}?(?:last (?:year|month|week|winter|summer|spring|autumn)|"
    r"(?:years?|months?|weeks?) ago|previously|去年|前年|上个?月|上周|以前|之前)"
)
_SIGNS = {
    "systolic": ("sbp", "mmHg"), "diastolic": ("dbp", "mmHg"), "saturation": ("spo2", "%"),
    "pulse": ("heart_rate", "bpm"), "breaths": ("resp", "/min"),
    "temperature": ("temperature", "°C"),
}  # fmt: skip
"""The vital signs of the screen as they are called here."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number of a message with its unit, what it measures, and where it and its name stand."""

    name: str
    number: str
    unit: str
    start: int
    end: int


def find_values(text: str) -> Iterator[Value]:
    """Yield what a folded message measures by name, with the places."""
    for each in measured().values():
        for name in each.names.finditer(text):
            number = _number_after(name, text)
            if number is None:
                continue
            for value, unit in _with_unit(each, number[1], text, number.end()):
                spelled = each.units.get(unit)
                written = spelled.match(text, number.end()) if spelled else None
                end = written.end() if written else number.end(1)
                yield Value(each.name, value, unit, name.start(), end)


def read_measurements(text: str, *, alone: bool) -> dict[str, Measurement]:
    """Return what a folded message measures; the last of several numbers counts.

    `alone` says that a weight may stand without being called one: "72 kg".
    """
    found: dict[str, Measurement] = {}
    for each in measured().values():
        for value, unit in _values(each, text, alone=alone):
            found[each.name] = _plain(value, unit)
    for reading in vital_signs.read(text):
        if reading.sign in _SIGNS:
            name, unit = _SIGNS[reading.sign]
            found[name] = Measurement(f"{reading.value:g}", unit)
    return found


def _values(each: Measured, text: str, *, alone: bool) -> Iterator[tuple[str, str]]:
    for name in each.names.finditer(text):
        number = _number_after(name, text)
        if number:
            yield from _with_unit(each, number[1], text, number.end())
    if alone and each.alone:
        for match in each.alone.finditer(text):
            signed = text[: match.start(1)].endswith(("-", "−"))
            if not signed and not _is_limit(text, match.start(1), match.end(1)):
                yield from _with_unit(each, match[1], text, match.start(2))


def _number_after(name: re.Match[str], text: str) -> re.Match[str] | None:
    """Return the number that a name gives now, and that is no limit."""
    number = _JOINT.match(text, name.end())
    if number is None or _PAST.match(text, number.end()):
        return None
    return None if _is_limit(text, number.start(1), number.end(1)) else number


def _with_unit(each: Measured, value: str, text: str, end: int) -> Iterator[tuple[str, str]]:
    """Yield a value with its unit: the one written, else the one that its size tells."""
    for unit, pattern in sorted(each.units.items(), key=lambda item: -len(item[1].pattern)):
        if pattern.match(text, end):
            if _is_possible(each.name, unit.strip(), float(value)):
                yield value, unit.strip()
            return
    if _OTHER_UNIT.match(text, end):
        return
    for low, high, unit in each.bare:
        if low <= float(value) <= high:
            yield value, unit
            return


_POSSIBLE = {
    ("weight", "kg"): (0.2, 650),
    ("weight", "lb"): (0.5, 1400),
    ("height", "cm"): (20, 275),
}
"""What a measurement may be where its unit is written; another is mistyped."""


def _is_possible(name: str, unit: str, value: float) -> bool:
    low, high = _POSSIBLE.get((name, unit), (float("-inf"), float("inf")))
    return low <= value <= high


def _plain(value: str, unit: str) -> Measurement:
    # the Chinese pound is half a kilogram, and no formula takes it
    return Measurement(f"{float(value) / 2:g}", "kg") if unit == "jin" else Measurement(value, unit)


def _is_limit(text: str, start: int, end: int) -> bool:
    """Say whether a number is the limit of a rule and not what was found."""
    return bool(cue("defining").search(text[:start]) or cue("defining_after").match(text[end:]))
