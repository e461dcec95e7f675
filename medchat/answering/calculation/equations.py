"""Work out arithmetic that a message asks for: an amount by weight, a rate, another unit, a sum.

    "what is 12.5 mg/kg for 62 kg" -> 12.5 * 62 -> 775 mg

Arithmetic only: no dose is recommended or judged. Every expression is evaluated in the whitelisted
grammar of formulas.
"""

import re

from knowledge.calculators import arithmetic
from knowledge.records import Language
from medchat.answering.calculation import calculation_telling as telling
from medchat.answering.calculation.conversions import convert
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
    rf"{_NUMBER} ?(mg|mcg|μg|ug|g|ml|units?|iu|u|mmol|meq|毫克|微克|克|毫升|单位)"
    r" ?/ ?(?:kg|公斤|千克)"
    r"(?: ?/ ?(day|d|hour|hr|h|min(?:ute)?|dose|日|天|小时|分钟?|次))?"
)
_RANGE = re.compile(rf"{_NUMBER} ?(?:-|–|to|至|~) ?{_NUMBER} ?(?:mg|mcg|μg|g)")
_DIVIDED = re.compile(
    r"(?:divided (?:in(?:to)?|by)|in) (\d|two|three|four) (?:equal |divided )?doses|"
    r"(\d|two|three|four) times (?:a|per) day|分(\d|[两二三四])次"
)
_WORDS = {"two": 2, "three": 3, "four": 4, "两": 2, "二": 2, "三": 3, "四": 4}
_TIMES_A_DAY = {
    "twice daily": 2, "twice a day": 2, "bid": 2, "b.i.d.": 2, "three times daily": 3,
    "three times a day": 3, "tid": 3, "t.i.d.": 3, "four times a day": 4, "qid": 4,
    "每日两次": 2, "每日2次": 2, "一天两次": 2,
    "每日三次": 3, "每日3次": 3, "一天三次": 3, "每日四次": 4,
}  # fmt: skip
_TIMES = re.compile("|".join(re.escape(each) for each in _TIMES_A_DAY))
_RATE = re.compile(
    rf"{_NUMBER} ?(ml|l(?:it(?:re|er)s?)?|毫升|升)(?![a-z])[^\d;。.?]{{0,30}}?"
    r"(?:over|in|within|during|每|用|于|在)?"
    rf" ?{_NUMBER} ?(hours?|hrs?|h|min(?:ute)?s?|小时|分钟)"
)
_DROPS = re.compile(rf"{_NUMBER} ?(?:drops|gtts?|滴) ?(?:/|per|每) ?(?:ml|毫升)")
_SUM = re.compile(
    r"^[^\w(]*(?:what(?:'s| is)|calculate|compute|work out|please|计算|请计算|算一下|算)?[\s:]*"
    r"([\d.\s+*/×÷x()^-]+?)\s*(?:=|\?|equals?|等于(?:多少)?|是多少|多少)?\W*$"
)
_DOSE = r"(mg|mcg|μg|ug|g|units?|iu|u|meq|mmol|毫克|微克|克|单位)"
_MIXED = re.compile(
    rf"{_NUMBER} ?{_DOSE}(?![a-z])[^\d;。?]{{0,20}}?(?:in|/|with|into|加入|加至|溶于|稀释[到至]|配)"
    rf"[^\d;。?]{{0,12}} ?{_NUMBER} ?(?:ml|毫升)"
)
_PUMPED = re.compile(rf"{_NUMBER} ?(?:ml|毫升) ?(?:/|per|每) ?(?:h|小时)")
_WANTED = re.compile(rf"{_NUMBER} ?{_DOSE} ?(?:/|per|每) ?(h(?:our|r)?|min(?:ute)?|小时|分钟?)")
_MICRO = re.compile(r"mcg|μg|ug\b|microgram|微克")
_PER_MINUTE = re.compile(r"(?:/|per|a|each) ?min|每分")
_SOLUTION = re.compile(
    rf"{_NUMBER} ?%[^\d;。?]{{0,16}}?{_NUMBER} ?(?:ml|毫升)|"
    rf"{_NUMBER} ?(?:ml|毫升) (?:of )?(?:an? )?{_NUMBER} ?%(?! (?:of|in))"
)
_SHARE = re.compile(
    rf"{_NUMBER} ?% of {_NUMBER}( ?(?:kg|mg|g|ml|l|lb))?|"
    rf"{_NUMBER}( ?(?:kg|mg|g|ml|l|公斤|千克|毫克|克|毫升))?的 ?{_NUMBER} ?%"
)
_RATIO = re.compile(r"(?<![\d:])1 ?: ?(\d{3,6})(?![\d:])")
_PLAIN_ASK = re.compile(
    r"\d[^?]{0,30}\b(?:in|to|into)\b|(?:mg|μg|mcg|g|ml|u|iu|units?) ?/ ?kg|等于|换算"
)
_SHORT = 90
"""So short a message with an amount by weight and a weight asks without a word for it."""


