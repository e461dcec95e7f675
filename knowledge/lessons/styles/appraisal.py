"""Write questions on a study whose abstract is shown, answered with cited quotations from it.

    abstract by lines + parts asked for -> the line that tells each, or that it is silent on it

Topics: `pico` asks for population, intervention, comparison and outcome, `groups` for the first
three of them, `appraisal` for design, size and limits, others for one part, with the lines around
it. What is told stands in `study_parts`: a part of which the abstract neither tells clearly nor is
silent is not asked for.
"""

import random
from collections.abc import Sequence
from typing import Literal

from knowledge.lessons.facts import study_parts
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.study_parts import TOPICS
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AppraisalWords
from knowledge.records import Language, Lesson

NAME = "appraisal"
PAGE_KINDS: tuple[Literal["documents"], ...] = ("documents",)

_FORM = "lines"
_WITHIN = {
    "pico": ("groups", "population"),
    "groups": ("population",),
    "appraisal": ("limits", "population"),
}
"""Topics that are not asked for alone where another row asks for them among others."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return what the abstract of a page can be asked for, if the page is one."""
    abstract = study_parts.read(page.passages)
    if abstract is None:
        return {}
    found = [topic for topic in TOPICS if study_parts.answerable(abstract, topic)]
    for topic, parts in _WITHIN.items():
        found = [each for each in found if topic not in found or each not in parts]
    return dict.fromkeys(found, (_FORM,))


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson on a topic."""
    abstract = study_parts.read(page.passages)
    if abstract is None or not study_parts.answerable(abstract, relation):
        return None
    words = load(AppraisalWords, page.language)
    answer = AnswerBuilder(page, pick)
    for parts, place in study_parts.told_together(abstract, TOPICS[relation]):
        name = join_labels([words.label[part] for part in parts], page.language)
        sentence = abstract.sentences[place]
        said = grammar.draw(words.told, pick)
        quoted = study_parts.quotation(sentence.text)
        text = _filled(said, n=name, N=name[:1].upper() + name[1:], w=quoted)
        answer.quote(text, sentence.passage, sentence.text)
    for part in TOPICS[relation]:
        if abstract.places[part] is None:
            answer.add(grammar.draw(words.silent[part], pick))
    if caution := grammar.draw(words.caution, pick):
        answer.add(caution)
    lines = [each.text for each in study_parts.shown(abstract, relation)]
    numbered = "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1))
    asked = grammar.draw(words.question[relation], pick)
    layout = words.layout if relation in study_parts.WHOLE else words.excerpt
    question = _filled(grammar.draw(layout, pick), t=page.name, e=numbered, q=asked)
    return answer.build(NAME, question, relation, lines=lines)


def join_labels(labels: Sequence[str], language: Language) -> str:
    """Return the names of parts as one.

    >>> join_labels(["the design", "the limits"], "en")
    'the design and the limits'
    """
    if language == "zh":
        return "、".join(labels)
    return " and ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))


def _filled(template: str, **slots: str) -> str:
    for name, text in slots.items():
        template = template.replace(f"{{{name}}}", text)
    return template
