"""Read vital signs and urgent laboratory values from a message, and judge them.

    "BP 85/50, SpO2 82 %" -> Reading(sbp_low, "systolic 85 mmHg"), Reading(spo2_low, "SpO₂ 82 %")

Limits stand in `rules/vital_signs.yaml`, each with its source. A number that a rule or a definition
is about ("when SpO2 is below 90 %") is not a reading.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_NUMBER = r"(\d{1,4}(?:[.]\d{1,3})?)"
_GAP = r"(?:\s*(?:is|was|of|at|=|:|：|为|是|只有|only|now|reading|measured|around|about|约|到|高达|达|降到|降至|升至|:|,)){0,3}\s*"
_DEFINING = re.compile(
    r"(?:<|>|≤|≥|below|above|under|over|less than|more than|greater than|at least|up to|target"
    r"|goal|between|from|低于|高于|超过|大于|小于|不低于|以下|以上|目标)\s*(?:of\s*)?$"
)
_DEFINING_AFTER = re.compile(r"^\s*(?:%|mmhg|mmol/l|次/分)?\s*(?:以上|以下|or (?:more|less|above|below|higher|lower)|及以上)")


@dataclass(frozen=True, slots=True)
class Sign:
    """How a sign is written, and in which unit its number is."""

    name: str
    pattern: re.Pattern[str]


def _sign(name: str, words: str, unit: str = "", number: str = _NUMBER) -> Sign:
    return Sign(name, re.compile(rf"(?:{words}){_GAP}{number}\s*{unit}"))


_PRESSURE = re.compile(
    r"(?:\b(?:bp|blood pressure|b\.p\.?)|血压){gap}(\d{{2,3}})\s*(?:/|over|／)\s*(\d{{2,3}})".format(gap=_GAP)
    + r"|(?<![\d/.])(\d{2,3})/(\d{2,3})\s*mmhg"
)
_SIGNS = (
    _sign("systolic", r"\b(?:sbp|systolic(?: bp| blood pressure| pressure)?)|收缩压|高压"),
    _sign("saturation", r"\b(?:spo2|sp02|sao2|o2 sats?|oxygen sat\w*|sats?|saturation)|血氧(?:饱和度)?|氧饱和度|氧饱"),
    _sign("breaths", r"\b(?:rr|resp(?:iratory)? rate|resps|breathing rate)\b|呼吸(?:频率)?(?=[\s为是:：]*\d)"),
    _sign("pulse", r"\b(?:hr|heart rate|pulse(?: rate)?|p(?=\s*\d{2,3}\b(?!\s*(?:mg|%|/))))|心率|脉搏"),
    _sign("temperature", r"\b(?:temp(?:erature)?|fever|t|febrile)\b|体温|发烧|发热|高烧|高热|烧", r"(°?\s*[cf]\b|度|°)?"),
    _sign("coma_scale", r"\b(?:gcs|glasgow coma (?:scale|score))|格拉斯哥(?:昏迷)?评分"),
    _sign("glucose", r"\b(?:glucose|blood sugar|sugar|bm|cbg|bsl|bg)\b|血糖", r"(mg/dl|mmol/l|mmol)?"),
    _sign("potassium", r"\b(?:potassium|k\+?)(?![a-z])|血?钾"),
    _sign("sodium", r"\b(?:sodium|na\+?)(?![a-z])|血?钠"),
    _sign("lactate", r"\b(?:lactate)\b|乳酸"),
    _sign("acidity", r"\b(?:ph)\b", "", r"(6[.]\d{1,2}|7[.]\d{1,2})"),
    _sign("ketones", r"\b(?:(?:blood )?ketones?|beta-?hydroxybutyrate)\b|血酮"),
    _sign("haemoglobin", r"\b(?:h(?:a?e)moglobin|hgb|hb)\b(?!a1c)|血红蛋白", r"(g/l|g/dl)?"),
    _sign("inr", r"\binr\b"),
    _sign("platelets", r"\b(?:platelets?|plts?)\b|血小板", r"(?:[x×*]\s*10)?"),
    _sign("neutrophils", r"\b(?:neutrophils?|anc)\b|中性粒细胞(?:绝对值|计数)?", r"(?:[x×*]\s*10)?"),
    _sign("calcium", r"\b(?:(?:corrected )?calcium|ca2\+)|血钙", r"(mg/dl|mmol/l)?"),
)  # fmt: skip
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
    found = [*_pressures(text)]
    for sign in _SIGNS:
        for match in sign.pattern.finditer(text):
            value = _value(sign.name, match)
            low, high = _POSSIBLE[sign.name]
            if low <= value <= high and not _defines(text, match.start(1), match.end(1)):
                found.append(Reading(sign.name, value, match.start()))
    return sorted(set(found), key=lambda each: each.start)


def _pressures(text: str) -> Iterator[Reading]:
    for match in _PRESSURE.finditer(text):
        upper, lower = [int(each) for each in match.groups() if each]
        if upper > lower and not _defines(text, match.start(), match.end()):
            yield Reading("systolic", float(upper), match.start())
            yield Reading("diastolic", float(lower), match.start())


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
    return bool(_DEFINING.search(text[:start]) or _DEFINING_AFTER.match(text[end:]))
