"""Check a row on the abstract of a study: everything in it is worked out again and compared.

    document -> its lines, what it tells, on what it is silent -> question and answer, to the word

So a row holds the whole abstract and nothing else, quotes of each part the sentence that tells it,
cites its line, and calls silent only what no line has a word on.
"""

import re
from collections.abc import Sequence

from knowledge.lessons.facts import study_parts
from knowledge.lessons.facts.study_parts import TOPICS, Abstract
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AppraisalWords
from knowledge.lessons.verify.document_reader import PaperRead
from knowledge.lessons.verify.template_patterns import exactly
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans

STYLE = "appraisal"


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
    if not re.fullmatch(_question(paper.title, abstract, topic), lesson.messages[0].content):
        return "the question is not one of its style and topic, over the whole abstract"
    answer = lesson.messages[1].content
    found = re.fullmatch(_answer(abstract, topic, told), answer)
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


def _question(title: str, abstract: Abstract, topic: str) -> str:
    words = load(AppraisalWords, abstract.language)
    shown = study_parts.shown(abstract, topic)
    lines = "\n".join(f"[{number}] {each.text}" for number, each in enumerate(shown, 1))
    layout = words.layout if topic in study_parts.WHOLE else words.excerpt
    asked = "|".join(exactly(each, {}) for each in words.question[topic])
    slots = {"t": re.escape(title), "e": re.escape(lines), "q": f"(?:{asked})"}
    return "|".join(exactly(each, slots) for each in layout)


def _answer(abstract: Abstract, topic: str, told: Sequence[tuple[Sequence[str], int]]) -> str:
    words = load(AppraisalWords, abstract.language)
    blank = " " if abstract.language == "en" else ""
    shown = study_parts.shown(abstract, topic)
    parts = []
    for number, (together, place) in enumerate(told):
        labels = [words.label[part] for part in together]
        name = labels[-1]
        if len(labels) > 1:
            joint, last = (", ", " and ") if blank else ("、", "、")
            name = joint.join(labels[:-1]) + last + name
        quoted = study_parts.quotation(abstract.sentences[place].text)
        named = {"n": name, "N": name[:1].upper() + name[1:], "w": quoted}
        slots = {key: re.escape(text) for key, text in named.items()}
        cited = rf"{blank}\[{shown.index(abstract.sentences[place]) + 1}\]"
        said = "|".join(
            exactly(each[:-1], slots) + cited + re.escape(each[-1]) for each in words.told
        )
        parts.append(f"(?P<told{number}>{said})")
    for part in TOPICS[topic]:
        if abstract.places[part] is None:
            silent = "|".join(exactly(each, {}) for each in words.silent[part])
            parts.append(f"(?:{silent})")
    caution = "|".join(exactly(each, {}) for each in words.caution if each)
    return blank.join(parts) + f"(?:{blank}(?:{caution}))?"
