"""HuaTuo: questions over the attributes of an entity, in Chinese and in English.

    page + relation + form -> opening, question, tail -> an answer that lists its facts

Forms: `all` asks for a relation, `some` for a few of it, `is` for one object, `pair` for two
relations at once, `case` describes a patient and asks what it may be.
"""

import random
import re
from collections.abc import Sequence
from typing import Literal

from knowledge.lessons.facts.pages import MOST, Item, Page
from knowledge.lessons.realize import chinese_sentences, grammar, patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import Answer
from knowledge.lessons.templates import attribute_questions
from knowledge.records import Language, Lesson

NAME = "huatuo"
OF: tuple[Literal["entities"], ...] = ("entities",)

_TOLD_ONCE = ("population", "transmission", "course", "prognosis", "description")
"""Relations of which two sources may say different things; one answer tells one of them."""

_AGAIN: dict[Language, float] = {"en": 0.0, "zh": 0.6}
"""How often a second sentence leaves out the name that the first has said."""

_ITS = re.compile(r"\bits?\b")
_THEIR = {"its": "their", "it": "them"}
_CASE_THEN = ("test", "treatment", "department", "medicine", "first_line", "complication")


def topics(page: Page) -> dict[str, tuple[str, ...]]:
    """Return what a page can be asked about, and the forms of asking for each."""
    asked = attribute_questions.ASKED[page.language]
    return {relation: _forms(page, relation) for relation in asked if page.groups.get(relation)}


def _forms(page: Page, relation: str) -> tuple[str, ...]:
    named = page.named(relation)
    forms = ["all"]
    if len(named) >= 3 and _some_name(relation, page.language):
        forms.append("some")
    if named and relation in attribute_questions.IS:
        forms.append("is")
    if relation in attribute_questions.PAIRED and _second(page, relation):
        forms.append("pair")
    if relation in _CASE_THEN and len(page.named("symptom")) >= 2 and named:
        forms.append("case")
    return tuple(forms)


