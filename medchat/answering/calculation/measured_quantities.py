"""Read the numbers of a message that are values of quantities, with their units.

    folded message -> names, numbers -> Reading(value in the quantity's first unit, as written)

A name takes the number behind it, or before it; names in a row ("AST/ALT 45/60") take numbers in a
row. A number without a unit is read only where one unit makes it usual; else the unit is asked for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medchat.answering.calculation.input_wording import (
    Quantity,
    asking,
    quantities,
    unit_patterns,
)
from medchat.answering.calculation.plain_numbers import plain_numbers

_NUMBER = re.compile(
    r"(?<![\d.])(?<!\d,)(?<!\de)(?<!\de[+-])"
    r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+(?! ?/))?(?!\d)"
)
_NEAR = 60
"""So many characters may stand between a name and its number, where the number has the unit."""

_FILLER = re.compile(
    r"[)）]?[\s:=≈~,，(（\[的]*(?:(?:is|was|were|are|of|at|level|levels|value|concentration|count|reading|"
    r"reads?|measured|measures?|measuring|recorded|found|noted|reported|as|to|be|being|about|around|"
    r"approximately|now|today|currently|only|just|up|down|elevated|reduced|decreased|raised|low|"
    r"high|rate|score|result|returned|came|back|showed|shows?|has|had|with|an?|the|in|normal|stable|"
    r"within|levels?|limits|range|namely|both|respectively|"
    r"increased|steady|rises?|rose|goes|went|falls?|fell|drops?|climbs?|fairly|remained|counted|stood|stands|range|为|是|约|达|到|在|只有|升至|降至|至|值|水平|"
    r"测得|示|提示|有|结果|浓度|大约|升高|降低|计数|目前|现|查|检测|应该?是|应为|其实是|改成|改为)(?![a-z])[\s:=,，(（]*)*"
)
_SENTENCE = re.compile(r"[.](?=\s|$)|[;；。!?！？\n]")
_SIGNED = re.compile(r"(?:^|[\s(,，:：;；=、])[-−–]$")
_ROW = re.compile(r"(?: levels?| counts?)?\s*(?:/|,|，|、|and|&|与|和|及)\s*(?:and\s+)?")
_FOREIGN = re.compile(
    r"[ -]?(?:mg|mcg|μg|ug|g|kg|ml|l|dl|mmol|μmol|umol|nmol|pmol|meq|mm ?hg|kpa|%|years?|yrs?|"
    r"months?|weeks?|days?|hours?|hrs?(?![ :=]{0,2}\d)|min(?:ute)?s?|bpm|u/l|iu|units?|"
    r"ms(?:ec)?|cm|mm|lbs?|pounds?|times|st|nd|rd|th|puffs?|tablets?|doses?)(?![a-z])|"
    r" ?(?:°|岁|年|个?月|周|天|小时|分钟|公斤|千克|厘米|次|片|支|级|期|度|分(?!升))"
)
_PRESSURES = re.compile(
    r"(?:(?<![a-z])(?:bp|blood pressure|b\.p\.?|arterial pressure|map|mean arterial pressure|"
    r"pulse pressure)|血压|平均动脉压|脉压差?)"
    r"[^\d;；。\n]{0,60}?(\d{2,3})(?:\.\d+)?\s*(?:/|over|mm ?hg/|／)\s*(\d{2,3})(?!\d)|"
    r"(?<![\d/.])(\d{2,3})\s*/\s*(\d{2,3})\s*(?:mm ?\[?hg|毫米汞柱)|"
    r"(?<![\d/.])(\d{2,3})/(\d{2,3})(?![\d/%])"
)
_FEET = re.compile(
    r"(?<![\d.])(\d) ?(?:ft|feet|foot|'|′)[ ,]*"
    r"(?:(\d{1,2}(?:\.\d+)?) ?(?:in(?:ch(?:es)?)?|\"|''|″)?)?"
    r"(?![\d])"
)


_OXYGEN = re.compile(r"(?<![\d.])(\d{2,3}) ?% (?:inspired )?(?:oxygen|o2)\b(?! sat)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One value: in the first unit of its quantity, and as it was written with its unit.

    `fault` is "unit" where several units would do, "range" where the value cannot be, "reversed"
    where it is a blood pressure whose first number is not the higher.
    """

    quantity: Quantity
    value: float
    number: str
    unit: str
    start: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    ids: frozenset[str]


