"""Compare what a question sets side by side: what each is, what causes, shows and treats it.

Turn -> "difference between A and B"? -> facts of both, relation by relation -> Lead

Only what the graph holds of both is told; each sentence cites the facts of its own side.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.graph.knowledge_graph import EvidenceLine, KnowledgeGraph
from knowledge.records import Entity, Language
from knowledge.text import text_features
from knowledge.text.sentence_support import EntitySpan
from knowledge.vocabulary import INVERSE, RELATIONS, TREATING, base_relation
from medchat.answering import answer_check, literature
from medchat.answering.answer import Evidence, Sentence
from medchat.answering.leads import Lead, Turn
from medchat.answering.retriever import facts_as_evidence

_COMPARES = re.compile(
    r"\bdiffer\w*|\bdistinguish\w*|\bdistinct\w*|\bcompar\w+|\bcontrast\w*|\bversus\b|\bvs\b|"
    r"\btell\b[^.?!]*\b(?:apart|from)\b|\bsame (?:thing )?as\b|"
    "区别|差别|不同|差异|鉴别|区分|分辨|不一样|异同|一回事|比较|对比"
)
_PREFERS = re.compile(
    r"\b(?:better|preferable|superior|stronger|safer)\b|哪(?:个|种)?(?:更|比较)?(?:好|强|安全)"
)

_TOLD: Mapping[str, tuple[str, ...]] = {
    "condition": ("description", "cause", "symptom", "first_line"),
    "medicine": ("description", "drug_class", "medicine~", "side_effect", "contraindication"),
}
"""What of two conditions, or medicines, is told side by side; of others only what they are."""


_UNDECIDED: Mapping[Language, str] = {
    "en": "The sources do not say which of the two is better; of each they say:",
    "zh": "资料没有说明两者何者更好；分别如下：",
}


def comparison(turn: Turn) -> Lead | None:
    """Return both sides of a comparison, or None where the message asks for none."""
    asked = turn.asked
    text = asked.question.casefold()
    prefers = _PREFERS.search(text) is not None
    if turn.urgent or len(asked.mentions) != 2 or not (prefers or _COMPARES.search(text)):
        return None
    if asked.permission or literature.is_study_question(asked):
        return None
    graph = turn.search.graph
    sides = [_side(mention, graph) for mention in asked.mentions]
    one, other = sides
    if one is None or other is None or one.kind != other.kind or one.id == other.id:
        return None
    named, usual = _named(text), _TOLD.get(one.kind, ("description",))
    evidence = _told([one, other], named, graph, turn.language) if named else []
    evidence = evidence or _told([one, other], usual, graph, turn.language)
    if {piece.subject for piece in evidence} != {one.id, other.id}:
        return None
    told = answer_check.tell_evidence(evidence, turn.search.linker.find)
    first = evidence[0].relation
    relations = {citation.n: citation.id.rpartition("#")[2] for citation in told.citations}
    sentences = tuple(
        replace(each, part="answer" if relations[each.citations[0]] == first else "evidence")
        for each in told.sentences
    )
    if prefers:
        preface = Sentence(_UNDECIDED[turn.language], (), "none", 0.0)
        sentences = (preface, *sentences)
    return Lead(told=replace(told, sentences=sentences), complete=True)


def _side(mention: EntitySpan, graph: KnowledgeGraph) -> Entity | None:
    return graph.entity(mention.entities[0])


def _named(text: str) -> tuple[str, ...]:
    """Return the relations that a question names."""
    cued = text_features.find_relations(text) - {"description", "interaction"}
    named = tuple(relation for relation in RELATIONS if relation in cued)
    if any(relation in TREATING for relation in named):
        named = ("first_line", *(each for each in named if each not in TREATING))
    return named


def _told(
    sides: Sequence[Entity], wanted: Sequence[str], graph: KnowledgeGraph, language: Language
) -> list[Evidence]:
    """Return the facts of both sides, relation by relation: none that only one side has.

    What a thing is is told of each that has it.
    """
    told: list[Evidence] = []
    for relation in wanted:
        lines = [_line(side, relation, graph, language) for side in sides]
        held = [line for line in lines if line is not None]
        if len(held) == len(sides) or relation == "description":
            told += [facts_as_evidence(line) for line in held]
    return told


def _line(
    side: Entity, relation: str, graph: KnowledgeGraph, language: Language
) -> EvidenceLine | None:
    """Return the facts of one side; the nearest to what is asked where treatment is meant."""
    base, inverse = base_relation(relation), relation.endswith(INVERSE)
    for each in TREATING if base in TREATING and not inverse else (base,):
        line = graph.evidence(side.id, each, language, inverse)
        if line is not None and line.language == language:
            return line
    return None
