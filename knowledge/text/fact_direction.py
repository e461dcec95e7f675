"""Detect sentences that exchange the two ends of a fact: "stroke leads to hypertension".

sentence, relation, where it names the fact's subject and object -> turned round or not
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_TREATING = frozenset({"medicine", "treatment", "first_line"})
_SUBJECT_CAUSES = frozenset({"symptom", "sign", "complication", "side_effect"})
_OBJECT_CAUSES = frozenset({"cause", "risk_factor"})

_CAUSES = re.compile(
    r"(?<!be )(?<!is )(?<!are )(?<!been )\b(?:causes?|produces?|brings? on|gives? rise to|"
    r"leads? to|results? in)\b(?!\s*(?:of|by|include|are|is|:))"
    r"|引起|导致|造成|引发|诱发|并发(?!症)",
    re.IGNORECASE,
)
_RAISES = re.compile(
    r"\b(?:raises?|increases?)\b(?=[^.;]*?\brisk)|(?:增加|加大|提高|升高|增高)(?=[^，。；]*风险)",
    re.IGNORECASE,
)
_PASSIVE_ZH = re.compile("[由因被]")

_BEFORE_SUBJECT = re.compile(
    r"\b(?:complications?|side effects?|symptoms?|signs?|contraindications?|"
    r"treatments?|medicines?|tests?|departments?)\s+(?:of|for|to|in)\s+(?:the\s+|an?\s+)?$",
    re.IGNORECASE,
)
_BEHIND_SUBJECT = re.compile(
    "的(?:并发症|不良反应|副作用|症状|体征|禁忌证?|(?:一线)?治疗|药物|检查|就诊科室|科室|(?:发病)?部位)"
)
_BEFORE_EFFECT = re.compile(
    r"\b(?:causes?|risk factors?)\s+(?:of|for)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE
)
_BEHIND_EFFECT = re.compile("的(?:病因|原因|危险因素)")
_USED_FOR = re.compile(
    r"\b(?:used|given|prescribed|indicated|recommended)\s+(?:for|in)\s+(?:the\s+|an?\s+)?$"
    r"|(?<!禁)用于(?:治疗)?$",
    re.IGNORECASE,
)
_INVESTIGATED = re.compile(
    r"\bused to (?:investigate|confirm|diagnose)\s+(?:the\s+|an?\s+)?$|用于(?:检查|诊断)$",
    re.IGNORECASE,
)
_SEEN_IN = re.compile("可见于$")
_FORBIDDEN_IN = re.compile(
    r"\b(?:contraindicated|avoided|not be used|not be given)\s+(?:in|with)\s+(?:the\s+|an?\s+)?$"
    r"|禁用于$",
    re.IGNORECASE,
)


_ANY = re.compile(
    r"\b(?:of|for|to|in|with|causes?|produces?|brings?|gives?|leads?|results?)\b|的|用于|引起|导致|造成"
    r"|引发|诱发|并发|增加|加大|提高|升高|增高",
    re.IGNORECASE,
)


class NamedSide(NamedTuple):
    """Where a sentence names one side of a fact."""

    start: int
    end: int
    is_subject: bool


def shows_direction(text: str) -> bool:
    """Say whether a sentence has a word from which a direction can be read: a quick test."""
    return _ANY.search(text) is not None


def is_turned_round(text: str, relation: str, sides: Sequence[NamedSide]) -> bool:
    """Say whether a sentence that states a relation exchanges its subject and object.

    >>> sides = [NamedSide(0, 6, False), NamedSide(19, 31, True)]
    >>> is_turned_round("Stroke can lead to hypertension.", "complication", sides)
    True
    """
    if any(_is_misplaced(text, relation, side) for side in sides):
        return True
    if relation not in _SUBJECT_CAUSES | _OBJECT_CAUSES:
        return False
    return any(
        _is_turned_at(found, text, relation in _SUBJECT_CAUSES, sides)
        for verbs in (_CAUSES, *((_RAISES,) if relation == "risk_factor" else ()))
        for found in verbs.finditer(text)
        if not any(side.start <= found.start() < side.end for side in sides)
    )


def _is_misplaced(text: str, relation: str, side: NamedSide) -> bool:
    """Say whether the wrong side of a fact stands behind "complication of", "used for" and such."""
    before = text[: side.start]
    if _BEFORE_SUBJECT.search(before) or _BEHIND_SUBJECT.match(text, side.end):
        return not side.is_subject
    if _BEFORE_EFFECT.search(before) or _BEHIND_EFFECT.match(text, side.end):
        return side.is_subject == (relation in _SUBJECT_CAUSES)
    if relation in _TREATING and _USED_FOR.search(before):
        return not side.is_subject
    if relation in ("symptom", "sign") and _SEEN_IN.search(before):
        return not side.is_subject
    if relation == "test" and _INVESTIGATED.search(before):
        return not side.is_subject
    forbidden = relation == "contraindication" and _FORBIDDEN_IN.search(before) is not None
    return forbidden and side.is_subject


def _is_turned_at(
    verb: re.Match[str], text: str, subject_causes: bool, sides: Sequence[NamedSide]
) -> bool:
    """Say whether the effect stands right before a verb of causing, and the cause behind it."""
    before = [side for side in sides if side.end <= verb.start()]
    behind = [side for side in sides if side.start >= verb.end()]
    if not before or not behind:
        return False
    first = max(before, key=lambda side: side.end)
    then = min(behind, key=lambda side: side.start)
    if _PASSIVE_ZH.search(text[: verb.start()]):
        return False
    return first.is_subject != subject_causes and then.is_subject == subject_causes
