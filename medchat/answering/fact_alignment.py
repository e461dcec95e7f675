"""Align a sentence with the line of facts that it cites: who, which items, and each item whole.

    sentence, line -> its subject named, at least one item said whole, none in part, none twice

A sentence that has all its words in a line may still be a fragment of it, or make a name of parts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.graph import verbalize
from knowledge.text import text_features
from knowledge.text.scripts import fold_script
from knowledge.text.sentence_support import AnnotatedText, EntitySpan, blank_spans
from knowledge.vocabulary import INVERSE, RELATIONS, base_relation
from medchat.answering import well_formed
from medchat.answering.answer import Evidence

_STOPS = " .。;；"
_NO_USE = frozenset(
    ("side_effect", "symptom", "sign", "cause", "risk_factor", "complication", "interaction")
)
"""Relations of which no sentence says that one is used for the other."""

_USED_FOR = re.compile(
    r"\b(?:used|given|prescribed|indicated|recommended)\s+(?:for|in)\b|\btreats?\b|用于治疗|可用于",
    re.IGNORECASE,
)
_ONLY = re.compile(r"\b(?:only|alone|solely|always|never)\b|仅|只有|只能|总是", re.IGNORECASE)
_SHORT = 8
"""The words of a text of at most so many keep their order."""

_WHOM = re.compile(
    r"\b(?:adults?|children|infants?|newborns?|women|men|older people|elderly|trimester)\b"
    r"|成人|儿童|婴儿|新生儿|女性|男性|老年人|孕妇",
)
_ROUTE = re.compile(
    r"\b(?:by mouth|orally|intravenous(?:ly)?|into a vein|under the skin|subcutaneous(?:ly)?|"
    r"into a muscle|intramuscular(?:ly)?|inhaled|rectal(?:ly)?|topical(?:ly)?)\b"
    r"|口服|静脉|皮下|肌内|肌注|吸入|直肠|舌下|鞘内|外用"
)


@dataclass(frozen=True, slots=True)
class FactLine:
    """A line of facts by its parts: the subject's name, and the names or texts that it lists."""

    subject: str
    items: tuple[str, ...]
    is_text: bool

    @classmethod
    def of(cls, piece: Evidence) -> "FactLine | None":
        """Return the parts of a line, or None where it is not built as lines of facts are."""
        base = base_relation(piece.relation)
        if piece.kind != "fact" or base not in RELATIONS:
            return None
        inverse = piece.relation.endswith(INVERSE)
        empty = verbalize.evidence_line("", base, [""], piece.language, inverse=inverse)
        subject, head, listed = fold_script(piece.quote).partition(fold_script(empty.rstrip(".。")))
        parts = listed.strip(_STOPS).split("; " if piece.language == "en" else "；")
        items = tuple(part.strip(_STOPS) for part in parts if part.strip(_STOPS))
        if not head or not subject or not items:
            return None
        return cls(subject, items, RELATIONS[base].object is None)


def is_aligned(claim: AnnotatedText, held: AnnotatedText, piece: Evidence) -> bool:
    """Say whether a sentence is a statement on the line's own subject that names items whole."""
    if not (well_formed.is_statement(claim.text) and well_formed.has_verb(claim.text)):
        return False
    line = FactLine.of(piece)
    if line is None:
        return True
    named = _named_subject(claim, piece, line)
    if not named or len(named) > max(1, len(_named_subject(held, piece, line))):
        return False
    rest = blank_spans(claim.text, named)
    if len(_ONLY.findall(claim.text)) > len(_ONLY.findall(held.text)):
        return False
    if line.is_text:
        return _states_text(rest, line, piece)
    if base_relation(piece.relation) in _NO_USE and _USED_FOR.search(claim.text):
        return False
    if _runs_on(claim) or any(item + item in rest for item in line.items):
        return False
    said = [item for item in line.items if _says(rest, claim, held, item)]
    return bool(said) and not _says_part(rest, claim, held, line, said, piece)


def _runs_on(claim: AnnotatedText) -> bool:
    """Say whether two names of an English sentence stand side by side."""
    return any(
        one.text.isascii() and other.text.isascii() and claim.text[one.end : other.start] == " "
        for one, other in pairwise(claim.spans)
    )


