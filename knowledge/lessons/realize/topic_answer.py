"""Tell about one topic of an entity, and what belongs around it.

    page + relation + manner -> heard · what it is -> (the topic itself) -> why · related · end

The same plan of what is added and the same words as for a case, without a patient's findings.
"""

import random
import re

from knowledge.lessons.facts import acute_kinds, urgent_flags
from knowledge.lessons.facts.fact_fitness import (
    harms_unborn,
    is_known_to_harm_unborn,
    is_taken_for_long,
    speaks_against_use,
)
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import case_answer, case_plan
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AcuteWords,
    ChatdoctorWords,
    ConsultationWords,
    HuatuoWords,
    Lines,
)
from knowledge.vocabulary import TREATING

_MOST = 6
_OF_CARE = ("symptom", "test", "treatment", "medicine", "first_line", "department", "complication")
"""What is asked for by whoever may be ill now, rather than to know."""

_OF_USE = ("pregnancy", "liver", "renal")
_BARRED = re.compile(
    r"\b(?:avoid|contraindicated|not (?:in|for|used|given|below)|never)|"
    "禁[用止]|避免|不用|不宜|不得|不可",
    re.IGNORECASE,
)
"""Records on the use of a medicine, and how they say that somebody is not given it."""

_SAID_OF_LISTS = ("interaction", "contraindication")
"""Relations of which the sentence that leaves a list open says already why they matter."""

_ASKED_BY_ILL = ("department", "treatment", "test", "red_flag")
"""Relations that are asked about in the middle of it: where to go, and what is done."""

_APART_FROM_PREGNANCY = ("interaction", "interaction_advice", "dose_limit", "duplication", "renal")
"""What is asked of a medicine beside which its use in pregnancy would be off the topic."""

_ON_TAKING = ("description", "side_effect", "medicine~", "monitoring", "pregnancy")
"""What is asked by whoever takes a medicine, who might stop it after the answer."""

_MOST_DANGERS = 2
"""So many dangerous side effects are told with what to do about them."""

_OF_STOPPING = re.compile(
    r"\b(?:stopped suddenly|abrupt|sudden (?:stop|withdrawal))|突然停|骤停药?|骤然停|突然撤",
    re.IGNORECASE,
)
"""How a text says already that a medicine is not stopped suddenly."""

_NO_WARNING_FIRST = (*case_plan.TO_STAY_WELL, "description")
_OF_PREGNANCY = ("pregnancy", "breastfeeding")
_FURTHER = {"short": 0, "medium": 2, "long": 3}


def tell(
    page: FactPage, relation: str, manner: Manner, answer: AnswerBuilder, pick: random.Random
) -> None:
    """Tell whoever it concerns all of a topic: what stands before it, the topic, what follows."""
    begin(page, relation, manner, answer, pick)
    state_first_line(page, relation, answer)
    items = page.few_facts(relation, _MOST)
    case_answer.say_step(
        page, relation, items or case_plan.texts_told(page, relation, pick), answer, pick
    )
    end(page, relation, manner, answer, pick, personal=True)


def state_first_line(page: FactPage, relation: str, answer: AnswerBuilder) -> None:
    """State what a condition is treated with first, before the rest of a treatment is told."""
    first = page.entity_facts("first_line") if relation in TREATING[1:] else ()
    if first and not answer.states("first_line"):
        answer.state("first_line", first[:_MOST])


def begin(
    page: FactPage,
    relation: str,
    manner: Manner,
    answer: AnswerBuilder,
    pick: random.Random,
    *,
    heard: bool = True,
    personal: bool = True,
) -> None:
    """Say that a question was heard, and what its subject is, where there is room for it.

    A warning comes first where the condition cannot wait and the question is `personal`: about
    somebody who is ill. Whoever may get worse is first told what was asked for, and what a thing
    is comes before all that is known of it.
    """
    urgent = case_plan.is_emergency(page)
    if personal and case_plan.comes_first(page) and relation not in _NO_WARNING_FIRST:
        warn(page, relation, answer)
        if relation in _OF_CARE and case_plan.cannot_wait(page) and not page.text_facts("red_flag"):
            send_at_once(page, answer)
    if manner.length == "short":
        return
    if heard and manner.is_plain and not urgent:
        if page.entity.kind != "medicine" and (lines := load(HuatuoWords, page.language).heard):
            case_answer.draw_stock(lines, page, answer)
        else:
            case_answer.acknowledge(page, (), answer)
    if relation == "description":
        return
    for each, items in case_plan.plan_meaning(page, relation, manner, pick)[:1]:
        answer.state(each, items, briefly=0.0 if not answer.has_begun else 0.5)