def read_quantities(text: str, wanted: frozenset[str]) -> dict[str, list[Reading]]:
    """Return the readings of the wanted quantities in a folded message, each in its order."""
    text = plain_numbers(asking("reference").sub(lambda match: " " * len(match[0]), text))
    numbers = _numbers(text)
    names = _names(text, wanted)
    found: dict[str, list[Reading]] = {id: [] for id in wanted}
    for quantity in quantities():
        if quantity.id in wanted:
            found[quantity.id] += _named(text, quantity, names, numbers)
            if not found[quantity.id]:
                found[quantity.id] += _bare(text, quantity, numbers)
    _add_pressures(text, found)
    _add_heights(text, found)
    _add_coma_items(text, found)
    if "fio2" in found and not found["fio2"] and (given := _OXYGEN.search(text)):
        found["fio2"].append(Reading(_by_id("fio2"), float(given[1]), given[1], "%", given.start()))
    if "fio2" in found and not found["fio2"] and (air := asking("room_air").search(text)):
        found["fio2"].append(Reading(_by_id("fio2"), 21.0, "21", "%", air.start()))
    return {
        id: sorted(dict.fromkeys(each), key=lambda one: one.start)
        for id, each in found.items()
        if each
    }


def read_lone_number(text: str, quantity: Quantity) -> Reading | None:
    """Return the value that a message of nothing else gives: "1.75 m", "80"."""
    numbers = _numbers(text)
    if len(numbers) != 1 or len(text) > 40:
        return None
    unit, end = _unit(text, numbers[0], quantity)
    if unit or not _FOREIGN.match(text, numbers[0].end):
        return _reading(quantity, numbers[0], unit)
    return None


def age_reading(years: float, start: int = 0) -> Reading:
    """Return an age that cannot be as a reading."""
    return Reading(_by_id("age"), years, f"{years:g}", "years", start, "range")


def is_signed(text: str, start: int) -> bool:
    """Say whether a number has a minus sign."""
    return _SIGNED.search(text[:start]) is not None


@lru_cache(maxsize=64)
def _by_id(id: str) -> Quantity:
    return next(each for each in quantities() if each.id == id)


def _numbers(text: str) -> list[_Number]:
    return [
        _Number(match.start(), match.end(), float(match[0].replace(",", "")), match[0])
        for match in _NUMBER.finditer(text)
    ]


def _names(text: str, wanted: frozenset[str]) -> list[_Name]:
    """Return where quantities are named: the longest at each place, all that bear that name.

    A name that is of another quantity here ("corrected calcium") has no ids: it only separates.
    """
    spans: dict[tuple[int, int], set[str]] = {}
    for quantity in quantities():
        if quantity.loose and quantity.id not in wanted:
            continue
        for match in quantity.names.finditer(text):
            ids = spans.setdefault(match.span(), set())
            before = text[max(0, match.start() - 30) : match.start()]
            if not (
                quantity.not_before.search(before) or quantity.not_after.match(text, match.end())
            ):
                ids.add(quantity.id)
    kept: list[_Name] = []
    for (start, end), ids in sorted(
        spans.items(), key=lambda each: (not each[1], each[0][0] - each[0][1])
    ):
        if all(end <= other.start or start >= other.end for other in kept):
            kept.append(_Name(start, end, frozenset(ids)))
    return sorted(kept, key=lambda each: each.start)


def _named(
    text: str, quantity: Quantity, names: Sequence[_Name], numbers: Sequence[_Number]
) -> Iterator[Reading]:
    for place, name in enumerate(names):
        if quantity.id not in name.ids:
            continue
        row, index = _row(text, names, place)
        if len(row) > 1:
            reading = _from_row(text, quantity, row, index, numbers)
            if reading is not None:
                yield reading
                continue
            if index < len(row) - 1 or _row_has_numbers(text, row, numbers):
                continue
        following = names[place + 1].start if place + 1 < len(names) else len(text)
        previous = names[place - 1].end if place else 0
        listed = _before(text, quantity, name, previous, numbers)
        if listed is None or not _ends_item(text, name, previous, listed):
            reading = _behind(text, quantity, name, following, numbers) or listed
        else:
            reading = listed
        if reading is not None:
            yield reading


def _ends_item(text: str, name: _Name, previous: int, listed: Reading) -> bool:
    """Say whether a name ends an item of a list that tells the number first."""
    between = text[previous : listed.start]
    if previous and _FILLER.fullmatch(between) and not re.match(r" *[,;，；、]", between):
        return False
    return re.match(r"[ ]*(?:[,;.，；。、]|and\b|$)", text[name.end :]) is not None


