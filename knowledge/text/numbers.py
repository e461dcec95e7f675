"""Read the numbers of a text with units, ranges, comparisons and rates, in one spelling.

    "up to 500 micrograms twice daily" -> <=500mcg, 2x, /d

English and Chinese, figures and number words before a unit. Two quantities say the same where their
`canonical` forms are equal: 0.5 mg and 500 micrograms, "no less than 6 h" and 至少6小时.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property

_SPELLED_UNITS = {
    "milligram": "mg", "milligrams": "mg", "毫克": "mg", "gram": "g", "grams": "g", "克": "g",
    "microgram": "mcg", "micrograms": "mcg", "µg": "mcg", "μg": "mcg", "ug": "mcg", "微克": "mcg",
    "nanogram": "ng", "nanograms": "ng", "纳克": "ng",
    "kilogram": "kg", "kilograms": "kg", "kilos": "kg", "千克": "kg", "公斤": "kg",
    "millilitre": "ml", "millilitres": "ml", "milliliter": "ml", "milliliters": "ml",
    "毫升": "ml", "litre": "l", "litres": "l", "liter": "l", "liters": "l", "升": "l",
    "分升": "dl", "毫摩尔": "mmol", "微摩尔": "umol", "μmol": "umol", "µmol": "umol",
    "毫米汞柱": "mmhg", "mm hg": "mmhg", "千帕": "kpa", "厘米": "cm", "毫米": "mm",
    "percent": "%", "per cent": "%", "％": "%",
    "second": "s", "seconds": "s", "秒": "s", "minute": "min", "minutes": "min", "分钟": "min",
    "hour": "h", "hours": "h", "hrs": "h", "小时": "h", "day": "d", "days": "d", "天": "d",
    "日": "d", "week": "w", "weeks": "w", "周": "w", "month": "mo", "months": "mo", "个月": "mo",
    "year": "y", "years": "y", "yrs": "y", "岁": "y", "年": "y", "周岁": "y",
    "times": "x", "time": "x", "次": "x",
    "unit": "units", "单位": "units", "国际单位": "iu",
    "tablet": "tablets", "片": "tablets", "capsule": "capsules", "粒": "capsules",
    "dose": "doses", "剂": "doses",
    "㎡": "m²", "m2": "m²", "平方米": "m²", "摄氏度": "°c", "℃": "°c", "degrees celsius": "°c",
}  # fmt: skip
_PLAIN_UNITS = {
    *("mg", "mcg", "ng", "g", "kg", "ml", "l", "dl", "mmol", "umol", "mol", "meq", "mmhg", "kpa"),
    *("iu", "units", "tablets", "capsules", "doses", "m²", "°c", "cm", "mm", "%", "s", "min", "h"),
    *("ms", "bpm", "kcal"),
}
_UNITS = sorted({*_SPELLED_UNITS, *_PLAIN_UNITS}, key=lambda unit: (-len(unit), unit))
_UNIT = "|".join(
    re.escape(unit) + (r"(?![A-Za-z])" if unit[-1].isascii() and unit[-1].isalpha() else "")
    for unit in _UNITS
)
_COMPOUND = rf"(?:{_UNIT})(?:\s?[/·]\s?(?:1\.73\s?(?:m²|m2|㎡|平方米)|{_UNIT}))*"

_BASE: dict[str, tuple[str, Decimal]] = {
    "g": ("mg", Decimal(1000)),
    "mcg": ("mg", Decimal("0.001")),
    "ng": ("mg", Decimal("0.000001")),
}
"""Units of mass in milligrams: an amount is the same in any of them."""

_AMOUNTS = frozenset({"mg", "g", "mcg", "ng", "iu", "units", "ml", "mmol", "tablets", "x"})

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "half": Decimal("0.5"),
}  # fmt: skip
_SIGNS = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}

_LEAST = (
    "at least|no less than|not less than|no fewer than|not fewer than|a minimum of|≥|>=|"
    "至少|不少于|不低于|不小于|最少"
)
_MOST = (
    "at most|up to|no more than|not more than|not exceeding|not to exceed|not above|"
    "without exceeding|does not exceed|a maximum of|within|no later than|≤|<=|"
    "至多|最多|不超过|不高于|不多于|不大于|最高不超过|不应超过"
)
_LESS = "less than|fewer than|lower than|below|under|<|＜|低于|少于|小于|不足|未满|不到"
_MORE = "more than|greater than|higher than|above|over|exceeding|exceeds|>|＞|高于|多于|大于|超过"
_COMPARISONS = (("<=", _MOST), (">=", _LEAST), ("<", _LESS), (">", _MORE))
_BEHIND = (
    (">=", "(?:及|或)?以上|及其以上|or more|or above|or older|or over|and above|and over"),
    ("<", "以下|之下"),
    ("<=", "以内|or less|or fewer|or below|or under|or younger"),
)
_LATIN_START = r"(?<![A-Za-z])"

_FIGURES = r"\d+(?:[.,]\d+)*"
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_CHINESE_NUMBER = r"[二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九半]"
_RATES = (
    ("/h", r"hourly|an hour|per hour|每小时"),
    (
        "/d",
        r"daily|(?:a|per|each|every) day|每日|每天|一日(?=[\d一二两三四五六七八九]{1,2}次)|/日|/天",
    ),
    ("/w", r"weekly|(?:a|per|each|every) week|每周|/周"),
    ("/mo", r"monthly|(?:a|per|each|every) month|每月|每个月"),
    ("/y", r"yearly|annually|(?:a|per|each|every) year|每年"),
)


def _one_of(name: str, table: tuple[tuple[str, str], ...], before: bool) -> str:
    """Return a group that matches the phrases of a table; words need a boundary around them."""
    phrases = sorted(
        (phrase for _, listed in table for phrase in listed.split("|")), key=len, reverse=True
    )
    if name == "rate" or name == "behind":  # phrases hold expressions of their own
        joined = "|".join(listed for _, listed in table)
    else:
        joined = "|".join(map(re.escape, phrases))
    latin = r"(?<![A-Za-z])" if before else ""
    return rf"{latin}(?P<{name}>{joined})"


_PATTERN = re.compile(
    rf"(?:{_LATIN_START}(?P<times>once|twice|thrice)(?![A-Za-z]))"
    rf"|{_one_of('rate', _RATES, True)}(?![A-Za-z])"
    rf"|(?:{_one_of('sign', _COMPARISONS, True)}\s*(?:约|about\s+)?)?"
    rf"(?:(?P<between>between\s+))?"
    rf"(?:(?<![A-Za-z\d.])(?P<low>{_FIGURES}(?:/\d+(?=\s?(?:mm|kPa|毫米|千帕)))?)"
    rf"|{_LATIN_START}(?P<word>{_WORD})(?=[\s-]+(?:{_UNIT}))|(?P<signs>{_CHINESE_NUMBER})(?=(?:{_UNIT})))"
    rf"(?:\s*(?P<unit1>%)?(?:[-–—~～至]|到|\s+to\s+|(?(between)\s+and\s+|\s+to\s+))\s*"
    rf"(?P<high>{_FIGURES}|{_WORD}))?"
    rf"[\s-]*(?P<unit>{_COMPOUND})?"
    rf"(?:\s?(?P<behind>{'|'.join(listed for _, listed in _BEHIND)}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, as `7.5 mg`, `>=65y` or the range `500-1000mg`, and its place.

    `value` is as it was written, in one spelling; a rate such as "daily" is `/d`.
    """

    value: str
    start: int
    end: int = 0
    low: str = ""
    high: str = ""
    unit: str = ""
    comparison: str = ""

    @cached_property
    def canonical(self) -> str:
        """Return the form that is equal for equal amounts, whatever the unit of mass."""
        if not self.low:
            return self.value
        unit, factor = self.unit, Decimal(1)
        head, _, rest = unit.partition("/")
        if head in _BASE:
            head, factor = _BASE[head]
            unit = head + (f"/{rest}" if rest else "")
        ends = [_scaled(end, factor) for end in (self.low, self.high) if end]
        return f"{self.comparison}{'-'.join(ends)}{unit}"


