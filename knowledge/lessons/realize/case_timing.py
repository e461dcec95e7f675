"""Say how soon somebody with a case is to be seen, where nothing told so far says it.

plan of a case -> one sentence: today, within a day or two, within days, within two weeks
"""

import re

from knowledge.lessons.facts import treatment_windows, urgent_flags
from knowledge.lessons.realize import case_plan, case_reasoning
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import CasePlan
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ConsultationWords, Lines, VignetteWords

_EXPLAINING = re.compile(
    "parkinson|thyroid|hypercalc|rheumat|giant cell|帕金森|甲状腺|高钙|风湿|巨细胞动脉炎",
    re.IGNORECASE,
)
"""Conditions that explain constipation or a loss of weight by other findings of their own."""

_CANCER = re.compile("cancer|carcinom|tumou?r|癌|瘤", re.IGNORECASE)


def tell_when(plan: CasePlan, answer: AnswerBuilder) -> bool:
    """Say how soon a case is to be seen, and return whether that is within days at most."""
    if answer.presses or (plan.to_patient and plan.is_grave):
        return True
    lines, soon = _lines(plan)
    flag = plan.warning
    that_day = flag is not None and urgent_flags.is_of_that_day(flag.text)
    felt = [item.said for item in plan.findings]
    closes = treatment_windows.closes(plan.page.name, felt)
    if soon and that_day and answer.states("red_flag") and not closes:
        return True  # another day would contradict it
    answer.add_stock(lines, at_any_rate=True)
    if soon and is_alarm_of_age(plan) and not _CANCER.search(plan.page.name):
        words = load(ConsultationWords, plan.page.language)
        answer.add_stock(words.cancer_excluded, at_any_rate=True)
    return soon


def is_alarm_of_age(plan: CasePlan) -> bool:
    """Say whether a finding may mean a cancer in whoever has it, by age and how long it lasts."""
    told = [item.said for item in plan.findings]
    late = plan.who.stage in ("mature", "old") and plan.who.pace != "sudden"
    if _EXPLAINING.search(plan.page.name):
        return False
    return late and urgent_flags.alarms_with_age(told, plan.page.language)


def _lines(plan: CasePlan) -> tuple[Lines, bool]:
    language = plan.page.language
    alarm = plan.alarm or urgent_flags.alarm_of_case(
        plan.page, [item.said for item in plan.findings]
    )
    soon = alarm != "" or plan.who.pace == "sudden"
    grave = plan.who.pace != "lasting" and any(map(case_plan.cannot_wait, plan.rivals))
    if plan.to_patient:
        words = load(ConsultationWords, language)
        if case_reasoning.excluded_first(plan) or (grave and alarm):
            return words.same_day_step, True
        if soon or grave:
            return words.prompt_step, True
        if is_alarm_of_age(plan):
            return words.age_alarm, False
        return (words.seen_in_days if plan.who.pace == "days" else words.seen_in_weeks), False
    told = load(VignetteWords, language)
    if grave or case_plan.cannot_wait(plan.page):
        return told.seen_today, True
    if soon:
        return told.seen_soon, True
    if is_alarm_of_age(plan):
        return told.age_alarm, False
    return (told.seen_in_days if plan.who.pace == "days" else told.seen_in_weeks), False
