"""Put the plan of a case into words: one way of telling for all doctor styles.

    plan -> heard · what it may be and why · what it is · warning · steps and why · what comes next

A plain answer explains and says what comes next; a professional one states the same facts briefly.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from knowledge.lessons.facts import (
    acute_kinds,
    fact_fitness,
    reportable_findings,
    urgent_flags,
)
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.realize import (
    case_cautions,
    case_plan,
    case_reasoning,
    case_timing,
    english_texts,
    realizer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import CasePlan, Told
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AcuteWords,
    ChatdoctorWords,
    ConsultationWords,
    HuatuoWords,
    Lines,
    VignetteWords,
)
from knowledge.vocabulary import TREATING

_AT_LENGTH = Manner("plain", "long")
_LEISURELY = re.compile("appointment|please have it|抽空|有空|预约")
"""Ways to tell where to go that nobody hears who is to be seen soon."""

_BLACK = re.compile("black stool|mel(?:a)?ena|黑便|大便(?:发|变)?黑", re.IGNORECASE)
"""A sign of bleeding that some medicines bring about by themselves."""

_GOES_ON = re.compile("另外|还有")
"""Words of a warning that comes after something else."""

_WORSENS = re.compile("worse|suddenly|urgent|加重|恶化|突然|变化")

SUSPECTED = ("test", "first_line", "treatment", "medicine")
"""Relations that a doctor may tell as of what is not certain yet."""

_TO_KNOW = (
    *("transmission", "prognosis", "course", "cause", "risk_factor", "prevention", "population"),
    *("diet_recommended", "diet_avoided", "complication"),
)
"""Relations of which whoever asks for them hears before what to do now."""

_WHYS = {"short": 1, "medium": 1, "long": 1}
_NEXT = 0.75
_WHICH_CAUSE = re.compile("哪一个原因|lies behind it in one")
_TOGETHER = 0.8
_UNNAMED = 0.6
"""How often a Chinese plan leaves out the name of the only condition that was mentioned."""


_BY_TALK = re.compile(
    "depress|anxiety|panic|bipolar|schizophren|insomnia|sleep|traumatic|obsessive|attention|"
    "抑郁|焦虑|惊恐|双相|精神分裂|失眠|睡眠|创伤后|强迫|注意缺陷",
    re.IGNORECASE,
)
_EXAMINES = re.compile("examin|查体", re.IGNORECASE)
"""Conditions that are recognised by what is told, and closings that rest on an examination."""

_ORDERS = re.compile(
    "(?:do not|never|give|avoid|stop|start|treat)\\b|[^,;]*should not be delayed", re.IGNORECASE
)
_OF_SIGNS = re.compile(r"\bsign|\bwait\b|missed")
"""A warning of what to do or not to do, and what leads to one of signs."""


def tell(
    plan: CasePlan, lead: case_reasoning.Lead | None, answer: AnswerBuilder, pick: random.Random
) -> None:
    """Tell a whole plan; without a `lead` the condition was named by who asks."""
    if lead and _is_told_at_once(plan):
        words = load(ConsultationWords, plan.page.language)
        draw_stock(words.emergency_first, plan.page, answer, at_any_rate=True)
        answer.presses = True
    elif plan.is_grave and plan.to_patient:
        words = load(ConsultationWords, plan.page.language)
        if lead:
            opening = words.ambulance_first if plan.needs_ambulance else words.urgent_first
        else:
            opening = named_opening(plan.page)
        draw_stock(opening, plan.page, answer, at_any_rate=True)
    elif plan.to_patient and not (lead or plan.warning or plan.relation == "red_flag"):
        first = plan.relation not in _TO_KNOW
        if (
            not (first and act_now(plan.page, answer))
            and plan.manner.is_plain
            and not plan.is_urgent
        ):
            acknowledge(plan.page, plan.findings, answer)
    elif plan.manner.is_plain and not plan.is_urgent and lead != "summary":
        acknowledge(plan.page, plan.findings, answer)
    if lead:
        case_reasoning.tell_reasoning(plan, lead, answer, pick)
    tell_care(plan, answer, pick, named=lead is None)
    if plan.to_patient and not lead and plan.relation in _TO_KNOW:
        act_now(plan.page, answer)
    explain_signs(plan.page, answer, pick)


def _is_told_at_once(plan: CasePlan) -> bool:
    """Say whether a colleague is told first that a case is one for a hospital now."""
    if plan.to_patient or not plan.findings or plan.who.pace == "lasting":
        return False
    told = [item.said for item in plan.findings]
    alarm = urgent_flags.alarm_of(told, plan.page.language)
    return alarm == "now" or urgent_flags.is_grave(plan.page)


def explain_signs(page: FactPage, answer: AnswerBuilder, pick: random.Random) -> None:
    """Say which medicine of an answer brings about by itself what its warning names.

    Iron makes stools black, and black stools are a warning of bleeding.
    """
    flags = " ".join(item.text for item in answer.stated("red_flag"))
    if page.links is None or not _BLACK.search(flags):
        return
    for item in (each for relation in TREATING for each in answer.stated(relation)):
        hidden = is_validation(item.object) and not is_validation(page.id)
        if item.kind != "medicine" or hidden:
            continue
        own = page.links.page(item.object, page.language)
        effects = own.entity_facts("side_effect") if own else ()
        effect = next((each for each in effects if _BLACK.search(each.text)), None)
        if own and effect:
            text = realizer.state_facts(own.said, "side_effect", [effect], page.language, pick)
            answer.add_stating(text, (own, "side_effect", [effect]))
            words = load(ConsultationWords, page.language)
            draw_stock(words.either_cause, page, answer, at_any_rate=True)
            return


def act_now(page: FactPage, answer: AnswerBuilder) -> bool:
    """Say what to do now with a condition that can turn dangerous, and whether that was said.

    Where a warning of its own was told, or that it cannot wait, that is enough.
    """
    told = answer.states("red_flag") or answer.presses or urgent_flags.is_grave(page)
    kind = "" if told or page.entity.kind == "medicine" else acute_kinds.kind_of(page.name)
    if kind:
        lines = load(AcuteWords, page.language).condition[kind]
        answer.add_stock(lines, at_any_rate=True)
        answer.presses = True
    return bool(kind)


def acknowledge(page: FactPage, findings: Sequence[PageFact], answer: AnswerBuilder) -> None:
    """Say that a complaint, or a question without one, was heard."""
    words = load(ConsultationWords, page.language)
    heard = words.heard if findings else words.heard_named
    if page.entity.kind == "medicine":
        heard = words.heard_medicine
    draw_stock(heard, page, answer)


def named_opening(page: FactPage) -> Lines:
    """Return what is said first of an emergency by its name: go to hospital, or call who comes."""
    words = load(ConsultationWords, page.language)
    return words.ambulance_named if urgent_flags.is_of_the_hour(page) else words.urgent_named


def tell_care(
    plan: CasePlan, answer: AnswerBuilder, pick: random.Random, *, named: bool = False
) -> None:
    """Say what it is, what is urgent, what is done and why, and what comes next."""
    if plan.is_urgent:
        _tell_urgency(plan, answer, pick)
    grave = plan.findings and not plan.to_patient and urgent_flags.is_grave(plan.page)
    if grave and not answer.presses:
        emergency = load(ConsultationWords, plan.page.language).emergency
        draw_stock(emergency, plan.page, answer, at_any_rate=True)
    meaning = plan.meaning
    if not (plan.steps or meaning or plan.rival):  # all that is known is told
        meaning = case_plan.plan_meaning(plan.page, plan.relation, _AT_LENGTH, pick)
    for relation, items in meaning:
        answer.state(relation, items, briefly=0.6)
    tested = 1 + next((at for at, (each, _) in enumerate(plan.steps) if each == "test"), -1)
    first = replace(plan, steps=plan.steps[:tested] if plan.rival else ())
    for part in (first, replace(plan, steps=plan.steps[len(first.steps) :])):
        if plan.manner.is_plain and part.steps:
            _tell_steps(part, answer, pick, named=named)
        elif part.steps:
            tell_together(plan.page, part.steps, answer, pick)
        answer.close_lists()
        if part is first:
            case_reasoning.tell_rival_tests(plan, answer, pick)
    case_cautions.tell(plan, answer)
    if named and not plan.is_grave:
        heed_symptoms(plan.page, answer)
    if plan.warning and not plan.is_urgent and not answer.states("red_flag"):
        tell_warning(plan.page, plan.warning, answer, pick)
    _tell_next(plan, answer, pick, named=named)


def _tell_urgency(plan: CasePlan, answer: AnswerBuilder, pick: random.Random) -> None:
    if plan.warning:
        tell_warning(plan.page, plan.warning, answer, pick)
    elif plan.findings and plan.manner.is_plain and not plan.is_grave:
        draw_stock(
            load(ChatdoctorWords, plan.page.language).urgent_closing,
            plan.page,
            answer,
            at_any_rate=True,
        )


def heed_symptoms(page: FactPage, answer: AnswerBuilder) -> None:
    """Say that some of the symptoms told do not wait, where no warning was told."""
    told = [item.said for item in answer.stated("symptom")]
    pressed = answer.states("red_flag") or answer.presses
    if pressed or not urgent_flags.alarm_of(told, page.language):
        return
    words = load(ConsultationWords, page.language)
    draw_stock(words.heeded, page, answer, at_any_rate=True)
    answer.heeds = True


def tell_warning(
    page: FactPage, warning: PageFact, answer: AnswerBuilder, pick: random.Random
) -> None:
    """Tell a red flag: as it stands after a lead of its own, or within a sentence of the page."""
    sign = urgent_flags.is_sign(warning.text, page.language)
    if sign or not answer.is_about_one_page or pick.random() < 0.4:
        answer.state("red_flag", [warning])
        return
    lead = load(ConsultationWords, page.language).warning_lead
    if not answer.has_begun:
        lead = tuple(each for each in lead if not _GOES_ON.match(each))
    if _ORDERS.match(warning.text):
        lead = tuple(each for each in lead if not _OF_SIGNS.search(each))
    draw_stock(lead, page, answer, at_any_rate=True)
    stop = "." if page.language == "en" else "。"
    answer.add(warning.text.rstrip(".。") + stop, "red_flag", [warning])


def _tell_steps(plan: CasePlan, answer: AnswerBuilder, pick: random.Random, *, named: bool) -> None:
    """State the steps as a doctor says them to a patient, with why they are taken."""
    words = load(ConsultationWords, plan.page.language)
    whys = {**words.why, **words.why_named} if named else words.why
    # Nobody weighs reasons where it is urgent.
    if plan.alarm or not case_plan.may_be_routine(plan.page):  # a referral takes weeks
        whys = {each: lines for each, lines in whys.items() if each != "department"}
    explained = [each for each, _ in plan.steps if whys.get(each) and not plan.is_urgent]
    explained = pick.sample(explained, min(len(explained), _WHYS[plan.manner.length]))
    if plan.relation in whys and plan.relation not in explained and not plan.is_urgent:
        explained = [plan.relation, *explained[1:]]
    # Of a condition that was named, nothing begins with "if it is that".
    open_ended = [each for each, _ in plan.steps if not (named and each in SUSPECTED)]
    spoken = pick.choice(open_ended) if open_ended else ""
    for relation, items in plan.steps:
        here, waits = relation == spoken, not (plan.is_urgent or plan.alarm)
        if relation not in TREATING:  # "there may be others" follows the medicines
            answer.close_lists()
        say_step(plan.page, relation, items, answer, pick, spoken=here, waits=waits)
        if relation == "medicine":  # "there may be others" would be others of the next list
            answer.close_lists()
        if relation in explained:
            draw_stock(fit_reasons(whys[relation], relation, items), plan.page, answer)


def say_step(
    page: FactPage,
    relation: str,
    items: Sequence[PageFact],
    answer: AnswerBuilder,
    pick: random.Random,
    *,
    spoken: bool = True,
    waits: bool = True,
) -> None:
    """State facts of a relation, perhaps in the words of a doctor to somebody who `waits`."""
    briefly = 0.8 if answer.has_begun else 0.0
    forms = load(ChatdoctorWords, page.language).spoken.get(relation, ()) if spoken else ()
    if not answer.is_about_one_page:
        forms = tuple(each for each in forms if "{s}" in each)
    if forms and (not waits or case_plan.is_emergency(page)):
        forms = tuple(each for each in forms if not _LEISURELY.search(each))
    if page.language == "en" and english_texts.are_mixed([item.said for item in items]):
        forms = ()
    if relation == "side_effect" and len(reportable_findings.select_felt(items)) < len(items):
        forms = ()  # nobody notices a change in the blood
    if any(item.level for item in items) or not items[0].object or not forms or pick.random() < 0.4:
        answer.state(relation, items, briefly=briefly)
        return
    text = realizer.fill_with_items(forms, page.said, items, page.language, pick)
    answer.add_list(text, relation, items)


def tell_together(
    page: FactPage, steps: Sequence[Told], answer: AnswerBuilder, pick: random.Random
) -> None:
    """State steps in few sentences, each of up to three clauses; the treatment ends one."""
    treating = [place for place, (each, _) in enumerate(steps, 1) if each in TREATING]
    if treating and treating[-1] < len(steps):
        tell_together(page, steps[: treating[-1]], answer, pick)
        answer.close_lists()
        steps = steps[treating[-1] :]
    texts = [each for each in steps if not each[1][0].object or each[1][0].level]
    named = [each for each in steps if each not in texts]
    for place in range(0, len(named), 3):
        few = named[place : place + 3]
        # In English one sentence of several clauses reads as a list of notes.
        if page.language == "zh" and pick.random() < _TOGETHER:
            unnamed = answer.is_about_one_page
            name = "" if unnamed and pick.random() < _UNNAMED else page.said
            together = partial(realizer.state_together, name, few, page.language, pick)
            text = answer.suited(together)
            answer.add_stating(text, *((page, each, items) for each, items in few))
            for relation, items in few:
                answer.leave_open(relation, items)
            continue
        for relation, items in few:
            answer.state(relation, items, briefly=0.8)
    for relation, items in texts:
        answer.state(relation, items)


def _tell_next(plan: CasePlan, answer: AnswerBuilder, pick: random.Random, *, named: bool) -> None:
    """End an answer: what comes next, and what this answer cannot say."""
    page, length = plan.page, plan.manner.length
    words, own = load(ChatdoctorWords, page.language), load(ConsultationWords, page.language)
    if plan.findings and not named and case_timing.tell_when(plan, answer):
        return
    if plan.is_urgent and (plan.is_grave or not plan.to_patient or not plan.findings):
        return
    if named and (answer.states("red_flag") or answer.heeds):  # which says when to come back
        return
    if plan.to_patient and not case_plan.may_be_routine(page):
        return
    if plan.manner.is_plain and answer.states("red_flag"):  # no next visit after what cannot wait
        return
    if plan.relation == "department":  # where to go is little without what to do there
        visits = load(HuatuoWords, page.language).closing.get("department", ())
        if visits:
            draw_stock(visits, page, answer)
            return
    if not plan.manner.is_plain:
        closings = load(VignetteWords, page.language).closing
        if _BY_TALK.search(page.name):
            closings = tuple(each for each in closings if not _EXAMINES.search(each))
        if not plan.steps:
            closings = tuple(each for each in closings if each)
        if not named:
            draw_stock(closings, page, answer)
        return
    if plan.relation == "prognosis" and answer.states("prognosis"):
        draw_stock(words.prognosis_closing, page, answer)
    elif length != "short" or pick.random() < 0.5:
        closings = words.closing if named else words.case_closing
        nexts = own.next_named if named else own.next_tested if answer.states("test") else ()
        draw_stock(nexts if nexts and pick.random() < _NEXT else closings, page, answer)


def fit_reasons(lines: Lines, relation: str, items: Sequence[PageFact]) -> Lines:
    """Return the reasons that fit what was told: of a single cause nobody asks which it was."""
    if relation != "cause" or len(items) > 1:
        return lines
    return tuple(each for each in lines if not _WHICH_CAUSE.search(each))


def draw_stock(
    lines: Lines, page: FactPage, answer: AnswerBuilder, *, at_any_rate: bool = False
) -> None:
    """Add a sentence that rests on no fact, if there is one and it is drawn.

    Of what somebody has for life none says that it may get worse.
    """
    if fact_fitness.is_lifelong(page.name):
        lines = tuple(each for each in lines if not _WORSENS.search(each))
    answer.add_stock(lines, at_any_rate=at_any_rate)
