"""Write consultations in which the doctor asks before answering (style dialogue).

    complaint -> question, yes or no, several times -> what it may be, tests, treatment

Each question is about a finding or risk factor of a condition in question, and each reply follows
the graph: yes to what the condition has, no to what only its rival has. All is told of facts that
somebody wrote. Forms: `short` asks once or twice, `long` more often, `single` does without a rival
where there is none. What cannot wait is weighed first, and nothing absent rules out a
rival.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from knowledge.lessons.facts import case_fitness, expected_rivals, reportable_findings, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import ANY, Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.pages.related_pages import findings, findings_of
from knowledge.lessons.realize import (
    articles,
    case_answer,
    case_plan,
    complaints,
    list_cautions,
    offered_medicines,
    patient_profiles,
    realizer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder, LessonMeta
from knowledge.lessons.realize.case_plan import Rival
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import DialogueWords
from knowledge.records import Lesson, LessonMessage

NAME = "dialogue"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)
REGISTERS = ("plain", "professional")
DIFFICULTY = {"single": "medium", "short": "hard", "long": "hard"}

_ENDS = ("test", "first_line", "department")
"""What a consultation can end with: nobody asked what may come of it."""

_KNOWN = 10
"""So many findings of a condition a consultation is drawn from."""

_YES, _NO = True, False
_ALARMS: tuple[urgent_flags.Alarm, ...] = ("now", "soon", "")
"""From the most alarming finding to the least."""

AskedFinding = tuple[FactPage, str, PageFact, bool]
"""FactPage, relation and finding that is asked about, and whether the patient has it."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a consultation can end with, and the forms of each."""
    page = page.as_written()
    relation = findings_of(page)
    if not relation or len(_told(page, relation)) < 3 or not patient_profiles.is_illness(page):
        return {}
    if not case_plan.can_tell_apart(page, _told(page, relation)[:_KNOWN]):
        return {}
    planned = [each for each in _ENDS if page.entity_facts(each)]
    return dict.fromkeys(planned, ("short", "long"))


def write(
    page: FactPage, relation: str, form: str, pick: random.Random, manner: Manner | None = None
) -> Lesson | None:
    """Write one lesson, or none if it needs a rival and there is none."""
    page = page.as_written()
    manner = manner or ANY.draw(REGISTERS, pick)
    told_by = findings_of(page)
    if manner is None or not told_by:
        return None
    count = pick.choice((3, 4, 4)) if form == "long" else 3
    felt = case_plan.choose_telling(page, _told(page, told_by)[:_KNOWN], count, pick)
    rivals = case_rivals.rivals_of(page, felt, told_by)
    if not felt or (form != "single" and not rivals):
        return None
    rival = _weighed(page, felt, rivals)
    named = rival.pages if rival else ()
    if not case_rivals.meets_demands(page, felt, named) or expected_rivals.lacks(page, named):
        return None
    opening, asked = _planned(page, rival, felt, told_by, form, pick)
    if not case_rivals.asks_enough(page, opening, [item for *_, item, _ in asked]):
        return None
    who = patient_profiles.profile_of(page, [*opening, *(item for *_, item, _ in asked)])
    who = patient_profiles.grown_with(who, named)
    said = [*(item.text for item in felt), *(each.name for each in named)]
    said += [item.text for *_, item, has in asked if has]
    page = offered_medicines.fit_page(page, who, said)
    if not page.entity_facts(relation):
        return None
    before, turns, last = _conduct(page, who, opening, asked, pick)
    if rival:
        rival = replace(rival, absent=tuple(item for *_, item, has in asked if not has))
    plan = case_plan.plan_case(
        page,
        relation,
        manner,
        pick,
        findings=[*opening, *(item for _, of, item, has in asked if has and of == told_by)],
        rival=rival,
        history=[item for _, of, item, has in asked if has and of == "risk_factor"],
        to_patient=True,
    )
    plan = case_plan.fit_case(plan)
    answer = AnswerBuilder(page, pick, asked=before[0].content)
    answer.may_be_pregnant = answer.may_be_pregnant and list_cautions.is_fertile(who)
    case_answer.tell(plan, "summary", answer, pick)
    english = page.language == "en"
    confirmed = [
        articles.without_article(item.said) if english else item.said
        for *_, item, has in asked
        if has
    ]
    meta: LessonMeta = {"confirmed": confirmed}
    return answer.build(NAME, last, plan.relation, before=before, turns=turns, meta=meta)


