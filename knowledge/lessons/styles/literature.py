"""Write dialogues about a paper in which each answer is a quotation (style literature).

    page of a document -> parts in their order -> question, quotation, several times -> the last

Nothing is paraphrased: the words of a paper stand between quotation marks, so that the proof can
find them in their passage. The passages stand before the first question: who reads only a title
could but invent what is quoted. Forms: `one`, `again` and `three` differ in the turns before the
last question, `whole` quotes every part at once.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from knowledge.datasets.row_ids import lesson_id
from knowledge.lessons.facts import paper_parts, quoted_passages
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.paper_parts import Quotation
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import LiteratureWords
from knowledge.records import Language, Lesson, LessonMessage, Passage

NAME = "literature"
PAGE_KINDS: tuple[Literal["documents"], ...] = ("documents",)

_FORMS = ("one", "three", "again", "whole")
_EARLIER = {"one": 0, "three": 2, "again": 1, "whole": 0}
_QUOTES = re.compile(r"quot|cit(?:e|ing)\b|word for word|own words|引|原话", re.IGNORECASE)
"""Questions that ask for a quotation already."""

_REQUEST = re.compile(r"\b(?:can|could) (?:you|we)\b|\bplease\b|请|能", re.IGNORECASE)
"""What somebody asks to be done, to which "of course" is an answer."""

_ENDS = {"first": ("one",), "last": ("one",)}
"""Of a text of which only the ends are known, each is asked for alone: they do not sum it up."""

_JUDGED = ("result", "conclusion", "last")
"""Parts that could be mistaken for advice, unlike methods and background."""

_MOST_PARTS = 4
_ENOUGH = 3
_MORE = 0.6
"""How often an answer quotes a second sentence of the same part."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the parts of a paper that can be asked for last, and the forms of each."""
    parts = paper_parts.parts(_quotations(page))
    return {
        part: _ENDS.get(part, ()) or _forms(place, sentences, len(parts))
        for place, (part, sentences) in enumerate(parts.items())
    }