def warn(page: FactPage, relation: str, answer: AnswerBuilder) -> None:
    """Tell the red flag of a condition that is or may become an emergency, unless it was told."""
    warning = case_plan.urgent_warning(page, relation)
    if warning and not answer.states("red_flag"):
        answer.state("red_flag", [warning])


def send_at_once(page: FactPage, answer: AnswerBuilder) -> None:
    """Send whoever has a condition to hospital, unless it is treated already."""
    case_answer.draw_stock(case_answer.named_opening(page), page, answer, at_any_rate=True)
    answer.presses = True


def press(page: FactPage, answer: AnswerBuilder) -> None:
    """Say that a condition is an emergency, unless that was said."""
    flagged = any(map(urgent_flags.is_emergency, answer.stated("red_flag")))
    grave = page.entity.kind == "condition" and case_plan.cannot_wait(page)
    if grave and not flagged and not answer.presses:
        words = load(ConsultationWords, page.language)
        case_answer.draw_stock(words.emergency, page, answer, at_any_rate=True)
        answer.presses = True


def end(
    page: FactPage,
    relation: str,
    manner: Manner,
    answer: AnswerBuilder,
    pick: random.Random,
    *,
    why: bool = True,
    closed: bool = True,
    personal: bool = False,
) -> None:
    """Say why a topic matters, what is related to it, and what comes next.

    Whom it does not concern `personal`ly is not told what to do.
    """
    if page.entity.kind == "condition":  # "there may be others" would be others of the next list
        answer.close_lists()
    urgent = case_plan.is_emergency(page)
    known = load(HuatuoWords, page.language) if page.entity.kind != "medicine" else None
    spoken = load(ConsultationWords, page.language)
    whys = known.why if known and known.why else spoken.why
    if urgent or not manner.is_plain:
        whys = {}
    whys = {each: lines for each, lines in whys.items() if each not in _SAID_OF_LISTS}
    if page.entity.kind == "condition" and not case_plan.may_be_routine(page):
        whys = {each: lines for each, lines in whys.items() if each != "department"}
    if not _may_plan_pregnancy(page):
        whys = {each: lines for each, lines in whys.items() if each != "pregnancy"}
    mine = personal and (page.entity.kind == "medicine" or relation == "department")
    reasons = (*whys.get(relation, ()), *(spoken.why_own.get(relation, ()) if mine else ()))
    if relation == "pregnancy" and not _may_plan_pregnancy(page):
        reasons = ()
    reasons = case_answer.fit_reasons(reasons, relation, page.entity_facts(relation))
    concerned = personal or answer.asker == "patient"
    stops = concerned and relation in _ON_TAKING and _may_not_stop(page, answer)
    if stops or (page.entity.kind == "medicine" and relation == "description"):
        reasons = ()  # what is told on stopping it stands at the end
    explained = bool(whys) and why and bool(reasons) and pick.random() < 0.5
    if explained:
        case_answer.draw_stock(reasons, page, answer)
    healthy = relation in case_plan.TO_STAY_WELL and not case_plan.cannot_wait(page)
    personal = personal or answer.asker == "patient"
    acute = personal and acute_kinds.kind_of(page.name)
    defined = relation == "description" and case_plan.comes_first(page)
    if (urgent or defined or manner.length != "short" or acute) and not healthy:
        warn(page, relation, answer)
    press(page, answer)
    if personal or relation in _ASKED_BY_ILL:
        case_answer.act_now(page, answer)
    if relation == "symptom":
        case_answer.heed_symptoms(page, answer)
    concerned = answer.may_be_pregnant and relation not in _APART_FROM_PREGNANCY
    if page.entity.kind == "medicine" and concerned and not answer.states("pregnancy"):
        harms = [each for each in page.text_facts("pregnancy") if harms_unborn(each.text)]
        if harms:
            answer.state("pregnancy", harms[:1])
        elif personal and is_known_to_harm_unborn(page.name) and relation in _ON_TAKING:
            case_answer.draw_stock(spoken.why_own["pregnancy"], page, answer, at_any_rate=True)
    if page.entity.kind == "medicine" and relation == "contraindication":
        _tell_forbidden(page, answer)
    further = case_plan.pick_further(page, relation, _FURTHER[manner.length], pick)
    for each in further:
        items = case_plan.further_facts(page, each)
        if each in TREATING:  # what comes first was named before
            items = tuple(item for item in items if not answer.names(item.object))
        if answer.states(each) or not items or answer.mentions(items):
            continue
        if each in _OF_PREGNANCY and not answer.may_be_pregnant:
            continue
        mine = manner.is_plain and personal and not (known and known.why)
        mine = mine and each not in case_answer.SUSPECTED  # it was named
        case_answer.say_step(page, each, items, answer, pick, spoken=mine)
        if page.entity.kind == "condition":
            answer.close_lists()
        if not explained and pick.random() < 0.15:
            case_answer.draw_stock(whys.get(each, ()), page, answer)
            explained = True
    answer.close_lists()
    case_answer.explain_signs(page, answer, pick)
    _tell_danger(page, answer)
    if stops and not _OF_STOPPING.search(answer.text):
        kind = acute_kinds.kind_of_stopping(page.name)
        answer.add_stock(load(AcuteWords, page.language).stopping[kind], at_any_rate=True)
        answer.presses = True
    if (
        closed
        and not stops
        and not (relation == "medicine" and answer.has_closed_lists)
        and case_plan.may_be_routine(page)
        and not answer.states("red_flag")
        and not answer.heeds
        and not answer.presses
        and not explained
        and (manner.is_plain or relation == "department")
        and (manner.length != "short" or relation == "department" or pick.random() < 0.5)
    ):
        words, own = load(ChatdoctorWords, page.language), load(ConsultationWords, page.language)
        ends: Lines = own.next_named
        if known and known.closing:
            ends = known.closing.get(relation, ())
        elif page.entity.kind == "medicine":
            ends = own.why_own.get(relation) or words.medicine_closing
            if relation == "pregnancy" and not _may_plan_pregnancy(page):
                ends = ()
        case_answer.draw_stock(ends, page, answer)


