"""Decide whether a piece of evidence supports a claim: passages by sentence, facts by group.

    claim -> AnnotatedText, evidence -> AnnotatedEvidence -> score() -> 1 where it supports

One sentence of a passage must support the claim (`knowledge.text.sentence_support`). A line of
facts states its relation by its label: there the claim may use the relation's words, must deny
where the relation forbids, and must not turn cause and effect round.
"""

from dataclasses import dataclass

from knowledge.text import text_features
from knowledge.text.denial import DenialKind
from knowledge.text.fact_direction import NamedSide, is_turned_round
from knowledge.text.sentence_support import (
    AnnotatedText,
    FindEntities,
    find_relevant_denials,
    has_same_sense,
    have_same_kinds,
    score_coverage,
)
from knowledge.text.sentences import split_draft
from knowledge.vocabulary import INVERSE, RELATIONS, base_relation
from medchat.answering import well_formed
from medchat.answering.answer import Evidence
from medchat.answering.fact_alignment import is_aligned

_FORBIDDING: frozenset[DenialKind] = frozenset({"negation", "prohibition", "cessation"})
"""Denials by which a claim may say that something must not be had."""


@dataclass(frozen=True, slots=True)
class AnnotatedEvidence:
    """A piece of evidence by its sentences; the context says what all of them are about."""

    source: Evidence
    context: AnnotatedText
    sentences: tuple[AnnotatedText, ...]

    @classmethod
    def of(cls, evidence: Evidence, find: FindEntities) -> "AnnotatedEvidence":
        """Annotate a piece: a line of facts whole, a passage sentence by sentence."""
        context = AnnotatedText.of(evidence.context, find)
        if evidence.kind == "fact":
            return cls(evidence, context, (AnnotatedText.of(evidence.quote, find),))
        return cls(
            evidence,
            context,
            tuple(AnnotatedText.of(sentence, find) for sentence in split_draft(evidence.quote)),
        )


def score_evidence(claim: AnnotatedText, evidence: AnnotatedEvidence) -> float:
    """Return 1 where a sentence of the evidence carries the claim, else a share below 1."""
    best = 0.0
    for held in evidence.sentences:
        relations = _relations_of(evidence)
        share = score_coverage(claim, held, evidence.context, relations)
        if share >= 1.0 and _same_sense(claim, held, evidence):
            return 1.0
        best = max(best, min(share, 0.99))
    return best


def _relations_of(evidence: AnnotatedEvidence) -> frozenset[str] | None:
    """Return the relations of which a claim may speak, where the evidence states facts."""
    if not evidence.source.relation:
        return None
    relation = base_relation(evidence.source.relation)
    return frozenset({relation, *RELATIONS[relation].stated_as})


def _same_sense(claim: AnnotatedText, held: AnnotatedText, evidence: AnnotatedEvidence) -> bool:
    if evidence.source.kind == "fact":
        return (
            is_aligned(claim, held, evidence.source)
            and _same_polarity_of_fact(claim, held, evidence)
            and not _is_turned_round(claim, evidence)
        )
    if not well_formed.is_statement(claim.text) and well_formed.is_statement(held.text):
        return False
    if not well_formed.has_verb(claim.text) and well_formed.has_verb(held.text):
        return False
    return has_same_sense(claim, held)


def _same_polarity_of_fact(
    claim: AnnotatedText, held: AnnotatedText, evidence: AnnotatedEvidence
) -> bool:
    """Compare denial with a group of facts: its relation's, or that of the value spoken of."""
    if text_features.fold_letters(claim.text) in text_features.fold_letters(held.text):
        return True
    relation = base_relation(evidence.source.relation)
    if relation in text_features.NEGATIVE_RELATIONS:
        # once: "not contraindicated" denies twice
        ours = claim.denials
        return len(ours) % 2 == 1 and all(found.kind in _FORBIDDING for found in ours)
    return have_same_kinds(claim.denials, find_relevant_denials(claim, held))


def _is_turned_round(claim: AnnotatedText, evidence: AnnotatedEvidence) -> bool:
    """Say whether the claim exchanges the two ends of a group of facts; a text has no ends."""
    if RELATIONS[base_relation(evidence.source.relation)].object is None:
        return False
    inverse = evidence.source.relation.endswith(INVERSE)
    sides = [
        NamedSide(span.start, span.end, (evidence.source.subject in span.entities) != inverse)
        for span in claim.spans
    ]
    return is_turned_round(claim.text, base_relation(evidence.source.relation), sides)