def write(page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none where the page does not carry it."""
    answer = Answer(page, pick)
    question = _WRITERS[form](page, relation, answer, pick)
    return answer.lesson(NAME, question, relation)


def chosen(page: Page, relation: str, pick: random.Random, most: int = MOST) -> Sequence[Item]:
    """Return the facts of a relation that a sentence can state: several names, or one text."""
    named = page.named(relation)
    if relation == "associated_with":
        return few(named, pick)
    return named[:most] if named else [pick.choice(page.texts(relation)[:3])]


def few(named: Sequence[Item], pick: random.Random) -> list[Item]:
    """Return some of many facts that are alike, so that two rows seldom tell the same."""
    return _ordered(pick.sample(named, min(len(named), pick.choice((3, 4, 4, 5, 6)))), named)


def _all(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    if relation == "associated_with":
        answer.state(relation, few(page.named(relation), pick))
        return asked(page, relation, pick)
    for items in _every(page, relation):
        answer.state(relation, items)
    return asked(page, relation, pick)


def _every(page: Page, relation: str) -> list[Sequence[Item]]:
    """Return all that a relation holds, as groups that are each one sentence."""
    named = page.named(relation)[:MOST]
    told = page.texts(relation)[: 1 if named or relation in _TOLD_ONCE else 2]
    return [*([named] if named else []), *((item,) for item in told)]


def _some(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    named = page.named(relation)[:MOST]
    count = min(len(named) - 1, pick.choice((2, 3, 4)), 4)
    items = _ordered(pick.sample(named, count), named)
    answer.state(relation, items)
    english, chinese = attribute_questions.COUNTED[count]
    label = _some_name(relation, page.language)
    if page.language == "en":
        asked = grammar.say(attribute_questions.SOME_EN, pick)
        return realizer.fill(asked, "en", count, s=page.said, n=english, r=label)
    measure = attribute_questions.SOME_NAMES[relation][2]
    return grammar.say(attribute_questions.SOME_ZH, pick).format(
        s=page.said, n=chinese, r=label, m=measure
    )


def _some_name(relation: str, language: Language) -> str:
    return attribute_questions.SOME_NAMES.get(relation, ("", "", ""))[0 if language == "en" else 1]


def _is(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    item = pick.choice(page.named(relation)[:MOST])
    asked, told = (
        forms.split("||")
        for forms in attribute_questions.IS[relation][0 if page.language == "en" else 1]
    )
    place = pick.randrange(len(asked))
    # As many answers as questions means that each answers its own.
    reply = grammar.vary(told[place] if len(told) == len(asked) else pick.choice(told), pick)
    answer.say(realizer.fill(reply, page.language, 1, s=page.said, o=item.said), relation, [item])
    others = [each for each in page.named(relation)[:MOST] if each.object != item.object]
    if others and pick.random() < 0.6:
        _add_others(page, relation, others, answer, pick)
    return _opened(
        realizer.fill(asked[place], page.language, 1, s=page.said, o=item.said), page, pick
    )


def _add_others(
    page: Page, relation: str, others: Sequence[Item], answer: Answer, pick: random.Random
) -> None:
    """State some of what else a relation holds, in words that say that it is further."""
    english = page.language == "en"
    few = pick.sample(others, min(len(others), pick.choice((1, 2, 3, 4) if english else (2, 3, 4))))
    text = realizer.others(relation, few, pick) if english else ""
    lead = "" if english else grammar.say(attribute_questions.FURTHER_ZH, pick)
    if lead:
        text = realizer.brief(relation, few, page.language, pick)
        text = text or realizer.statement(page.said, relation, few, page.language, pick)
    if text:
        answer.say(lead + text, relation, few)
    else:
        answer.state(relation, few, 0.8)


def _pair(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    pair = (relation, pick.choice(_second(page, relation)))
    for each in pair:
        briefly = _AGAIN[page.language] if answer.begun else 0.0
        answer.state(each, chosen(page, each, pick, 5), briefly)
    return asked_twice(page, pair, pick)


def asked_twice(page: Page, pair: tuple[str, str], pick: random.Random) -> str:
    """Return a question on two relations of a page at once."""
    one, other = (
        attribute_questions.PAIRED[each][0 if page.language == "en" else 1] for each in pair
    )
    if page.language == "en" and realizer.is_plural(page.said):
        one, other = (_ITS.sub(lambda match: _THEIR[match[0]], each) for each in (one, other))
    template = grammar.say(attribute_questions.PAIR[page.language], pick)
    return realizer.fill(template, page.language, 2, s=page.said, a=one, b=other)


def _second(page: Page, relation: str) -> list[str]:
    return [key for key in page.groups if key in attribute_questions.PAIRED and key != relation]


def _case(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    """Describe a patient in the third person, and ask what it may be and one thing more."""
    symptoms = page.named("symptom")[:MOST]
    items = _ordered(pick.sample(symptoms, min(len(symptoms), pick.choice((2, 3, 3, 4)))), symptoms)
    said = realizer.listing([item.said for item in items], page.language, pick)
    answer.say(patient_profiles.likely(page, said, pick), "symptom", items)
    answer.state(relation, chosen(page, relation, pick, 6), _AGAIN[page.language])
    return patient_profiles.case(
        patient_profiles.profile(page, items), said, relation, page.language, pick
    )


_WRITERS = {"all": _all, "some": _some, "is": _is, "pair": _pair, "case": _case}


def _ordered(items: Sequence[Item], order: Sequence[Item]) -> list[Item]:
    return [item for item in order if item in items]


def asked(page: Page, relation: str, pick: random.Random) -> str:
    """Return a question on a relation of a page, with what leads up to it."""
    kind = page.entity.kind if page.entity.kind in ("medicine", "symptom") else "condition"
    template = grammar.say(attribute_questions.ASKED[page.language][relation], pick)
    question = realizer.fill(template, page.language, 1, s=page.said, kind=kind)
    contexts = attribute_questions.CONTEXT.get((page.entity.kind, page.language), ())
    if contexts and patient_profiles.is_illness(page) and pick.random() < 0.25:
        kin = grammar.say(attribute_questions.KIN[page.language], pick)
        told = grammar.say(
            [each for each in contexts if chinese_sentences.goes_with(each, page.said)], pick
        )
        return realizer.fill(told, page.language, 1, s=page.said, kin=kin) + question
    return _opened(question, page, pick)


def _opened(question: str, page: Page, pick: random.Random) -> str:
    openings = attribute_questions.OPENING[page.language]
    if question.startswith("医生"):
        openings = tuple(each for each in openings if "医生" not in each and each != "请问")
    opening = grammar.say(openings, pick)
    if page.language == "zh" or not opening or opening.endswith(". "):
        return opening + question
    named = question.startswith(page.said[:1].upper() + page.said[1:])
    return opening + (page.said + question[len(page.said) :] if named else _small(question))


def _small(question: str) -> str:
    return question[:1].lower() + question[1:]
