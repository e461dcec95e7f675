"""Write dialogues of a patient who complains and a doctor who answers (style chatdoctor).

    page + topic + form -> greeting, person, complaint, question -> what it may be and what to do

Forms: `case` describes symptoms, `told` starts from a named condition, `taking` from a medicine.
What is only statistically associated makes no complaint and no advice, and of what a program
gathered no case is made.
"""

import random
from collections.abc import Callable, Sequence
from typing import Literal

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import ANY, Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import (
    case_answer,
    case_plan,
    case_reasoning,
    chinese_texts,
    complaints,
    fitting_questions,
    offered_medicines,
    patient_profiles,
    topic_answer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import STEPS
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ChatdoctorWords
from knowledge.records import Lesson

NAME = "chatdoctor"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)
REGISTERS = ("plain", "professional")
DIFFICULTY = {"told": "easy", "taking": "easy", "case": "medium"}

_KNOWN = 12
"""So many findings of a condition a complaint is drawn from."""

_ASKED = (
    "symptom", *STEPS[:-1], "red_flag", "complication", "prevention", "diet_recommended",
    "diet_avoided", "transmission", "prognosis", "cause", "risk_factor", "description",
)  # fmt: skip
_TAKEN = (
    "side_effect", "contraindication", "interaction", "pregnancy", "dose_limit", "monitoring",
    "medicine~", "description",
)  # fmt: skip


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a consultation on a page can ask for, and the forms of each."""
    if page.entity.kind == "medicine" and patient_profiles.is_given(page):
        asked = (each for each in _TAKEN if page.groups.get(each) and not page.is_lone(each))
        return dict.fromkeys(asked, ("taking",))
    if page.entity.kind != "condition":
        return {}
    found: dict[str, tuple[str, ...]] = {}
    written = page.as_written()
    known = case_plan.known_findings(written)[:_KNOWN]
    described = case_plan.can_tell_apart(written, known)
    for relation in _ASKED:
        told = page.groups.get(relation) and not page.is_lone(relation)
        if relation == "red_flag":
            told = bool(case_plan.flags_for(page, to_patient=True))
        if relation == "department" and case_plan.cannot_wait(page):
            continue  # who is sent to an emergency department needs no other
        if told and patient_profiles.is_illness(page):
            case = described and relation != "description" and relation in written.groups
            told_forms = () if relation == "prevention" else ("told",)  # who has it, has it
            found[relation] = ("case", *told_forms) if case else told_forms
    return {relation: forms for relation, forms in found.items() if forms}


def write(
    page: FactPage, relation: str, form: str, pick: random.Random, manner: Manner | None = None
) -> Lesson | None:
    """Write one lesson, or none if the page has too few facts."""
    manner = manner or ANY.draw(REGISTERS, pick)
    if manner is None:
        return None
    if form == "case":
        return _case(page.as_written(), relation, manner, pick)
    answer = AnswerBuilder(page, pick, diagnosed=form == "told")
    question = _WRITERS[form](page, relation, manner, answer, pick)
    return answer.build(NAME, question, relation) if question else None


def _case(page: FactPage, relation: str, manner: Manner, pick: random.Random) -> Lesson | None:
    items = _few(page, case_plan.known_findings(page), pick)
    if not items or not case_rivals.meets_demands(page, items):
        return None
    who = patient_profiles.profile_of(page, items)
    page = offered_medicines.fit_page(page, who, [item.text for item in items])
    if relation not in page.groups:
        return None
    answer = AnswerBuilder(page, pick)
    plan = case_plan.plan_case(page, relation, manner, pick, findings=items, to_patient=True)
    lead: case_reasoning.Lead = "likely" if manner.is_plain else "supports"
    case_answer.tell(plan, lead, answer, pick)
    told = complaints.describe_complaint(page, plan.who, items, pick)
    question = complaints.join_question(told, _asked("case", page, relation, pick), page.language)
    return answer.build(NAME, question, relation)


def _told(
    page: FactPage, relation: str, manner: Manner, answer: AnswerBuilder, pick: random.Random
) -> str:
    plan = case_plan.plan_case(page, relation, manner, pick, to_patient=True)
    case_answer.tell(plan, None, answer, pick)
    told = complaints.name_condition(page, plan.who, pick)
    return complaints.join_question(told, _asked("told", page, relation, pick), page.language)


def _taking(
    page: FactPage, relation: str, manner: Manner, answer: AnswerBuilder, pick: random.Random
) -> str:
    topic_answer.tell(page, relation, manner, answer, pick)
    told = complaints.name_medicine(page, pick)
    return complaints.join_question(told, _asked("taking", page, relation, pick), page.language)


_WRITERS: dict[str, Callable[[FactPage, str, Manner, AnswerBuilder, random.Random], str]] = {
    "told": _told, "taking": _taking,
}  # fmt: skip


def _asked(form: str, page: FactPage, relation: str, pick: random.Random) -> str:
    words = load(ChatdoctorWords, page.language)
    table = {
        "case": words.case_question,
        "told": words.diagnosis_question,
        "taking": words.medicine_question,
    }[form]
    lines = table[relation]
    if form == "taking" and relation == "description" and page.language == "zh":
        told = [each.text for each in page.text_facts(relation)[:3]]
        if not all(map(chinese_texts.says_kind, told)):  # what it is would stay unanswered
            lines = tuple(each for each in lines if "什么药" not in each) or lines
    return grammar.draw(fitting_questions.fitting(lines, page, relation), pick)


def _few(page: FactPage, items: Sequence[PageFact], pick: random.Random) -> list[PageFact]:
    return case_plan.choose_telling(page, items[:_KNOWN], pick.choice((2, 3, 3, 3, 4)), pick)
