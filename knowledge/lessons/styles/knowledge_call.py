"""Write dialogues that call the knowledge base before they answer (style knowledge-call).

    question -> lookup("entity", "attribute") -> result as a marked message -> answer, fact used

The call has one fixed grammar, and the result is the line of evidence of the graph. Each answer is
a sentence on its own: what was found is told, not copied, and of an emergency that it is one. As it
reads as a doctor's answer, only that is looked up which one may be told without a source.
Forms: `plain` answers, `shown` adds where the answer comes from, `twice` asks for two attributes in
one dialogue.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from knowledge.datasets import lookup_calls
from knowledge.graph import verbalize
from knowledge.lessons.facts.fact_page import MOST, FactPage, PageFact
from knowledge.lessons.realize import (
    case_answer,
    case_plan,
    fitting_questions,
    realizer,
    topic_answer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import huatuo
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AttributeQuestionsWords, KnowledgeCallWords
from knowledge.records import Lesson, LessonMessage
from knowledge.vocabulary import TREATING, base_relation

NAME = "knowledge-call"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)


_ASKED_BY_ILL = ("symptom", "red_flag", "test", "treatment")
"""Lookups after which whoever may have something dangerous is told what to do."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a page can be looked up for, and the forms of each."""
    if '"' in page.name:
        return {}
    held = _held(page)
    forms = ("plain", "shown", *(("twice",) if len(held) > 1 else ()))
    # Rows of statistics resemble each other: one form is enough.
    return {each: forms[:1] if each == "associated_with" else forms for each in held}


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson."""
    answer = AnswerBuilder(page, pick, levels=False)
    before: list[LessonMessage] = []
    turns: list[list[str]] = []
    last = relation
    if form == "twice":
        others = [each for each in _held(page) if each != relation]
        first = pick.choice([each for each in others if page.entity_facts(each)] or others)
        _called(page, first, huatuo.ask(page, first, pick), answer, before, turns, pick)
        before.append(LessonMessage("user", _result(page, first)))
        found = [replace(item, level="") for item in _items(page, first)]
        told = realizer.state_facts(page.said, first, found, page.language, pick)
        before.append(LessonMessage("assistant", told))
        turns.append(turns[-1])
        asked = _next(page, relation, pick)
    else:
        asked = huatuo.ask(page, relation, pick)
    _called(page, last, asked, answer, before, turns, pick)
    answer.state(last, _items(page, last), briefly=0.25)
    topic_answer.press(page, answer)
    if relation in _ASKED_BY_ILL:
        case_answer.act_now(page, answer)
    listed = base_relation(relation) in TREATING and all(one.scraped for one in _items(page, last))
    if form == "shown" or listed:  # who reads a list of medicines takes it for all there are
        answer.add(grammar.draw(load(KnowledgeCallWords, page.language).source, pick))
    return answer.build(NAME, _result(page, last), relation, before=before, turns=turns)


def _called(
    page: FactPage,
    relation: str,
    asked: str,
    answer: AnswerBuilder,
    before: list[LessonMessage],
    turns: list[list[str]],
    pick: random.Random,
) -> None:
    """Add a question and the call that it leads to."""
    call = lookup_calls.write_call(page.name, lookup_calls.attribute_name(relation, page.language))
    before += [LessonMessage("user", asked), LessonMessage("assistant", call)]
    turns.append(answer.rest_on((page, relation, _items(page, relation))))


def _result(page: FactPage, relation: str) -> str:
    return lookup_calls.RESULT[page.language] + _line(page, relation)


def _next(page: FactPage, relation: str, pick: random.Random) -> str:
    template = grammar.draw(fitting_questions.questions(page, relation), pick)
    kind = page.entity.kind if page.entity.kind in ("medicine", "symptom") else "condition"
    question = realizer.fill(template, page.language, 1, s=page.said, kind=kind)
    small = question[:1].lower() + question[1:]
    if question.startswith(page.name):
        small = question
    asked = grammar.draw(load(KnowledgeCallWords, page.language).next_question, pick)
    return asked.format(q=small, Q=question)


def _held(page: FactPage) -> list[str]:
    asked = load(AttributeQuestionsWords, page.language).question
    return [
        relation
        for relation in asked
        if page.groups.get(relation)
        and not page.is_lone(relation)
        and not case_plan.first_choices(page, relation, _items(page, relation))
    ]


def _items(page: FactPage, relation: str) -> Sequence[PageFact]:
    texts = MOST if relation in case_plan.TOLD_TOGETHER else 1
    return page.few_facts(relation, MOST) or page.text_facts(relation)[:texts]


def _line(page: FactPage, relation: str) -> str:
    bare = base_relation(relation)
    said = [item.text for item in _items(page, relation)]
    return verbalize.evidence_line(page.name, bare, said, page.language, inverse=bare != relation)
