"""Literature: a talk about a paper, each answer a quotation from one of its passages.

    page of a document -> parts in their order -> question, quotation, some times over -> the last

Nothing is retold: what a paper says stands between quotation marks, sign for sign, so that the
proof can find it in its passage. Forms: how many turns lead up to the last question.
"""

import random
from typing import Literal

from knowledge.lessons import papers, reviews
from knowledge.lessons.answers import Answer
from knowledge.lessons.subjects import Page
from knowledge.records import Lesson, Message, Passage

NAME = "literature"
OF: tuple[Literal["documents"], ...] = ("documents",)

_FORMS = ("one", "three", "again")
_EARLIER = {"one": 0, "three": 2, "again": 1}

Quotation = tuple[str, Passage, str]
"""A part of a paper, a passage of it, and words of that."""


def topics(page: Page) -> dict[str, tuple[str, ...]]:
    """Return which parts of a paper can be asked for last, and the forms of leading up to it."""
    parts = dict.fromkeys(part for part, _, _ in _quotations(page))
    return {part: _FORMS for part in parts}


def write(page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none where the paper has too little for that many turns."""
    every = _quotations(page)
    pick.shuffle(every)
    last = next(each for each in every if each[0] == relation)
    rest = [each for each in every if each[2] != last[2] and each[0] != relation]
    earlier: list[Quotation] = []
    for each in rest:
        if len(earlier) < _EARLIER[form] and each[0] not in (one[0] for one in earlier):
            earlier.append(each)
    more = [each for each in every if each[2] != last[2] and each[0] == relation]
    if form == "again":
        earlier = [more[0]] if more else []
    if len(earlier) < _EARLIER[form]:
        return None
    order = [part for part, _, _ in _quotations(page)]
    earlier.sort(key=lambda each: order.index(each[0]))
    return _held(page, earlier, last, relation, pick)


def _held(
    page: Page, earlier: list[Quotation], last: Quotation, topic: str, pick: random.Random
) -> Lesson:
    language = page.language
    answer = Answer(page, pick)
    messages: list[Message] = []
    turns: list[list[str]] = []
    opening = pick.choice(reviews.OPENING[language]).format(t=page.name)
    seen = ""
    for part, passage, words in earlier:
        question = opening if not messages else pick.choice(reviews.THEN[language])
        messages.append(Message("user", question + _asked(part, passage, language, pick)))
        said = pick.choice(reviews.PAPER[language]) if len(messages) == 1 else ""
        said += pick.choice(reviews.SAID[language][part]).format(w=words)
        messages.append(Message("assistant", said))
        turns.append([answer.hold(passage, words)])
        seen = part
    part, passage, words = last
    if seen == part:
        question = pick.choice(reviews.ANY[language])
        said = pick.choice(reviews.AGAIN[language])
    else:
        question = opening if not messages else pick.choice(reviews.ENDING[language])
        question += _asked(part, passage, language, pick)
        said = pick.choice(reviews.SAID[language][part])
    demand = pick.choice(reviews.PICKED[language])
    question += f" {demand}" if demand and language == "en" else demand
    answer.quote(said.format(w=words), passage, words)
    caution = pick.choice(reviews.CAUTION[language])
    if caution:
        answer.say(caution)
    return answer.lesson(NAME, question, topic, before=messages, turns=turns)


def _asked(part: str, passage: Passage, language: str, pick: random.Random) -> str:
    template = pick.choice(reviews.ASKED["zh" if language == "zh" else "en"][part])
    return template.format(p=passage.section)


def _quotations(page: Page) -> list[Quotation]:
    """Return what can be quoted, each with the part of the paper that it belongs to.

    Where a paper has no titled parts, only its first and its last sentence are known for what they
    are.
    """
    found: list[Quotation] = []
    for passage in page.passages:
        section = passage.section.strip().rstrip(":：").lower()
        kind = next((kind for kind, titles in reviews.PARTS.items() if section in titles), "")
        if kind or section:
            part = kind or "part"
            found += [(part, passage, words) for words in papers.quotable(passage)]
    if found:
        return found
    first, last = page.passages[0], page.passages[-1]
    opening, closing = papers.quotable(first), papers.quotable(last)
    if opening and first.text.startswith(opening[0]):
        found.append(("first", first, opening[0]))
    if closing and last.text.rstrip().endswith(closing[-1]) and closing[-1] != opening[0]:
        found.append(("last", last, closing[-1]))
    return found
