"""Grounded: a question over numbered evidence, answered with citations or declined.

    page + topic + form -> own lines among distractors -> sentences that cite the lines they rest on

Forms: `read` answers from its lines, `copy` repeats the line, `two` needs two lines, `gone` has the
lines taken away and declines, `torn` shows two lines that cannot both be right.
"""

import random
from collections.abc import Sequence
from typing import Literal

from knowledge.graph import verbalize
from knowledge.lessons.facts.pages import INVERSE, MOST, Item, Page
from knowledge.lessons.realize import realizer
from knowledge.lessons.realize.answer_builder import Answer
from knowledge.lessons.styles import huatuo
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AttributeQuestionsWords, GroundedWords
from knowledge.records import Language, Lesson
from knowledge.text.citations import number_lines
from knowledge.vocabulary import RELATIONS

NAME = "grounded"
OF: tuple[Literal["entities"], ...] = ("entities",)

_OPPOSED = (
    ("medicine~", "contraindication"),
    ("first_line~", "contraindication"),
    ("diet_recommended", "diet_avoided"),
)
_ALIKE = (
    {"first_line", "treatment", "medicine"},
    {"symptom", "sign", "red_flag"},
    {"cause", "risk_factor", "population"},
    {"contraindication", "pregnancy"},
    {"first_line~", "medicine~"},
)
_LONGEST_LINE: dict[Language, int] = {"en": 330, "zh": 160}


def topics(page: Page) -> dict[str, tuple[str, ...]]:
    """Return what a page can be asked about over evidence, and the forms of asking for each."""
    words = load(AttributeQuestionsWords, page.language)
    paired = words.topic_name
    held = [relation for relation in words.question if _lines(page, relation)]
    found: dict[str, tuple[str, ...]] = {}
    for relation in held:
        forms = ["read", "gone"]
        if page.named(relation):
            forms.insert(1, "copy")
        if relation in paired and any(each in paired and each != relation for each in held):
            forms.append("two")
        if any(relation == right and _torn(page, pair) for pair in _OPPOSED for right in pair[1:]):
            forms.append("torn")
        found[relation] = tuple(forms)
    return found