def find_quantities(text: str) -> list[Quantity]:
    """Return the quantities of a text from left to right.

    >>> [found.value for found in find_quantities("500–1,000 mg，每日2次，<7.0%")]
    ['500-1000mg', '/d', '2x', '<7%']
    >>> [found.canonical for found in find_quantities("no less than six hours; 0.5 mg; 500 mcg")]
    ['>=6h', '0.5mg', '0.5mg']
    """
    return [part for match in _PATTERN.finditer(text) for part in _with_rate(_quantity(match))]


def blank_quantities(text: str) -> str:
    """Return a text with blanks where its quantities stood."""
    return _PATTERN.sub(lambda match: " " * len(match[0]), text)


def _quantity(match: re.Match[str]) -> Quantity:
    start, end = match.span()
    if match["times"]:
        number = str(_TIMES[match["times"].casefold()])
        return Quantity(f"{number}x", start, end, number, "", "x")
    if match["rate"]:
        return Quantity(_named(match["rate"], _RATES), start, end)
    if match["low"]:
        start, low = match.start("low"), _plain(match["low"])
    elif match["word"]:
        start, low = match.start("word"), str(_WORDS[match["word"].casefold()])
    else:
        start, low = match.start("signs"), _chinese_number(match["signs"])
    high = match["high"] or ""
    high = str(_WORDS.get(high.casefold(), "")) or _plain(high) if high else ""
    unit = _plain_unit(match["unit"] or match["unit1"] or "")
    comparison = _named(match["sign"], _COMPARISONS) if match["sign"] else ""
    comparison = _named(match["behind"], _BEHIND) if match["behind"] else comparison
    shown = {"<=": "≤", ">=": "≥"}.get(comparison, comparison)
    value = shown + "-".join(part for part in (low, high) if part) + unit
    return Quantity(value, start, end, low, high, unit, comparison)