def _forms(place: int, sentences: int, parts: int) -> tuple[str, ...]:
    """Return two forms for a part with enough sentences, else one.

    A paper has few sentences: each is to be quoted once or twice.
    """
    possible = [
        form for form in _FORMS if _EARLIER[form] < parts and (form != "again" or sentences > 1)
    ]
    return tuple(possible[place % 2 :: 2][: 2 if sentences >= _ENOUGH else 1])


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none if the paper is too short for that many turns."""
    lesson = _talk(page, relation, form, pick)
    return _showing(page, lesson) if lesson else None


def _showing(page: FactPage, lesson: Lesson) -> Lesson:
    """Return a row that shows what it quotes from before the first question."""
    passages = [(each.id, each.section, each.text) for each in page.passages]
    shown = quoted_passages.show(passages, {source.id for source in lesson.sources})
    first = LessonMessage("user", shown + lesson.messages[0].content)
    messages = (first, *lesson.messages[1:])
    keys = [f"{source.id}|{source.quote}" for source in lesson.sources]
    id = lesson_id(NAME, lesson.language, messages, keys)
    return replace(lesson, id=id, messages=messages)


def _talk(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    every = _quotations(page)
    own = [each for each in every if each.part == relation]
    if form == "again":  # more is asked of what is quoted: of one section, where there are several
        places = Counter(each.place for each in every)
        own = [each for each in own if places[each.place] > 1]
    if not own:
        return None
    last = own[_FORMS.index(form) // 2 % len(own)]  # another sentence for another form
    pick.shuffle(every)
    rest = [each for each in every if each.words != last.words and each.part != relation]
    earlier: list[Quotation] = []
    for each in rest:
        if len(earlier) < _EARLIER[form] and each.part not in (one.part for one in earlier):
            earlier.append(each)
    more = [each for each in every if each.words != last.words and each.place == last.place]
    if form == "whole":
        return _summed(page, every, relation, pick)
    if form == "again":
        earlier = [more[0]] if more else []
    if len(earlier) < _EARLIER[form]:
        return None
    order = [each.part for each in _quotations(page)]
    earlier.sort(key=lambda each: order.index(each.part))
    told = {each.words for each in earlier}
    more = [each for each in more if each.words not in told and pick.random() < _MORE][:1]
    if form == "again":  # one more passage is asked for
        more = []
    return _held(page, earlier, [last, *more], relation, pick)


def _summed(
    page: FactPage, every: Sequence[Quotation], relation: str, pick: random.Random
) -> Lesson | None:
    """Quote one sentence of each part in order, or nothing if there is only one part."""
    order = list(dict.fromkeys(each.place for each in _quotations(page)))
    if len(order) < 2:
        return None
    if len(order) > _MOST_PARTS:
        order = order[:1] + sorted(pick.sample(order[1:], _MOST_PARTS - 1), key=order.index)
    chosen = [next(each for each in every if each.place == place) for place in order]
    words = load(LiteratureWords, page.language)
    answer = AnswerBuilder(page, pick)
    for part, passage, quoted in chosen:
        said = words.named_part if part == "part" else words.quotation[part]
        answer.quote(grammar.draw(said, pick).format(w=quoted, p=passage.section), passage, quoted)
    opening = _opening(page, words, pick)
    return answer.build(NAME, opening + grammar.draw(words.whole_question, pick), relation)


def _held(
    page: FactPage, earlier: list[Quotation], last: list[Quotation], topic: str, pick: random.Random
) -> Lesson:
    language, words = page.language, load(LiteratureWords, page.language)
    answer = AnswerBuilder(page, pick)
    messages: list[LessonMessage] = []
    turns: list[list[str]] = []
    opening = _opening(page, words, pick)
    seen = ""
    for part, passage, quoted in earlier:
        question = opening if not messages else grammar.draw(words.follow_up, pick)
        messages.append(LessonMessage("user", question + _asked(part, passage, language, pick)))
        agreed = len(messages) == 1 and _REQUEST.search(messages[0].content)
        said = grammar.draw(words.agreement, pick) if agreed else ""
        said += grammar.draw(words.quotation[part], pick).format(w=quoted)
        messages.append(LessonMessage("assistant", said))
        turns.append([answer.rest_on_quotation(passage, quoted)])
        seen = part
    part, passage, quoted = last[0]
    if seen == part:
        question = grammar.draw(words.another_question, pick)
        said = grammar.draw(words.another_quotation, pick)
    else:
        question = opening if not messages else grammar.draw(words.ending, pick)
        question += _asked(part, passage, language, pick)
        said = grammar.draw(words.quotation[part], pick)
    demand = "" if _QUOTES.search(question) else grammar.draw(words.quotation_wanted, pick)
    question += f" {demand}" if demand and language == "en" else demand
    answer.quote(said.format(w=quoted), passage, quoted)
    for _, passage, quoted in last[1:]:
        further = grammar.draw(words.another_quotation, pick)
        while further[:4] == said[:4]:
            further = grammar.draw(words.another_quotation, pick)
        answer.quote(further.format(w=quoted), passage, quoted)
    caution = grammar.draw(words.caution, pick)
    if caution and part in _JUDGED:
        answer.add(caution)
    return answer.build(NAME, question, topic, before=messages, turns=turns)


def _asked(part: str, passage: Passage, language: Language, pick: random.Random) -> str:
    template = grammar.draw(load(LiteratureWords, language).question[part], pick)
    return template.format(p=passage.section)


def _quotations(page: FactPage) -> list[Quotation]:
    return page.cached("quotations", lambda page: paper_parts.read(page.passages)).copy()


def _opening(page: FactPage, words: LiteratureWords, pick: random.Random) -> str:
    """Name the paper, or the text, which has no authors who studied something."""
    study = paper_parts.is_study(_quotations(page))
    return grammar.draw(words.opening if study else words.text_opening, pick).format(t=page.name)
