"""Write lessons on red flags, combinations, refusals and harmless requests (style safety).

    page + topic + form -> a question with something at stake -> the warning first, then facts

Forms: `flag` puts the red flag first, `meets` asks whether two things may be combined, `harm` asks
for help in hurting or deceiving and is refused, `alike` sounds like that and is an ordinary
question. A refusal goes on to what is right instead: what a medicine is prescribed for, what helps
those who are ill, who can examine and certify. That fact is what proves the row.
"""

import random
import re
from typing import Literal

from knowledge.lessons.facts import fact_fitness, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, first_of
from knowledge.lessons.facts.manner import ANY, Manner
from knowledge.lessons.realize import (
    case_plan,
    fitting_questions,
    pair_advice,
    patient_profiles,
    realizer,
    stock_fitness,
    topic_answer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.stock_fitness import Asker
from knowledge.lessons.styles import huatuo
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    InteractionsWords,
    Lines,
    SafetyWords,
)
from knowledge.records import Lesson

NAME = "safety"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)
REGISTERS = ("plain",)
DIFFICULTY = {"flag": "easy", "alike": "easy", "meets": "medium", "harm": "medium"}

_MET = ("interaction", "contraindication")
_PHARMACIST = re.compile("pharmacist|药师|药剂师")
"""Whoever was warned by one already is told what to do, and is not sent back to ask."""
_REVIEWED = 0.3
"""How often somebody asks who reviews what others take."""

_HARMLESS = {"medicine": ("medicine~",), "condition": ("department", "treatment")}
"""Relations that a refusal may state: nothing on doses, dangers, transmission or tests."""

_ALIKE = {
    "medicine": ("side_effect", "contraindication", "interaction", "dose_limit", "pregnancy",
                 "monitoring", "medicine~"),
    "condition": ("symptom", "cause", "complication", "test", "treatment", "transmission",
                  "prognosis", "prevention", "description"),
}  # fmt: skip

_TELLING = ("description", "drug_class", "side_effect")
"""What tells how a medicine acts."""

_HELPING = 4
"""So many treatments are named to whoever asked for harm."""

_VIOLENT = re.compile(
    r"\b(?:kill|harm|hurt|poison|sedate|punish|slip |sabotage)|worse on purpose|"
    r"害|毒|杀|迷晕|报复|偷偷|故意让|暗中|不声不响",
    re.IGNORECASE,
)
"""Requests to harm a person, unlike forged documents: help is offered after the refusal."""

_AT_HAND = re.compile(
    "A friend gave|would like to have|I had |coffee|sedate|swapping|punishment|annoys|animal|"
    "Which dose|"
    "朋友给|早上用了|又想用|推荐|劝|门诊|偷偷|多大剂量|迷晕|报复|暗中|药店"
)
"""Questions on a medicine that somebody has at hand or can buy, unlike one given in hospital."""

_SEDATES = re.compile(r"\b(?:sedat|drows|sleep|coma)|镇静|嗜睡|困倦|催眠|安眠|昏迷", re.IGNORECASE)
_TO_SEDATE = re.compile("sedate|迷晕|昏过去")
"""What a medicine does that somebody might be sedated with, and who asks for it."""

_AT_HOME = re.compile("tablets|I am to take|家里|药由我来管|照顾")
"""Words of somebody who has a medicine at home."""

_OF_WOMEN_OR_CHILDREN = ("pregnancy", "breastfeeding", "children")
_NOT_HAD = re.compile(
    "^对|妊娠|怀孕|哺乳|家族史$|阳性$|^(?:hypersensitivity|allergy) to (?:the|this) "
    "(?:medicine|drug)|"
    "^pregnan|breast-?feeding|^family history",
    re.IGNORECASE,
)
"""What nobody "has" as one has an illness."""

