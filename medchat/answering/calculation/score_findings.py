"""Read whether a message states the findings and choices that scores count.

folded message -> clauses -> stated, denied, or not mentioned
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from medchat.answering.calculation.input_wording import (
    Wording,
    choices,
    default_choice,
    findings,
)
from medchat.answering.screening.rules import cue
from medchat.answering.screening.statements import Clause, clauses, is_denied

_NOT_THEIRS = re.compile(
    r"(?:family history|risk (?:of|for)|rul(?:e|ing) out|r/o|evaluat\w+ for|"
    r"stopped|discontinued|no longer (?:on|takes|taking|uses|using)|"
    r"concern(?:ing|s)? (?:for|of)|differential(?: diagnos[ei]s)?|"
    r"screen\w* for|work-?up for|worried about|prevent\w*|possible|mother (?:had|has)|"
    r"father (?:had|has)|prophylaxis (?:for|against))\W*(?:[\w'-]+\W+){0,4}$|"
    r"(?:家族史|预防|风险|筛查|父亲|母亲|已?停用|已?停服|不再(?:用|服|吃))[^，,。；]{0,8}$"
)
_DENIED_AFTER = re.compile(
    r"\s*(?:[:=(]\s*)?(?:(?:is|was|are|were|has been|have been)\s+)?(?:(?:no|none|absent|negative|"
    r"denied|ruled out|"
    r"(?:considered |deemed |thought )?(?:very |highly )?unlikely|excluded|"
    r"not (?:present|reported|noted|seen|evident)|0)"
    r"(?=\s*(?:[,.;)]|$|\n))|absent\b|ruled out|(?:is|was|are|were) (?:un)remarkable\b)|"
    r"\s*,? ?(?:which )?(?:is |was )?(?:currently |now |completely )?"
    r"(?:in (?:complete |full )?remission|cured)\b|"
    r"\s*(?:[:：=(（]\s*)?(?:病史)?(?:[:：])?(?:无|否|没有|阴性|未见)(?=[，,。；;)）、]|$)"
)
_NOT_BEFORE = re.compile(
    r"\b(?:absent(?: of)?|free of|lack(?:s|ing|ed)?(?: of)?|negative for)(?:\s+[\w'-]+){0,2}\s*$|"
    r"(?:\b(?:not|never|void of|devoid of)|n't)(?! only)(?! (?:\w+ )?(?:exclude|rule))"
    r"(?:\s+[\w'-]+){0,4}\s*$|"
    r"\bno (?:suggestion|evidence|signs?|records?|history|indications?|documentation|mention) of"
    r"(?:\s+[\w'-]+){0,4}\s*$|(?:并非|不是|不使用|未使用|不依赖)[^,，。；]{0,6}$|不(?:怎么|再|太)?$"
)
_DENIED_INSIDE = re.compile(
    r"(?<=\w)\W+(?:no|without|denie[sd]|never|(?:was|is|were|are|has|have) not|not any)\b"
    r"(?! (?:longer|well))|"
    r"(?<=.)(?:无(?!力|痛|尿|汗|明显诱因)|没有|未(?!控制|闭|愈|成年|满)|否认|不伴)"
)
"""A denial within the words that state a finding: "recently no surgery", 近期无手术."""

_ITEM_DENIED = re.compile(
    r"(?:^|,)\s*(?:and |but )?(?:(?:no|without|denies|denied|not|negative for)\b|无|没有|否认)"
)
_ITEM_ANSWERED = re.compile(r":\s*(?:yes|no|有|无|是|否)(?![a-z])")
_EXAMPLES = re.compile(r",\s*(such as|including|like|e\.g\.)")
_TAKES_BACK = re.compile(
    r"\b(?:with|has|had|but|presents?|reports?|who|which|is|was|and (?:has|had))\b"
)
_LIST_GOES_ON = re.compile(r"[^;.\n]{0,70}?\b(?:or|nor)\b")
_SEX_WORDS = {
    "female": re.compile(
        r"(?<![a-z])(?<!male or )(?:woman|female|girl|lady|primigravida|multipar\w+|nullipar\w+|"
        r"(?:post)?menopausal)(?![a-z])"
        r"(?! (?:baby|infant|neonate|newborn|partner|relative|sibling|donor))|"
        r"(?<!\d)\d{2} ?f(?![a-z])|女(?!儿|朋友)"
    ),
    "male": re.compile(
        r"(?<![a-z])(?:man|male|boy|gentleman)(?![a-z])"
        r"(?! (?:baby|infant|neonate|newborn|partner|relative|sibling|donor))|"
        r"(?<!\d)\d{2} ?m(?![a-z0-9])(?=[\s,.]*(?:$|\w+ [a-z]))|男(?!朋友)"
    ),
}


def finding_states(text: str, name: str) -> bool | None:
    """Return whether a finding is stated (True), denied (False), or not mentioned (None)."""
    wording = findings()[name]
    if name.startswith("calf swelling") and (differ := calves_differ(text)) is not None:
        return differ
    stated = [not denied for denied in _mentions(text, wording)]
    if any(stated):
        return True
    if stated or wording.absent.search(text):
        return False
    return None


_BY_PART = frozenset({"eye opening", "verbal response", "motor response"})
"""Inputs that lists tell side by side: "eyes to pain, sounds only"."""

_SHORT = 200
"""In a longer message a sentence tells them, and not a list."""

_NEITHER = re.compile(r".*\bneither\b[^,]*\bnor\b[^,]*,", re.DOTALL)
"""It denies two things, and nothing behind the comma."""

_PART = re.compile(r"[,，;；、。\n]|\.(?=\s)|\band\b")
_CALVES = re.compile(
    r"(?:calf|calves|小腿|周径)[^.;。；]{0,60}?(?:left|right|左|右|患|健)[^\d.;。；]{0,20}"
    r"(\d{2}(?:\.\d)?) ?(?:cm|厘米)[^\d.;。；]{0,20}(?:left|right|左|右|对|患|健)[^\d.;。；]{0,16}"
    r"(\d{2}(?:\.\d)?) ?(?:cm|厘米)"
)
_MORE = 3.0


def calves_differ(text: str) -> bool | None:
    """Return whether two measured calves differ by more than 3 cm, where both are told."""
    match = _CALVES.search(text)
    return None if match is None else abs(float(match[1]) - float(match[2])) > _MORE


def read_choice(text: str, name: str) -> str:
    """Return the choice that a message states, or nothing.

    A choice that says that nothing is there is stated by its own words, or by a denial.
    """
    if name in _BY_PART and len(text) <= _SHORT:
        parts = (read_choice_of(part, name) for part in _PART.split(text))
        return next((key for key in parts if key), "")
    return read_choice_of(text, name)


def read_choice_of(text: str, name: str) -> str:
    """Return the choice that a message or a part of it states, or nothing."""
    default, denied = default_choice(name), False
    for key, wording in choices()[name].items():
        if key == default:
            if any(each.search(text) for each in wording.present):
                return key
            continue
        for is_denial in _mentions(text, wording):
            if not is_denial:
                return key
            denied = True
    return default if denied else ""


def read_sex(text: str) -> str:
    """Return the sex that a message tells: by plain words first, else by pronouns."""
    first = {
        sex: found.start() for sex, words in _SEX_WORDS.items() if (found := words.search(text))
    }
    if first:
        return min(first, key=lambda sex: first[sex])
    told = {
        key: min(places)
        for key, wording in choices()["sex"].items()
        if (places := [m.start() for each in wording.present if (m := each.search(text))])
    }
    return next(iter(told)) if len(told) == 1 else ""


def _mentions(text: str, wording: Wording) -> Iterator[bool]:
    """Yield for each mention of a person's own whether it is denied."""
    for clause in _clauses(text):
        for each in wording.present:
            for match in each.finditer(clause.text):
                if _NOT_THEIRS.search(clause.text[: match.start()]):
                    continue
                inside = _DENIED_INSIDE.search(match[0])
                yield inside is not None or _is_denied(clause, match.start(), match.end())


