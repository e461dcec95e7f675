"""Tell a group of facts as a sentence, in the words in which lessons state facts.

    line of facts -> subject and what is listed -> "Symptoms of gout include joint pain." -> checked

Everything that the line lists is told. Where the check of answers does not find the sentence in the
line, or no sentence can be made, the line itself is told.
"""

import random
import re
from collections.abc import Collection, Mapping, MutableSequence, Sequence
from dataclasses import replace
from typing import Any

from knowledge.graph import verbalize
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.realize import chinese_sentences, letter_case, realizer
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import RelationSentencesWords
from knowledge.text.citations import uncited
from knowledge.text.sentence_support import AnnotatedText, FindEntities
from knowledge.vocabulary import INVERSE, RELATIONS, TREATING, base_relation
from medchat.answering.answer import Evidence
from medchat.answering.entailment import AnnotatedEvidence, score_evidence

_SMALL = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’])")
_STOPS = " .。;；"
_ALSO = re.compile(",? as well as ")
_WORD = re.compile(r"[A-Za-z]+")
_TREATMENTS = frozenset(TREATING)
_TREATMENT_EN = re.compile(
    r"^(An? )?((?:treatment|medicine|first-line treatment)s?\b)", re.IGNORECASE
)
_TREATMENT_ZH = re.compile("(药物|治疗)(?=包括|有|是)")
_OF_CHILDREN = re.compile(
    r"^in (?:children|infants|newborns)\b|^(?:儿童|婴儿|新生儿)", re.IGNORECASE
)
_OTHER = {True: "Another", False: "Other"}
_ONE_ZH: Mapping[str, str] = {
    "first_line": "{s}的一线治疗是{a}。",
    "treatment": "{s}的治疗有{a}。",
    "medicine": "用于{s}的药物有{a}。",
    "cause": "{s}的病因有{a}。",
    "test": "{s}的检查有{a}。",
    "symptom": "{s}的症状有{a}。",
    "sign": "{s}的体征有{a}。",
    "risk_factor": "{s}的危险因素有{a}。",
    "complication": "{s}的并发症有{a}。",
    "side_effect": "{s}的不良反应有{a}。",
    "contraindication": "{s}的禁忌证有{a}。",
}


