"""Parse a question: which entities it mentions, and which relations it asks for.

    question -> as it is meant (`reading`) -> mentions -> patterns of questions, cues of the
             vocabulary -> relations asked for + unexplained terms

The cues live in `vocabulary.py`, the patterns in `reading/asked.yaml`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.graph.linker import EntityMention, Linker
from knowledge.index import lexical
from knowledge.index.lexical import LexicalIndex
from knowledge.records import Language
from knowledge.search import weights
from knowledge.search.reading.asked_relations import AskedPart, asked_parts
from knowledge.search.reading.class_members import find_classes
from knowledge.search.reading.denied_findings import drop_denied
from knowledge.search.reading.question_reading import Reading, read_question
from knowledge.search.reading.reading_tables import full_forms
from knowledge.text.names import language_of
from knowledge.text.scripts import fold_script, regional_wordings
from knowledge.text.stop_words import TOPICLESS_EN, TOPICLESS_ZH
from knowledge.vocabulary import RELATIONS

WEAK = frozenset(
    ("what is", "what are", "是什么", "什么是", "who", "people", "where", "age", "last", "check")
    + ("class", "feel", "present", "eat", "药", "哪里", "about", "reason", "why", "limit", "test")
    + ("介绍", "tell me about", "describe", "related", "associated", "association", "linked")
    + ("相关", "有关", "reactions", "conditions", "features", "clinic", "sign", "danger")
)
"""Cues that count only where the question has no clearer one."""

CONDITIONS = (
    *("what diseases", "which diseases", "what disease", "which disease", "what conditions"),
    *("which conditions", "what illnesses", "sign of what", "symptom of what", "哪些疾病"),
    *("什么疾病", "哪些病", "什么病", "哪种病", "啥病", "见于"),
)
"""Words that ask for the conditions which have what the question names."""

GENERIC = {
    "medicine": ("medicine", "medicines", "medication", "medications", "drug", "drugs", "药物"),
    "treatment": ("treat", "treats", "treated", "治疗"),
}
"""Cues that often are but the object of another: "drug interactions", "药物相互作用"."""


_MAY = re.compile(
    r"\b(?:can|may|could|should|ok(?:ay)? (?:for|to)|safe (?:for|to))\b[^.?!]*"
    r"\b(?:take|takes|taking|have|use|used|using|give|given|giving|prescribe|prescribed|start)\b"
    r"|\b(?:safe|unsafe|suitable)\b"
    r"|(?:能不能|能否|能|可不可以|可以|可否|适合|适宜|是否可以?)(?:同时|一起|继续)?(?:吃|用|服|使用|给)"
    r"|安全吗|是否安全",
    re.IGNORECASE,
)
"""Words that ask whether somebody may have a medicine: what speaks against it is the answer."""

_MEDICINE = "medicine:"

_STOPS = re.compile(
    r"\b(?:stop|discontinue|come off|withdraw)\w*\b|停(?:药|用|掉|服|吃)?(?!经)", re.IGNORECASE
)
"""Whether a medicine may be stopped is not whether it may be had."""

_AGAINST = ("contraindication", "interaction")
"""What may speak against a medicine."""


@dataclass(frozen=True, slots=True)
class AskedRelation:
    """A relation that a question asks for; `inverse` where its words look from the object."""

    relation: str
    weight: float
    inverse: bool = False

    @property
    def is_clear(self) -> bool:
        """Say whether a cue asks for just this relation."""
        return self.weight >= weights.CLEAR_CUE


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A parsed question.

    `explained` is the share of its words that are mentions, cues, or say nothing of the topic;
    `rest` holds the terms that are none of these. `permission` says that it asks for no relation
    clearly, but whether somebody may have a medicine. `wordings` are the same question in the
    words of another Chinese region, and as it was written where short forms were read in full.
    `readings` are the words that were read otherwise than they are written: `text` holds what
    they were read as. `members` are what may answer for a name of which nothing is recorded: the
    medicines of a class, kinds of a condition; `unknown` are full names that the base lacks,
    `classes` the classes of medicines, as they are written.
    """

    text: str
    language: Language
    mentions: tuple[EntityMention, ...]
    asks: tuple[AskedRelation, ...]
    explained: float
    rest: tuple[str, ...]
    permission: bool = False
    wordings: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    members: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cue:
    """A cue where it stands in the question."""

    start: int
    end: int
    text: str