def write(page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none where the page has no distractors to go with it."""
    return _WRITERS[form](page, relation, pick)


def _read(page: Page, relation: str, pick: random.Random) -> Lesson | None:
    answer = Answer(page, pick)
    answer.state(relation, _items(page, relation, pick), briefly=0.5)
    return _shown(page, relation, [relation], answer, _ask(page, relation, pick), pick)


def _copy(page: Page, relation: str, pick: random.Random) -> Lesson | None:
    answer = Answer(page, pick)
    items = _items(page, relation, pick)
    bare = relation.removesuffix(INVERSE)
    said = [item.text for item in items]
    if pick.random() < (0.7 if page.language == "en" else 0.5) and bare == relation:
        text = verbalize.fact_sentence(
            page.said, bare, [item.said for item in items], page.language
        )
        text = text[:1].upper() + text[1:]
    else:
        text = verbalize.evidence_line(
            page.name, bare, said, page.language, inverse=bare != relation
        )
        text = f"“{text}”" if page.language == "en" else text.replace("；", "、")
        text = grammar.say(load(GroundedWords, page.language).copied, pick) + text
    answer.say(text, relation, items)
    return _shown(page, relation, [relation], answer, _ask(page, relation, pick), pick)


def _two(page: Page, relation: str, pick: random.Random) -> Lesson | None:
    paired = load(AttributeQuestionsWords, page.language).topic_name
    others = [
        each for each in page.groups if each in paired and each != relation and _lines(page, each)
    ]
    if not others:
        return None
    pair = (relation, pick.choice(others))
    answer = Answer(page, pick)
    for each in pair:
        answer.state(each, _items(page, each, pick), briefly=0.5)
    return _shown(page, relation, pair, answer, huatuo.asked_twice(page, pair, pick), pick)


def _gone(page: Page, relation: str, pick: random.Random) -> Lesson | None:
    """Take the lines away that answer, keep others on the same entity, and decline."""
    answer = Answer(page, pick)
    like = {relation}.union(*(group for group in _ALIKE if relation in group), {"description"})
    own = [each for each in page.groups if each not in like and _lines(page, each)]
    for each in pick.sample(own, min(len(own), pick.choice((0, 1, 1, 2)))):
        answer.use((page, each, _items(page, each, pick)))
    for other in pick.sample(page.beside, min(len(page.beside), pick.choice((1, 2, 3)))):
        held = _apart(page, other)
        if not held:
            continue
        near = relation if relation in held and pick.random() < 0.6 else pick.choice(held)
        answer.use((other, near, _items(other, near, pick)))
    lines = answer.quotes()
    if not lines:
        return None
    pick.shuffle(lines)
    label = _label(relation, page.language)
    template = grammar.say(load(GroundedWords, page.language).not_covered, pick)
    answer.say(realizer.fill(template, page.language, 1, s=page.said, r=label))
    asked = _laid(_ask(page, relation, pick), lines, page.language, pick)
    return answer.lesson(NAME, asked, relation, meta={"declined": relation})


def _torn_apart(page: Page, relation: str, pick: random.Random) -> Lesson | None:
    pairs = [pair for pair in _OPPOSED if pair[1] == relation and _torn(page, pair)]
    first, second = pick.choice(pairs)
    one, other = pick.choice(_torn(page, (first, second)))
    answer = Answer(page, pick)
    answer.say(grammar.say(load(GroundedWords, page.language).disagree, pick))
    for each, item in pick.sample([(first, one), (second, other)], 2):
        answer.state(each, [item])
    template = grammar.say(load(GroundedWords, page.language).whether, pick)
    asked = realizer.fill(template, page.language, 1, s=page.said, o=one.said)
    return _shown(page, relation, (first, second), answer, asked, pick, {"conflict": 1})


_WRITERS = {"read": _read, "copy": _copy, "two": _two, "gone": _gone, "torn": _torn_apart}


def _shown(
    page: Page,
    relation: str,
    used: Sequence[str],
    answer: Answer,
    asked: str,
    pick: random.Random,
    meta: dict[str, str | int | list[int] | list[str] | list[list[int]]] | None = None,
) -> Lesson | None:
    """Put the lines of an answer among others, and let it cite them."""
    lines = [*answer.quotes(), *_distractors(page, used, pick)]
    pick.shuffle(lines)
    return answer.lesson(
        NAME, _laid(asked, lines, page.language, pick), relation, lines=lines, meta=meta
    )


def _laid(asked: str, lines: Sequence[str], language: Language, pick: random.Random) -> str:
    template = grammar.say(load(GroundedWords, language).layout, pick)
    return template.replace("{q}", asked).replace("{e}", number_lines(lines))


def _distractors(page: Page, used: Sequence[str], pick: random.Random) -> list[str]:
    """Return other lines: on the same entity, or on others and what is asked."""
    like = set(used).union(*(group for group in _ALIKE if group & set(used)))
    own = [each for each in page.groups if each not in like and _lines(page, each)]
    taken = pick.sample(own, min(len(own), pick.choice((0, 1, 2))))
    found = [_line(page, each, pick) for each in taken]
    for other in pick.sample(page.beside, min(len(page.beside), pick.choice((0, 1, 2, 3)))):
        held = _apart(page, other)
        if held:
            near = used[0] if used[0] in held else pick.choice(held)
            found.append(_line(other, near, pick))
    return found


def _apart(page: Page, other: Page) -> list[str]:
    """Return the relations of another page that say nothing of this one, from either side."""
    return [
        each
        for each in other.groups
        if _lines(other, each)
        and not each.endswith(INVERSE)
        and each != "interaction"
        and page.id not in (item.object for item in other.groups[each])
    ]


def _lines(page: Page, relation: str) -> bool:
    """Say whether a relation of a page makes a line of evidence that is not too long."""
    return page.once(f"line of {relation}", lambda page: _makes_line(page, relation))


def _makes_line(page: Page, relation: str) -> bool:
    items = page.named(relation)[:MOST] or page.texts(relation)[:1]
    return bool(items) and len(_written(page, relation, items)) <= _LONGEST_LINE[page.language]


def _items(page: Page, relation: str, pick: random.Random) -> list[Item]:
    if relation == "associated_with":
        return huatuo.few(page.named(relation), pick)
    named = page.named(relation)[:MOST]
    return [*named] if named else [page.texts(relation)[0]]


def _line(page: Page, relation: str, pick: random.Random) -> str:
    return _written(page, relation, _items(page, relation, pick))


def _written(page: Page, relation: str, items: Sequence[Item]) -> str:
    bare = relation.removesuffix(INVERSE)
    said = [item.text for item in items]
    return verbalize.evidence_line(page.name, bare, said, page.language, inverse=bare != relation)


def _torn(page: Page, pair: Sequence[str]) -> list[tuple[Item, Item]]:
    """Return what the graph states of the same two in both of two opposed relations."""
    right = {item.object: item for item in page.named(pair[1])}
    return [(item, right[item.object]) for item in page.named(pair[0]) if item.object in right]


def _ask(page: Page, relation: str, pick: random.Random) -> str:
    kind = page.entity.kind if page.entity.kind in ("medicine", "symptom") else "condition"
    words = load(AttributeQuestionsWords, page.language)
    template = grammar.say(words.question[relation], pick)
    return realizer.fill(template, page.language, 1, s=page.said, kind=kind)


def _label(relation: str, language: Language) -> str:
    """Return what a relation is called within a sentence, in English up to the name behind it.

    Relations that are seen from their object share one name.
    """
    words = load(GroundedWords, language)
    own = "~" if relation.endswith(INVERSE) else relation
    label = words.label.get(own) or RELATIONS[relation].label(language)
    return f"the {label} {words.preposition.get(relation, 'of')}" if language == "en" else label