def solve(text: str, language: Language) -> Lead | None:
    """Return what a folded message asks to be reckoned, or None."""
    if len(text) > _LONGEST:
        return None
    plain = len(text) <= _SHORT and bool(_PLAIN_ASK.search(text))
    if not (plain or _ASKS.search(text) or "?" in text or _SUM.match(text)):
        return None
    for find in (_amount_by_weight, _diluted, _converted, _share, _rate, _sum):
        try:
            found = find(text, language)
        except ValueError:  # a division by 0
            continue
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
    dosed = "U" if match[2] == "u" else match[2]
    unit = f"{dosed}/{match[3]}" if match[3] and match[3] not in ("dose", "次") else dosed
    steps = [_reckon(f"{match[1]} * {weight}", unit)]
    divided = _DIVIDED.search(rest)
    if divided:
        word = next(each for each in divided.groups() if each)
        doses = _WORDS.get(word) or int(word)
        if doses > 1 and (match[3] in ("day", "d", "日", "天")):
            steps.append(_reckon(f"{match[1]} * {weight} / {doses}", match[2]))
    steps += _per_hour(match, weight, rest)
    times = _TIMES.search(rest)
    if times and not match[3]:
        day = "日" if language == "zh" else "day"
        steps.append(_reckon(f"{match[1]} * {weight} * {_TIMES_A_DAY[times[0]]}", f"{unit}/{day}"))
    inputs = (match[0], f"{weight} kg")
    return telling.tell_equation("amount", steps, inputs, language, caution=True)


def _per_hour(match: re.Match[str], weight: str, rest: str) -> list[tuple[str, str]]:
    """Return an amount by weight and minute as one of an hour, in mg where that is asked for."""
    asked = re.search(r"per hour|an hour|/ ?h\b|hourly|每小时", rest)
    if not (match[3] and match[3].startswith(("min", "分")) and asked):
        return []
    micro = match[2] in ("mcg", "μg", "ug", "微克")
    milligrams = micro and re.search(r"(?<![a-z])mg|毫克", rest)
    expression = f"{match[1]} * {weight} * 60" + (" / 1000" if milligrams else "")
    return [_reckon(expression, f"{'mg' if milligrams else match[2]}/h")]


def _converted(text: str, language: Language) -> Lead | None:
    found = convert(text)
    if found is None:
        return None
    unit = telling.unit_name(found.unit, language)
    step = _reckon(found.expression, unit)
    return telling.tell_equation("conversion", [step], (found.written,), language)


def _diluted(text: str, language: Language) -> Lead | None:
    """Return a pump rate or a dose from what is dissolved in a volume."""
    mixed = _MIXED.search(text)
    if mixed is None:
        return None
    amount, unit, volume = mixed[1], mixed[2], mixed[3]
    rest = text[: mixed.start()] + " " * len(mixed[0]) + text[mixed.end() :]
    pumped = _PUMPED.search(rest)
    if pumped:
        expression, told = f"{amount} / {volume} * {pumped[1]}", unit
        if _MICRO.search(rest) and unit in ("mg", "毫克"):
            expression, told = f"{expression} * 1000", "μg"
        minutes = bool(_PER_MINUTE.search(rest))
        step = _reckon(f"{expression} / 60" if minutes else expression,
                       f"{told}/{'min' if minutes else 'h'}")  # fmt: skip
        return telling.tell_equation("rate", [step], (mixed[0],), language, caution=True)
    wanted = _WANTED.search(rest)
    if wanted is None or wanted[2] != unit:
        return None
    per_hour = "" if wanted[3].startswith(("h", "小", "时")) else " * 60"
    step = _reckon(f"{wanted[1]}{per_hour} / ({amount} / {volume})", "mL/h")
    return telling.tell_equation("rate", [step], (mixed[0], wanted[0]), language, caution=True)


def _share(text: str, language: Language) -> Lead | None:
    """Return a share of an amount, or what a solution of so many per cent holds."""
    found = _SOLUTION.search(text)
    if found and re.search(r"how (?:many|much)|contain|多少|几克|含", text):
        share, volume = (found[1], found[2]) if found[1] else (found[4], found[3])
        milligrams = re.search(r"\bmg\b|milligram|毫克|多少mg", text)
        expression = f"{volume} * {share} / 100" + (" * 1000" if milligrams else "")
        step = _reckon(expression, "mg" if milligrams else "g")
        return telling.tell_equation("sum", [step], (found[0],), language)
    found = _SHARE.search(text)
    if found:
        share, amount, unit = (
            (found[1], found[2], found[3]) if found[1] else (found[6], found[4], found[5])
        )
        step = _reckon(f"{amount} * {share} / 100", (unit or "").strip())
        return telling.tell_equation("sum", [step], (found[0],), language)
    found = _RATIO.search(text)
    if found and re.search(r"mg|毫克|concentration|浓度", text):
        step = _reckon(f"1000 / {found[1]}", "mg/mL")
        return telling.tell_equation("sum", [step], (found[0],), language)
    return None


def _rate(text: str, language: Language) -> Lead | None:
    if not re.search(r"\brate\b|infus|drip|drops|ml ?/ ?h|run|速度|滴速|输|滴", text):
        return None
    match = _RATE.search(text)
    if match is None or float(match[3]) == 0:
        return None
    litres = match[2].startswith(("l", "升"))
    volume, span = (f"{match[1]} * 1000" if litres else match[1]), match[3]
    minutes = match[4].startswith(("min", "分"))
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