def _with_rate(quantity: Quantity) -> tuple[Quantity, ...]:
    """Set a rate apart from an amount: "10 mg/day" is 10 mg and daily."""
    unit, _, per = quantity.unit.rpartition("/")
    if unit.split("/")[0] not in _AMOUNTS or per not in ("d", "w", "mo", "y"):
        return (quantity,)
    value = quantity.value.removesuffix(f"/{per}")
    rate = Quantity(f"/{per}", quantity.start, quantity.end)
    return (replace(quantity, value=value, unit=unit), rate)


def _named(phrase: str, table: tuple[tuple[str, str], ...]) -> str:
    """Return which entry of a table a phrase belongs to."""
    return next(
        name for name, listed in table if re.fullmatch(f"(?:{listed})", phrase, re.IGNORECASE)
    )


def _plain_unit(unit: str) -> str:
    parts = [part.strip() for part in re.split("[/·]", unit.casefold())]
    return "/".join(_SPELLED_UNITS.get(part, part).replace(" ", "") for part in parts)


def _plain(digits: str) -> str:
    digits = re.sub(r",(?=\d{3}(?!\d))", "", digits).replace(",", ".")
    return digits.rstrip("0").rstrip(".") if "." in digits and "/" not in digits else digits


def _chinese_number(signs: str) -> str:
    """Return a number of one or two Chinese signs up to 99 as figures."""
    tens, ten, ones = signs.rpartition("十")
    if signs == "半":
        return "0.5"
    if not ten:
        return str(_SIGNS[ones])
    return str((_SIGNS[tens] if tens else 1) * 10 + (_SIGNS[ones] if ones else 0))


def _scaled(digits: str, factor: Decimal) -> str:
    try:
        number = (Decimal(digits) * factor).normalize()
    except InvalidOperation:  # a pair such as 140/90, or 1.2.3
        return digits
    return f"{number:f}"
