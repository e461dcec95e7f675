"""Check a row on the abstract of a study: everything in it is worked out again and compared.

    document -> its lines, what it tells, on what it is silent -> question and answer, to the word

So a row holds the whole abstract and nothing else, quotes of each part the sentence that tells it,
cites its line, and calls silent only what no line has a word on.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from knowledge.lessons.facts import study_parts
from knowledge.lessons.facts.study_parts import TOPICS, Abstract
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AppraisalWords
from knowledge.lessons.verify.document_reader import PaperRead
from knowledge.lessons.verify.template_patterns import exactly
from knowledge.records import Language, Lesson
from knowledge.text.sentences import sentence_spans

STYLE = "appraisal"

_TITLE, _LINES = "\x01", "\x02"


def fault(lesson: Lesson, paper: PaperRead | None) -> str:
    """Return the first thing that is wrong with a row on a paper, or an empty text."""
    topic = str(lesson.meta.get("relation", ""))
    abstract = study_parts.read(paper.passages) if paper else None
    if paper is None or abstract is None or abstract.language != lesson.language:
        return "the row is on no abstract of the knowledge base"
    if topic not in TOPICS or not study_parts.answerable(abstract, topic):
        return "the abstract leaves open what the row asks for"
    if [message.role for message in lesson.messages] != ["user", "assistant"]:
        return "the messages are not by user and assistant in turn"
    told = study_parts.told_together(abstract, TOPICS[topic])
    sentences = [abstract.sentences[place] for _, place in told]
    if [(each.kind, each.id, each.quote) for each in lesson.sources] != [
        ("passage", each.passage.id, each.text) for each in sentences
    ]:
        return "the sources are not the sentences that tell what is asked for"
    if lesson.entities or lesson.meta.get("objects") != []:
        return "the row names entities"
    asked = _bare_question(lesson.messages[0].content, paper.title, abstract, topic)
    if not _questions(topic, abstract.language).fullmatch(asked):
        return "the question is not one of its style and topic, over the whole abstract"
    answer = lesson.messages[1].content
    found = _matched(answer, abstract, topic, told)
    if not found:
        return "the answer is not what the abstract says on it"
    support = [
        [
            place
            for place in range(len(told))
            if start < found.end(f"told{place}") and found.start(f"told{place}") < end
        ]
        for start, end in sentence_spans(answer)
    ]
    return "" if lesson.meta.get("support") == support else "the support is not that of the answer"


def _bare_question(text: str, title: str, abstract: Abstract, topic: str) -> str:
    """Return a question with marks for the title and the lines, so that few patterns are needed."""
    if _LINES in text or _TITLE in text:
        return ""
    shown = study_parts.shown(abstract, topic)
    lines = "\n".join(f"[{number}] {each.text}" for number, each in enumerate(shown, 1))
    return text.replace(lines, _LINES, 1).replace(title, _TITLE, 1)


@cache
def _questions(topic: str, language: Language) -> re.Pattern[str]:
    words = load(AppraisalWords, language)
    layout = words.layout if topic in study_parts.WHOLE else words.excerpt
    asked = "|".join(exactly(each, {}) for each in words.question[topic])
    slots = {"t": _TITLE, "e": _LINES, "q": f"(?:{asked})"}
    return re.compile("|".join(exactly(each, slots) for each in layout))


def _matched(
    answer: str, abstract: Abstract, topic: str, told: Sequence[tuple[Sequence[str], int]]
) -> re.Match[str] | None:
    """Match an answer whose quotations are masked, sign by sign, where they are what is told."""
    shown = study_parts.shown(abstract, topic)
    for number, (_, place) in enumerate(told):
        quoted, mark = study_parts.quotation(abstract.sentences[place].text), _mark(number)
        if mark in answer:
            return None
        answer = answer.replace(quoted, mark * len(quoted), 1)
    cited = tuple(shown.index(abstract.sentences[place]) + 1 for _, place in told)
    silent = tuple(part for part in TOPICS[topic] if abstract.places[part] is None)
    parts = tuple(tuple(together) for together, _ in told)
    return _answers(abstract.language, parts, cited, silent).fullmatch(answer)


@lru_cache(maxsize=4_096)
def _answers(
    language: Language,
    told: tuple[tuple[str, ...], ...],
    cited: tuple[int, ...],
    silent: tuple[str, ...],
) -> re.Pattern[str]:
    words = load(AppraisalWords, language)
    blank = " " if language == "en" else ""
    parts = []
    for number, together in enumerate(told):
        labels = [words.label[part] for part in together]
        name = labels[-1]
        if len(labels) > 1:
            joint, last = (", ", " and ") if blank else ("、", "、")
            name = joint.join(labels[:-1]) + last + name
        named = {"n": name, "N": name[:1].upper() + name[1:]}
        slots = {key: re.escape(text) for key, text in named.items()} | {"w": f"{_mark(number)}+"}
        mark = rf"{blank}\[{cited[number]}\]"
        said = "|".join(
            exactly(each[:-1], slots) + mark + re.escape(each[-1]) for each in words.told
        )
        parts.append(f"(?P<told{number}>{said})")
    for part in silent:
        said = "|".join(exactly(each, {}) for each in words.silent[part])
        parts.append(f"(?:{said})")
    caution = "|".join(exactly(each, {}) for each in words.caution if each)
    return re.compile(blank.join(parts) + f"(?:{blank}(?:{caution}))?")


def _mark(number: int) -> str:
    """Return the sign that stands for those of a quotation."""
    return chr(0xE000 + number)