class _First(random.Random):
    """Draws the first of what there is to draw from, and leaves every order as it is."""

    def random(self) -> float:
        """Return the least number that can be drawn."""
        return 0.0

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Leave the order as it is."""


_FIRST = _First()


def tell(
    piece: Evidence,
    find: FindEntities,
    common: Collection[str] | None = None,
    before: Collection[str] = (),
) -> str:
    """Return a line of facts as a sentence that the line supports, without a citation.

    `common` are English words that names write small within a sentence; `before` are treatments
    of the subject that were told: the sentence tells the others, or is empty where there are none.
    """
    common = small_words([piece]) if common is None else common
    line = uncited(" ".join(piece.quote.split())).strip()
    if piece.relation == "dose_limit":
        line = _adults_first(line, piece)
        piece = replace(piece, text=line, start=0, end=len(line))
    if before and not _others(listed_in(piece), before):
        return ""
    told = _ALSO.sub(", and ", _worded(piece, line, common, before))
    if told and _is_supported(told, piece, find):
        return _as_further(told, piece) if before else told
    line = _labelled(line, piece)
    return line if line[-1:] in tuple(".!?。！？") else line + _stop(piece)


def _labelled(line: str, piece: Evidence) -> str:
    """Return a line of which no sentence is made, with its label before its subject."""
    base = base_relation(piece.relation)
    if base not in RELATIONS or piece.relation.endswith(INVERSE):
        return line
    subject, head, listed = line.partition(_head(piece))
    label = RELATIONS[base].label(piece.language)
    if not head or not subject or not listed.strip(_STOPS):
        return line
    if piece.language == "zh":
        return f"{subject}的{label}：{listed.strip()}"
    name = letter_case.lower_heading(subject, small_words([piece]))
    return f"{label[:1].upper()}{label[1:]} of {name}: {listed.strip()}"


def listed_in(piece: Evidence) -> list[str]:
    """Return what a line of treatments lists; nothing for a line of another kind."""
    if base_relation(piece.relation) not in _TREATMENTS or piece.relation.endswith(INVERSE):
        return []
    return _listed(uncited(" ".join(piece.quote.split())).strip().partition(_head(piece))[2], piece)


def small_words(evidence: Sequence[Evidence]) -> frozenset[str]:
    """Return the words that names write small within a sentence: those that the evidence does."""
    found = set(letter_case.ALWAYS_LOWER)
    for piece in evidence:
        if piece.language == "en":
            found.update(_SMALL.findall(piece.text))
    return frozenset(found)


def _stop(piece: Evidence) -> str:
    return "。" if piece.language == "zh" else "."


def _head(piece: Evidence) -> str:
    """Return what stands between the subject of a line and what it lists."""
    base, inverse = base_relation(piece.relation), piece.relation.endswith(INVERSE)
    return verbalize.evidence_line("", base, [""], piece.language, inverse=inverse).rstrip(".。")


def _adults_first(line: str, piece: Evidence) -> str:
    """Return a line of doses with those of children behind the others."""
    subject, head, listed = line.partition(_head(piece))
    texts = _listed(listed, piece)
    texts.sort(key=lambda text: _OF_CHILDREN.search(text) is not None)
    joint = "; " if piece.language == "en" else "；"
    return f"{subject}{head}{joint.join(texts)}{_stop(piece)}" if head and texts else line


def _others(listed: Sequence[str], before: Collection[str]) -> list[str]:
    """Return what of a list was not told before, or all of it where nothing was."""
    known = {name.casefold() for name in before}
    return [name for name in listed if name.casefold() not in known]


def _as_further(told: str, piece: Evidence) -> str:
    """Return a sentence on treatments as one on those beside the ones told before."""
    if piece.language == "zh":
        return _TREATMENT_ZH.sub(r"其他\1", told, count=1)
    return _TREATMENT_EN.sub(
        lambda found: f"{_OTHER[bool(found[1])]} {found[2].lower()}", told, count=1
    )


def _worded(
    piece: Evidence, line: str, common: Collection[str], before: Collection[str] = ()
) -> str:
    """Return the sentence, or nothing where the line is not built as lines of facts are."""
    base = base_relation(piece.relation)
    if base not in RELATIONS:
        return ""
    relation = RELATIONS[base]
    subject, head, listed = line.partition(_head(piece))
    listed = listed.strip(_STOPS)
    if not head or not subject or not listed:
        return ""
    name = letter_case.lower_heading(subject, common) if piece.language == "en" else subject
    seen = base if relation.symmetric else piece.relation
    if relation.object is None:
        return _of_texts(name, base, listed, piece, common)
    shown = _others(_listed(listed, piece), before)
    items = [_item(each, base, piece, common) for each in shown]
    if len(items) == 1 and piece.language == "zh":
        said = _of_one(name, seen, items)
        if said:
            return said
    template = load(RelationSentencesWords, piece.language).told.get(seen)
    if template:
        return realizer.fill_with_items([template], name, items, piece.language, _FIRST)
    return realizer.state_facts(name, seen, items, piece.language, _FIRST)


def _of_one(name: str, relation: str, items: Sequence[PageFact]) -> str:
    """Return the Chinese sentence for a list of one, where its usual verb promises several."""
    template = _ONE_ZH.get(relation)
    return realizer.fill_with_items([template], name, items, "zh", _FIRST) if template else ""


def _listed(text: str, piece: Evidence) -> list[str]:
    parts = text.split("; " if piece.language == "en" else "；")
    return [part.strip(_STOPS) for part in parts if part.strip(_STOPS)]


def _item(name: str, relation: str, piece: Evidence, common: Collection[str]) -> PageFact:
    if piece.language == "zh":
        said = chinese_sentences.name_test(name) if relation == "test" else name
    else:
        kind = "condition" if piece.relation.endswith(INVERSE) else RELATIONS[relation].object
        said = letter_case.within_sentence(name, kind or "", "en", common)
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
    return letter_case.lower_first_word(text, {*common, first[0].lower()} if first else common)


def _is_supported(told: str, piece: Evidence, find: FindEntities) -> bool:
    claim = AnnotatedText.of(told, find)
    return score_evidence(claim, AnnotatedEvidence.of(piece, find)) >= 1.0