def parse_query(
    text: str,
    linker: Linker,
    language: Language | None = None,
    words: LexicalIndex | None = None,
) -> ParsedQuery:
    """Parse a question; its language is detected where none is given.

    The text of the parsed one is in simplified characters, with its words as they are meant and
    without findings that it denies; what `words`, those of the passages, hold is no misspelling.
    """
    written = fold_script(text)
    spoken = language or language_of(written)
    read = read_question(written, linker, words)
    text = drop_denied(read.text, linker)
    wordings = regional_wordings(text)
    if any(reading.sort != "spelling" for reading in read.readings):
        wordings = (*wordings, written)
    classes = find_classes(text, linker.find(text, correct=False), linker)
    mentions = classes.mentions
    unknown = _unknown(text, mentions)
    nameless = [
        EntityMention(start, end, text[start:end], ("medicine:",)) for start, end in classes.spans
    ]
    parts = asked_parts(text, (*mentions, *unknown, *nameless))
    cues = [cue for cue in _cues(text) if not _within(cue, mentions) and not _in_part(cue, parts)]
    asks = _asks(cues, parts)
    permission = not any(ask.is_clear for ask in asks) and _permission(text, mentions)
    if permission:
        asks = tuple(AskedRelation(relation, weights.PERMISSION) for relation in _AGAINST)
    known = lexical.query_terms(" ".join(_explained(text, (*mentions, *nameless), cues, parts)))
    spans = [(each.start, each.end) for each in (*mentions, *unknown, *nameless)]
    spans += [(each.start, each.end) for each in cues] + [(each.start, each.end) for each in parts]
    rest = tuple(term for term in lexical.query_terms(_masked(text, spans)) if not _topicless(term))
    explained = len(known) / (len(known) + len(rest)) if known else 0.0
    return ParsedQuery(
        text,
        spoken,
        mentions,
        asks,
        explained,
        rest,
        permission,
        wordings,
        read.readings,
        classes.members,
        tuple(each.text for each in unknown),
        classes.texts,
    )


def _unknown(text: str, mentions: Sequence[EntityMention]) -> list[EntityMention]:
    """Return where a question has full names of conditions and medicines that no name is."""
    return [
        EntityMention(*match.span(), match[0], ("condition:",))
        for match in full_forms().finditer(text)
        if all(each.end <= match.start() or match.end() <= each.start for each in mentions)
    ]


def _explained(
    text: str,
    mentions: Sequence[EntityMention],
    cues: Sequence[_Cue],
    parts: Sequence[AskedPart],
) -> list[str]:
    """Return the parts of a question that are understood, each but once."""
    whole = [(part.start, part.end) for part in parts]
    pieces = [(each.start, each.end) for each in mentions]
    pieces += [(each.start, each.end) for each in cues]
    loose = [
        (start, end)
        for start, end in pieces
        if not any(first <= start and end <= last for first, last in whole)
    ]
    return [text[start:end] for start, end in (*loose, *whole)]


def _in_part(cue: _Cue, parts: Sequence[AskedPart]) -> bool:
    """Say whether a pattern has read a cue; "for gout, what drug first-line" tells more by it."""
    return any(
        cue.start < part.end and part.start < cue.end
        for part in parts
        if part.inverse or part.relation not in GENERIC or _MEANT[cue.text][0].relation in GENERIC
    )


class _Meaning(NamedTuple):
    """A relation that a cue asks for; a `weak` cue does so only where no clearer one stands."""

    relation: str
    weak: bool = False
    inverse: bool = False

    @property
    def weight(self) -> float:
        return weights.WEAK_CUE if self.weak else weights.CLEAR_CUE


