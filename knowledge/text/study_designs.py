"""Say what kind of evidence a document is: by its publication type, else by its own words.

type + title + text -> "randomized controlled trial", "cohort study", ... or nothing
"""

import re
from collections.abc import Mapping

from knowledge.records import Language

_STATED: Mapping[str, str] = {
    "guideline": "指南",
    "systematic review": "系统评价",
    "meta-analysis": "荟萃分析",
    "randomized controlled trial": "随机对照试验",
    "clinical trial": "临床试验",
    "cohort study": "队列研究",
    "case-control study": "病例对照研究",
    "cross-sectional study": "横断面研究",
    "observational study": "观察性研究",
    "multicenter study": "多中心研究",
    "case series": "病例系列",
    "case report": "病例报告",
    "animal study": "动物实验",
    "review": "综述",
    "protocol": "研究方案",
    "editorial": "述评",
    "letter": "读者来信",
    "comment": "评论",
    "retraction notice": "撤稿声明",
    "expression of concern": "关注声明",
    "correction": "更正",
    "note": "要点摘编",
}
"""Kinds of evidence as they are called in English and in Chinese."""

_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("meta-analysis", r"\bmeta-?analys[ie]s\b|荟萃分析|Meta\s?分析"),
        ("systematic review", r"\bsystematic(?:ally)? review|系统评价|系统综述"),
        ("guideline", r"\b(?:practice|clinical) guidelines? (?:of|from|for)\b|诊疗指南|防治指南"),
        (
            "randomized controlled trial",
            r"\b(?:was|were) (?:\w+ )?randomi[sz]ed\b|\brandomly (?:assigned|allocated|divided)\b|"
            r"\brandomi[sz]ed,? (?:[\w-]+,? ){0,4}(?:trial|study)\b|随机对照(?:试验|研究)|随机分为",
        ),
        (
            "animal study",
            r"\b(?:rats?|mice|rabbits?|pigs?|dogs?|sheep) (?:were|was|received|underwent)\b|"
            r"\b(?:male|female|adult|wistar|sprague-dawley) (?:\w+ )?(?:rats|mice|rabbits)"
            "|大鼠|小鼠|家兔",
        ),
        ("case-control study", r"\bcase[- ]control(?:led)? (?:study|analysis|design)|病例对照研究"),
        (
            "cohort study",
            r"\bcohort (?:study|analysis|design)\b|队列研究",
        ),
        (
            "cross-sectional study",
            r"\bcross-sectional\b|\bquestionnaire survey\b|\bwe surveyed\b|横断面(?:研究|调查)",
        ),
        (
            "case report",
            r"\bcase report\b|\bwe (?:report|present|describe) (?:a|one) case\b|病例报告",
        ),
        ("case series", r"\bcase series\b|\bconsecutive (?:case )?series\b|病例系列"),
        (
            "observational study",
            r"\b(?:retrospective(?:ly)?|prospective(?:ly)?|observational)\b[^.]{0,60}?"
            r"\b(?:study|studied|review(?:ed)?|analy[sz]ed|analysis|data|evaluated|collected)\b|"
            "回顾性分析|前瞻性观察",
        ),
    )
)
"""The words by which a title or a text says what it is, the most telling first."""

_UNSURE = frozenset({"", "article", "journal article", "document", "fact", "multicenter study"})


def kind_of_evidence(type: str, title: str, text: str) -> str:
    """Return the kind of evidence, or nothing where neither its type nor its words say it.

    >>> kind_of_evidence("review", "", ""), kind_of_evidence("journal article", "A case report", "")
    ('review', 'case report')
    >>> kind_of_evidence("", "Tea in mice", "Rest helps.")
    ''
    """
    known = type.strip().lower()
    if known not in _UNSURE:
        return known if known in _STATED else ""
    for words in (title, text):
        for name, pattern in _WORDS:
            if pattern.search(words):
                return name
    return known if known in _STATED else ""


def name_of_kind(kind: str, language: Language) -> str:
    """Return what a kind of evidence is called."""
    return _STATED.get(kind, kind) if language == "zh" else kind
