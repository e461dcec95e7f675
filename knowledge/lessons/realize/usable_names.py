"""Choose what entities are called, and tell which names and texts are whole.

    entity -> its name in a language, or nothing; relation + name -> can it be the object

Sources hold debris, headings, clauses in place of names and fragments of sentences; none of that
may enter a lesson.
"""

import re
from functools import lru_cache

from knowledge.lessons.facts import fact_fitness
from knowledge.records import Entity, Language
from knowledge.text import names
from knowledge.vocabulary import INVERSE

_DEBRIS = ("[详细]", "...", "…", "\\x", "['", "\n")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,2}[A-Z0-9αβγ+/-]*[A-Z0-9][A-Za-z0-9αβγ+/-]{0,3}")
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|looks?|feels|hurts|moves|burns or|become|becomes)\b|^symptoms of ",
    re.IGNORECASE,
)
_SPOKEN_AS = re.compile("[ɪəæʊɛɔɵɨˈˌθðʃʒ]")
"""Signs of a pronunciation: a text that explains how a name sounds reads badly in a dialogue."""
_REFERENCE = re.compile(r":\d+[)\]]|[.,]:\d+|\bcitation\b|\[\d+\]")
_ENCLOSED = re.compile(r"\([^()]*\)")
_NUMBERED = re.compile(r"(?<![\w(])\w{1,2}\)")
"""The number of a list entry, with a closing bracket only: 1), b)."""
_PINYIN = re.compile(r"\d(?:tian|zhou|yue|nian)")
"""A Chinese word of time that was left in Latin letters."""

_UNTREATABLE = {"猝死", "死亡", "死胎", "Sudden death", "Death"}
"""What no medicine can treat."""

_ORGAN_ZH = re.compile(
    "眼睑?|眼球|眼睛|耳朵?|鼻子?|口腔?|咽喉?|喉咙?|颈部?|胸部?|腹部?|背部?|腰部?|臀部?|手|足|腿|肩部?|膝盖?|"
    "皮肤|关节|骨骼?|肌肉|心脏|肺部?|肝脏?|脾脏?|肾脏?|胃部?|肠道?|大脑|乳房|子宫|阴道|外阴|肛门|膀胱|尿道"
)
_NO_NAME = re.compile(
    r"^(?:等|其它?他?|无(?:$|特殊|特异|明显|需|须|法|任何|异常|标题|症状$|传染|并发)|"
    r"正常(?!颅压|颅内压|眼压|血压|压力)|是|及|和|或|与|的|并(?![指趾殖])|以|有(?![机钩棘])|为)|"
    r"(?:等|及|和|或|与|的|及其|为主)$"
)
"""What is none, or a fragment of a sentence; some names begin with the same word: 无汗症."""
_NO_PART = frozenset({"血液血管", "其他", "体表"})
"""Headings of scraped tables that name no part of the body."""

CJK = re.compile("[\u3400-\u9fff]")
"""A Chinese character."""


def can_be_object(relation: str, kind: str, name: str) -> bool:
    """Say whether an object can stand for its relation in a lesson.

    Statistics on tests and medicines would read like advice; some tables give a disease's name in
    place of a department's. A finding that is a clause ("throat feels tight") fits in no list, and
    one that names no more than an organ ("symptoms of eye") tells nothing.
    """
    if kind == "symptom" and (_CLAUSE.search(name) or _ORGAN_ZH.fullmatch(name)):
        return False
    if relation == "associated_with":
        return kind in ("condition", "symptom")
    if relation.endswith(INVERSE) and name in _UNTREATABLE:
        return False
    if relation == "body_part" and name in _NO_PART:
        return False
    if relation == "department" and CJK.search(name):
        return name.endswith(("科", "室", "部", "中心", "门诊", "急诊"))
    return True


def choose_name(entity: Entity, language: Language) -> str:
    """Return what an entity is called in a language, or nothing where it has no fit name there.

    Chinese also uses acronyms such as MRI; an English word stays out of Chinese text.
    """
    own = (
        name.text
        for name in entity.names
        if name.language == language and bool(CJK.search(name.text)) == (language == "zh")
    )
    acronyms = (name.text for name in entity.names if _ACRONYM.fullmatch(name.text))
    return next(
        (
            text
            for text in (*own, *acronyms)
            if is_usable_name(text) and fact_fitness.is_speakable(text, entity.kind)
        ),
        "",
    )


@lru_cache(maxsize=65536)
def is_usable_name(name: str) -> bool:
    """Say whether a name may stand in a lesson: whole, balanced, and no fragment of a sentence."""
    return (
        1 < len(name) <= 60
        and not is_damaged(name)
        and not names.is_debris(name)
        and names.has_balanced_brackets(name)
        and not _NO_NAME.search(name)
        and not any(sign in name for sign in "。？！?!；;：:")
    )


def is_cut(text: str) -> bool:
    """Say whether an English text lost the bracket that one of its brackets belongs to.

    >>> is_cut('It is known as "Valley fever") and is fungal.'), is_cut("Either a) or b) (rare).")
    (True, False)
    """
    open_ended = _ENCLOSED.sub("", _ENCLOSED.sub("", text))
    return any(bracket in _NUMBERED.sub("", open_ended) for bracket in "()")


def is_damaged(text: str) -> bool:
    """Say whether a text holds debris, or breaks off before a list that the source did not keep."""
    return (
        any(mark in text for mark in _DEBRIS)
        or _REFERENCE.search(text) is not None
        or _PINYIN.search(text) is not None
        or _SPOKEN_AS.search(text) is not None
        or text.rstrip(" .。").endswith((":", "：", ","))
    )