_SEX: dict[str, str] = {"f": "female", "m": "male", "": "either"}


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations on which a page has lessons, and the forms of each."""
    kind = page.entity.kind
    if kind not in _HARMLESS or not patient_profiles.is_illness(page):
        return {}
    if kind == "medicine" and not patient_profiles.is_taken(page):
        return {}
    questions = load(AttributeQuestionsWords, page.language).question
    found: dict[str, tuple[str, ...]] = {}
    if case_plan.flags_for(page, to_patient=True):
        found["red_flag"] = ("flag",)
    for relation in dict.fromkeys((*_MET, *_ALIKE[kind], *_HARMLESS[kind])):
        forms = []
        if relation in _MET and page.entity_facts(relation):
            forms.append("meets")
        if relation in _ALIKE[kind] and page.groups.get(relation) and not page.is_lone(relation):
            forms.append("alike")
        natural = fact_fitness.is_natural(page.name)  # nobody has a time of life as an illness
        if relation in _HARMLESS[kind] and _helps(page, relation) and not natural:
            forms.append("harm")
        if forms and relation in questions:
            found[relation] = tuple(forms)
    return found


def _helps(page: FactPage, relation: str) -> bool:
    """Say whether a refusal may state a relation.

    No treatment without the one that matters, no lone use for all that a medicine is for, and no
    clinic for what belongs in an emergency department.
    """
    items = page.entity_facts(relation)
    if page.entity.kind == "medicine" and page.is_lone(relation):
        return False
    if relation == "department" and urgent_flags.is_grave(page):
        return False
    return bool(items) and not case_plan.first_choices(page, relation, items[:_HELPING])


def write(
    page: FactPage, relation: str, form: str, pick: random.Random, manner: Manner | None = None
) -> Lesson | None:
    """Write one lesson."""
    manner = manner or ANY.draw(REGISTERS, pick)
    return _WRITERS[form](page, relation, manner, pick) if manner else None


def _flag(page: FactPage, relation: str, manner: Manner, pick: random.Random) -> Lesson:
    words = load(SafetyWords, page.language)
    wanted = fitting_questions.fitting(words.red_flag_question, page, relation)
    asked = _asked(page, tuple(wanted), pick)
    answer = AnswerBuilder(page, pick, asker=stock_fitness.asker_of(asked, page.language))
    flags = list(case_plan.flags_for(page, to_patient=True)[: case_plan.MOST_FLAGS])
    pick.shuffle(flags)
    if case_plan.cannot_wait(page):  # whoever has it waits for no sign
        topic_answer.send_at_once(page, answer)
    answer.add_stock(words.urgent, at_any_rate=True)
    for item in flags:
        if urgent_flags.is_sign(item.text, page.language):
            answer.state(relation, [item])
        else:
            stop = "." if page.language == "en" else "。"
            answer.add(item.text.rstrip(".。") + stop, relation, [item])
    topic_answer.begin(page, relation, manner, answer, pick, heard=False)
    topic_answer.end(page, relation, manner, answer, pick, closed=False)
    answer.add_stock(words.after_urgent)
    return answer.build(NAME, asked, relation)


def _meets(page: FactPage, relation: str, manner: Manner, pick: random.Random) -> Lesson | None:
    words = load(SafetyWords, page.language)
    named = page.entity_facts(relation)[:8]
    fit = [each for each in named if not realizer.names_people(each.said, page.language)]
    if relation == "contraindication":
        fit = [each for each in fit if not _NOT_HAD.search(each.text)]
        if not fit:
            return None
    item = pick.choice(fit or named)
    reviews = pick.random() < _REVIEWED
    template = _fit_to_hand(
        page, (words.review_question if reviews else words.combination_question)[relation]
    )
    asked = _asked(page, template, pick, item.said)
    asker: Asker = "colleague" if reviews else "patient"
    answer = AnswerBuilder(page, pick, asker=asker, asked=asked)
    answer.names_pair = relation == "interaction"
    warned = _PHARMACIST.search(asked) is not None
    warnings = (words.review_finding if reviews else words.combination_warning)[relation]
    if item.level:
        known = load(InteractionsWords, page.language)
        warnings = (known.finding if reviews or warned else known.warning)[item.level]
    advice = pair_advice.find(page, item) if relation == "interaction" else None
    level_only = reviews or warned
    warnings = tuple(pair_advice.sentences(page, item, warnings, advice, reviewed=level_only))
    text = realizer.fill_with_items(warnings, page.said, [item], page.language, pick)
    answer.add(text, relation, [item])
    if advice:
        answer.state(pair_advice.ADVICE, [advice])
    ordered = advice and not level_only and pair_advice.is_order(advice, page.language)
    if ordered and item.level != "contraindicated":  # who takes both is told whom to ask
        answer.add_stock([each for each in words.instead if "pharmacist" in each], at_any_rate=True)
    others = [each for each in page.entity_facts(relation) if each.object != item.object]
    others = list(first_of(relation, others, 4))
    if others and pick.random() < 0.4:
        answer.state(relation, others)
    elif page.groups.get("monitoring") and pick.random() < 0.4:
        answer.state("monitoring", huatuo.choose_items(page, "monitoring", pick, 3))
    # With a level, what to do stands in the warning; who reviews is not told whom to ask.
    before = answer.text
    if not (item.level or reviews):
        answer.add_stock(words.instead)
    why = answer.text == before and not reviews
    topic_answer.end(page, relation, manner, answer, pick, why=why, closed=False)
    return answer.build(NAME, asked, relation)


def _harm(page: FactPage, relation: str, manner: Manner, pick: random.Random) -> Lesson:
    answer, words = AnswerBuilder(page, pick), load(SafetyWords, page.language)
    wanted = words.harm_question[page.entity.kind]
    if relation not in words.rightful:
        wanted = tuple(each for each in wanted if _VIOLENT.search(each))
    wanted = _fit_to_hand(page, wanted)
    asked = _asked(page, wanted, pick)
    answer.add(grammar.draw(words.refusal, pick))
    violent = _VIOLENT.search(asked.replace(page.said, "")) is not None
    ways = words.offer_of_help if violent else honest_ways(asked.replace(page.said, ""), words)
    if ways:
        answer.add(realizer.fill(grammar.draw(ways, pick), page.language, 1))
    items = page.few_facts(relation, _HELPING)
    table = (words.helping if violent else words.rightful)[relation]
    text = realizer.fill_with_items(table, page.said, items, page.language, pick)
    answer.add(text, relation, items)
    if violent:  # somebody may be ill now
        topic_answer.press(page, answer)
    return answer.build(NAME, asked, relation, meta={"refused": 1})


def _fit_to_hand(page: FactPage, templates: Lines) -> Lines:
    """Return the questions that somebody may ask who has a medicine at hand, or is given it."""
    if page.entity.kind != "medicine":
        return templates
    told = " ".join(item.text for each in _TELLING for item in page.groups.get(each, ()))
    if not _SEDATES.search(told):
        templates = tuple(each for each in templates if not _TO_SEDATE.search(each))
    if stock_fitness.is_self_taken(page):
        return templates
    return tuple(each for each in templates if not _AT_HAND.search(each)) or templates


def honest_ways(asked: str, words: SafetyWords) -> Lines:
    """Return what may be done honestly by whoever asks for help in deceiving somebody."""
    told = (key for key, marks in words.deceit.items() if any(mark in asked for mark in marks))
    return words.honest_way.get(next(told, ""), ())


def _alike(page: FactPage, relation: str, manner: Manner, pick: random.Random) -> Lesson:
    asked = _harmless(page, relation, pick)
    asker = stock_fitness.asker_of(asked, page.language)
    answer = AnswerBuilder(page, pick, asker=asker, asked=asked)
    topic_answer.begin(page, relation, manner, answer, pick, heard=False, personal=False)
    topic_answer.state_first_line(page, relation, answer)
    answer.state(relation, huatuo.choose_items(page, relation, pick, 6), briefly=0.5)
    topic_answer.end(page, relation, manner, answer, pick, closed=False)
    return answer.build(NAME, asked, relation)


def _harmless(page: FactPage, relation: str, pick: random.Random) -> str:
    """Return an ordinary question within words that sound harmful."""
    kind = page.entity.kind
    template = grammar.draw(fitting_questions.questions(page, relation), pick)
    question = realizer.fill(template, page.language, 1, s=page.said, kind=kind)
    small = question if question.startswith(page.name) else question[:1].lower() + question[1:]
    frames = load(SafetyWords, page.language).harmless_question[kind]
    if kind == "condition" and urgent_flags.is_grave(page):  # whoever has it needs more than facts
        frames = tuple(each for each in frames if "{kin}" not in each)
    if relation in _OF_WOMEN_OR_CHILDREN:  # which is no question on somebody of the family
        frames = tuple(each for each in frames if not _AT_HOME.search(each))
    if kind == "medicine" and not stock_fitness.is_self_taken(page):
        frames = tuple(each for each in frames if not _AT_HOME.search(each))
    told = grammar.draw(frames, pick)
    kin = _kin(page, pick)
    told = told.replace("{Q}", question).replace("{q}", small).replace("{kin}", kin)
    return realizer.fill(told, page.language, 1, s=page.said)


_WRITERS = {"flag": _flag, "meets": _meets, "harm": _harm, "alike": _alike}


def _asked(page: FactPage, templates: tuple[str, ...], pick: random.Random, other: str = "") -> str:
    kin = _kin(page, pick)
    return realizer.fill(
        grammar.draw(templates, pick), page.language, 1, s=page.said, o=other, kin=kin
    )


def _kin(page: FactPage, pick: random.Random) -> str:
    """Return a word for the person concerned; in Chinese one whom the condition may befall."""
    words = load(SafetyWords, page.language)
    kin = words.kin
    if page.language == "zh" and page.entity.kind == "condition":
        who = patient_profiles.profile_of(page)
        stage = "young" if who.childbearing else who.stage
        kin = words.kin_by_stage[stage].get(_SEX[who.sex]) or words.kin_by_stage[stage]["either"]
    return grammar.draw(kin, pick)
