"""Say what a case may not leave unsaid: a possible pregnancy, and thoughts of suicide.

plan of a case -> a sentence of each that its findings and possibilities call for
"""

import re

from knowledge.lessons.facts.pregnancy_names import is_of_pregnancy
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import CasePlan
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ConsultationWords, VignetteWords

_AS_IN_PREGNANCY = re.compile(
    r"abdominal|pelvic|\bperiods?\b|menstrua|bleeding|amenorrh|nausea|vomit|urin|"
    "腹[痛胀]|下腹|盆腔|出血|月经|停经|闭经|痛经|恶心|呕吐|尿频",
    re.IGNORECASE,
)
_PREGNANCY_TEST = re.compile("pregnancy test|h?cg|妊娠试验|绒毛膜促性腺", re.IGNORECASE)
"""Findings that a pregnancy brings as well, and how it is tested for."""

_LOW = re.compile(
    "low mood|loss of interest|hopeless|guilt|depressi(?:on|ve)|early morning waking|"
    "情绪低落|兴趣丧失|自责|绝望|抑郁症|早醒",
    re.IGNORECASE,
)
_DESPAIR = re.compile("suicid|自杀", re.IGNORECASE)
"""What may come with thoughts of suicide, and what a warning says of them."""


def tell(plan: CasePlan, answer: AnswerBuilder) -> None:
    """Say that a pregnancy is ruled out, and what to do with thoughts of suicide, where it fits."""
    _tell_pregnancy_test(plan, answer)
    _tell_of_despair(plan, answer)


def _tell_pregnancy_test(plan: CasePlan, answer: AnswerBuilder) -> None:
    """Say that a pregnancy is ruled out first where it would have the findings of a case, too."""
    told = " ".join(item.text for item in plan.findings)
    fertile = plan.who.childbearing and not is_of_pregnancy(plan.page.name)
    tested = any(_PREGNANCY_TEST.search(item.text) for item in answer.stated("test"))
    if fertile and not tested and _AS_IN_PREGNANCY.search(told):
        words = load(ConsultationWords, plan.page.language)
        answer.add_stock(words.pregnancy_test, at_any_rate=True)


def _tell_of_despair(plan: CasePlan, answer: AnswerBuilder) -> None:
    """Say what to do with thoughts of suicide where low mood is told or weighed, and no more is."""
    about = [plan.page.name, *(each.name for each in plan.rivals)]
    about += [item.text for item in plan.findings]
    said = [plan.warning.text] if plan.warning else []
    if plan.who.stage in ("baby", "child"):
        about = [item.text for item in plan.findings]
    if plan.findings and _LOW.search(" ".join(about)) and not _DESPAIR.search(" ".join(said)):
        patient = load(ConsultationWords, plan.page.language).despair
        lines = patient if plan.to_patient else load(VignetteWords, plan.page.language).despair
        answer.add_stock(lines, at_any_rate=True)
