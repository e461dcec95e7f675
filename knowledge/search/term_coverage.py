"""Measure what share of a question's topics a passage mentions.

    mentions (any of their names) + other terms of a question -> topics -> share that a text holds

Topics weigh by how rare their words are in the base. Of Chinese characters only pairs that are
words count, and any word for what is asked stands for the others.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index.lexical import chinese_query_runs, query_terms
from knowledge.records import Language
from knowledge.search import weights
from knowledge.search.query_parser import ParsedQuery
from knowledge.text.names import language_of
from knowledge.text.scripts import reword
from knowledge.text.segmentation import Rarity, segment
from knowledge.text.short_forms import find_shortened
from knowledge.vocabulary import RELATIONS


@dataclass(frozen=True, slots=True)
class Topic:
    """What a passage in one language should speak of: any of the term sets, by importance.

    `text` is what the question says of it; `linked` where it names an entity.
    """

    text: str
    alternatives: tuple[frozenset[str], ...]
    weight: float
    linked: bool


class Coverage(NamedTuple):
    """The share of the topics that a passage speaks of, of the linked ones, and which they are."""

    share: float
    linked: float
    matched: tuple[str, ...]


def query_topics(
    question: ParsedQuery, language: Language, graph: KnowledgeGraph, rarity: Rarity
) -> list[Topic]:
    """Return what a passage in a language must speak of to be about the question."""
    found: list[Topic] = []

    def add(text: str, sets: set[frozenset[str]], linked: bool) -> None:
        full = tuple(each for each in sets if each)
        if full:
            weight = max(rarity(term) for each in full for term in each)
            found.append(Topic(text, full, weight, linked))

    for mention in question.mentions:
        likely = mention.entities[: weights.COVERAGE_ENTITIES]
        entities = [graph.entity(id) for id in likely]
        names = {name.text for each in entities if each is not None for name in each.names}
        spoken = [mention.text, *names]
        if language == "zh":
            spoken += [each for others in reword(spoken) for each in others]
        sets = {frozenset(query_terms(name)) for name in spoken if language_of(name) == language}
        add(mention.text, sets, True)
    rest = _unlinked(question)
    for long, short, start, end in find_shortened(rest):
        add(short, {frozenset(query_terms(long)), frozenset(query_terms(short))}, False)
        rest = rest[:start] + "|" * (end - start) + rest[end:]
    for term in query_terms(rest):
        # Chinese texts write many names in Latin letters; English ones hold no Chinese.
        if language_of(term) == "en" and (language == "en" or question.language == "zh"):
            add(term, {frozenset((term,))}, False)
    if language == "zh":
        for pair, meant in _chinese(question, rest, rarity):
            found.append(Topic(pair, meant, rarity(pair), False))
    if language != question.language:
        for ask in question.asks:
            label = RELATIONS[ask.relation].label(language)
            add(label, {frozenset(query_terms(label))}, False)
    return found


def measure_coverage(held: Collection[str], wanted: Sequence[Topic]) -> Coverage:
    """Return which share of some topics the terms of a text cover."""
    if not wanted:
        return Coverage(0.0, 0.0, ())
    terms = frozenset(held)
    spoken = [topic for topic in wanted if any(terms >= names for names in topic.alternatives)]
    total = sum(topic.weight for topic in wanted)
    linked = sum(topic.linked for topic in wanted)
    return Coverage(
        sum(topic.weight for topic in spoken) / total,
        sum(topic.linked for topic in spoken) / linked if linked else 0.0,
        tuple(topic.text for topic in spoken),
    )


def _unlinked(question: ParsedQuery) -> str:
    """Return a question with its mentions replaced by bars."""
    signs = list(question.text)
    for mention in question.mentions:
        signs[mention.start : mention.end] = "|" * (mention.end - mention.start)
    return "".join(signs)


def _chinese(
    question: ParsedQuery, rest: str, rarity: Rarity
) -> Iterator[tuple[str, tuple[frozenset[str], ...]]]:
    """Yield the Chinese words of the rest of a question, each with what may stand for it."""
    cues = [RELATIONS[ask.relation].cues_zh for ask in question.asks]
    unknown = rarity("")
    pairs = [pair for run in chinese_query_runs(rest) for pair in segment(run, rarity, unknown)]
    for pair in dict.fromkeys(pairs):
        same = sorted({cue for each in cues if pair in each for cue in each})
        spoken = [frozenset(query_terms(cue)) for cue in same]
        yield pair, (frozenset((pair,)), *filter(None, spoken))
