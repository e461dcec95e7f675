"""Read vital signs and urgent laboratory values from a message, and judge them.

    "BP 85/50, SpO2 82 %" -> Reading(sbp_low, "systolic 85 mmHg"), Reading(spo2_low, "SpO₂ 82 %")

Limits stand in `rules/vital_signs.yaml`, each with its source. A number that a rule or a definition
is about ("when SpO2 is below 90 %") is not a reading.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medchat.answering.screening.rules import cue, signs

_POSSIBLE: Mapping[str, tuple[float, float]] = {
    "systolic": (30, 320), "diastolic": (10, 220), "saturation": (30, 100), "breaths": (0, 99),
    "pulse": (0, 320), "temperature": (24, 45), "coma_scale": (3, 15), "glucose": (0.1, 90),
    "potassium": (1, 12), "sodium": (85, 200), "lactate": (0.1, 35), "acidity": (6.3, 7.9),
    "ketones": (0, 20), "haemoglobin": (10, 250), "inr": (0.5, 40), "platelets": (0, 2000),
    "neutrophils": (0, 50), "calcium": (0.5, 6),
}  # fmt: skip
"""What a number may be, in the unit that the limits use; another is misread or mistyped."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One number read: which sign, its value in the unit of the limits, and where it stands."""

    sign: str
    value: float
    start: int


def read(text: str) -> list[Reading]:
    """Return the vital signs and values of a folded message, in order.

    Temperatures are in °C, glucose and calcium in mmol/L, haemoglobin in g/L.

    >>> [(each.sign, each.value) for each in read("bp 85/50, fever 102 f")]
    [('systolic', 85.0), ('diastolic', 50.0), ('temperature', 38.9)]
    """
    text = _in_plain_numbers(text)
    found = [*_pressures(text), *_coma_parts(text)]
    parts = bool(cue("coma_parts").search(text))
    for name, pattern in signs().items():
        if name == "coma_scale" and (parts or cue("meaning").search(text)):
            continue
        for match in pattern.finditer(text):
            value = _value(name, match)
            if _is_possible(name, value) and not _defines(text, match.start(1), match.end(1)):
                found.append(Reading(name, value, match.start()))
    return sorted(dict.fromkeys(found), key=lambda each: each.start)


_PARTS: Mapping[str, tuple[str, int]] = {
    "e": ("eyes", 4), "睁": ("eyes", 4), "v": ("verbal", 5), "语": ("verbal", 5),
    "言": ("verbal", 5), "m": ("motor", 6), "运": ("motor", 6), "肢": ("motor", 6),
}  # fmt: skip
"""The parts of the coma scale by their first sign, with the most points that each has."""


def _coma_parts(text: str) -> Iterator[Reading]:
    """Yield the coma scale where its three parts are told, as their sum."""
    for match in cue("coma_parts").finditer(text):
        points: dict[str, int] = {}
        for part in cue("coma_part").finditer(match[0]):
            name, most = _PARTS[part[1] or part[4]]
            value = int(part[2] or part[3])
            if 1 <= value <= most:
                points[name] = value
        if len(points) == 3:
            yield Reading("coma_scale", float(sum(points.values())), match.start())


def _in_plain_numbers(text: str) -> str:
    """Return a text with 39度8 as 39.8 degrees, and of a changed sign the number it has now."""
    text = cue("half_of_degree").sub(r"\1.5度", cue("half_degrees").sub(r"\1.\2度", text))
    return cue("changed").sub(r" \1", text)


def _pressures(text: str) -> Iterator[Reading]:
    for match in cue("pressure").finditer(text):
        upper, lower = [int(each) for each in match.groups() if each]
        possible = _is_possible("systolic", upper) and _is_possible("diastolic", lower)
        if possible and upper > lower and not _defines(text, match.start(), match.end()):
            yield Reading("systolic", float(upper), match.start())
            yield Reading("diastolic", float(lower), match.start())


def _is_possible(sign: str, value: float) -> bool:
    low, high = _POSSIBLE[sign]
    return low <= value <= high


def _value(sign: str, match: re.Match[str]) -> float:
    value, unit = float(match[1]), (match[2] or "") if match.re.groups > 1 else ""
    if sign == "temperature" and (value > 80 or "f" in unit):
        return round((value - 32) / 1.8, 1)
    if sign == "glucose" and (value > 60 or "mg" in unit):
        return round(value / 18.016, 1)
    if sign == "haemoglobin" and (value < 25 or "dl" in unit):
        return value * 10
    if sign == "calcium" and (value > 6 or "mg" in unit):
        return round(value / 4.008, 2)
    if sign == "platelets" and value >= 5000:
        return value / 1000
    return value


def _defines(text: str, start: int, end: int) -> bool:
    return bool(cue("defining").search(text[:start]) or cue("defining_after").match(text[end:]))
