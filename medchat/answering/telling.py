"""Tell a group of facts as a sentence, in the words in which lessons state facts.

    line of facts -> subject and what is listed -> "Symptoms of gout include joint pain." -> checked

Everything that the line lists is told. Where the check of answers does not find the sentence in the
line, or no sentence can be made, the line itself is told.
"""

import random
import re
from collections.abc import Collection, MutableSequence, Sequence
from typing import Any

from knowledge.graph import verbalize
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.realize import chinese_sentences, name_forms, realizer
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import RelationSentencesWords
from knowledge.text.citations import uncited
from knowledge.text.sentence_support import AnnotatedText, FindEntities
from knowledge.vocabulary import INVERSE, RELATIONS, base_relation
from medchat.answering.answer import Evidence
from medchat.answering.entailment import AnnotatedEvidence, score_evidence

_SMALL = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’])")
_STOPS = " .。;；"
_ALSO = re.compile(",? as well as ")
_WORD = re.compile(r"[A-Za-z]+")


class _First(random.Random):
    """Draws the first of what there is to draw from, and leaves every order as it is."""

    def random(self) -> float:
        """Return the least number that can be drawn."""
        return 0.0

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Leave the order as it is."""


_FIRST = _First()


def tell(piece: Evidence, find: FindEntities, common: Collection[str] | None = None) -> str:
    """Return a line of facts as a sentence that the line supports, without a citation.

    `common` are English words that names write small within a sentence.
    """
    common = small_words([piece]) if common is None else common
    line = uncited(" ".join(piece.quote.split())).strip()
    told = _ALSO.sub(", and ", _worded(piece, line, common))
    if told and _is_supported(told, piece, find):
        return told
    return line if line[-1:] in tuple(".!?。！？") else line + _stop(piece)


def small_words(evidence: Sequence[Evidence]) -> frozenset[str]:
    """Return the words that names write small within a sentence: those that the evidence does."""
    found = set(name_forms.ALWAYS_LOWER)
    for piece in evidence:
        if piece.language == "en":
            found.update(_SMALL.findall(piece.text))
    return frozenset(found)


def _stop(piece: Evidence) -> str:
    return "。" if piece.language == "zh" else "."


def _worded(piece: Evidence, line: str, common: Collection[str]) -> str:
    """Return the sentence, or nothing where the line is not built as lines of facts are."""
    base = base_relation(piece.relation)
    if base not in RELATIONS:
        return ""
    relation, inverse = RELATIONS[base], piece.relation.endswith(INVERSE)
    empty = verbalize.evidence_line("", base, [""], piece.language, inverse=inverse).rstrip(".。")
    subject, head, listed = line.partition(empty)
    listed = listed.strip(_STOPS)
    if not head or not subject or not listed:
        return ""
    name = name_forms.lower_heading(subject, common) if piece.language == "en" else subject
    seen = base if relation.symmetric else piece.relation
    if relation.object is None:
        return _of_texts(name, base, listed, piece, common)
    items = [_item(each, base, piece, common) for each in _listed(listed, piece)]
    template = load(RelationSentencesWords, piece.language).told.get(seen)
    if template:
        return realizer.fill_with_items([template], name, items, piece.language, _FIRST)
    return realizer.state_facts(name, seen, items, piece.language, _FIRST)


def _listed(text: str, piece: Evidence) -> list[str]:
    parts = text.split("; " if piece.language == "en" else "；")
    return [part.strip(_STOPS) for part in parts if part.strip(_STOPS)]


def _item(name: str, relation: str, piece: Evidence, common: Collection[str]) -> PageFact:
    if piece.language == "zh":
        said = chinese_sentences.name_test(name) if relation == "test" else name
    else:
        kind = "condition" if piece.relation.endswith(INVERSE) else RELATIONS[relation].object
        said = name_forms.within_sentence(name, kind or "", "en", common)
    return PageFact("", name, said, object=name)


def _of_texts(name: str, relation: str, text: str, piece: Evidence, common: Collection[str]) -> str:
    """Tell texts, each of which may be a sentence that begins with a capital."""
    language = piece.language
    texts = _listed(text, piece)
    if language == "en":
        texts = [_lowered(each, common) for each in texts]
    said = ("; " if language == "en" else "；").join(texts)
    template = load(RelationSentencesWords, language).told.get(relation)
    if template:
        return realizer.fill(template, language, len(texts), s=name, a=said)
    return realizer.state_facts(name, relation, [PageFact("", text, said)], language, _FIRST)


def _lowered(text: str, common: Collection[str]) -> str:
    """Return a text as it stands behind a colon; the names of persons keep their capital."""
    first = _WORD.match(text)
    return name_forms.lower_first_word(text, {*common, first[0].lower()} if first else common)


def _is_supported(told: str, piece: Evidence, find: FindEntities) -> bool:
    claim = AnnotatedText.of(told, find)
    return score_evidence(claim, AnnotatedEvidence.of(piece, find)) >= 1.0