def _weighed(
    page: FactPage,
    felt: Sequence[PageFact],
    rivals: Sequence[tuple[FactPage, case_rivals.SharedFindings]],
) -> Rival | None:
    """Return what a case is weighed against: the first of the rivals, and the next of them."""
    if not rivals:
        return None
    third = case_rivals.weighed_against(page, felt, rivals, rivals[0][0])
    return Rival(rivals[0][0], rivals[0][1][0], third=(third[0], third[1][0][1]) if third else None)


def _planned(
    page: FactPage,
    rival: Rival | None,
    felt: Sequence[PageFact],
    relation: str,
    form: str,
    pick: random.Random,
) -> tuple[list[PageFact], list[AskedFinding]]:
    """Choose the findings that the patient reports at once, and those to be asked for."""
    rest = list(felt)
    pick.shuffle(rest)
    alarm = urgent_flags.alarm_of([item.said for item in felt], page.language)
    if alarm == "now" or urgent_flags.is_grave(page):
        return _planned_briefly(page, rest, relation)
    reported = pick.choice((1, 2)) if len(rest) > 2 else 1
    opening, rest = rest[:reported], rest[reported:]
    asked: list[AskedFinding] = [(page, relation, item, _YES) for item in rest]
    factors = patient_profiles.history_items(page, rival.pages if rival else ())
    if factors and form != "short" and pick.random() < 0.7:
        asked.append((page, "risk_factor", pick.choice(factors), _YES))
    if rival:
        # A finding that the condition has in other words does not belong to the rival only.
        common = [*page.entity_facts(relation), *page.entity_facts("sign")]
        other = [
            item
            for item in case_plan.core_findings(_told(rival.page, relation)[:8])
            if reportable_findings.is_new(item, common)
            and case_fitness.can_be_denied(item, felt)
            and patient_profiles.can_be_asked(page, item)
        ]
        wanted = [
            item
            for each in case_rivals.to_be_asked(page, felt)
            for item in _told(rival.page, relation)
            if each.search(item.text)
            and reportable_findings.is_new(item, common)
            and case_fitness.can_be_denied(item, felt)
        ]
        if wanted or other:
            asked.append((rival.page, relation, pick.choice(wanted or other), _NO))
    pick.shuffle(asked)
    return opening, asked


def _planned_briefly(
    page: FactPage, felt: Sequence[PageFact], relation: str
) -> tuple[list[PageFact], list[AskedFinding]]:
    """Leave one finding to be asked for, the most alarming: an emergency is told without delay."""
    ranked = sorted(felt, key=lambda item: _ALARMS.index(_alarm(page, item)))
    return ranked[1:], [(page, relation, ranked[0], _YES)]


def _alarm(page: FactPage, item: PageFact) -> urgent_flags.Alarm:
    return urgent_flags.alarm_of([item.said], page.language)


def _told(page: FactPage, relation: str) -> list[PageFact]:
    """Return the findings that a patient can report."""
    return reportable_findings.select_felt(findings(page, relation))


def _conduct(
    page: FactPage,
    who: PatientProfile,
    opening: Sequence[PageFact],
    asked: Sequence[AskedFinding],
    pick: random.Random,
) -> tuple[list[LessonMessage], list[list[str]], str]:
    """Return all messages but the patient's last, the facts of each turn, and the last message."""
    language, words = page.language, load(DialogueWords, page.language)
    said = [complaints.describe_complaint(page, who, opening, pick)]
    messages: list[LessonMessage] = []
    turns: list[list[str]] = []
    used: set[str] = set()
    for _, each, item, has in asked:
        kind = each if each == "risk_factor" else "symptom"
        free = [form for form in words.question[kind] if form not in used]
        form = pick.choice(free or words.question[kind])
        while "既往" in item.said and "往" in form:  # not twice in one question
            form = pick.choice(words.question[kind])
        used.add(form)
        text = realizer.fill(grammar.vary(form, pick), language, 1, x=item.said, o=item.said)
        messages += [
            LessonMessage("user", said[-1]),
            LessonMessage("assistant", text[:1].upper() + text[1:]),
        ]
        turns.append([item.fact])
        replies = words.reply_yes if has else words.reply_no
        if each == "risk_factor":
            replies = words.reply_applies
        reply = grammar.draw(replies, pick)
        while reply in said:
            reply = grammar.draw(replies, pick)
        said.append(reply)
    last = said[-1] + grammar.draw(words.last_words, pick)
    return messages, turns, last
