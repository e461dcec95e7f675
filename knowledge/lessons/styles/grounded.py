"""Write questions over evidence, answered with citations or declined (style grounded).

    page + topic + form -> own lines among distractors -> sentences that cite the lines they rest on

Forms: `read` answers from its lines, `two` needs two lines, `half` asks for two things of which the
lines tell one, `gone` has the lines removed and declines, `torn` shows two lines that contradict
each other.
"""

import random
import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Literal

from knowledge.graph import verbalize
from knowledge.lessons.facts import shared_lines, urgent_flags
from knowledge.lessons.facts.fact_page import MOST, FactPage, PageFact
from knowledge.lessons.realize import fitting_questions, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder, LessonMeta
from knowledge.lessons.styles import huatuo
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    GroundedWords,
    RelationSentencesWords,
)
from knowledge.records import Language, Lesson
from knowledge.text.citations import number_lines
from knowledge.vocabulary import INVERSE, RELATIONS, TREATING, base_relation, confusable_relations

NAME = "grounded"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)

_NAMED = ("side_effect", "medicine", "interaction", "contraindication")
_BRIEF = 0.3
"""How often a sentence leaves the name out: of lists that could be of anything never."""

_SHOWS = re.compile("诊断|排查|判断")

_OF_CHILDREN = re.compile("新生儿|小儿|婴|幼儿|儿童|早产")

_LONGEST_LINE: dict[Language, int] = {"en": 330, "zh": 160}


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that can be asked for over evidence, and the forms of each."""
    page = page.as_evidence()
    words = load(AttributeQuestionsWords, page.language)
    paired = words.topic_name
    held = [relation for relation in words.question if _lines(page, relation)]
    found: dict[str, tuple[str, ...]] = {}
    for relation in held:
        forms = ["read"]
        if _is_declined(page, relation):
            forms.append("gone")
        if relation in paired and any(each in paired and each != relation for each in held):
            forms.append("two")
        if relation in paired and _untold(page, relation):
            forms.append("half")
        if any(_torn(page, pair) for pair in _opposed_pairs(relation)):
            forms.append("torn")
        found[relation] = tuple(forms)
    return found


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none if the page has too few facts or distractors."""
    return _WRITERS[form](page.as_evidence(), relation, pick)


def _read(page: FactPage, relation: str, pick: random.Random) -> Lesson | None:
    answer = AnswerBuilder(page, pick, levels=False)
    _state(page, relation, answer, pick)
    return _shown(page, relation, [relation], answer, _ask(page, relation, pick), pick)


