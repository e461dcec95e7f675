"""Write questions on the attributes of an entity, and their answers (style huatuo).

    page + relation + form -> opening, question -> an answer that lists its facts

Forms: `all` asks for a relation, `some` for a few of its facts, `is` for one object, `pair` for two
relations at once, `case` describes a patient and asks what it may be: by facts that somebody wrote.
"""

import random
import re
from collections.abc import Collection, Sequence
from typing import Literal

from knowledge.lessons.facts import taught_uses, urgent_flags
from knowledge.lessons.facts.fact_page import MOST, UNCUT, FactPage, PageFact, first_of
from knowledge.lessons.facts.manner import ANY, Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import (
    case_plan,
    chinese_sentences,
    fitting_questions,
    offered_medicines,
    pair_advice,
    patient_profiles,
    realizer,
    stock_fitness,
    topic_answer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.stock_fitness import Asker
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    HuatuoWords,
    InteractionsWords,
    TextBy,
)
from knowledge.records import Language, Lesson
from knowledge.vocabulary import TREATING, base_relation

NAME = "huatuo"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)
REGISTERS = ("plain", "professional")
DIFFICULTY = {"all": "easy", "some": "easy", "is": "easy", "pair": "medium", "case": "medium"}

_HEARD = 0.3
_CLOSED = 0.5
"""How often a plain answer begins by saying that it heard, and ends with what comes next."""

_TOLD_ONCE = ("population", "transmission", "course", "prognosis", "description")
"""Relations on which two sources may differ; one answer states one of them."""

_DECIDED_BY_DOCTORS = ("medicine~",)
"""Relations of which a yes is followed by who decides on it."""

_MOST_ADVICE = 3
"""So many pieces of advice on pairs of medicines are told."""

_AGAIN: dict[Language, float] = {"en": 0.0, "zh": 0.6}
"""How often a second sentence leaves out the name that the first one has given."""

_HAS_IT = re.compile("得了|被诊断为|一位[^，。]*患者。")
_UNDECIDED = re.compile(
    "怀疑|排除|考虑|容易得|怎么看出|会得|确诊|预防|避免得|的风险|会增加|"
    r"\b(?:suspect|rule out|prevent|avoid getting|more likely|risk)",
)
"""Words of somebody who has a condition; and questions that nobody asks who has it."""

_WARNINGS = ("interaction", "contraindication")
"""Relations of which whoever asks for one must know that there may be more."""

_OF_WOMEN = ("pregnancy", "breastfeeding")
_NOT_HAD = re.compile("^对|妊娠|怀孕|哺乳|家族史$|阳性$")
"""What nobody has as one has an illness, in Chinese."""

