"""Check that the person whom a row tells of can be: one sex, an age, and what befalls such people.

words of the user, names masked by the caller's choice -> sexes and age told -> what is wrong

Whom a condition befalls is read from its names.
"""

import re
from collections.abc import Callable, Collection

from knowledge.lessons.facts.pregnancy_names import is_of_pregnancy
from knowledge.records import Language, Lesson

_STYLES = ("chatdoctor", "huatuo", "safety", "vignette", "dialogue", "multi-hop")
"""Styles whose user tells of somebody."""

_ACTS = "(?=[是有的今最该要会能怎现也已吃用得出可需这那近总常突断一几，。])"
"""What follows a pronoun, so that it is no part of a name."""

_FEMALE = {
    "en": re.compile(
        r"\b(?:woman|girl|she|her|hers|herself|wife|mother|mum|mom|daughter|sister|grandmother|"
        r"aunt|niece|girlfriend)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        f"她{_ACTS}|孕妇|怀孕|女性|女孩|女婴|患者女|，女|妻子|老婆|母亲|妈妈|女儿|姐姐|妹妹|奶奶|外婆|姥姥"
    ),
}
_MALE = {
    "en": re.compile(
        r"\b(?:man|boy|he|his|him|himself|husband|father|dad|son|brother|grandfather|uncle|nephew|"
        r"boyfriend)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        f"(?<!其)他{_ACTS}|男性|男孩|男婴|患者男|，男|丈夫|老公|父亲|爸爸|儿子|哥哥|弟弟|爷爷|外公|姥爷"
    ),
}
_AGE = {
    "en": re.compile(r"\b(\d+)-year-old\b|\b(?:I am|I'm|is) (\d+)(?= years old| and pregnant|\.)"),
    "zh": re.compile(r"(\d+)岁(?!以)"),
}
_GROWN = {
    "en": re.compile(
        r"\d-year-old (?:pregnant )?(?:woman|man)\b|\b(?:I am|I'm) (?:an? )?\d|"
        r"\b(?:wife|husband|mother|mum|mom|father|dad|grandmother|grandfather|aunt|uncle)\b"
    ),
    "zh": re.compile(
        "\\d岁女性|\\d岁男性|[女男]性，\\d|妻子|丈夫|老婆|老公|母亲|父亲|妈妈|爸爸|奶奶|爷爷|外婆|外公"
    ),
}
_SMALL = {
    "en": re.compile(r"\d-year-old (?:girl|boy)\b"),
    "zh": re.compile("\\d岁[女男]孩|[女男]孩，\\d"),
}
_YOUNGEST_GROWN, _OLDEST_SMALL, _OLDEST = 12, 17, 105
_OF_WOMEN = re.compile(
    r"ovar(?:y|ian)|uterine|uterus|vagin|vulv|menstru|menopaus|pregnan|gestational|postpartum|"
    r"endometri|eclamp|placent|子宫|卵巢|宫颈|阴道|外阴|月经|痛经|闭经|妊娠|产后|产褥|绝经|更年期",
    re.IGNORECASE,
)
_OF_MEN = re.compile(
    r"prostat|testic|testis|penile|scrotal|epididym|erectile|balanit|"
    "前列腺|睾丸|阴茎|附睾|阴囊|早泄|阳痿|包皮",
    re.IGNORECASE,
)
_OF_INFANTS = re.compile("neonat|newborn|infantile|新生儿|婴儿", re.IGNORECASE)


def fault(lesson: Lesson, names_of: Callable[[str], Collection[str]]) -> str:
    """Return what is wrong with the person of a row, or an empty text."""
    if lesson.style not in _STYLES or lesson.meta.get("refused"):
        return ""
    told = user_text(lesson)
    language = lesson.language
    female, male = (each[language].search(told) for each in (_FEMALE, _MALE))
    if female and male:
        bare = _without(told, [name for id in lesson.entities for name in names_of(id)])
        female, male = (each[language].search(bare) for each in (_FEMALE, _MALE))
        if female and male:
            return "the user tells of a person of two sexes"
    ages = ages_told(told, language)
    if ages and (found := _wrong_age(told, ages, language)):
        return found
    if not (ages or female or male):
        return ""
    names = "\n".join([name for id in lesson.entities[:1] for name in names_of(id)])
    of_women, of_men = bool(_OF_WOMEN.search(names)), bool(_OF_MEN.search(names))
    if of_women != of_men and ((of_women and male) or (of_men and female)):
        return "the person has another sex than whom it befalls"
    of_mothers = is_of_pregnancy(names)
    oldest = 12 if _OF_INFANTS.search(names) else 55 if of_mothers else _OLDEST
    youngest = 12 if of_mothers else 0
    if any(not youngest <= age <= oldest for age in ages):
        return "the person has another age than whom it befalls"
    return ""


def user_text(lesson: Lesson) -> str:
    """Return all that the user of a row says."""
    return "\n".join([message.content for message in lesson.messages if message.role == "user"])


def ages_told(told: str, language: Language) -> list[int]:
    """Return the ages, in years, that a user's words tell.

    >>> ages_told("A 71-year-old man has gout.", "en"), ages_told("我今年34岁。", "zh")
    ([71], [34])
    """
    return [int(found[found.lastindex or 0]) for found in _AGE[language].finditer(told)]


def is_of_men(told: str, language: Language) -> bool:
    """Say whether a user's words tell of a man or boy alone.

    >>> is_of_men("A 71-year-old man has gout.", "en"), is_of_men("女，34岁", "zh")
    (True, False)
    """
    return bool(_MALE[language].search(told)) and not _FEMALE[language].search(told)


def _wrong_age(told: str, ages: Collection[int], language: Language) -> str:
    if any(not 0 < age <= _OLDEST for age in ages):
        return "the user tells an age that nobody has"
    grown, small = _GROWN[language].search(told), _SMALL[language].search(told)
    if (grown and any(age < _YOUNGEST_GROWN for age in ages)) or (
        small and any(age > _OLDEST_SMALL for age in ages)
    ):
        return "the user tells another age than the words for the person"
    return ""


def _without(text: str, names: Collection[str]) -> str:
    """Return a text without some names, which say nothing of who is ill."""
    for name in sorted(names, key=lambda each: (-len(each), each)):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text
