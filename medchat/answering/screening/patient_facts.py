"""Read who a message is about: age, sex, pregnancy, as findings for the screen.

    "3-week-old with fever" -> {"newborn", "infant", "child"}, 0.7 months
"""

import re
from dataclasses import dataclass

_MONTHS = {"d": 1 / 30.4, "w": 12 / 52, "m": 1.0, "y": 12.0}
_AGE_EN = re.compile(
    r"\b(\d{1,3})[\s-]*(days?|d|weeks?|wks?|w|months?|mos?|m|years?|yrs?|y)[\s/-]*(?:o\b|olds?\b)"
    r"|\b(?:aged?|age of|is|he's|she's) (\d{1,3})\b(?!\s*(?:/|%|mg|kg|cm|mm|weeks|days|hours|minutes|bpm))"
    r"|\b(\d{2})\s?(?=[mf]\b)|\b(\d{1,3})\s?(?=y/?o?\b)"
)
_WORD_AGE_EN = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety)[\s-]+(day|week|month|year)s?[\s-]+old"
)
_WORDS = dict(zip(
    "one two three four five six seven eight nine ten eleven twelve fifteen eighteen twenty thirty forty"
    " fifty sixty seventy eighty ninety".split(),
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 18, 20, 30, 40, 50, 60, 70, 80, 90), strict=True,
))  # fmt: skip
_AGE_ZH = re.compile(r"(?:出生(?:后|才|刚)?\s*)?(\d{1,3})\s*(岁|周岁|个?月大|月龄|个月(?=的?(?:婴|宝|孩|男|女|幼|大))|天大|天(?=的?(?:婴|宝|新生|孩))|周大)")
_BORN_ZH = re.compile(r"(?:出生|生后)(?:后|才|刚)?\s*(\d{1,3})\s*(天|周|个?月)")
_ZH_UNITS = {"岁": "y", "周岁": "y", "天": "d", "天大": "d", "周": "w", "周大": "w"}
_NEWBORN = re.compile(r"\b(?:newborn|neonat\w+|new born)\b|新生儿|刚出生|月子里的(?:孩子|宝宝)")
_INFANT = re.compile(r"\b(?:baby|infant|babies)\b(?! bump)|婴儿|宝宝|小宝贝")
_CHILD = re.compile(
    r"\b(?:child|kid|toddler|boy|girl|schoolboy|schoolgirl|teenager|children|my (?:little )?(?:son|daughter))\b"
    r"|小孩|孩子|儿童|男孩|女孩|幼儿|患儿"
)
_MALE = re.compile(r"\b(?:man|male|boy|he|his|him|father|dad|husband|son|brother|gentleman|grandfather|grandpa)\b|\d{2}\s?m\b|男|他(?!们)|爸|父亲|爷|丈夫|老公|儿子")
_FEMALE = re.compile(r"\b(?:woman|female|girl|she|her|mother|mum|mom|wife|daughter|sister|lady|grandmother|grandma)\b|\d{2}\s?f\b|女|她|妈|母亲|奶奶|妻|老婆")
_PREGNANT = re.compile(
    r"\b(?<!not )(?<!n't )(?<!not been )(?:pregnant|pregnancy|trimester|gestation|gravida|primigravida|antenatal|weeks? along"
    r"|expecting a baby|postpartum|after (?:giving birth|delivery)|gave birth|in labou?r)\b"
    r"|\b\d{2}(?:\+\d)? ?(?:weeks?|wks?|/40)(?! (?:old|ago|history))\b(?=.{0,30}\b(?:pregnan|gestation|bp|headache|baby|bleed|fetal))"
    r"|(?<!没)(?<!未)(?<!没有)怀孕|孕妇|妊娠|孕\d|孕晚期|孕早期|孕中期|产妇|产后|宫缩"
)
_NOT_PREGNANT = re.compile(r"\b(?:not|isn't|never been|no chance of being) pregnant|negative pregnancy test|没有?怀孕|未孕|非孕")


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a message is about: `months` is the age in months, None where it is not told."""

    findings: frozenset[str]
    months: float | None


def read(text: str) -> Who:
    """Return what a folded message tells of the one it is about."""
    months = _age(text)
    found = {
        name
        for name, pattern in (("male", _MALE), ("female", _FEMALE))
        if pattern.search(text)
    }
    if _PREGNANT.search(text) and not _NOT_PREGNANT.search(text):
        found.add("pregnant")
    return Who(frozenset(found | _age_groups(text, months)), months)


def _age(text: str) -> float | None:
    if match := _WORD_AGE_EN.search(text):
        return _WORDS[match[1]] * _MONTHS[match[2][0]]
    if match := _BORN_ZH.search(text) or _AGE_ZH.search(text):
        return int(match[1]) * _MONTHS[_ZH_UNITS.get(match[2], "m")]
    if match := _AGE_EN.search(text):
        number = next(each for each in (match[1], match[3], match[4], match[5]) if each)
        return int(number) * _MONTHS[match[2][0] if match[2] else "y"]
    return None


def _age_groups(text: str, months: float | None) -> set[str]:
    if months is None:
        if _NEWBORN.search(text):
            return {"newborn", "infant", "child"}
        if _INFANT.search(text):
            return {"infant", "child"}
        return {"child"} if _CHILD.search(text) else {"adult"}
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
