"""Put the plan of a case into words: one way of telling for all doctor styles.

    plan -> heard · what it may be and why · what it is · warning · steps and why · what comes next

A plain answer explains and says what comes next; a professional one states the same facts briefly.
"""

import random
import re
from collections.abc import Sequence
from functools import partial
from typing import Literal

from knowledge.lessons.facts import (
    acute_kinds,
    fact_fitness,
    reportable_findings,
    urgent_flags,
)
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.realize import case_plan, english_texts, patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import CasePlan, Rival, Told
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AcuteWords,
    ChatdoctorWords,
    ConsultationWords,
    DialogueWords,
    HuatuoWords,
    Lines,
    LinesBy,
    VignetteWords,
)
from knowledge.vocabulary import TREATING

Lead = Literal["likely", "supports", "summary"]
"""How an answer begins to reason: to a patient, among clinicians, after the doctor's questions."""

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

_WHYS = {"short": 1, "medium": 1, "long": 1}
_NEXT = 0.75
_WHICH_CAUSE = re.compile("哪一个原因|lies behind it in one")
_TOGETHER = 0.8
_UNNAMED = 0.6
"""How often a Chinese plan leaves out the name of the only condition that was mentioned."""


_ORDERS = re.compile(
    "(?:do not|never|give|avoid|stop|start|treat)\\b|[^,;]*should not be delayed", re.IGNORECASE
)
_OF_SIGNS = re.compile(r"\bsign|\bwait\b|missed")
"""A warning of what to do or not to do, and what leads to one of signs."""


_SEEN_AT_ONCE = re.compile(
    "anaphyla|tension pneumothorax|fasciitis|epiglottitis|"
    "严重过敏|过敏性休克|张力性气胸|筋膜炎|会厌炎",
    re.IGNORECASE,
)
"""Dangers that are acted upon before any test."""

_OF_HEADACHE = re.compile("meningitis|subarachnoid|encephalitis|脑膜炎|蛛网膜下腔|脑炎")
"""Dangers whose tests are not for every headache."""

_BY_HAND = re.compile("examination$|体格检查$", re.IGNORECASE)
_DANGER_TESTS = 2
"""What every doctor does anyhow is not told as a test for a danger, of which so many are told."""

_AS_IN_PREGNANCY = re.compile(
    r"abdominal|pelvic|\bperiods?\b|menstrua|bleeding|amenorrh|nausea|vomit|urin|"
    "腹[痛胀]|下腹|盆腔|出血|月经|停经|闭经|痛经|恶心|呕吐|尿频",
    re.IGNORECASE,
)
_PREGNANT = re.compile(
    "pregnan|partum|eclamp|miscarr|妊娠|孕(?!激素)|产后|流产|子痫", re.IGNORECASE
)
_PREGNANCY_TEST = re.compile("pregnancy test|h?cg|妊娠试验|绒毛膜促性腺", re.IGNORECASE)
"""Findings that a pregnancy brings as well, conditions of it, and how it is tested for."""


def tell(plan: CasePlan, lead: Lead | None, answer: AnswerBuilder, pick: random.Random) -> None:
    """Tell a whole plan; without a `lead` the condition was named by who asks."""
    if plan.is_grave and plan.to_patient:
        words = load(ConsultationWords, plan.page.language)
        urgent = words.urgent_first if lead else words.urgent_named
        draw_stock(urgent, plan.page, answer, at_any_rate=True)
    elif plan.to_patient and not (lead or plan.warning or plan.relation == "red_flag"):
        if not act_now(plan.page, answer) and plan.manner.is_plain and not plan.is_urgent:
            acknowledge(plan.page, plan.findings, answer)
    elif plan.manner.is_plain and not plan.is_urgent and lead != "summary":
        acknowledge(plan.page, plan.findings, answer)
    if lead:
        tell_reasoning(plan, lead, answer, pick)
    tell_care(plan, answer, pick, named=lead is None)
    explain_signs(plan.page, answer, pick)


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


def tell_reasoning(plan: CasePlan, lead: Lead, answer: AnswerBuilder, pick: random.Random) -> None:
    """Say what the findings lead to: for and against it, and what the history adds."""
    page, rival = plan.page, plan.rival
    if rival and lead == "supports":
        tell_shared(page, rival, answer, pick)
    own = plan.findings
    if rival and lead == "supports":
        own = tuple(item for item in own if item.object != rival.shared[0].object)
    if own:
        _tell_lead(plan, lead, own, answer, pick)
    if rival and lead == "summary":
        tell_shared(page, rival, answer, pick, load(DialogueWords, page.language).both)
    elif rival and lead != "supports":
        tell_shared(page, rival, answer, pick)
    for item in plan.history:
        template = grammar.draw(load(VignetteWords, page.language).background, pick)
        text = realizer.fill(template, page.language, 1, s=page.said, a=item.said)
        answer.add(text, "risk_factor", [item])
    if rival:
        _tell_against(plan, rival, answer, pick)


def tell_shared(
    page: FactPage,
    rival: Rival,
    answer: AnswerBuilder,
    pick: random.Random,
    forms: LinesBy | None = None,
) -> None:
    """State a finding that two conditions share."""
    forms = forms or load(VignetteWords, page.language).both
    template = grammar.draw(forms["symptom"], pick)
    shared, other = rival.shared, rival.page
    text = realizer.fill(template, page.language, 1, s=page.said, r=other.said, x=shared[0].said)
    answer.add_stating(text, (page, "symptom", [shared[0]]), (other, "symptom", [shared[1]]))


