"""Work out arithmetic that a message asks for: an amount by weight, a rate, another unit, a sum.

    "what is 12.5 mg/kg for 62 kg" -> 12.5 * 62 -> 775 mg

Arithmetic only: no dose is recommended or judged. Every expression is evaluated in the whitelisted
grammar of formulas.
"""

import re

from knowledge.calculators import arithmetic
from knowledge.records import Language
from medchat.answering.calculation import calculation_telling as telling
from medchat.answering.calculation.input_wording import Quantity, quantities, unit_patterns
from medchat.answering.calculation.measured_quantities import read_quantities
from medchat.answering.leads import Lead

_LONGEST = 200
"""A longer message is a story: a number in it is no sum."""

_NUMBER = r"(\d+(?:\.\d+)?)"
_ASKS = re.compile(
    r"\b(?:what(?:'s| is| are| would)|how (?:much|many)|calculat\w+|comput\w+|work out|convert|"
    r"change|rate)\b|多少|计算|算|换算|转换|速度|滴速|="
)
_BY_WEIGHT = re.compile(
    rf"{_NUMBER} ?(mg|mcg|μg|ug|g|ml|units?|iu|mmol|meq|毫克|微克|克|毫升|单位)"
    r" ?/ ?(?:kg|公斤|千克)"
    r"(?: ?/ ?(day|d|hour|hr|h|min(?:ute)?|dose|日|天|小时|分钟?|次))?"
)
_RANGE = re.compile(rf"{_NUMBER} ?(?:-|–|to|至|~) ?{_NUMBER} ?(?:mg|mcg|μg|g)")
_DIVIDED = re.compile(
    r"(?:divided (?:in(?:to)?|by)|in) (\d|two|three|four) (?:equal |divided )?doses|"
    r"(\d|two|three|four) times (?:a|per) day|分(\d|[两二三四])次"
)
_WORDS = {"two": 2, "three": 3, "four": 4, "两": 2, "二": 2, "三": 3, "四": 4}
_RATE = re.compile(
    rf"{_NUMBER} ?(?:ml|毫升)[^\d;。.?]{{0,30}}?(?:over|in|within|during|每|用|于|在)?"
    rf" ?{_NUMBER} ?(hours?|hrs?|h|min(?:ute)?s?|小时|分钟)"
)
_DROPS = re.compile(rf"{_NUMBER} ?(?:drops|gtts?|滴) ?(?:/|per|每) ?(?:ml|毫升)")
_SUM = re.compile(
    r"^\W*(?:what(?:'s| is)|calculate|compute|work out|please|计算|请计算|算一下|算)?[\s:]*"
    r"([\d.\s+*/×÷x()^-]+?)\s*(?:=|\?|equals?|等于(?:多少)?|是多少|多少)?\W*$"
)
_PLAIN = frozenset({"weight", "height", "temperature", "pressure"})
"""Quantities whose units convert alike whatever is measured."""

_TO = re.compile(
    r"(?:\b(?:to|in|into|as)\b|换算[成为]?|转换?[成为]|等于(?:多少)?|是多少|合(?:多少)?|=) ?"
)


def solve(text: str, language: Language) -> Lead | None:
    """Return what a folded message asks to be reckoned, or None."""
    if len(text) > _LONGEST:
        return None
    if not _ASKS.search(text) and "?" not in text and not _SUM.match(text):
        return None
    for find in (_amount_by_weight, _converted, _rate, _sum):
        found = find(text, language)
        if found is not None:
            return found
    return None


