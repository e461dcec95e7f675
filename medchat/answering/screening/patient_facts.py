"""Read who a message is about: age, sex, pregnancy, as findings for the screen.

"3-week-old with fever" -> {"newborn", "infant", "child"}, 0.7 months
"""

from dataclasses import dataclass

from medchat.answering.screening.rules import cue

_MONTHS = {"d": 1 / 30.4, "w": 12 / 52, "m": 1.0, "y": 12.0}
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ZH_UNITS = {"岁": "y", "周岁": "y", "天": "d", "天大": "d", "周": "w", "周大": "w"}


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a message is about: `months` is the age in months, None where it is not told."""

    findings: frozenset[str]
    months: float | None


def read(text: str) -> Who:
    """Return what a folded message tells of the one it is about."""
    months = _age(text)
    found = {sex for sex in ("male", "female") if cue(sex).search(text)}
    if cue("pregnant").search(text) and not cue("not_pregnant").search(text):
        found.add("pregnant")
    return Who(frozenset(found | _age_groups(text, months)), months)


def _age(text: str) -> float | None:
    text = cue("zh_ages").sub(lambda match: str(_zh_number(match[1])), text)
    text = cue("and_a_half").sub(lambda match: f"{12 * int(match[1]) + 6}个月大", text)
    if match := cue("word_age_en").search(text):
        return _WORDS[match[1]] * _MONTHS[match[2][0]]
    if match := cue("born_zh").search(text) or cue("age_zh").search(text):
        return int(match[1]) * _MONTHS[_ZH_UNITS.get(match[2], "m")]
    if match := cue("short_age_en").search(text):
        return int(match[1]) * _MONTHS[match[2][0]]
    if match := cue("age_en").search(text):
        number = next(each for each in (match[1], match[3], match[4], match[5]) if each)
        return int(number) * _MONTHS[match[2][0] if match[2] else "y"]
    return None


def _zh_number(signs: str) -> int:
    """Return the number that Chinese signs below a hundred write: 三十五 -> 35."""
    tens, ten, ones = signs.rpartition("十")
    digits = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
    if not ten:
        return digits.get(ones[-1:], 0)
    return 10 * digits.get(tens[-1:] or "一", 1) + digits.get(ones[:1], 0)


def _age_groups(text: str, months: float | None) -> set[str]:
    if months is None:
        if cue("newborn").search(text):
            return {"newborn", "infant", "child"}
        if cue("infant").search(text):
            return {"infant", "child"}
        return {"child"} if cue("child").search(text) else {"adult"}
    found = {"child"} if months < 16 * 12 else {"adult"}
    if months < 12:
        found.add("infant")
    if months <= 3:
        found.add("newborn")
    if months >= 600:
        found.add("over_50")
    if months >= 720:
        found.add("over_60")
    return found