def _tell_lead(
    plan: CasePlan,
    lead: Lead,
    items: Sequence[PageFact],
    answer: AnswerBuilder,
    pick: random.Random,
) -> None:
    page, told_by = plan.page, plan.told_by
    if lead == "likely":
        listed = realizer.join_names([item.said for item in items], page.language, pick)
        text = patient_profiles.state_likely_condition(page, listed, pick)
    else:
        table = (
            load(VignetteWords, page.language).supports
            if lead == "supports"
            else load(DialogueWords, page.language).summary
        )
        text = realizer.fill_with_items(table[told_by], page.said, items, page.language, pick)
    answer.add(text, told_by, items)


def _tell_against(plan: CasePlan, rival: Rival, answer: AnswerBuilder, pick: random.Random) -> None:
    page, other = plan.page, rival.page
    if rival.against:
        table = load(VignetteWords, page.language).rival_supports[plan.told_by]
        text = realizer.fill_with_items(
            table, other.said, rival.against, page.language, pick, r=other.said
        )
        answer.add_stating(text, (other, plan.told_by, rival.against))
    if rival.third:
        third, item = rival.third
        words = load(VignetteWords, page.language)
        another = words.urgent_third if case_plan.cannot_wait(third) else words.third
        template = grammar.draw(another["symptom"], pick)
        text = realizer.fill(template, page.language, 1, r=third.said, x=item.said)
        answer.add_stating(text, (third, "symptom", [item]))
    for danger in plan.rivals:
        _tell_how_excluded(page, danger, answer, pick)
    for item in rival.absent:
        template = grammar.draw(load(DialogueWords, page.language).absent[plan.told_by], pick)
        text = realizer.fill(template, page.language, 1, r=other.said, a=item.said)
        answer.add_stating(text, (other, plan.told_by, [item]))


def _tell_how_excluded(
    page: FactPage, danger: FactPage, answer: AnswerBuilder, pick: random.Random
) -> None:
    """State the first tests for a danger, unless they are those of the condition anyhow."""
    if not case_plan.cannot_wait(danger) or _SEEN_AT_ONCE.search(danger.name):
        return
    if _OF_HEADACHE.search(danger.name) and not case_plan.cannot_wait(page):
        return
    own = {item.object for item in page.entity_facts("test")}
    tests = [
        item
        for item in danger.entity_facts("test")[:_DANGER_TESTS]
        if not _BY_HAND.search(item.text)
    ]
    if any(item.object not in own for item in tests):
        table = load(VignetteWords, page.language).excluded_by["test"]
        text = realizer.fill_with_items(table, danger.said, tests, page.language, pick)
        answer.add_stating(text, (danger, "test", tests))


def tell_care(
    plan: CasePlan, answer: AnswerBuilder, pick: random.Random, *, named: bool = False
) -> None:
    """Say what it is, what is urgent, what is done and why, and what comes next."""
    if plan.is_urgent:
        _tell_urgency(plan, answer, pick)
    if plan.findings and not plan.to_patient and urgent_flags.is_grave(plan.page):
        emergency = load(ConsultationWords, plan.page.language).emergency
        draw_stock(emergency, plan.page, answer, at_any_rate=True)
    meaning = plan.meaning
    if not (plan.steps or meaning or plan.rival):  # all that is known is told
        meaning = case_plan.plan_meaning(plan.page, plan.relation, _AT_LENGTH, pick)
    for relation, items in meaning:
        answer.state(relation, items, briefly=0.6)
    if plan.manner.is_plain:
        _tell_steps(plan, answer, pick, named=named)
    else:
        tell_together(plan.page, plan.steps, answer, pick)
    answer.close_lists()
    _tell_pregnancy_test(plan, answer)
    if named and not plan.is_grave:
        heed_symptoms(plan.page, answer)
    if plan.warning and not plan.is_urgent and not answer.states("red_flag"):
        tell_warning(plan.page, plan.warning, answer, pick)
    _tell_next(plan, answer, pick, named=named)


def _tell_pregnancy_test(plan: CasePlan, answer: AnswerBuilder) -> None:
    """Say that a pregnancy is ruled out first where it would have the findings of a case, too."""
    told = " ".join(item.text for item in plan.findings)
    fertile = plan.who.childbearing and not _PREGNANT.search(plan.page.name)
    tested = any(_PREGNANCY_TEST.search(item.text) for item in answer.stated("test"))
    if fertile and not tested and _AS_IN_PREGNANCY.search(told):
        words = load(ConsultationWords, plan.page.language)
        draw_stock(words.pregnancy_test, plan.page, answer, at_any_rate=True)


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
    if plan.is_urgent and (plan.is_grave or not plan.to_patient or not plan.findings):
        return
    if named and (answer.states("red_flag") or answer.heeds):  # which says when to come back
        return
    seen_that_day = plan.warning and urgent_flags.is_of_that_day(plan.warning.text)
    if seen_that_day and answer.states("red_flag"):  # not within a day or two
        return
    if plan.alarm == "soon" or (plan.is_urgent and plan.findings):
        draw_stock(own.prompt_step, page, answer, at_any_rate=True)
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
        if not plan.steps:
            closings = tuple(each for each in closings if each)
        if not named:
            draw_stock(closings, page, answer)
        return
    if plan.relation == "prognosis" and answer.states("prognosis"):
        draw_stock(words.prognosis_closing, page, answer)
    elif length != "short" or pick.random() < 0.5:
        closings = words.closing if named else words.case_closing
        nexts = own.next_named if named else own.next_step
        if not named and answer.states("test"):
            nexts = own.next_tested or nexts
        draw_stock(nexts if pick.random() < _NEXT else closings, page, answer)


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
