"""Compile templates to patterns that recognise the sentences written from them.

    "[a sign|signs] of {s} [is|include] {a}." -> pattern over text in which each name is one mark

The notation is that of docs/templates.md. Nothing of the code that fills templates is used: what it
may add (articles, joints of lists, other verbs in Chinese) stands here as patterns of its own.
"""

import re
from collections.abc import Mapping
from functools import cache

from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    ChatdoctorWords,
    HuatuoWords,
    PatientsWords,
    SafetyWords,
)
from knowledge.records import Language

NAME = "\1"
"""Stands for a name, a value or a quotation that the facts of a row allow."""

SUBJECT = "\5"
"""Stands for a name of what a row, or a fact of it, is about."""

LINES = "\2"
"""Stands for a block of numbered lines."""

_OPENS, _CLOSES = "([<«", ")]>»"
_SLOT = re.compile(r"\{(\w+)\}")

_JOINTS = {
    "en": (",", "and", "or", "as well as"),
    "zh": ("，以及", "，还有", "以及", "、", "；", "和", "及", "与", "或", "，"),
}
_AND = "(?:and|or|as well as) "
_NAMED = rf"(?:\b(?:an?|the) )?{NAME}"
_NAMED_ZH = f"{NAME}(?:检查)?"
_LIST = {
    "en": re.compile(f"{_NAMED}(?:(?:[ -]|[,;] (?:{_AND})?| {_AND}){_NAMED})*"),
    "zh": re.compile(f"{_NAMED_ZH}(?:(?:{'|'.join(_JOINTS['zh'])})?{_NAMED_ZH})*"),
}
"""A list of names within a sentence; articles, joints and a word that tells a test belong to it."""

_MARKS = re.compile("\0+")
_SUBJECT_MARKS = re.compile("\5+")
_SUBJECT_SAID = re.compile(f"\\b(?:an?|the) (?={SUBJECT})")
_ARTICLE = re.compile(r"\b(?:an?|the) (?=\{[saxorSAXOR]\})")
_PAIR = re.compile(r"(\{\w+\})(\([^()]*\)| ?[^{}()\[\]<>«»|]{1,12}?)(\{\w+\})")
_SUBJECTS = ("s", "S", "r", "R", "t")
"""Slots of what facts are about."""

_LISTED = ("a", "A", "o", "O", "x", "X", "rest")
_WHOLE = ("v", "w", "f")
"""Slots of whole texts, whose stop may stand outside of their mark."""

_KINDS = "并发症|检查|不良反应|副作用|体征|症状|表现|不适|情况|药物|药|方法|手段|食物|病症"
_SUCH_AS = re.compile(f"等({_KINDS})")
_THIS = re.compile(r"这(?:[一项些]|\[项\|些\]|\[种\|类\])(检查|症状|表现|手段|药物|副作用|并发症)")
_AND_SO_ON = re.compile(rf"(\{{a\}}\(?)等(?!{_KINDS})")
_GOT = re.compile(r"(得了|患上|患有|罹患|患|得)(\{s\})")
_GOT_EITHER = re.compile(r"\(([^()]*(?:得了|患上|患有|罹患|患|得))\)(\{s\})")

Slots = Mapping[str, str]


def marked(masked: str) -> str:
    """Return a masked text, small, with one mark for each name."""
    text = _SUBJECT_MARKS.sub(SUBJECT, _MARKS.sub(NAME, masked.lower()))
    return _SUBJECT_SAID.sub("", text) if SUBJECT in text else text


def frame(masked: str, language: Language) -> str:
    r"""Return a masked text, small, with one mark for each list of names.

    >>> frame("The \0\0\0 can cause \0\0, a \0 and \0\0.", "en") == f"{NAME} can cause {NAME}."
    True
    """
    return _LIST[language].sub(NAME, marked(masked))


def pattern(template: str, language: Language, slots: Slots) -> str:
    r"""Return a pattern of the texts of a template; `slots` are patterns of what fills it.

    >>> bool(re.fullmatch(pattern("(so|then) {s}!", "en", {}), f"then {SUBJECT}!"))
    True
    """
    template = _joined(_chinese(template) if language == "zh" else template, language)
    parts: list[str] = []
    depth = place = 0
    while place < len(template):
        sign = template[place]
        if slot := _SLOT.match(template, place):
            parts.append(_filled(slot[1], language, slots))
            place = slot.end()
            continue
        if sign in _OPENS:
            depth += 1
            parts.append("(?:")
        elif depth and sign in _CLOSES:
            depth -= 1
            parts.append(")")
        elif depth and sign == "|":
            parts.append("|")
        else:
            parts.append(re.escape(sign.lower()))
        place += 1
    return "".join(parts)


def exactly(template: str, slots: Slots) -> str:
    r"""Return a pattern of the texts of a template as they stand, whose every slot is given.

    >>> bool(re.fullmatch(exactly("(A|The) {n}: yes", {"n": "sign"}), "The sign: yes"))
    True
    """
    signs = {"(": "(?:", "|": "|", ")": ")"}
    pieces = re.split(r"(\{\w+\}|[(|)])", template)
    said = [
        slots[each[1:-1]] if _SLOT.fullmatch(each) else signs.get(each) or re.escape(each)
        for each in pieces
    ]
    return f"(?:{''.join(said)})"


