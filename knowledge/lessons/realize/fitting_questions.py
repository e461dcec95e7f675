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
from knowledge.records import Language

_ON_USE = ("pregnancy", "breastfeeding", "children", "renal", "liver")
_VERDICT = re.compile(
    "可用|能用|可以|可使用|可在|可按|可继续|可接种|可选|可减(?!少)|可小剂量|禁|避免|不用|不宜|不应|不可|不能|不启用|"
    "慎用|不推荐|不建议|首选|优先|仅|只用|必要时|确有需要|需要时|停药|停用|减量|减半|减为|小剂量|改用|换用|谨慎|"
    "权衡|不接种|无需|不需|标准|推荐|常用|酌情|遵医嘱|应继续|照常|同样使用|首要"
)
_USABLE = (
    "avoid|contraindicat|must not|should not|not (?:be )?(?:used|recommended|given)|"
    r"\bmay\b|\bcan\b|\bsafe|\bused\b|preferred|only|never|suitable|choice|no dose|"
    r"\bhalf\b(?!-)|\bhalve|lower|reduce|recommended|compatible|continued|given"
)

_Asked = tuple[re.Pattern[str], re.Pattern[str]]
"""Words of a question, and those of which a text must have one to answer it."""


def _asked(asks: str, answers: str) -> _Asked:
    return re.compile(asks), re.compile(answers, re.IGNORECASE)


_ASKS_FOR: dict[Language, dict[str, tuple[_Asked, ...]]] = {
    "en": {
        "dose_limit": (
            _asked("too much|limit|highest", "maximum|no more than|exceed|at most|up to|never"),
            _asked("dosed", "usual|adult dose|dose is|is taken|is given|is inhaled|tablet"),
        ),
        "red_flag": (
            _asked(
                "at once|emergency|ambulance|until m|until M|insist|send them in",
                "emergenc|at once|immediate|ambulance|urgent|same[- ]day|hospital|cannot wait|"
                "life-threatening|without delay|confus|collapse|unconscious|seizure",
            ),
        ),
        "prognosis": (
            _asked(
                "cured",
                r"\bcur(?:e|ed|able)\b|recover|heal|harmless|passes|lasting|lifelong|subside",
            ),
        ),
        **dict.fromkeys(_ON_USE, (_asked("^Can |all right|safe", _USABLE),)),
    },
    "zh": {
        "dose_limit": (_asked("最大|最多", "最大|最多|不超过|上限|不得超|至多"),),
        "prognosis": (
            _asked("治愈率", "治愈率|[%％]|[一二三四五六七八九]成"),
            _asked(
                "治好|治愈的希望",
                "治愈|痊愈|治好|恢复|可愈|缓解|控制|自愈|好转|存活|致死|死亡|不能|难以",
            ),
        ),
        "course": (
            _asked("治多久|治疗周期", "(?<![不未经])治疗|疗程|用药|服[用药]|管理"),
            _asked("病程有多长", r"\d|[天周月年]|终身|慢性|数日|长期"),
        ),
        **dict.fromkeys(_ON_USE, (_asked("能(?:用|不能)?.*吗|可以.*吗|还能", _VERDICT.pattern),)),
    },
}
"""Questions on texts, and what each text must say to answer them; of warnings, one of them."""

_AS_ILLNESS = re.compile("治疗|吃什么药|开什么药|怎么治")
_NOT_TOGETHER = re.compile("not be combined|not combine")
_BARRING = ("contraindicated", "major", "")
"""Asks what may not be combined, which a moderate interaction does not answer."""


def questions(page: FactPage, relation: str) -> Sequence[str]:
    """Return the templates of questions on a relation that a page answers."""
    every = load(AttributeQuestionsWords, page.language).question[relation]
    return fitting(every, page, relation)


def fitting(templates: Sequence[str], page: FactPage, relation: str) -> Sequence[str]:
    """Return those of some questions that the facts of a page answer as they are asked."""
    return [each for each in templates if _is_answered(each, page, relation)] or templates


def _is_answered(question: str, page: FactPage, relation: str) -> bool:
    """Say whether all facts of a relation that may be told answer a question."""
    if relation == "interaction" and _NOT_TOGETHER.search(question):
        return any(item.level in _BARRING for item in page.entity_facts(relation))
    if relation in ("medicine", "first_line") and _AS_ILLNESS.search(question):
        return not chinese_sentences.is_purpose(page.name)
    told = [item.text for item in page.text_facts(relation)[:3]]
    needed = any if relation == "red_flag" else all
    return not told or all(
        needed(answers.search(each) for each in told)
        for asks, answers in _ASKS_FOR[page.language].get(relation, ())
        if asks.search(question)
    )


def gives_verdict(text: str) -> bool:
    """Say whether a Chinese text on use in somebody says whether, or how much, it is used.

    >>> gives_verdict("妊娠期禁用。"), gives_verdict("严重肝病时中枢作用增强。")
    (True, False)
    """
    return _VERDICT.search(text) is not None
