"""Choose the questions on a relation that the facts of a page answer.

    page + relation -> templates of questions -> those that the facts answer as they are asked

Whoever asks whether a medicine may be used wants a yes or a no: a text that gives neither answers
what to mind. What is done, such as an anaesthetic, is no illness that a medicine heals.
"""

import re
from collections.abc import Sequence

from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.realize import chinese_sentences
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AttributeQuestionsWords

_ON_USE = ("pregnancy", "breastfeeding", "children", "renal", "liver")
_MAY_BE_USED = re.compile("能(?:用|不能)?.*吗|可以.*吗|还能")
_VERDICT = re.compile(
    "可用|能用|可以|可使用|可在|可按|可继续|可接种|可选|可减(?!少)|可小剂量|禁|避免|不用|不宜|不应|不可|不能|不启用|"
    "慎用|不推荐|不建议|首选|优先|仅|只用|必要时|确有需要|需要时|停药|停用|减量|减半|减为|小剂量|改用|换用|谨慎|"
    "权衡|不接种|无需|不需|标准|推荐|常用|酌情|遵医嘱|应继续|照常|同样使用|首要"
)
_ANSWERED: dict[str, tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = {
    "prognosis": (
        (re.compile("治愈率"), re.compile("治愈率|[%％]|[一二三四五六七八九]成")),
        (
            re.compile("治好|治愈的希望"),
            re.compile("治愈|痊愈|治好|恢复|可愈|缓解|控制|自愈|好转|存活|致死|死亡|不能|难以"),
        ),
    ),
    "course": (
        (re.compile("治多久|治疗周期"), re.compile("(?<![不未经])治疗|疗程|用药|服[用药]|管理")),
        (re.compile("病程有多长"), re.compile(r"\d|[天周月年]|终身|慢性|数日|长期")),
    ),
    "dose_limit": ((re.compile("最大|最多"), re.compile("最大|最多|不超过|上限|不得超|至多")),),
}
"""Questions on a text, and what it must say to answer them."""

_AS_ILLNESS = re.compile("治疗|吃什么药|开什么药|怎么治")


_ASKS_FOR = {
    "dose_limit": (
        ("too much|limit|highest", "maximum|no more than|exceed|at most|up to|never"),
        ("dosed", "usual|adult dose|dose is|is taken|is given|is inhaled|tablet"),
    ),
    "red_flag": (
        (
            "at once|emergency|ambulance|until m|until M|insist|send them in",
            "emergenc|at once|immediate|ambulance|urgent|same[- ]day|hospital|cannot wait|"
            "life-threatening|without delay|confus|collapse|unconscious|seizure",
        ),
    ),
    "prognosis": (
        ("cured", r"\bcur(?:e|ed|able)\b|recover|heal|harmless|passes|lasting|lifelong|subside"),
    ),
    **dict.fromkeys(
        _ON_USE,
        (
            (
                "^Can |all right|safe",
                "avoid|contraindicat|must not|should not|not (?:be )?(?:used|recommended|given)|"
                r"\bmay\b|\bcan\b|\bsafe|\bused\b|preferred|only|never|suitable|choice|no dose|"
                r"\bhalf\b(?!-)|\bhalve|lower|reduce|recommended|compatible|continued|given",
            ),
        ),
    ),
}
"""Words of English questions on texts, and those that a text has which answers them as asked."""

_NOT_TOGETHER = re.compile("not be combined|not combine")
_BARRING = ("contraindicated", "major", "")
"""Asks what may not be combined, which a moderate interaction does not answer."""


def questions(page: FactPage, relation: str) -> Sequence[str]:
    """Return the templates of questions on a relation that a page answers."""
    every = load(AttributeQuestionsWords, page.language).question[relation]
    return fitting(every, page, relation)


def fitting(templates: Sequence[str], page: FactPage, relation: str) -> Sequence[str]:
    """Return those of some questions that the facts of a page answer as they are asked."""
    if page.language != "zh":
        return [each for each in templates if _is_answered(each, page, relation)] or templates
    kept = templates
    if relation in _ON_USE:
        decided = all(gives_verdict(item.text) for item in page.text_facts(relation)[:3])
        kept = [each for each in templates if decided or not _MAY_BE_USED.search(each)]
    elif relation in _ANSWERED:
        told = [item.text for item in page.text_facts(relation)[:3]]
        kept = [
            each
            for each in templates
            if all(
                not asks.search(each) or all(map(answers.search, told))
                for asks, answers in _ANSWERED[relation]
            )
        ]
    elif relation in ("medicine", "first_line") and chinese_sentences.is_purpose(page.name):
        kept = [each for each in templates if not _AS_ILLNESS.search(each)]
    return kept or templates


def _is_answered(question: str, page: FactPage, relation: str) -> bool:
    """Say whether all texts of a relation that may be told answer an English question."""
    if relation == "interaction" and _NOT_TOGETHER.search(question):
        return any(item.level in _BARRING for item in page.entity_facts(relation))
    told = [item.text for item in page.text_facts(relation)[:3]]
    needed = any if relation == "red_flag" else all
    return all(
        needed(re.search(answers, each, re.IGNORECASE) for each in told)
        for asks, answers in _ASKS_FOR.get(relation, ())
        if told and re.search(asks, question)
    )


def gives_verdict(text: str) -> bool:
    """Say whether a Chinese text on use in somebody says whether, or how much, it is used.

    >>> gives_verdict("妊娠期禁用。"), gives_verdict("严重肝病时中枢作用增强。")
    (True, False)
    """
    return _VERDICT.search(text) is not None
