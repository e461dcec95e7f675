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
from functools import cache
from typing import Literal

from knowledge.datasets.row_ids import lesson_id
from knowledge.lessons.facts import quoted_passages
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.pages import document_pages
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import LiteratureWords
from knowledge.records import Language, Lesson, LessonMessage, Passage

NAME = "literature"
PAGE_KINDS: tuple[Literal["documents"], ...] = ("documents",)

_FORMS = ("one", "three", "again", "whole")
_EARLIER = {"one": 0, "three": 2, "again": 1, "whole": 0}
_QUOTES = re.compile(r"quot|cit(?:e|ing)\b|word for word|own words", re.IGNORECASE)
"""Questions that ask for a quotation already."""

_JUDGED = ("result", "conclusion", "last")
"""Parts that could be mistaken for advice, unlike methods and background."""

_COUNT = re.compile(
    r"\b(?:consisted of|comprised|included|enrolled|recruited|there were)\b[^;]*\b(?:men|women|"
    r"(?:fe)?males|patients|participants|subjects|children)\b|\b(?:mean|median|average) age\b|"
    "(?:纳入|入组|入选|其中男)[^；;]*(?:例|名)|平均年龄|中位年龄",
    re.IGNORECASE,
)
"""Sentences among the results that only count who took part."""

_MOST_PARTS = 4
_ENOUGH = 3
_MORE = 0.6
"""How often an answer quotes a second sentence of the same part."""

Quotation = tuple[str, Passage, str]
"""A part of a paper, a passage of it, and the words quoted."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the parts of a paper that can be asked for last, and the forms of each."""
    parts = Counter(part for part, _, _ in _quotations(page))
    return {
        part: _forms(place, sentences, len(parts))
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
    own = [each for each in every if each[0] == relation]
    if form == "again":  # more is asked of what is quoted: of one section, where there are several
        places = Counter(map(_place, every))
        own = [each for each in own if places[_place(each)] > 1]
        if not own:
            return None
    last = own[_FORMS.index(form) // 2 % len(own)]  # another sentence for another form
    pick.shuffle(every)
    rest = [each for each in every if each[2] != last[2] and each[0] != relation]
    earlier: list[Quotation] = []
    for each in rest:
        if len(earlier) < _EARLIER[form] and each[0] not in (one[0] for one in earlier):
            earlier.append(each)
    more = [each for each in every if each[2] != last[2] and _place(each) == _place(last)]
    if form == "whole":
        return _summed(page, every, relation, pick)
    if form == "again":
        earlier = [more[0]] if more else []
    if len(earlier) < _EARLIER[form]:
        return None
    order = [part for part, _, _ in _quotations(page)]
    earlier.sort(key=lambda each: order.index(each[0]))
    told = {words for _, _, words in earlier}
    more = [each for each in more if each[2] not in told and pick.random() < _MORE][:1]
    return _held(page, earlier, [last, *more], relation, pick)


def _summed(
    page: FactPage, every: Sequence[Quotation], relation: str, pick: random.Random
) -> Lesson | None:
    """Quote one sentence of each part in order, or nothing if there is only one part."""
    order = list(dict.fromkeys(map(_place, _quotations(page))))
    if len(order) < 2:
        return None
    if len(order) > _MOST_PARTS:
        order = order[:1] + sorted(pick.sample(order[1:], _MOST_PARTS - 1), key=order.index)
    chosen = [next(each for each in every if _place(each) == place) for place in order]
    words = load(LiteratureWords, page.language)
    answer = AnswerBuilder(page, pick)
    for part, passage, quoted in chosen:
        said = words.named_part if part == "part" else words.quotation[part]
        answer.quote(grammar.draw(said, pick).format(w=quoted, p=passage.section), passage, quoted)
    opening = grammar.draw(words.opening, pick).format(t=page.name)
    return answer.build(NAME, opening + grammar.draw(words.whole_question, pick), relation)


def _place(quotation: Quotation) -> tuple[str, str]:
    """Return the part that is quoted, and the section's title if the part has no name."""
    part, passage, _ = quotation
    return part, passage.section if part == "part" else ""


def _held(
    page: FactPage, earlier: list[Quotation], last: list[Quotation], topic: str, pick: random.Random
) -> Lesson:
    language, words = page.language, load(LiteratureWords, page.language)
    answer = AnswerBuilder(page, pick)
    messages: list[LessonMessage] = []
    turns: list[list[str]] = []
    opening = grammar.draw(words.opening, pick).format(t=page.name)
    seen = ""
    for part, passage, quoted in earlier:
        question = opening if not messages else grammar.draw(words.follow_up, pick)
        messages.append(LessonMessage("user", question + _asked(part, passage, language, pick)))
        said = grammar.draw(words.agreement, pick) if len(messages) == 1 else ""
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
    """Return what can be quoted, each with the part of the paper that it belongs to.

    Where a paper has no titled parts, only its first and its last sentence are known for what they
    are.
    """
    found: list[Quotation] = []
    for passage in page.passages:
        section = passage.section.strip().rstrip(":：").lower()
        if section:
            part = _section_parts().get(section, "part")
            found += [
                (part, passage, words)
                for words in document_pages.quotable(passage)
                if part != "result" or not _COUNT.search(words)
            ]
    if found:
        return found
    first, last = page.passages[0], page.passages[-1]
    opening, closing = document_pages.quotable(first), document_pages.quotable(last)
    if opening and first.text.startswith(opening[0]):
        found.append(("first", first, opening[0]))
    if closing and last.text.rstrip().endswith(closing[-1]) and closing[-1] != opening[0]:
        found.append(("last", last, closing[-1]))
    return found


@cache
def _section_parts() -> dict[str, str]:
    """Return which part of a paper the titles of sections stand for, in every language."""
    tables = [load(LiteratureWords, language).section_title for language in LANGUAGES]
    return {title: part for table in tables for part, titles in table.items() for title in titles}
