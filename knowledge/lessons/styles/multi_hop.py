"""Write cases whose answer follows a path over several entities (style multi-hop).

    condition -> two medicines; one of them, or its class -> what it is contraindicated in or
    interacts with -> the other, of which nothing of the kind is recorded
    condition -> complication -> a finding of it -> tests for it

Forms: `contraindication` and `interaction` choose between medicines of one relation, `complication`
follows a new finding. The answer begins with what is asked for. Nothing is called safe: it tells
what is recorded, and leaves the choice to a clinician. No path leads over what a program gathered.
"""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from knowledge.lessons.facts import (
    case_fitness,
    fact_fitness,
    recorded_warnings,
    reportable_findings,
    urgent_flags,
)
from knowledge.lessons.facts.fact_page import FactPage, PageFact, PageLinks
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.related_pages import findings, shares_department
from knowledge.lessons.realize import pair_advice, patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import MultiHopWords
from knowledge.records import Lesson

NAME = "multi-hop"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)

LISTED = ("first_line", "medicine")
"""Relations whose medicines are chosen between."""

LEVELS = ("contraindicated", "major")
"""Interactions that rule a medicine out."""

OF_BIRTH = {"pregnancy": ("pregnan", "妊娠"), "breastfeeding": ("breastfeed", "哺乳")}
"""Relations that tell texts on a medicine in a state, by words of the state's names."""

_LOSES_WEIGHT = re.compile("weight loss|体重(?:减轻|下降)|消瘦", re.IGNORECASE)
_WASTING = re.compile(
    "cancer|carcinom|lymphom|leuk|myelom|tubercul|diabet|thyro|癌|瘤|白血病|结核|糖尿病|甲状腺",
    re.IGNORECASE,
)
"""A finding of which another illness than these may not be thought first."""

REASONS = {"contraindication": "precaution", "interaction": pair_advice.ADVICE}
"""The relation whose text says why a medicine is ruled out, and what is done instead."""

_FEWEST = 2
"""So many findings a complication must explain, and so many tests look for it."""


class Choice(NamedTuple):
    """Two medicines of a list, what rules one of them out, and the class by which it does so."""

    left: PageFact
    out: PageFact
    warned: FactPage
    warning: PageFact
    member: PageFact | None


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations on whose objects a path can go on, and the forms of each."""
    if page.entity.kind != "condition" or not patient_profiles.is_illness(page):
        return {}
    links = page.links
    found: dict[str, tuple[str, ...]] = {}
    # children seldom have what rules a medicine out, or take what does
    grown = patient_profiles.profile_of(page).stage not in ("baby", "child")
    for relation in LISTED if grown else ():
        if len(_medicines(page, relation)) > 1 and links and links.warnings.has_any():
            found[relation] = ("contraindication", "interaction")
    if page.written_facts("complication"):
        found["complication"] = ("complication",)
    return found


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none where no path leads on."""
    if page.links is None:
        return None
    if form == "complication":
        return _followed(page, page.links, pick)
    choices = list(_choices(page, page.links, relation, form))
    explained = [each for each in choices if _reason(each, form)]
    if not choices:
        return None
    return _chosen(page, pick.choice(explained or choices), relation, form, pick)


def _reason(choice: Choice, form: str) -> PageFact | None:
    """Return the text that says why a medicine is ruled out."""
    return pair_advice.find(choice.warned, choice.warning, REASONS[form])


def _medicines(page: FactPage, relation: str) -> list[PageFact]:
    return [item for item in page.written_facts(relation) if item.kind == "medicine"]


def _choices(page: FactPage, links: PageLinks, relation: str, form: str) -> Iterator[Choice]:
    """Yield medicines of a list that something rules out, each with one that is left."""
    listed = _medicines(page, relation)
    every = {item.object for each in LISTED for item in page.entity_facts(each)}
    names = [name.text for name in page.entity.names]
    for out in listed:
        for warned, warning, member in _warnings_on(page, links, out, form):
            if warning.object in every or not _can_be_had(page, links, warning, names, form):
                continue
            for left in listed:
                if left is not out and _is_left(links, page, left, out, warning):
                    yield Choice(left, out, warned, warning, member)


def _warnings_on(
    page: FactPage, links: PageLinks, out: PageFact, form: str
) -> Iterator[tuple[FactPage, PageFact, PageFact | None]]:
    """Yield what a medicine, or a class of it, is contraindicated in or interacts with."""
    for id in (out.object, *links.warnings.classes(out.object)):
        own = _page(page, links, id)
        if own is None:
            continue
        member = None
        if id != out.object:
            member = next((m for m in own.entity_facts("member") if m.object == out.object), None)
            if member is None or case_fitness.is_class_by_effect(own.name, member.text):
                continue
        for item in own.written_facts(form):
            told = links.warnings.subject_of(item.fact) == own.id
            if told and (form == "contraindication" or item.level in LEVELS):
                yield own, item, member