def either(texts: object) -> str:
    """Return a pattern of any of some plain texts, the longest first."""
    found = sorted(
        {each.lower() for each in _plain(texts) if each}, key=lambda each: (-len(each), each)
    )
    return f"(?:{'|'.join(map(re.escape, found))})" if found else "(?!)"


def any_of(templates: object, language: Language, slots: Slots) -> str:
    """Return a pattern of the texts of any of some templates."""
    found = {pattern(each.strip(), language, slots) for each in _plain(templates)} - {""}
    # The longest first: one may begin as another that is shorter.
    ordered = sorted(found, key=lambda each: (-len(each), each))
    return f"(?:{'|'.join(ordered)})" if ordered else "(?!)"


def any_told(held: object, language: Language, **slots: str) -> str:
    """Return `any_of` some templates that may tell of a person, with further slots."""
    return any_of(held, language, {**person_slots(language), **slots})


@cache
def person_slots(language: Language) -> Slots:
    """Return patterns of the words for who is ill, since when, and who it is in a case."""
    words, patients = load(ChatdoctorWords, language), load(PatientsWords, language)
    safety, asked = load(SafetyWords, language), load(AttributeQuestionsWords, language)
    kin, again = either(words.kin), either(tuple(words.pronoun.values()))
    since = either(patients.duration)
    every = either((words.kin, safety.kin, safety.kin_by_stage, asked.kin))
    if language == "en":
        who = "(?:an? \\d+-year-old (?:pregnant )?(?:girl|woman|boy|man)|a baby (?:girl|boy))"
        found = {
            "i": f"(?:i|my {kin}|she|{again})",
            "have": "(?:have|has)",
            "am": "(?:am|is)",
            "me": f"(?:me|him|her|my {kin})",
            "my": f"(?:my {kin}'s|my|his|her)",
        }
        large = {"I": found["i"], "My": found["my"]}
    else:
        noun = "(?:女孩|女性|男孩|男性|孕妇)"
        who = f"(?:一名\\d+岁{noun}|患者[女男]，\\d+岁|{noun}，\\d+岁|一名[女男]婴)"
        found = {"i": f"(?:我{kin}|我|{again})?"}
        large = {}
    return {
        **found, **large, "kin": every, "since": since, "Since": since, "who": who, "Who": who,
        "kind": "(?:condition|medicine|symptom)",
    }  # fmt: skip


@cache
def introduction(language: Language) -> str:
    """Return a pattern of a patient's words on sex and age."""
    words = load(ChatdoctorWords, language)
    kin = either(words.kin)
    if language == "zh":
        return f"我(?:{kin})?(?:今年)?\\d+岁(?:，[女男]|，正在怀孕)?。"
    years = r"(?:an? \d+-year-old (?:woman|man)|\d+(?: years old)?)(?: and pregnant)?"
    return f"(?:i am|i'm|my {kin} is) {years}\\."


@cache
def number_slots(language: Language) -> Slots:
    """Return patterns of what fills a question for a few facts, or for two relations."""
    words, asked = load(HuatuoWords, language), load(AttributeQuestionsWords, language)
    topics = either(asked.topic_name)
    if language == "en":
        names = tuple(asked.topic_name.values())
        theirs = (re.sub(r"\bits?\b", _their, each) for each in names)
        topics = either((*names, *theirs))
    return {
        "n": either(tuple(words.number.values())),
        "r": either(words.some_name),
        "m": either(words.measure_word),
        "a": topics,
        "b": topics,
    }


def _joined(template: str, language: Language) -> str:
    """Allow two names that a template joins to be one list, as they are in a frame."""
    if language == "en":
        template = _ARTICLE.sub("", template)
    return _PAIR.sub(lambda found: _perhaps_one(found, language), template)


def _perhaps_one(found: re.Match[str], language: Language) -> str:
    between = found[2].strip("()").split("|") if found[2].startswith("(") else [found[2]]
    if not any((each.strip(" ,") or each.strip()) in _JOINTS[language] for each in between):
        return found[0]
    return f"{found[1]}({found[2]}{found[3]}|)"


def _their(found: re.Match[str]) -> str:
    return {"its": "their", "it": "them"}[found[0]]


def _filled(name: str, language: Language, slots: Slots) -> str:
    if name in slots:
        return slots[name]
    if name in _LISTED:
        return NAME
    if name in _SUBJECTS:
        return SUBJECT
    if name in _WHOLE:
        return f"{NAME}[.。!?！？]*"
    raise ValueError(f"Nothing is known of what fills the slot {name!r}.")


def _chinese(template: str) -> str:
    """Allow for what is written of a single fact, after a word that ends a name, and of mishaps."""
    # Of a single fact no list is announced by 等, and no word that ends a name is said twice.
    template = _AND_SO_ON.sub(r"\1(等|这一|这项|)", template)
    template = _THIS.sub(r"(\g<0>|这一项|这些项目|这几种|这一种)", template)
    template = _SUCH_AS.sub(r"(等\1|等项目|等|这一\1|这项\1|这一项|)", template)
    template = _GOT_EITHER.sub(r"(\1|发生)\2", template)
    return _GOT.sub(r"(\1|发生)\2", template)


def _plain(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _plain(each)]
    return [text for each in value for text in _plain(each)] if isinstance(value, tuple) else []
