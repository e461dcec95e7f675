"""Set two papers side by side that speak of the same things, and say whether they agree.

    lines of both -> what each states, quoted and cited -> they agree, do not, or it cannot be told

That they agree or do not is said only where both state it of the same two things in words that
leave no doubt (`paper_findings`); of conclusions on one subject it is left open. Topics are the
verdicts.
"""

import random
from typing import Literal

from knowledge.datasets.row_ids import lesson_id
from knowledge.lessons.facts import study_parts
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.paper_findings import Finding, Verdict, spoken_names, verdict
from knowledge.lessons.pages.paper_pair_pages import findings_of, is_told
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import TwoPapersWords
from knowledge.records import Lesson, LessonMessage, LessonSource
from knowledge.text.citations import cite
from knowledge.text.sentences import sentence_spans

NAME = "two-papers"
PAGE_KINDS: tuple[Literal["paper pairs"], ...] = ("paper pairs",)

_FORM = "lines"
_ORDER: tuple[Verdict, ...] = ("differ", "agree", "open")


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return whether the two papers of a page agree on what both speak of."""
    found = _compared(page)
    return {found[0]: (_FORM,)} if found else {}


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson on what both papers state."""
    compared = _compared(page)
    if compared is None or compared[0] != relation:
        return None
    _, one, other = compared
    words, language = load(TwoPapersWords, page.language), page.language
    x, y = spoken_names(one, other)
    told_by = zip((one, other), _both(page), strict=True)
    shown = [study_parts.around(each.sentence, of) for each, of in told_by]
    every = [each for lines in shown for each in lines]
    numbered = [f"[{number}] {each.text}" for number, each in enumerate(every, 1)]
    first, second = numbered[: len(shown[0])], numbered[len(shown[0]) :]
    asking = words.subject_question if one.is_on_subject else words.question
    asked = grammar.draw(asking, pick).replace("{x}", x).replace("{y}", y)
    question = grammar.draw(words.layout, pick)
    slots = {
        "a": page.name, "b": page.neighbours[0].name, "e": "\n".join(first),
        "f": "\n".join(second), "q": asked,
    }  # fmt: skip
    for slot, text in slots.items():
        question = question.replace(f"{{{slot}}}", text)
    numbers = [1 + shown[0].index(one.sentence), 1 + len(first) + shown[1].index(other.sentence)]
    told = [
        cite(grammar.draw(said, pick).replace("{w}", study_parts.quotation(of.sentence.text)), [at])
        for said, of, at in zip((words.first, words.second), (one, other), numbers, strict=True)
    ]
    said = grammar.draw(words.verdict[relation], pick).replace("{x}", x).replace("{y}", y)
    answer = (" " if language == "en" else "").join([*told, cite(said, numbers)])
    ends = [len(told[0]), len(told[0]) + len(told[1]) + (language == "en")]
    support = [
        [0] if start < ends[0] else [1] if start < ends[1] else [0, 1]
        for start, _ in sentence_spans(answer)
    ]
    messages = (LessonMessage("user", question), LessonMessage("assistant", answer))
    sources = tuple(
        LessonSource("passage", each.sentence.passage.id, each.sentence.text)
        for each in (one, other)
    )
    licences = {page.licence, page.neighbours[0].licence}
    return Lesson(
        id=lesson_id(NAME, language, messages, [f"{each.id}|{each.quote}" for each in sources]),
        messages=messages,
        language=language,
        style=NAME,
        sources=sources,
        entities=(),
        split_key=page.id,
        licence=" AND ".join(sorted(licences)),
        meta={"relation": relation, "support": support, "objects": []},
    )


def _both(page: FactPage) -> list[study_parts.Abstract]:
    read = [study_parts.read(each.passages) for each in (page, page.neighbours[0])]
    return [each for each in read if each is not None]


def _compared(page: FactPage) -> tuple[Verdict, Finding, Finding] | None:
    """Return the two findings to be told: those that can be read before others."""
    if not page.neighbours:
        return None
    found = [
        (verdict(one, other), one, other)
        for one in findings_of(page)
        for other in findings_of(page.neighbours[0])
        if set(one.entities) == set(other.entities) and is_told(one, other)
    ]
    return min(found, key=lambda each: _ORDER.index(each[0]), default=None)