def _named_subject(claim: AnnotatedText, piece: Evidence, line: FactLine) -> list[tuple[int, int]]:
    """Return where a sentence names the subject of a line, by any of its names."""
    text = claim.text.casefold()
    inside = [
        (match.start(), match.end())
        for item in line.items
        if not line.is_text and line.subject.casefold() in item.casefold()
        for match in re.finditer(re.escape(item.casefold()), text)
    ]
    found = [(span.start, span.end) for span in claim.spans if piece.subject in span.entities]
    if not found:
        name = re.escape(line.subject.casefold())
        found = [(match.start(), match.end()) for match in re.finditer(name, text)][:1]
    return [
        (start, end)
        for start, end in found
        if not any(begin <= start and end <= stop for begin, stop in inside)
    ]


def _holds(text: str, name: str) -> bool:
    if not name[:1].isascii():
        return name.casefold() in text.casefold()
    pattern = rf"(?<![a-z0-9]){re.escape(name.casefold())}(?![a-z0-9])"
    return re.search(pattern, text.casefold()) is not None


def _ids(held: AnnotatedText, item: str) -> frozenset[str]:
    """Return what an item of a line can mean: the entities named by exactly its words."""
    start = held.text.rfind(item)
    whole = (start, start + len(item))
    return frozenset(
        id for span in held.spans if (span.start, span.end) == whole for id in span.entities
    )


def _says(rest: str, claim: AnnotatedText, held: AnnotatedText, item: str) -> bool:
    return _holds(rest, item) or bool(claim.ids & _ids(held, item))


def _says_part(
    rest: str,
    claim: AnnotatedText,
    held: AnnotatedText,
    line: FactLine,
    said: Sequence[str],
    piece: Evidence,
) -> bool:
    """Say whether a sentence has words of an item that it does not name whole."""
    known = {unit for name in said for unit in _units(name)} | _label(piece)
    known |= {unit for span in _others(claim, held, said) for unit in _units(span.text)}
    left = [item for item in line.items if item not in said]
    spoken = _units(rest) - known
    if any(not spoken.isdisjoint(_units(item)) for item in left):
        return True
    # a name that is a part of another one must stand for itself somewhere
    shown = rest
    for item in sorted(said, key=len, reverse=True):
        shown = re.sub(re.escape(item), "\x00", shown, flags=re.IGNORECASE)
    pairs = {unit for item in line.items for unit in _units(item)}
    own = {unit for name in said for unit in _units(name)}
    return bool((_units(shown) & pairs & own) - _label(piece) - _framing(claim, held, said))


def _framing(claim: AnnotatedText, held: AnnotatedText, said: Sequence[str]) -> set[str]:
    return {unit for span in _others(claim, held, said) for unit in _units(span.text)}


def _others(claim: AnnotatedText, held: AnnotatedText, said: Sequence[str]) -> list[EntitySpan]:
    """Return where a sentence names what a line lists, by whatever name."""
    meant = frozenset(id for item in said for id in _ids(held, item))
    return [span for span in claim.spans if not meant.isdisjoint(span.entities)]


def _units(text: str) -> set[str]:
    return set(text_features.content_units(text))


def _label(piece: Evidence) -> set[str]:
    """Return the words by which a sentence may name the relation of a line."""
    relation = RELATIONS[base_relation(piece.relation)]
    words = (relation.en, relation.zh, relation.inverse_en, relation.inverse_zh)
    return _units(" ".join((*words, *relation.cues_en, *relation.cues_zh)))


def _states_text(rest: str, line: FactLine, piece: Evidence) -> bool:
    """Say whether a sentence has words of a text, for whom it holds, and no other route."""
    spoken = _units(rest) - _label(piece)
    told = [
        item for item in line.items if _holds(rest, item) or not spoken.isdisjoint(_units(item))
    ]
    words = " ".join(told).casefold()
    said = rest.casefold()
    whom = {match[0] for match in _WHOM.finditer(words)}
    return (
        bool(told)
        and not _is_reordered(rest, told, _label(piece))
        and all(each in said for each in whom)
        and all(match[0] in words for match in _ROUTE.finditer(said))
    )


def _is_reordered(rest: str, told: Sequence[str], label: set[str]) -> bool:
    """Say whether the English words of a short text stand in another order."""
    stems = [stem for item in told for stem in text_features.content_stems(item)]
    theirs = [stem for stem in stems if stem not in label]
    if len(theirs) > _SHORT or len(set(theirs)) < len(theirs):
        return False
    ours = [stem for stem in text_features.content_stems(rest) if stem in theirs]
    places = [theirs.index(stem) for stem in dict.fromkeys(ours)]
    return places != sorted(places)