def _page(page: FactPage, links: PageLinks, id: str) -> FactPage | None:
    """Return another page that a row about this one may name."""
    if is_validation(id) and not is_validation(page.id):
        return None
    return links.page(id, page.language)


def _can_be_had(
    page: FactPage, links: PageLinks, warning: PageFact, names: Sequence[str], form: str
) -> bool:
    """Say whether somebody with a condition can have, or take, what a warning names."""
    theirs = links.warnings.names(warning.object)
    if recorded_warnings.are_akin(theirs, names):
        return False
    if form == "interaction":
        known = links.warnings
        if known.is_class(warning.object) or known.is_barred_in(warning.object, names):
            return False  # nobody who has the condition should take it
        if recorded_warnings.is_open_to_infection(theirs, names):
            return False
        return recorded_warnings.is_taken(theirs)
    who = page.cached("profile", patient_profiles.profile_of)
    if state_of_birth(theirs):
        return who.sex != "m" and who.stage == "adult" and not who.menopause
    signs = patient_profiles.sex_signs(" ".join(theirs))
    return not signs and recorded_warnings.is_state(theirs)


def _is_left(
    links: PageLinks, page: FactPage, left: PageFact, out: PageFact, warning: PageFact
) -> bool:
    """Say whether a medicine serves the same purpose, and nothing recorded speaks against it."""
    known = links.warnings
    own = _page(page, links, left.object)
    if own is None or known.is_class(left.object):
        return False
    if not (own.groups.get("contraindication") or own.groups.get("precaution")):
        return False  # where no warning at all is known, that none is recorded tells nothing
    names = [name.text for name in page.entity.names]
    birth = state_of_birth(known.names(warning.object))
    if birth and not _allowing(own, birth):
        return False
    suits = known.are_alternatives if birth else known.may_replace
    if not suits(names, left.object, out.object):
        return False
    return not known.speak_against(left.object, warning.object, but=birth)


def state_of_birth(names: Sequence[str]) -> str:
    """Return which relation tells of pregnancy or breast-feeding, where names mean one of them."""
    return next(
        (
            relation
            for relation, words in OF_BIRTH.items()
            if any(name.casefold().startswith(words) for name in names)
        ),
        "",
    )


def _allowing(page: FactPage, relation: str) -> PageFact | None:
    """Return the text that allows a medicine in pregnancy or breast-feeding."""
    return next(
        (
            item
            for item in page.text_facts(relation)
            if recorded_warnings.allows(item.text, page.language)
        ),
        None,
    )


def _chosen(
    page: FactPage, choice: Choice, relation: str, form: str, pick: random.Random
) -> Lesson | None:
    """Tell which medicine is ruled out and by what, and of which nothing is recorded."""
    language, words = page.language, load(MultiHopWords, page.language)
    answer = AnswerBuilder(page, pick)
    pair = [choice.left, choice.out]
    pick.shuffle(pair)
    text = realizer.fill(
        grammar.draw(words.verdict[relation], pick),
        language,
        1,
        s=page.said,
        a=choice.left.said,
        o=choice.out.said,
    )
    answer.add(text, relation, pair)
    if choice.member:
        text = realizer.state_facts(choice.warned.said, "member", [choice.member], language, pick)
        answer.add_stating(text, (choice.warned, "member", [choice.member]))
    text = realizer.state_facts(choice.warned.said, form, [choice.warning], language, pick)
    answer.add_stating(text, (choice.warned, form, [choice.warning]))
    if reason := _reason(choice, form):
        text = realizer.state_facts(choice.warned.said, REASONS[form], [reason], language, pick)
        answer.add_stating(text, (choice.warned, REASONS[form], [reason]))
    table = words.no_contraindication if form == "contraindication" else words.no_interaction
    text = realizer.fill(
        grammar.draw(table[relation], pick),
        language,
        1,
        s=page.said,
        a=choice.left.said,
        o=choice.warning.said,
    )
    answer.add(text, relation, [choice.left])
    links = page.links
    birth = state_of_birth(links.warnings.names(choice.warning.object)) if links else ""
    own = links.page(choice.left.object, language) if links and birth else None
    if own and (allowing := _allowing(own, birth)):
        text = realizer.state_facts(own.said, birth, [allowing], language, pick)
        answer.add_stating(text, (own, birth, [allowing]))
    answer.add(grammar.draw(words.closing, pick))
    asked = realizer.join_names([item.said for item in pair], language)
    return answer.build(NAME, _question(page, form, pick, a=asked, o=choice.warning.said), form)


