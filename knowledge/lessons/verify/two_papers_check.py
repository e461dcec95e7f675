"""Check a row on two papers: what both state is read again, and every word is compared.

sentences quoted -> what each states of which two entities -> verdict, question, answer
"""

import re
from collections.abc import Iterator, Sequence

from knowledge.graph.linker import Linker
from knowledge.lessons.facts import study_parts
from knowledge.lessons.facts.paper_findings import (
    Finding,
    read_findings,
    read_subjects,
    spoken_names,
    verdict,
)
from knowledge.lessons.facts.study_parts import Abstract
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import TwoPapersWords
from knowledge.lessons.verify.document_reader import PaperRead
from knowledge.lessons.verify.template_patterns import exactly
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans

STYLE = "two-papers"


def fault(lesson: Lesson, papers: Sequence[PaperRead | None], linker: Linker) -> str:
    """Return the first thing that is wrong with a row on papers, or an empty text."""
    read = [study_parts.read(each.passages) if each else None for each in papers]
    abstracts = [each for each in read if each and each.language == lesson.language]
    if len(lesson.sources) != 2 or len(abstracts) != 2:
        return "the row is not on two abstracts of the knowledge base"
    ids = [each.sentences[0].passage.document for each in abstracts]
    if ids[0] != lesson.split_key or ids[0] == ids[1]:
        return "the row is not about its first paper, and another"
    if is_validation(ids[0]) != is_validation(ids[1]):
        return "the papers are of different parts of the split"
    if [message.role for message in lesson.messages] != ["user", "assistant"]:
        return "the messages are not by user and assistant in turn"
    if lesson.entities or lesson.meta.get("objects") != []:
        return "the row names entities"
    titles = [each.title for each in papers if each]
    told = "the papers do not state what the row says of them"
    for one, other in _compared(lesson, abstracts, titles, linker):
        told = _wrong_words(lesson, titles, abstracts, one, other)
        if not told:
            return ""
    return told


def _compared(
    lesson: Lesson, abstracts: Sequence[Abstract], titles: Sequence[str], linker: Linker
) -> Iterator[tuple[Finding, Finding]]:
    """Yield the findings in the quoted sentences on the same two entities, with that verdict."""
    quoted = [
        [
            finding
            for finding in (
                *read_findings(abstract, linker),
                *read_subjects(abstract, title, linker),
            )
            if (finding.sentence.text, finding.sentence.passage.id) == (source.quote, source.id)
        ]
        for abstract, title, source in zip(abstracts, titles, lesson.sources, strict=True)
    ]
    for one in quoted[0]:
        for other in quoted[1]:
            alike = set(one.entities) == set(other.entities)
            told = verdict(one, other)
            if (
                alike
                and told == lesson.meta.get("relation")
                and (one.is_on_subject or told != "open")
            ):
                yield one, other


def _wrong_words(
    lesson: Lesson,
    titles: Sequence[str],
    abstracts: Sequence[Abstract],
    one: Finding,
    other: Finding,
) -> str:
    words = load(TwoPapersWords, lesson.language)
    blank = " " if lesson.language == "en" else ""
    x, y = map(re.escape, spoken_names(one, other))
    blocks, numbers, count = list[str](), list[int](), 0
    for abstract, finding in zip(abstracts, (one, other), strict=True):
        lines = study_parts.around(finding.sentence, abstract)
        numbered = [f"[{count + n}] {each.text}" for n, each in enumerate(lines, 1)]
        numbers.append(count + 1 + lines.index(finding.sentence))
        blocks.append(re.escape("\n".join(numbered)))
        count += len(lines)
    names = {"x": x, "y": y}
    asking = words.subject_question if one.is_on_subject else words.question
    asked = "|".join(exactly(each, names) for each in asking)
    slots = {
        "a": re.escape(titles[0]), "b": re.escape(titles[1]), "e": blocks[0], "f": blocks[1],
        "q": f"(?:{asked})",
    }  # fmt: skip
    question = "|".join(exactly(each, slots) for each in words.layout)
    if not re.fullmatch(question, lesson.messages[0].content):
        return "the question is not one of its style, over lines of both papers"
    marks = [rf"{blank}\[{number}\]" for number in numbers]
    parts = []
    told = ((words.first, one), (words.second, other))
    for (said, finding), mark in zip(told, marks, strict=True):
        quote = {"w": re.escape(study_parts.quotation(finding.sentence.text))}
        parts.append(_cited(said, quote, mark))
    both = rf"{blank}\[{numbers[0]}\]\[{numbers[1]}\]"
    parts.append(_cited(words.verdict[str(lesson.meta["relation"])], names, both))
    answer = lesson.messages[1].content
    found = re.fullmatch(blank.join(f"({part})" for part in parts), answer)
    if not found:
        return "the answer is not what the two papers state"
    support = [
        [0] if start < found.end(1) else [1] if start < found.end(2) else [0, 1]
        for start, _ in sentence_spans(answer)
    ]
    return "" if lesson.meta.get("support") == support else "the support is not that of the answer"


def _cited(templates: Sequence[str], slots: dict[str, str], mark: str) -> str:
    """Return a pattern of sentences with a citation before their stop; they hold no groups."""
    said = "|".join(exactly(each[:-1], slots) + mark + re.escape(each[-1]) for each in templates)
    return f"(?:{said})"