def _row(text: str, names: Sequence[_Name], place: int) -> tuple[list[_Name], int]:
    """Return the names that stand in a row with one, and its place among them."""
    first = last = place
    while first > 0 and _ROW.fullmatch(text[names[first - 1].end : names[first].start]):
        first -= 1
    while last + 1 < len(names) and _ROW.fullmatch(text[names[last].end : names[last + 1].start]):
        last += 1
    return list(names[first : last + 1]), place - first


def _after_row(text: str, row: Sequence[_Name], numbers: Sequence[_Number]) -> list[_Number]:
    end = row[-1].end
    stop = _SENTENCE.search(text, end)
    limit = min(end + 90, stop.start() if stop else len(text))
    return [number for number in numbers if end <= number.start < limit]


def _row_has_numbers(text: str, row: Sequence[_Name], numbers: Sequence[_Number]) -> bool:
    """Say whether numbers in a row follow, whose owners are not plain."""
    after = _after_row(text, row, numbers)
    return len(after) > 1 and bool(
        _ROW.match(text, after[0].end)
        or re.match(r"[^\d]{0,12}(?:/|、| and )", text[after[0].end :])
    )


def _from_row(
    text: str, quantity: Quantity, row: Sequence[_Name], index: int, numbers: Sequence[_Number]
) -> Reading | None:
    after = _after_row(text, row, numbers)
    if len(after) < len(row) or not _FILLER.fullmatch(text[row[-1].end : after[0].start]):
        return None
    for one, other in zip(after[: len(row) - 1], after[1 : len(row)], strict=False):
        between = re.sub(r"^[^\s,，、/]*(?: ?[a-zμ%/]+)?", "", text[one.end : other.start])
        if len(between) > 8 or not re.search(r"/|,|，|、|and|和|及", text[one.end : other.start]):
            return None
    number = after[index]
    unit, _ = _unit(text, number, quantity)
    if not unit:
        unit, _ = _unit(text, after[len(row) - 1], quantity)
    return _reading(quantity, number, unit)


def _behind(
    text: str, quantity: Quantity, name: _Name, following: int, numbers: Sequence[_Number]
) -> Reading | None:
    """Return the value that stands behind a name, before the next name and the sentence's end."""
    stop = _SENTENCE.search(text, name.end)
    limit = min(following, name.end + _NEAR, stop.start() if stop else len(text))
    short = name.end - name.start == 1
    for number in numbers:
        if number.start < name.end:
            continue
        if number.start >= limit:
            break
        before = text[name.end : number.start]
        if _is_elsewhere(text, number, quantity, name.end):
            continue
        if before and before[-1].isascii() and before[-1].isalpha():
            continue
        close = bool(_FILLER.fullmatch(before))
        unit, end = _unit(text, number, quantity)
        if re.match(
            r"\s*(?:to|[-–—~至])\s*\d", text[max(end, number.end) :]
        ) and before.rstrip().endswith("from"):
            continue
        if unit and (close or not short):
            return _reading(quantity, number, unit)
        if not unit and close and not _FOREIGN.match(text, number.end):
            if re.match(r"\s?[/:]\s?\d", text[number.end :]):
                continue
            return _reading(quantity, number, "")
    return None


def _is_elsewhere(text: str, number: _Number, quantity: Quantity, first: int = 0) -> bool:
    """Say whether a number is a date, a grade or a limit: "day 3", "above 38"."""
    before = text[max(first, number.start - 16) : number.start]
    _, end = _unit(text, number, quantity)
    return bool(
        _SIGNED.search(before)
        or asking("elsewhen").search(before)
        or asking("limit").search(before)
        or asking("limit_after").match(text, end)
    )


def _before(
    text: str, quantity: Quantity, name: _Name, previous: int, numbers: Sequence[_Number]
) -> Reading | None:
    """Return the value right before a name: "1.4 mg/dL creatinine"."""
    for number in reversed(numbers):
        if number.end > name.start:
            continue
        if number.start < max(previous, name.start - 30):
            return None
        unit, end = _unit(text, number, quantity)
        between = text[max(end, number.end) : name.start]
        if unit and re.fullmatch(r"[ \t]*(?:of |in |的)?", between):
            return _reading(quantity, number, unit)
        return None
    return None


_COMMON = ("height", "temperature")
"""Quantities whose units measure other things in a note as well."""