def _followed(page: FactPage, links: PageLinks, pick: random.Random) -> Lesson | None:
    """Follow a finding that is none of the condition's own to a complication that has it."""
    words = load(MultiHopWords, page.language)
    own = findings(page, "symptom")
    items = list(page.written_facts("complication"))
    pick.shuffle(items)
    for item in items:
        other = _page(page, links, item.object) if item.kind == "condition" else None
        if other is None or not _is_apart(page, other):
            continue
        felt = [
            each
            for each in findings(other, "symptom")
            if reportable_findings.is_new(each, own) and _is_telling(each, page, other)
        ]
        tests = other.written_facts("test")
        if len(felt) < _FEWEST or len(tests) < _FEWEST:
            continue
        few = pick.sample(felt, min(len(felt), pick.choice((2, 2, 3))))
        answer = AnswerBuilder(page, pick)
        table = words.thought_of["complication"]
        text = realizer.fill_with_items(table, page.said, [item], page.language, pick)
        answer.add(text, "complication", [item])
        told: list[tuple[str, Sequence[PageFact]]] = [("symptom", few), ("test", tests[:4])]
        flag = urgent_flags.first_told(other.text_facts("red_flag"))
        if flag:
            told.insert(1, ("red_flag", [flag]))
        for relation, facts in told:
            text = realizer.state_facts(other.said, relation, facts, page.language, pick)
            if relation == "red_flag" and other.said.casefold() not in text.casefold():
                continue  # it would be read as one of the condition that was asked about
            answer.add_stating(text, (other, relation, facts))
        sudden = patient_profiles.profile_of(other, few).pace == "sudden"
        pressed = flag is not None and urgent_flags.presses(flag)
        alarming = sudden or pressed or recorded_warnings.is_alarming(each.text for each in few)
        carried = urgent_flags.is_of_the_hour(other) or urgent_flags.needs_ambulance(
            [each.said for each in few], page.language
        )
        closing = words.urgent_closing if alarming else words.case_closing
        if alarming and carried:
            closing = words.ambulance_closing
        answer.add(grammar.draw(closing, pick))
        named = realizer.join_names([each.said for each in few], page.language, pick)
        return answer.build(
            NAME, _question(page, "complication", pick, x=named, count=len(few)), "complication"
        )
    return None


def _is_telling(item: PageFact, page: FactPage, other: FactPage) -> bool:
    """Say whether a patient can report a finding that is not named by the illnesses themselves."""
    names = [name.text for each in (page, other) for name in each.entity.names]
    words = frozenset(word for name in names for word in recorded_warnings.telling_words(name))
    if _LOSES_WEIGHT.search(item.text) and not any(map(_WASTING.search, names)):
        return False
    felt = page.language == "en" or fact_fitness.is_patients_word(item.text)
    apart = not words & recorded_warnings.telling_words(item.text)
    return felt and apart and patient_profiles.can_be_asked(page, item)


def _is_apart(page: FactPage, other: FactPage) -> bool:
    """Say whether a complication is another illness than the condition, of the same patient."""
    mine, theirs = ([name.text for name in each.entity.names] for each in (page, other))
    words, others = (
        frozenset(word for name in each for word in recorded_warnings.telling_words(name))
        for each in (mine, theirs)
    )
    if any(fact_fitness.is_patients_word(name) for name in theirs):
        return False  # a complaint, and no illness that is looked for
    if any(item.object == page.id for item in other.entity_facts("complication")):
        return False  # which of the two leads to the other is not known
    if not patient_profiles.is_illness(other) or not shares_department(page, other):
        return False
    return not words & others and patient_profiles.can_be_compared(page, other)


def _question(
    page: FactPage,
    form: str,
    pick: random.Random,
    a: str = "",
    o: str = "",
    x: str = "",
    count: int = 2,
) -> str:
    who = patient_profiles.profile_of(page)
    born = bool(state_of_birth([o]))
    if born:
        who = patient_profiles.PatientProfile("f", "adult", True, who.pace)
    person = patient_profiles.describe_person(who, page.language, pick)
    words = load(MultiHopWords, page.language)
    template = grammar.draw(words.question["birth" if born else form], pick)
    return realizer.fill(
        template,
        page.language,
        count,
        s=page.said,
        who=person,
        Who=person[:1].upper() + person[1:],
        a=a,
        o=o,
        x=x,
    )