def _state(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> None:
    """State the facts of a line.

    What a program gathered of treatments is told as what the lines say, and of a lone Chinese test
    it is not said what it shows.
    """
    items = _items(page, relation, pick)
    attributed = load(GroundedWords, page.language).attributed.get(relation)
    if attributed and any(item.scraped for item in items):
        text = realizer.fill_with_items(attributed, page.said, items, page.language, pick)
        answer.add(text, relation, items)
        return
    if page.language == "zh" and relation == "test" and len(items) == 1 and items[0].object:
        known = load(RelationSentencesWords, "zh").with_subject[relation]
        plain = [each for each in known if not _SHOWS.search(each)]
        text = realizer.fill_with_items(plain, page.said, items, "zh", pick)
        answer.add(text, relation, items)
        return
    answer.state(relation, items, briefly=0.0 if relation in _NAMED else _BRIEF)


def _two(page: FactPage, relation: str, pick: random.Random) -> Lesson | None:
    paired = load(AttributeQuestionsWords, page.language).topic_name
    others = [
        each for each in page.groups if each in paired and each != relation and _lines(page, each)
    ]
    if not others:
        return None
    pair = (relation, pick.choice(others))
    answer = AnswerBuilder(page, pick, levels=False)
    for each in pair:
        _state(page, each, answer, pick)
    return _shown(page, relation, pair, answer, huatuo.ask_for_two(page, pair, pick), pick)


def _half(page: FactPage, relation: str, pick: random.Random) -> Lesson | None:
    """Ask for two things, show lines on one of them, and say that the other is not told."""
    other = pick.choice(_untold(page, relation))
    answer = AnswerBuilder(page, pick, levels=False)
    _state(page, relation, answer, pick)
    topic = huatuo.topic_of(page, other)
    template = grammar.draw(load(GroundedWords, page.language).half_covered, pick)
    answer.add(realizer.fill(template, page.language, 1, t=topic))
    pair = [relation, other]
    pick.shuffle(pair)
    asked = huatuo.ask_for_two(page, (pair[0], pair[1]), pick)
    return _shown(page, relation, (relation, other), answer, asked, pick, {"partly": other})


def _untold(page: FactPage, relation: str) -> list[str]:
    """Return what else can be asked for of such a thing, and is not told with a relation."""
    paired = load(AttributeQuestionsWords, page.language).topic_name
    kind = page.entity.kind
    return [
        each
        for each in paired
        if kind in RELATIONS[each].subjects
        and relation not in shared_lines.may_answer(each)
        and each not in confusable_relations(relation)
        and (each != "transmission" or page.groups.get(each))  # nobody asks whether age is caught
    ]


def _is_declined(page: FactPage, relation: str) -> bool:
    """Say whether a question is also asked without its lines: every other one is."""
    return blake2b(f"{page.id}|{relation}".encode(), digest_size=1).digest()[0] % 2 == 0


def _gone(page: FactPage, relation: str, pick: random.Random) -> Lesson | None:
    """Remove the lines that answer, keep others on the same entity, and decline.

    As many lines stand there as beside an answer, so that their number does not tell.
    """
    answer = AnswerBuilder(page, pick, levels=False)
    like = shared_lines.may_answer(relation)
    own = [each for each in page.groups if each not in like and _lines(page, each)]
    for each in pick.sample(own, min(len(own), pick.choice((0, 1, 2)))):
        answer.rest_on((page, each, _items(page, each, pick)))
    for other in _neighbours(page, pick.choice((1, 2, 3, 4)), pick):
        held = _apart(page, other)
        if not held:
            continue
        near = relation if relation in held and pick.random() < 0.6 else pick.choice(held)
        answer.rest_on((other, near, _items(other, near, pick)))
    lines = answer.evidence_lines()
    if not lines:
        return None
    pick.shuffle(lines)
    label = _label(relation, page.language)
    template = grammar.draw(load(GroundedWords, page.language).not_covered, pick)
    answer.add(realizer.fill(template, page.language, 1, s=page.said, r=label))
    asked = _laid(_ask(page, relation, pick), lines, page.language, pick)
    meta: LessonMeta = {"declined": relation}
    meta["not_beside"] = shared_lines.not_beside(page.name, [], relation, page.language)
    return answer.build(NAME, asked, relation, meta=meta)


def _torn_apart(page: FactPage, relation: str, pick: random.Random) -> Lesson | None:
    pairs = [pair for pair in _opposed_pairs(relation) if _torn(page, pair)]
    first, second = pick.choice(pairs)
    one, other = pick.choice(_torn(page, (first, second)))
    answer = AnswerBuilder(page, pick, levels=False)
    answer.add(grammar.draw(load(GroundedWords, page.language).disagree, pick))
    for each, item in pick.sample([(first, one), (second, other)], 2):
        answer.state(each, [item])
    template = grammar.draw(load(GroundedWords, page.language).whether, pick)
    asked = realizer.fill(template, page.language, 1, s=page.said, o=one.said)
    return _shown(page, relation, (first, second), answer, asked, pick, {"conflict": 1})


_WRITERS = {"read": _read, "two": _two, "half": _half, "gone": _gone, "torn": _torn_apart}


def _shown(
    page: FactPage,
    relation: str,
    used: Sequence[str],
    answer: AnswerBuilder,
    asked: str,
    pick: random.Random,
    meta: LessonMeta | None = None,
) -> Lesson | None:
    """Mix the lines of an answer with distractors, and let it cite them."""
    meta = meta or {}
    silent = str(meta.get("partly", ""))
    if "conflict" not in meta:
        told = [each for each in used if each != silent]
        meta["not_beside"] = shared_lines.not_beside(page.name, told, silent, page.language)
    lines = [*answer.evidence_lines(), *_distractors(page, used, silent, pick)]
    pick.shuffle(lines)
    return answer.build(
        NAME, _laid(asked, lines, page.language, pick), relation, lines=lines, meta=meta
    )


def _laid(asked: str, lines: Sequence[str], language: Language, pick: random.Random) -> str:
    template = grammar.draw(load(GroundedWords, language).layout, pick)
    return template.replace("{q}", asked).replace("{e}", number_lines(lines))


def _distractors(
    page: FactPage, used: Sequence[str], silent: str, pick: random.Random
) -> list[str]:
    """Return distractors: other lines on the same entity, or on what is asked of others."""
    like = {each for relation in used for each in confusable_relations(relation)}
    if silent:
        like |= shared_lines.may_answer(silent)
    own = [each for each in page.groups if each not in like and _lines(page, each)]
    taken = pick.sample(own, min(len(own), pick.choice((0, 1, 2))))
    found = [_line(page, each, pick) for each in taken]
    for other in _neighbours(page, pick.choice((0, 1, 2, 3)), pick):
        held = _apart(page, other)
        if held:
            near = used[0] if used[0] in held else pick.choice(held)
            found.append(_line(other, near, pick))
    return found


def _neighbours(page: FactPage, most: int, pick: random.Random) -> list[FactPage]:
    """Return some neighbours, with all that lines of evidence may show of them."""
    few = pick.sample(page.neighbours, min(len(page.neighbours), most))
    return [each.as_evidence() for each in few]


def _apart(page: FactPage, other: FactPage) -> list[str]:
    """Return the relations of another page that do not involve this one."""
    return [
        each
        for each in other.groups
        if _lines(other, each)
        and not each.endswith(INVERSE)
        and each != "interaction"
        and page.id not in (item.object for item in other.groups[each])
    ]


def _lines(page: FactPage, relation: str) -> bool:
    """Say whether a relation of a page makes a line of evidence that is not too long."""
    return page.cached(f"line of {relation}", lambda page: _makes_line(page, relation))


def _makes_line(page: FactPage, relation: str) -> bool:
    items = page.entity_facts(relation)[:MOST] or page.text_facts(relation)[:1]
    if _is_doubtful(page, relation, items):
        return False
    return bool(items) and len(_written(page, relation, items)) <= _LONGEST_LINE[page.language]


def _is_doubtful(page: FactPage, relation: str, items: Sequence[PageFact]) -> bool:
    """Say whether a scraped Chinese list treats what no such list is trusted with.

    Those are grave conditions, and what befalls newborns and children.
    """
    if page.language != "zh" or base_relation(relation) not in TREATING:
        return False
    if not any(item.scraped for item in items):
        return False
    treated = [item.text for item in items] if relation.endswith(INVERSE) else [page.name]
    return any(urgent_flags.is_grave_name(each) or _OF_CHILDREN.search(each) for each in treated)


def _items(page: FactPage, relation: str, pick: random.Random) -> list[PageFact]:
    if relation == "associated_with":
        return huatuo.sample_items(page.entity_facts(relation), pick)
    named = page.entity_facts(relation)[:MOST]
    return [*named] if named else [page.text_facts(relation)[0]]


def _line(page: FactPage, relation: str, pick: random.Random) -> str:
    return _written(page, relation, _items(page, relation, pick))


def _written(page: FactPage, relation: str, items: Sequence[PageFact]) -> str:
    bare = relation.removesuffix(INVERSE)
    said = [item.text for item in items]
    return verbalize.evidence_line(page.name, bare, said, page.language, inverse=bare != relation)


def _opposed_pairs(relation: str) -> list[tuple[str, str]]:
    """Return a relation with each that opposes it, as both are seen on one page."""
    if relation.endswith(INVERSE):
        return []
    of = RELATIONS[relation]
    return [
        (other + (INVERSE if RELATIONS[other].subjects != of.subjects else ""), relation)
        for other in of.opposes
    ]


def _torn(page: FactPage, pair: Sequence[str]) -> list[tuple[PageFact, PageFact]]:
    """Return the objects for which the graph states both of two opposed relations."""
    right = {item.object: item for item in page.entity_facts(pair[1])}
    return [
        (item, right[item.object]) for item in page.entity_facts(pair[0]) if item.object in right
    ]


_INTRODUCES = "介绍"
"""Asks for all that lines tell of something, of which an answer states one line."""


def _ask(page: FactPage, relation: str, pick: random.Random) -> str:
    kind = page.entity.kind if page.entity.kind in ("medicine", "symptom") else "condition"
    templates = fitting_questions.questions(page, relation)
    narrow = [each for each in templates if _INTRODUCES not in each]
    template = grammar.draw(narrow or templates, pick)
    return realizer.fill(template, page.language, 1, s=page.said, kind=kind)


def _label(relation: str, language: Language) -> str:
    """Return what a relation is called within a sentence, in English up to the name behind it.

    Relations that are seen from their object share one name.
    """
    words = load(GroundedWords, language)
    own = "~" if relation.endswith(INVERSE) else relation
    label = words.label.get(own) or RELATIONS[relation].label(language)
    return f"the {label} {words.preposition.get(relation, 'of')}" if language == "en" else label