def _amount_by_weight(text: str, language: Language) -> Lead | None:
    match = _BY_WEIGHT.search(text)
    if match is None or _RANGE.search(text):
        return None
    rest = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    weights = read_quantities(rest, frozenset({"weight"})).get("weight", [])
    values = {f"{each.value:.6g}" for each in weights if not each.fault}
    if len(values) != 1:
        return None
    (weight,) = values
    unit = f"{match[2]}/{match[3]}" if match[3] and match[3] not in ("dose", "次") else match[2]
    steps = [_reckon(f"{match[1]} * {weight}", unit)]
    divided = _DIVIDED.search(rest)
    if divided:
        word = next(each for each in divided.groups() if each)
        doses = _WORDS.get(word) or int(word)
        if doses > 1 and (match[3] in ("day", "d", "日", "天")):
            steps.append(_reckon(f"{match[1]} * {weight} / {doses}", match[2]))
    inputs = (match[0], f"{weight} kg")
    return telling.tell_equation("amount", steps, inputs, language, caution=True)


def _converted(text: str, language: Language) -> Lead | None:
    for quantity in quantities():
        if not quantity.inputs or len(quantity.units) < 2:
            continue
        named = quantity.names.search(text)
        if named is None and quantity.id not in _PLAIN:
            continue
        for number in re.finditer(rf"(?<![\d.]){_NUMBER}(?!\d)", text):
            found = _between(text, number, quantity, language)
            if found is not None:
                return found
    return None


def _between(
    text: str, number: re.Match[str], quantity: Quantity, language: Language
) -> Lead | None:
    """Return a number turned from the unit behind it to the one that is asked for."""
    patterns = unit_patterns()
    source = next(
        (
            (unit, found.end())
            for unit in quantity.units
            if unit in patterns and (found := patterns[unit].match(text, number.end()))
        ),
        None,
    )
    if source is None:
        return None
    for sign in _TO.finditer(text, source[1]):
        for unit in quantity.units:
            if unit == source[0] or unit not in patterns:
                continue
            if patterns[unit].match(text, sign.end()):
                expression = _turned(number[1], source[0], unit, quantity)
                step = _reckon(expression, telling.unit_name(unit, language))
                written = f"{number[1]} {telling.unit_name(source[0], language)}"
                return telling.tell_equation("conversion", [step], (written,), language)
    return None


def _turned(number: str, source: str, target: str, quantity: Quantity) -> str:
    if source == "°F":
        return f"({number} - 32) / 1.8"
    if target == "°F":
        return f"{number} * 1.8 + 32"
    one, other = quantity.units[source], quantity.units[target]
    return f"{number} * {one:g}" if other == 1 else f"{number} * {one:g} / {other:g}"


def _rate(text: str, language: Language) -> Lead | None:
    if not re.search(r"\brate\b|infus|drip|drops|速度|滴速|输|滴", text):
        return None
    match = _RATE.search(text)
    if match is None or float(match[2]) == 0:
        return None
    volume, span = match[1], match[2]
    minutes = match[3].startswith(("min", "分"))
    hours = f"({span} / 60)" if minutes else span
    steps = [_reckon(f"{volume} / {hours}", "mL/h")]
    drops = _DROPS.search(text)
    if drops:
        all_minutes = span if minutes else f"({span} * 60)"
        steps.append(_reckon(f"{volume} * {drops[1]} / {all_minutes}", telling.drops(language)))
    return telling.tell_equation("rate", steps, (match[0].strip(),), language)


def _sum(text: str, language: Language) -> Lead | None:
    match = _SUM.match(text)
    if match is None or not re.search(r"\d\s*[-+*/×÷x^]\s*[\d(]", match[1]):
        return None
    if re.search(r"\d{4}-\d|^\s*\d+/\d+\s*$|^\s*\d+-\d+\s*$", match[1]):
        return None  # a date, a blood pressure, a range
    written = match[1].replace("×", "*").replace("÷", "/").replace("x", "*").strip()
    try:
        step = _reckon(written, "")
    except ValueError:
        return None
    return telling.tell_equation("sum", [step], (), language)


def _reckon(expression: str, unit: str) -> tuple[str, str]:
    """Return an expression and what it gives, with so many decimals as are told."""
    value = arithmetic.evaluate(expression)
    places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 4
    number = arithmetic.round_half_up(value, places)
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return expression, f"{number} {unit}".strip()