def _tell_danger(page: FactPage, answer: AnswerBuilder) -> None:
    """Say what to do about a dangerous side effect, which reads as one of the harmless ones."""
    if page.entity.kind != "medicine" or answer.asker == "colleague":
        return
    words = load(AcuteWords, page.language)
    told = "\n".join(item.text for item in answer.stated("side_effect"))
    for kind in acute_kinds.effects_in(told)[:_MOST_DANGERS]:
        answer.add_stock(words.effect[kind], at_any_rate=True)
        answer.presses = True  # nothing leisurely follows


def _may_not_stop(page: FactPage, answer: AnswerBuilder) -> bool:
    """Say whether whoever takes a medicine comes to harm by stopping it suddenly."""
    taken = page.entity.kind == "medicine" and answer.asker != "colleague"
    return taken and bool(acute_kinds.kind_of_stopping(page.name))


def _may_plan_pregnancy(page: FactPage) -> bool:
    """Say whether who takes a medicine is to talk to the prescriber before a pregnancy.

    That is so of what is taken for long and harms; not of what is given once in an emergency.
    """
    texts = [item.text for item in page.text_facts("pregnancy")]
    return is_taken_for_long(page.name) and any(map(speaks_against_use, texts))


def _tell_forbidden(page: FactPage, answer: AnswerBuilder) -> None:
    """Tell who else is not given a medicine, which its list of contraindications may leave out."""
    for each in _OF_USE:
        barred = [item for item in page.text_facts(each) if _BARRED.search(item.text)]
        if barred and not answer.states(each):
            answer.state(each, barred[:1])