_NOTE = 200
_CHANGE_BEFORE = re.compile(
    r"(?:lost|loss of|gain(?:ed|s)?(?: of)?|los(?:e|ing)|decrease[ds]? (?:of|by)|"
    r"(?:decrease|increase|loss|gain|change) in (?:\w+ )?weight (?:of|by)|"
    r"减轻|下降|增加|减少)"
    r"(?: about| approximately| over| nearly|了|约)?\s*$"
)
_CHANGE_AFTER = re.compile(r"\s*(?:\w+ )?(?:weight )?(?:loss|gain|lighter|heavier|of weight loss)")


def _bare(text: str, quantity: Quantity, numbers: Sequence[_Number]) -> Iterator[Reading]:
    """Yield the numbers whose unit alone says what they are."""
    for number in numbers:
        unit, end = _unit(text, number, quantity)
        if unit not in quantity.bare or _is_elsewhere(text, number, quantity):
            continue
        if _CHANGE_BEFORE.search(text[max(0, number.start - 24) : number.start]):
            continue
        if _CHANGE_AFTER.match(text, end) or re.match(r"\s?[/x×]", text[end:]):
            continue
        if quantity.id == "smoked-years" and re.match(r"[ -]?(?:old|of age|ago)", text[end:]):
            continue
        if number.start and text[number.start - 1] in "-/×x":
            continue
        low, high = quantity.usual.get(unit, quantity.possible)
        unusual = not (low <= number.value <= high)
        if unusual and (unit == "cm" or (quantity.id in _COMMON and len(text) > _NOTE)):
            continue
        yield _reading(quantity, number, unit)


def _unit(text: str, number: _Number, quantity: Quantity) -> tuple[str, int]:
    """Return the unit of a quantity that stands behind a number, and where it ends."""
    best, end = "", number.end
    for unit in quantity.units:
        found = unit_patterns()[unit].match(text, number.end) if unit in unit_patterns() else None
        if found and found.end() > end:
            best, end = unit, found.end()
    return best, end


def _reading(quantity: Quantity, number: _Number, unit: str) -> Reading:
    fault = ""
    if not unit:
        usual = [name for name, span in quantity.usual.items() if _within(number.value, span)]
        fits = usual or [
            name
            for name in quantity.usual
            if _within(_in_first(quantity, number.value, name), quantity.possible)
        ]
        unit = fits[0] if fits else quantity.unit
        if len({round(_in_first(quantity, number.value, each), 6) for each in fits}) > 1:
            fault = "unit"
    value = _in_first(quantity, number.value, unit)
    if not _within(value, quantity.possible):
        fault = "range"
    return Reading(quantity, value, number.text.replace(",", ""), unit, number.start, fault)


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] * 0.9999 <= value <= span[1] * 1.0001


def _in_first(quantity: Quantity, value: float, unit: str) -> float:
    if unit == "°F":
        return (value - 32) / 1.8
    return value * quantity.units[unit]


def _add_pressures(text: str, found: dict[str, list[Reading]]) -> None:
    if not {"pressure", "diastolic"} & found.keys():
        return
    for match in _PRESSURES.finditer(text):
        upper, lower = [float(each) for each in match.groups() if each][:2]
        fault = ""
        if upper <= lower:
            if not (match[1] and 40 <= upper <= 320 and 40 <= lower <= 320):
                continue
            fault = "reversed"
        elif not (40 <= upper <= 320 and 15 <= lower <= 220):
            continue
        for id, value in (("pressure", upper), ("diastolic", lower)):
            if id in found:
                found[id].append(
                    Reading(_by_id(id), value, f"{value:g}", "mmHg", match.start(), fault)
                )


def _add_heights(text: str, found: dict[str, list[Reading]]) -> None:
    if "height" not in found:
        return
    for match in _FEET.finditer(text):
        inches = 12 * float(match[1]) + float(match[2] or 0)
        if 20 <= inches <= 100 and (match[2] or re.search("ft|feet|foot", match[0])):
            found["height"] = [
                each
                for each in found["height"]
                if not match.start() <= each.start < match.end() + 1
            ]
            found["height"].append(
                Reading(_by_id("height"), inches * 2.54, f"{inches:g}", "in", match.start())
            )


_COMA = re.compile(r"(?<![a-z])e ?(\d)[\s,，+、/-]*v ?(\d|t)[\s,，+、/-]*m ?(\d)(?!\d)")


def _add_coma_items(text: str, found: dict[str, list[Reading]]) -> None:
    for match in _COMA.finditer(text):
        for id, value in zip(("eye", "verbal", "motor"), match.groups(), strict=True):
            if id in found and value.isdigit():
                number = _Number(match.start(), match.end(), float(value), value)
                found[id].append(_reading(_by_id(id), number, "none"))
