"""List how units are written in English and Chinese, and find the quantities of a text.

    unit -> its spellings, the usual one first; text -> (number, unit) one after the other

Conversions belong to what is measured, and stand with the inputs of formulas.
"""

import re
from collections.abc import Iterator
from functools import cache

from knowledge.records import Language

_WRITTEN: dict[str, tuple[str, str]] = {
    "kg": ("kg|kilograms|kilos", "kg|公斤|千克"),
    "lb": ("lb|pounds", "磅"),
    "m": ("m|metres|meters", "m|米"),
    "cm": ("cm|centimetres", "cm|厘米"),
    "in": ("inches", "英寸"),
    "years": ("years|year|yrs", "岁"),
    "mg/dL": ("mg/dL|mg/dl", "mg/dL|毫克/分升|mg/dl"),
    "μmol/L": ("μmol/L|umol/L|micromol/L", "μmol/L|微摩尔/升|umol/L"),
    "mmol/L": ("mmol/L|mmol/l", "mmol/L|毫摩尔/升"),
    "mEq/L": ("mEq/L|meq/L", "mEq/L|毫当量/升"),
    "g/dL": ("g/dL|g/dl", "g/dL|克/分升"),
    "g/L": ("g/L|g/l", "g/L|克/升"),
    "mmHg": ("mmHg|mm Hg", "mmHg|毫米汞柱"),
    "kPa": ("kPa", "kPa|千帕"),
    "bpm": ("bpm|beats per minute|beats/min|/min", "次/分|次每分钟|bpm"),
    "/min": ("breaths per minute|breaths/min|/min", "次/分|次每分钟"),
    "ms": ("ms|milliseconds|msec", "ms|毫秒"),
    "s": ("s|seconds|sec", "s|秒"),
    "%": ("%|percent", "%"),
    "U/L": ("U/L|IU/L", "U/L|单位/升|IU/L"),
    "×10⁹/L": ("×10⁹/L|x10^9/L|×10^9/L", "×10⁹/L|×10^9/L"),
    "μU/mL": ("μU/mL|mU/L|uU/mL", "μU/mL|mU/L"),
    "mOsm/kg": ("mOsm/kg|mosm/kg", "mOsm/kg|毫渗量/千克"),
    "pH": ("", ""),
    "°C": ("°C|degrees Celsius", "℃|摄氏度|°C"),
    "°F": ("°F|degrees Fahrenheit", "℉|华氏度|°F"),
    "μg/dL": ("μg/dL|mcg/dL", "μg/dL|微克/分升"),
    "kg/m²": ("kg/m²|kg/m2", "kg/m²|千克/平方米"),
    "m²": ("m²|m2|square metres", "m²|平方米"),
    "mL/min": ("mL/min|ml/min", "mL/min|毫升/分"),
    "mL/min/1.73 m²": ("mL/min/1.73 m²|mL/min per 1.73 m²", "mL/min/1.73 m²|mL/(min·1.73 m²)"),
    "mL/h": ("mL/h|mL/hour|ml/h", "mL/h|毫升/小时"),
    "L": ("L|litres|liters", "L|升"),
    "mmol": ("mmol", "mmol|毫摩尔"),
    "mg": ("mg", "mg|毫克"),
    "kcal/day": ("kcal/day|kcal a day", "kcal/d|千卡/日"),
    "cigarettes/day": ("cigarettes a day|cigarettes/day|cigarettes daily", "支/日|支/天"),
    "smoked years": ("years|yrs", "年"),
    "points": ("points|point", "分"),
}
"""Spellings with bars between them, the one of calls and results first."""

_ONE = {"points": "point"}

_UNSAID = {"year", "point"}
"""Spellings that are read, and written only where grammar asks for them: "a 60-year-old"."""

_FOREIGN = (
    *("mcg", "µg", "μg", "g", "ml", "mL", "units", "days", "day", "weeks", "week", "hours", "hour"),
    *("months", "month", "tablets", "doses"),
    *("微克", "克", "毫升", "片", "粒", "次", "天", "日", "周", "个月", "小时", "分钟", "单位"),
)
"""Units of nothing that is reckoned here: a number with one of them is another number."""

_NUMBER = r"(?<![\d.,A-Za-z])-?\d+(?:\.\d+)?"


def spellings(unit: str, language: Language) -> tuple[str, ...]:
    """Return how a unit is written; nothing for one that has no sign.

    >>> spellings("kg", "zh")
    ('kg', '公斤', '千克')
    """
    if not unit:
        return ()
    written = _WRITTEN[unit][language == "zh"]
    return tuple(written.split("|")) if written else ()


def readable_spellings(unit: str, language: Language) -> tuple[str, ...]:
    """Return the spellings that may stand behind any number.

    >>> readable_spellings("years", "en")
    ('years', 'yrs')
    """
    return tuple(each for each in spellings(unit, language) if each not in _UNSAID)


def unit_symbol(unit: str, language: Language) -> str:
    """Return the first spelling, or nothing."""
    return next(iter(spellings(unit, language)), "")


def format_quantity(number: str, unit: str, language: Language) -> str:
    """Return a number with its unit as calls and answers write it.

    >>> format_quantity("70", "kg", "en"), format_quantity("60", "years", "zh")
    ('70 kg', '60岁')
    >>> format_quantity("1.4", "", "en")
    '1.4'
    """
    spelling = unit_symbol(unit, language)
    if language == "en" and number == "1":
        spelling = _ONE.get(spelling, spelling)
    return join_quantity(number, spelling)


def join_quantity(number: str, spelling: str) -> str:
    """Put a number and a spelling together: signs such as % and Chinese words stand close."""
    if not spelling:
        return number
    close = spelling[0] in "%°℃℉/" or ord(spelling[0]) >= 0x2E80
    return f"{number}{'' if close else ' '}{spelling}"


def find_quantities(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield where each number of a text begins, the number, and the spelling of its unit.

    In "128/76 mmHg" both numbers have the unit.

    >>> [found[1:] for found in find_quantities("A 60-year-old, 72 kg, BP 128/76 mmHg, INR 1.4")]
    [('60', 'year'), ('72', 'kg'), ('128', 'mmHg'), ('76', 'mmHg'), ('1.4', '')]
    """
    for found in _pattern().finditer(text):
        unit = found["unit"] or ""
        if found["other"]:
            yield found.start("one"), found["one"], unit
            yield found.start("other"), found["other"], unit
        else:
            yield found.start("one"), found["one"], unit


@cache
def _pattern() -> re.Pattern[str]:
    every = {
        spelling
        for pair in _WRITTEN.values()
        for written in pair
        for spelling in written.split("|")
        if spelling
    }
    longest = sorted(every | set(_FOREIGN), key=lambda each: (-len(each), each))
    units = "|".join(
        re.escape(each) + (r"(?![A-Za-z])" if each[-1].isascii() and each[-1].isalpha() else "")
        for each in longest
    )
    return re.compile(
        rf"(?P<one>{_NUMBER})(?:/(?P<other>\d+)(?= ?(?:mm|毫米)))?(?:[ -]?(?P<unit>{units}))?"
    )