@lru_cache(maxsize=16)
def _clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a message; a list of findings, each denied or not, item by item."""
    found: list[Clause] = []
    for clause in clauses(_EXAMPLES.sub(r" \1", text)):
        if len(_ITEM_DENIED.findall(clause.text)) > 1 or _ITEM_ANSWERED.search(clause.text):
            found += [replace(clause, text=item) for item in _items(clause.text)]
        else:
            found.append(clause)
    return tuple(found)


def _items(text: str) -> list[str]:
    """Return the items of a list; "no A, B, or C" denies the three."""
    items = text.split(",")
    for place, item in enumerate(items):
        if not _ITEM_DENIED.match(item):
            continue
        for last in range(place + 1, len(items)):
            if _ITEM_DENIED.match(items[last]):
                break
            if re.match(r"\s*(?:or|nor)\b", items[last]):
                for between in range(place + 1, last + 1):
                    items[between] = f"no {items[between].strip()}"
                break
    return items


def _is_denied(clause: Clause, start: int, end: int) -> bool:
    if pair := _NEITHER.match(clause.text[:start]):
        clause = replace(clause, text=clause.text[pair.end() :])
        start, end = start - pair.end(), end - pair.end()
    if is_denied(clause, start, end) or _DENIED_AFTER.match(clause.text, end):
        return True
    if _NOT_BEFORE.search(clause.text[:start]):
        return True
    before = clause.text[:start]
    for denial in cue("denial_en").finditer(before):
        between = before[denial.end() :]
        items = between.split(",")
        if (
            all(len(item.split()) <= 6 for item in items)
            and not _TAKES_BACK.search(between)
            and _LIST_GOES_ON.match(clause.text[end:])
        ):
            return True
    for denial in cue("denial_zh").finditer(before):
        between = before[denial.end() :]
        if "、" in between and len(between) <= 60 and not re.search("[，,。；]", between):
            return True
    return False