def _table() -> tuple[dict[str, list[_Meaning]], re.Pattern[str]]:
    """Return the cues with what each asks for, and the pattern that finds the longest of them."""
    meant: dict[str, list[_Meaning]] = {}
    for id, relation in RELATIONS.items():
        for cue in (*relation.cues_en, *relation.cues_zh):
            meant.setdefault(cue, []).append(_Meaning(id, cue in WEAK))
        for label in {relation.en, relation.zh} - set(meant):
            meant[label] = [_Meaning(id)]
        for cue in (relation.inverse_en.lower(), relation.inverse_zh):
            if cue and not relation.symmetric:
                meant.setdefault(cue, []).append(_Meaning(id, inverse=True))
    for cue in CONDITIONS:
        meant[cue] = [_Meaning(id, inverse=True) for id in ("symptom", "sign")]
    words = sorted(meant, key=lambda cue: (-len(cue), cue))
    english = "|".join(re.escape(cue).replace(r"\ ", r"[\s-]+") for cue in words if cue.isascii())
    chinese = "|".join(re.escape(cue) for cue in words if not cue.isascii())
    pattern = rf"(?<![a-z])(?:{english})(?![a-z])|{chinese}"
    return meant, re.compile(pattern, re.IGNORECASE)


_MEANT, _PATTERN = _table()


def _cues(text: str) -> list[_Cue]:
    found: list[_Cue] = []
    for match in _PATTERN.finditer(text):
        cue = re.sub(r"[\s-]+", " ", match.group().lower())
        spelled = cue if cue in _MEANT else match.group().lower()
        if spelled in _MEANT:
            found.append(_Cue(match.start(), match.end(), spelled))
    return found


def _within(cue: _Cue, mentions: tuple[EntityMention, ...]) -> bool:
    """Say whether a cue is but a part of a name: `stroke prevention clinic`."""
    return any(
        each.start <= cue.start and cue.end <= each.end and len(each.text) > len(cue.text)
        for each in mentions
    )


def _asks(cues: list[_Cue], parts: Sequence[AskedPart]) -> tuple[AskedRelation, ...]:
    best = {(part.relation, part.inverse): weights.CLEAR_CUE for part in parts}
    strong = {each.relation for cue in cues for each in _MEANT[cue.text] if not each.weak}
    strong |= {part.relation for part in parts}
    for cue in cues:
        for each in _MEANT[cue.text]:
            weight = each.weight
            others = strong - {"medicine", "treatment", "first_line", "pregnancy", "prevention"}
            if cue.text in GENERIC.get(each.relation, ()) and others:
                weight = weights.SECOND_CUE
            key = (each.relation, each.inverse)
            best[key] = max(best.get(key, 0.0), weight)
    top = max(best.values(), default=0.0)
    least = min(top, weights.SECOND_CUE)
    kept = {key: weight for key, weight in best.items() if weight >= least}
    if ("first_line", False) in kept:
        # "First-line medicines" asks for the first line; all medicines are the second best answer.
        kept.update(
            {key: weights.SECOND_CUE for key in kept if key[0] in ("medicine", "treatment")}
        )
    if not strong:
        # "what is" asks for a description where nothing else does
        kept = dict.fromkeys(kept, weights.ONLY_WEAK_CUES)
    order = sorted(kept.items(), key=lambda item: -item[1])
    return tuple(AskedRelation(relation, weight, inverse) for (relation, inverse), weight in order)


def _permission(text: str, mentions: tuple[EntityMention, ...]) -> bool:
    """Say whether a question is whether somebody may have a medicine that it names."""
    named = any(id.startswith(_MEDICINE) for mention in mentions for id in mention.entities)
    return named and _MAY.search(text) is not None and _STOPS.search(text) is None


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    signs = list(text)
    for start, end in spans:
        signs[start:end] = "|" * (end - start)
    return "".join(signs)


def _topicless(term: str) -> bool:
    return term in TOPICLESS_EN or any(word in term or term in word for word in TOPICLESS_ZH)
