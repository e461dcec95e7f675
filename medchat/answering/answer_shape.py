"""Put the sentences of an answer in the order in which a clinician reads them.

    told facts and quoted passages -> what answers, what to do, cautions, when to escalate, evidence

A part of which nothing was found is left out, and nothing is said twice.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from knowledge.text import text_features
from knowledge.text.denial import DenialKind, is_denied
from knowledge.text.numbers import find_quantities
from knowledge.text.scripts import fold_script
from knowledge.text.sentence_support import AnnotatedText, FindEntities
from knowledge.vocabulary import TREATING, base_relation
from medchat.answering import relevance
from medchat.answering.answer import Evidence, Part, Sentence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.answer_parts import join_parts
from medchat.answering.entailment import AnnotatedEvidence, score_evidence
from medchat.answering.fact_alignment import FactLine
from medchat.answering.understanding import Question

_ORDER: tuple[Part, ...] = get_args(Part)

_OF_RELATION: Mapping[str, Part] = {
    **dict.fromkeys(("first_line", "treatment", "medicine", "test", "department"), "action"),
    **dict.fromkeys(("dose_limit", "monitoring", "prevention", "diet_recommended"), "action"),
    **dict.fromkeys(("contraindication", "interaction", "side_effect", "pregnancy"), "caution"),
    "diet_avoided": "caution",
    "red_flag": "escalation",
}
"""To which part facts belong that are not the ones asked for; others belong to the evidence."""

_TREATMENT = frozenset(TREATING)
_WARNINGS: frozenset[DenialKind] = frozenset({"prohibition"})
_NO_WARNING = re.compile(r"\b(?:bite|trigger|allergen)? ?avoidance\b", re.IGNORECASE)
_SAID_AGAIN = 0.85
"""A sentence that shares so much of its words with an earlier one says the same."""


def arrange(
    told: CheckedAnswer, evidence: Sequence[Evidence], asked: Question, find: FindEntities
) -> CheckedAnswer:
    """Return what is told from evidence, part by part, without what facts have said before."""
    pieces = {piece.id: piece for piece in evidence}
    cited = {citation.n: pieces[citation.id] for citation in told.citations}
    facts = [AnnotatedEvidence.of(piece, find) for piece in evidence if piece.kind == "fact"]
    answers = any(_is_asked_for(fact.source, asked, find) for fact in facts)
    kept: list[Sentence] = []
    for sentence in told.sentences:
        piece = cited[sentence.citations[0]]
        if piece.kind == "passage" and _was_said(sentence, kept, facts, find):
            continue
        kept.append(replace(sentence, part=_part(sentence, piece, asked, find, answers)))
    if not any(sentence.part == "answer" for sentence in kept):
        kept = [replace(kept[0], part="answer"), *kept[1:]]
    kept.sort(key=lambda sentence: _ORDER.index(sentence.part))
    return join_parts([replace(told, sentences=tuple(kept))])  # numbers citations by first use


def first_line_first(facts: Sequence[Evidence], asked: Question) -> list[Evidence]:
    """Return facts with the first line before other treatment, and none that only repeats it."""
    if _TREATMENT.isdisjoint(asked.relations):
        return list(facts)
    ranked = sorted(facts, key=lambda piece: piece.relation != "first_line")
    kept: list[Evidence] = []
    for piece in ranked:
        line = FactLine.of(piece)
        earlier = [FactLine.of(one) for one in kept if one.subject == piece.subject]
        if line and any(one and set(line.items) <= set(one.items) for one in earlier):
            continue
        kept.append(piece)
    return kept


def _part(
    sentence: Sentence, piece: Evidence, asked: Question, find: FindEntities, answers: bool
) -> Part:
    if piece.kind == "fact":
        leads = piece.relation == "first_line" and not _TREATMENT.isdisjoint(asked.relations)
        bare = len(asked.mentions) == 1 and not (asked.relations or asked.rest or asked.classes)
        tells = (bare and piece.relation == "description") or piece.relation in ("symptom", "sign")
        if leads or tells or _is_asked_for(piece, asked, find):
            return "answer"
        return _OF_RELATION.get(base_relation(piece.relation), "evidence")
    text = fold_script(sentence.uncited())
    spoken = text_features.find_relations(text)
    if spoken.intersection(asked.relations) and not answers:
        return "answer"
    if "red_flag" in spoken:
        return "escalation"
    warned = is_denied(_NO_WARNING.sub(" ", text), _WARNINGS)
    return "caution" if warned else "evidence"


def _is_asked_for(piece: Evidence, asked: Question, find: FindEntities) -> bool:
    return relevance.is_exact(piece, asked, find)


def _was_said(
    sentence: Sentence,
    before: Sequence[Sentence],
    facts: Sequence[AnnotatedEvidence],
    find: FindEntities,
) -> bool:
    """Say whether a fact, or an earlier sentence, says all that a quoted sentence does."""
    claim = AnnotatedText.of(sentence.uncited(), find)
    if any(score_evidence(claim, fact) >= 1.0 for fact in facts):
        return True
    units = set(text_features.content_units(claim.text))
    numbers = {each.canonical for each in find_quantities(claim.text)}
    return any(
        text_features.share_held(units, text_features.content_units(one.uncited())) > _SAID_AGAIN
        and numbers <= {each.canonical for each in find_quantities(fold_script(one.uncited()))}
        for one in before
    )
