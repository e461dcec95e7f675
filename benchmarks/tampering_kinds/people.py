"""Change who is ill, and what else the user tells of themselves."""

import random
import re

from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import Change, Others, put

_AGE = {
    "en": re.compile(r"(?<=\b)\d+(?=[- ]year|\.| and pregnant)"),
    "zh": re.compile(r"\d+(?=岁)"),
}


def _age(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Give an age that nobody has."""
    return _aged(row, pick, ("0", "260", "1000"))


def _unlike(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Give a grown person the age of a small child, or a child that of an old one."""
    text = row.messages[0].content
    if re.search(r"-year-old (?:pregnant )?(?:woman|man)|岁[女男]性|[女男]性，\d", text):
        return _aged(row, pick, ("2",))
    if re.search(r"-year-old (?:girl|boy)|岁[女男]孩|[女男]孩，\d", text):
        return _aged(row, pick, ("91",))
    return None


def _aged(row: Lesson, pick: random.Random, ages: tuple[str, ...]) -> Lesson | None:
    text = row.messages[0].content
    found = _AGE[row.language].search(text)
    if not found or row.style in ("tools", "literature"):
        return None
    other = [age for age in ages if abs(int(age) - int(found[0])) > 20]
    if not other:
        return None
    return put(row, 0, text[: found.start()] + pick.choice(other) + text[found.end() :])


_SEXES = {
    "en": (("woman", "man"), ("girl", "boy"), ("She", "He"), ("she", "he"), ("her", "his"),
           ("daughter", "son"), ("wife", "husband"), ("mother", "father")),
    "zh": (("女性", "男性"), ("女孩", "男孩"), ("妻子", "丈夫"), ("她", "他"), ("母亲", "父亲"),
           ("妈妈", "爸爸"), ("女儿", "儿子")),
}  # fmt: skip


def _sex(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Change the sex of a person in one of several places."""
    text = row.messages[0].content
    if row.style in ("tools", "literature", "grounded") or row.meta.get("refused"):
        return None
    table = _SEXES[row.language]
    pairs = [*table, *((other, one) for one, other in table)]
    found = [pair for pair in pairs if re.search(_word(pair[0], row.language), text)]
    same = [{one for one, _ in table}, {other for _, other in table}]
    said = {one for one, _ in found}
    if len(said) < 2 or not any(said <= each for each in same):
        return None
    one, other = pick.choice(found)
    return put(row, 0, re.sub(_word(one, row.language), other, text, count=1))


def _word(text: str, language: str) -> str:
    return rf"\b{text}\b" if language == "en" else text


def _stranger(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Add a sentence that another user says."""
    other = others.like(row, pick).messages[0].content
    if "[1]" in other or row.style in ("tools", "literature"):
        return None
    start, end = pick.choice(sentence_spans(other))
    joint = " " if row.language == "en" else ""
    text = row.messages[0].content
    told = other[start:end].strip()
    if told in text:
        return None
    both = (f"{told}{joint}{text}", f"{text}{joint}{told}")
    return put(row, 0, pick.choice(both))


def _pregnant(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    more = {"en": "I'm pregnant.", "zh": "我怀孕了。"}[row.language]
    joint = " " if row.language == "en" else ""
    text = row.messages[0].content
    return None if more in text else put(row, 0, f"{more}{joint}{text}")


_NUMBERS = {
    "en": ("one", "two", "three", "four", "five", "six"),
    "zh": ("一", "两", "三", "四", "五", "六"),
}


def _how_many(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask for another number of things than are told."""
    text, words = row.messages[0].content, _NUMBERS[row.language]
    if row.style != "huatuo":
        return None
    pattern = r"\b({})\b" if row.language == "en" else "({})(?=[个种项类])"
    found = re.search(pattern.format("|".join(words)), text)
    if not found:
        return None
    other = pick.choice([each for each in words if each != found[1]])
    return put(row, 0, text[: found.start(1)] + other + text[found.end(1) :])


def _since(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Tell of a time that has no sense."""
    text = row.messages[0].content
    table = (
        (
            ("days", "centuries"),
            ("weeks", "seconds"),
            ("yesterday", "tomorrow"),
            ("morning", "century"),
        )
        if row.language == "en"
        else (("天", "世纪"), ("周", "秒"), ("昨", "明"), ("早上", "上辈子"))
    )
    found = [(one, other) for one, other in table if one in text]
    if not found or row.style in ("tools", "literature"):
        return None
    return put(row, 0, text.replace(*pick.choice(found), 1))


KINDS: dict[str, Change] = {
    "age that nobody has": _age,
    "age unlike the words for the person": _unlike,
    "sex changed in one place": _sex,
    "sentence of another user added": _stranger,
    "pregnancy put in": _pregnant,
    "another number asked for": _how_many,
    "time that has no sense": _since,
}