_ITS = re.compile(r"\bits?\b")
_THEIR = {"its": "their", "it": "them"}
_CASE_THEN = ("test", "treatment", "department", "medicine", "first_line", "complication")


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a page can be asked for, and the forms of each."""
    asked = load(AttributeQuestionsWords, page.language).question
    known = [relation for relation in asked if page.groups.get(relation)]
    if urgent_flags.is_grave(page):
        known = [each for each in known if each != "department"]  # it is sent to no clinic
    if page.entity.kind == "medicine" and patient_profiles.is_food(page):
        known = [each for each in known if each == "interaction"]  # nobody "uses" a food
    found = {relation: _forms(page, relation) for relation in known}
    return {relation: forms for relation, forms in found.items() if forms}


def _forms(page: FactPage, relation: str) -> tuple[str, ...]:
    named = page.entity_facts(relation)
    words = load(HuatuoWords, page.language)
    lone = page.is_lone(relation)  # whoever asks for all of it would take one for all
    forms = [] if lone else ["all"]
    picked = page.language == "en" or not all(item.scraped for item in named)
    picked = picked and not case_plan.first_choices(page, relation, named)
    if len(named) >= 3 and picked and words.some_name.get(relation):
        forms.append("some")
    if named and relation in words.yes_or_no_question and not _is_bare_record(page, relation):
        forms.append("is")
    if relation in _paired(page) and _second(page, relation) and not lone:
        forms.append("pair")
    written = page.as_written()
    if relation in _CASE_THEN and written.entity_facts(relation) and _describes_a_case(written):
        forms.append("case")
    return tuple(forms)


def _is_bare_record(page: FactPage, relation: str) -> bool:
    """Say whether English uses are only listed, of a medicine that the starter records lack.

    A plain yes would say more than a list does: a name may stand for another medicine, or for one
    that nobody gives any more.
    """
    if page.language != "en" or not all(item.scraped for item in page.entity_facts(relation)):
        return False
    if base_relation(relation) != relation:
        return not taught_uses.knows(page.name)
    known = map(taught_uses.knows, (item.text for item in page.entity_facts(relation)))
    return relation in TREATING and not all(known)


def _describes_a_case(page: FactPage) -> bool:
    return case_plan.can_tell_apart(page, _told_of(page))


def _told_of(page: FactPage) -> Sequence[PageFact]:
    """Return the findings that a case tells of: those that a patient may name."""
    return case_plan.known_findings(page)[:MOST]


def write(
    page: FactPage, relation: str, form: str, pick: random.Random, manner: Manner | None = None
) -> Lesson | None:
    """Write one lesson, or none if the page has too few facts."""
    manner = manner or ANY.draw(REGISTERS, pick)
    if manner is None:
        return None
    if form == "case":
        page = _fit_to_person(page.as_written())
        if relation not in page.groups:
            return None
    if form == "some":  # whoever wants three is given three
        manner = manner._replace(length="short")
    asked = ask(page, relation, pick) if form == "all" else ""
    asker: Asker = "colleague" if form == "case" else stock_fitness.asker_of(asked, page.language)
    personal = asker == "patient"
    has_it = _HAS_IT.search(asked) is not None
    answer = AnswerBuilder(page, pick, asker=asker, asked=asked, diagnosed=has_it)
    answer.names_pair = form == "is" and relation == "interaction"
    if form in ("all", "some", "pair"):  # a yes, a no and a suspicion come first
        heard = pick.random() < _HEARD and (personal or page.language == "zh")
        topic_answer.begin(page, relation, manner, answer, pick, heard=heard)
    question = _WRITERS[form](page, relation, answer, pick)
    if not question and form in ("case", "is"):
        return None
    if form == "all":
        question = asked
    why, closed = form not in ("is", "pair"), pick.random() < _CLOSED
    if form == "is" and relation in _DECIDED_BY_DOCTORS:
        closed = False  # that was said
    if relation == "department" and page.language == "zh":
        closed = True  # where to go is little without what to do there
    if page.language == "en" and not (personal and form == "all"):
        closed = False  # who asks for a note waits for no visit
    topic_answer.end(
        page, relation, manner, answer, pick, why=why, closed=closed, personal=personal
    )
    return answer.build(NAME, question, relation)


def _fit_to_person(page: FactPage) -> FactPage:
    """Return a page without what is unfit for whoever a case of it may tell of."""
    who = patient_profiles.profile_of(page)
    return offered_medicines.fit_page(page, who, [item.text for item in _told_of(page)])


def choose_items(
    page: FactPage, relation: str, pick: random.Random, most: int = MOST
) -> Sequence[PageFact]:
    """Return the facts of a relation that a sentence can state: several names, or one text."""
    named = page.entity_facts(relation)
    if relation == "associated_with":
        return sample_items(named, pick)
    return first_of(relation, named, most) if named else case_plan.texts_told(page, relation, pick)


def sample_items(named: Sequence[PageFact], pick: random.Random) -> list[PageFact]:
    """Return a sample of many similar facts, so that two rows seldom state the same."""
    return _ordered(pick.sample(named, min(len(named), pick.choice((3, 4, 4, 5, 6)))), named)


def _all(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    if relation == "associated_with":
        answer.state(relation, sample_items(page.entity_facts(relation), pick))
        return ""
    first = page.entity_facts("first_line") if relation in TREATING[1:] else ()
    further = _every(page, relation, {item.object for item in first})
    if relation == pair_advice.ADVICE and page.entity_facts("interaction"):
        worst = next(realizer.split_by_level(page.entity_facts("interaction")))
        answer.state("interaction", worst[:MOST])  # what advice was written on is not all there is
    if first and further:  # a list without what is tried first would be taken for all of it
        answer.state("first_line", first[:MOST])
    for items in further or _every(page, relation):
        answer.state(relation, items)
    return ""


def _every(page: FactPage, relation: str, known: Collection[str] = ()) -> list[Sequence[PageFact]]:
    """Return all facts of a relation that are not `known`, grouped by sentence."""
    named = [item for item in page.few_facts(relation, MOST) if item.object not in known]
    most = case_plan.MOST_FLAGS if relation == "red_flag" else 2
    told = page.text_facts(relation)[: 1 if named or relation in _TOLD_ONCE else most]
    if relation in case_plan.TOLD_TOGETHER and told:
        return [page.text_facts(relation)[:MOST]]
    if relation == pair_advice.ADVICE:
        told = pair_advice.distinct(page.text_facts(relation))[:_MOST_ADVICE]
    return [*([named] if named else []), *((item,) for item in told)]


def _some(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    named = page.entity_facts(relation)[:MOST]
    count = min(len(named) - 1, pick.choice((2, 3, 4)), 4)
    items = _ordered(pick.sample(named, count), named)
    if relation in TREATING:  # what is tried first stands first
        items = list(named[:count])
    answer.state(relation, items)
    words = load(HuatuoWords, page.language)
    number, label = words.number[count], words.some_name[relation]
    asked = grammar.draw(words.some_question, pick)
    if page.language == "en":
        return realizer.fill(asked, "en", count, s=page.said, n=number, r=label)
    return asked.format(s=page.said, n=number, r=label, m=words.measure_word[relation])


def _is(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    known = page.few_facts(relation, MOST)
    fit = [
        each
        for each in known
        if not realizer.names_people(each.said, page.language)
        and not (relation == "contraindication" and _NOT_HAD.search(each.text))
    ]
    if relation == "contraindication" and not fit and page.language == "zh":
        return ""
    item = pick.choice([each for each in fit if each.text not in page.name] or fit or known)
    words = load(HuatuoWords, page.language)
    asked, told = words.yes_or_no_question[relation], words.yes_or_no_answer[relation]
    if item.level:
        told = load(InteractionsWords, page.language).answer[item.level]
    advice = pair_advice.find(page, item) if relation == "interaction" else None
    place = pick.randrange(len(asked))
    # With as many answers as questions, each answers its own.
    reply = told[place] if len(told) == len(asked) else pick.choice(told)
    if page.language == "zh":
        reply = chinese_sentences.call_purpose(reply, item.said)
    reply = grammar.vary(reply, pick)
    reply = realizer.fill(reply, page.language, 1, s=page.said, o=item.said, a=item.said)
    answer.add(reply, relation, [item])
    if advice:
        answer.state(pair_advice.ADVICE, [advice])
    others = [each for each in page.few_facts(relation, MOST) if each.object != item.object]
    if others and pick.random() < 0.6:
        _add_others(page, relation, others, answer, pick)
    if relation in _DECIDED_BY_DOCTORS and words.closing:  # no list says for whom
        answer.add_stock(words.closing["medicine"], at_any_rate=True)
    return _opened(
        realizer.fill(asked[place], page.language, 1, s=page.said, o=item.said), page, pick
    )


def _add_others(
    page: FactPage,
    relation: str,
    others: Sequence[PageFact],
    answer: AnswerBuilder,
    pick: random.Random,
) -> None:
    """State some further facts of a relation, introduced as such."""
    english = page.language == "en"
    most = pick.choice((1, 2, 3, 4) if english else (2, 3, 4))
    if relation == "interaction" or relation in UNCUT:  # the most severe come first
        few = list(first_of(relation, others, most))
    else:
        few = pick.sample(others, min(len(others), most))
    if relation == "interaction" and few[0].level:
        answer.state(relation, few, 0.8)
        return
    text = realizer.state_further(relation, few, page.language, pick)
    lead_ins = load(HuatuoWords, page.language).further_lead_in
    lead = grammar.draw(lead_ins, pick) if lead_ins and not text else ""
    if lead:
        text = realizer.state_briefly(relation, few, page.language, pick)
        text = text or realizer.state_facts(page.said, relation, few, page.language, pick)
    if text and relation in _WARNINGS:
        answer.add_list(lead + text, relation, few)
    elif text:  # who asks for one is told of some
        answer.add(lead + text, relation, few)
    else:
        answer.state(relation, few, 0.8)


def _pair(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    pair = (relation, pick.choice(_second(page, relation)))
    for each in pair:
        briefly = _AGAIN[page.language] if answer.has_begun else 0.0
        items, told = choose_items(page, each, pick, 5), answer.stated(each)
        if any(item not in told for item in items):
            answer.state(each, items, briefly)
    return ask_for_two(page, pair, pick)


def ask_for_two(page: FactPage, pair: tuple[str, str], pick: random.Random) -> str:
    """Return a question on two relations of a page at once."""
    one, other = (topic_of(page, each) for each in pair)
    template = grammar.draw(load(AttributeQuestionsWords, page.language).two_topics, pick)
    return realizer.fill(template, page.language, 2, s=page.said, a=one, b=other)


def topic_of(page: FactPage, relation: str) -> str:
    """Return what a relation of a page is called within a sentence: "its tests"."""
    topic = load(AttributeQuestionsWords, page.language).topic_name[relation]
    if page.language == "en" and realizer.is_plural(page.said):
        return _ITS.sub(lambda match: _THEIR[match[0]], topic)
    return topic


def _second(page: FactPage, relation: str) -> list[str]:
    return [
        key
        for key in page.groups
        if key in _paired(page)
        and key != relation
        and not page.is_lone(key)
        and not (key == "department" and urgent_flags.is_grave(page))
    ]


def _paired(page: FactPage) -> TextBy:
    """Return the relations that may be asked about two at once."""
    return load(AttributeQuestionsWords, page.language).topic_name


def _case(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    """Describe a patient in the third person, and ask what it may be and one thing more."""
    symptoms = _told_of(page)
    items = case_plan.choose_telling(page, symptoms, pick.choice((2, 3, 3, 4)), pick)
    if not items or not case_rivals.meets_demands(page, items):
        return ""
    said = realizer.join_names([item.said for item in items], page.language, pick)
    answer.add(patient_profiles.state_likely_condition(page, said, pick), "symptom", items)
    topic_answer.warn(page, relation, answer)
    answer.state(relation, choose_items(page, relation, pick, 6), _AGAIN[page.language])
    return patient_profiles.describe_case(
        patient_profiles.profile_of(page, items), said, relation, page.language, pick
    )


_WRITERS = {"all": _all, "some": _some, "is": _is, "pair": _pair, "case": _case}


def _ordered(items: Sequence[PageFact], order: Sequence[PageFact]) -> list[PageFact]:
    return [item for item in order if item in items]


def ask(page: FactPage, relation: str, pick: random.Random) -> str:
    """Return a question on a relation of a page, with an opening or a context by chance."""
    kind = page.entity.kind if page.entity.kind in ("medicine", "symptom") else "condition"
    words = load(AttributeQuestionsWords, page.language)
    templates = fitting_questions.questions(page, relation)
    template = grammar.draw(templates, pick)
    question = realizer.fill(template, page.language, 1, s=page.said, kind=kind)
    contexts = words.context.get(page.entity.kind, ())
    had = patient_profiles.is_illness(page) and (
        page.entity.kind != "medicine" or patient_profiles.is_given(page)
    )
    had = had and not (kind == "condition" and urgent_flags.is_grave(page))
    had = had and not (kind == "condition" and _UNDECIDED.search(question))
    had = had and stock_fitness.is_self_taken(page) and relation not in _OF_WOMEN
    if contexts and had and pick.random() < 0.25:
        kin = grammar.draw(words.kin, pick)
        told = grammar.draw(
            [each for each in contexts if chinese_sentences.fits_verb(each, page.said)], pick
        )
        return realizer.fill(told, page.language, 1, s=page.said, kin=kin) + question
    return _opened(question, page, pick)


def _opened(question: str, page: FactPage, pick: random.Random) -> str:
    openings = load(AttributeQuestionsWords, page.language).opening
    if question.startswith("医生"):
        openings = tuple(each for each in openings if "医生" not in each and each != "请问")
    opening = grammar.draw(openings, pick)
    if page.language == "zh" or not opening or opening.endswith(". "):
        return opening + question
    named = question.startswith(page.said[:1].upper() + page.said[1:])
    return opening + (page.said + question[len(page.said) :] if named else _small(question))


def _small(question: str) -> str:
    return question[:1].lower() + question[1:]
