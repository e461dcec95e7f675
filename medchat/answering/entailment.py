"""Whether a sentence is carried by evidence: the same entities, numbers, words, sense.

    sentence -> Text      evidence -> Piece      score(Text, Piece) -> 1 where it is carried

A sentence is carried by one sentence of evidence: every medical entity, every number with its unit,
every content word, the same polarity and direction. Strict on purpose: a true sentence that is lost
is replaced by a quotation, a false one that passes is not. No model is asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.text.denial import KINDS, Denial, DenialKind, find_denials
from knowledge.text.sentences import split_draft
from knowledge.vocabulary import RELATIONS
from medchat.answering import text_features
from medchat.answering.answer import Evidence


class Mention(Protocol):
    """A place in a text where an entity is named; `entities` are the ids it can mean."""

    @property
    def start(self) -> int:
        """Where the name begins."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def text(self) -> str:
        """The name as it is written there."""

    @property
    def entities(self) -> Sequence[str]:
        """What it can mean."""


Find = Callable[[str], Sequence[Mention]]
"""What finds entities in a text."""

_CLAUSE = re.compile(
    r"[;；:：。]|，|,?\s+(?:but|whereas|while|although|though|however|unless|except)\s+|,\s+and\s+",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(
    r"[,;:，；：、]|\b(?:and|or|but|whereas|while|although)\b|而|但|和|及|或", re.IGNORECASE
)
_ACTION = re.compile(
    r"\b(?:caus\w+|leads?|led|leading|result\w*|trigger\w*|increas\w+|rais\w+|worsen\w*|treat\w*|"
    r"prevent\w*|reduc\w+|lower\w*|inhibit\w*|induc\w+|preced\w+|follow\w*|replac\w+|rather)\b"
    r"|引起|导致|引发|诱发|增加|加重|治疗|预防|降低|减少|抑制|先于|早于|优于|代替",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:by|from|due to|because of|of)\b|由|被|因", re.IGNORECASE)
_CAUSES = re.compile(
    r"\bcauses?\b(?!\s*(?:of|include|are|:))|\blead(?:s|ing)? to\b|\bresults? in\b|引起|导致|引发",
    re.IGNORECASE,
)
INVERSE = "~"
"""Ends the relation of a group of facts that is seen from the object's side."""

_TRAILING_RELATIONS = frozenset({"complication", "side_effect"})
"""Relations whose objects follow from the subject, so that the subject may 'cause' them."""

_ALLIED: Mapping[str, frozenset[str]] = {
    "first_line": frozenset({"first_line", "treatment", "medicine"}),
    "treatment": frozenset({"treatment"}),
    "medicine": frozenset({"medicine", "treatment"}),
    "complication": frozenset({"complication", "cause"}),
    "side_effect": frozenset({"side_effect", "cause"}),
}
"""Which relation words may speak of a group of facts, besides those of its own relation."""


_FORBIDDING: frozenset[DenialKind] = frozenset({"negation", "prohibition", "cessation"})
"""Denials by which a claim may say that something must not be had."""

_LIKE: Mapping[DenialKind, frozenset[DenialKind]] = {
    **{kind: frozenset({kind}) for kind in KINDS},
    "negation": frozenset({"negation", "prohibition", "lack"}),
    "prohibition": frozenset({"prohibition", "negation"}),
    "lack": frozenset({"lack", "negation"}),
}
"""Which kinds of denial say the same: "should not be used" and "contraindicated"."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text ready to be compared: without its entities and numbers, and these apart."""

    text: str
    rest: str
    mentions: tuple[Mention, ...]
    ids: frozenset[str]
    lower: str

    @classmethod
    def of(cls, text: str, find: Find) -> "Text":
        """Find the entities of a text and set them apart."""
        mentions = tuple(find(text))
        rest = text
        for mention in mentions:
            rest = rest[: mention.start] + " " * (mention.end - mention.start) + rest[mention.end :]
        ids = frozenset(id for mention in mentions for id in mention.entities)
        return cls(text, rest, mentions, ids, text.casefold())


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence by its sentences; the context says what all of them are about."""

    evidence: Evidence
    context: Text
    sentences: tuple[Text, ...]

    @classmethod
    def of(cls, evidence: Evidence, find: Find) -> "Piece":
        """Make a piece ready: a line of facts whole, a passage sentence by sentence."""
        context = Text.of(evidence.context, find)
        if evidence.kind == "fact":
            return cls(evidence, context, (Text.of(evidence.quote, find),))
        return cls(
            evidence,
            context,
            tuple(Text.of(sentence, find) for sentence in split_draft(evidence.quote)),
        )


def score(claim: Text, piece: Piece) -> float:
    """Return 1 where a sentence of the evidence carries the claim, else a share below 1."""
    best = 0.0
    for held in piece.sentences:
        share = _coverage(claim, held, piece)
        if share >= 1.0 and _same_sense(claim, held, piece):
            return 1.0
        best = max(best, min(share, 0.99))
    return best


def _coverage(claim: Text, held: Text, piece: Piece) -> float:
    wanted = [_named(mention, held, piece.context) for mention in claim.mentions]
    given = {number.value for number in text_features.numbers(held.text)}
    given |= {number.value for number in text_features.numbers(piece.context.text)}
    wanted += [number.value in given for number in text_features.numbers(claim.rest)]
    wanted += _worded(text_features.without_numbers(claim.rest), held, piece)
    return sum(wanted) / len(wanted) if wanted else 0.0


def _named(mention: Mention, held: Text, context: Text) -> bool:
    if any(id in held.ids or id in context.ids for id in mention.entities):
        return True
    name = mention.text.casefold()
    return any(_holds(text.lower, name) for text in (held, context))


def _holds(text: str, name: str) -> bool:
    if not name[:1].isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None


def _worded(rest: str, held: Text, piece: Piece) -> list[bool]:
    texts = f"{held.text} \n {piece.context.text}"
    stems = set(text_features.stems(texts))
    speaks = _relations_of(piece, texts)
    found = [
        word in stems or bool(text_features.families(word) & speaks)
        for word in text_features.stems(_without_denials(rest))
    ]
    for run in text_features.chinese(rest):
        for part in _without_cues(run, speaks):
            found += [pair in texts for pair in text_features.pairs(part)]
    return found


def _relations_of(piece: Piece, texts: str) -> frozenset[str]:
    """Return the relations of which a claim may speak: those the evidence itself speaks of."""
    if piece.evidence.relation:
        relation = piece.evidence.relation.rstrip(INVERSE)
        return _ALLIED.get(relation, frozenset({relation}))
    return text_features.spoken_relations(texts)


def _without_denials(text: str) -> str:
    """Return a text with blanks where it denies: what denies is compared by `_same_sense`."""
    for found in find_denials(text):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


def _without_cues(run: str, speaks: frozenset[str]) -> list[str]:
    cues = sorted(
        (cue for id in speaks for cue in (*RELATIONS[id].cues_zh, RELATIONS[id].zh)), key=len
    )
    parts = [run]
    for cue in reversed(cues):
        parts = [piece for part in parts for piece in part.split(cue) if piece]
    return [piece for part in parts for piece in text_features.chinese(_without_denials(part))]


def _same_sense(claim: Text, held: Text, piece: Piece) -> bool:
    if piece.evidence.kind == "fact":
        return _same_polarity_of_fact(claim, piece) and _fact_direction(claim, piece)
    return (
        _same_polarity(claim, held)
        and _same_owners(claim, held)
        and _same_order(claim, held)
        and not _other_subject(claim, held)
    )


def _same_polarity_of_fact(claim: Text, piece: Piece) -> bool:
    """Compare denial with a group of facts: its relation's, or that of the value spoken of."""
    held = piece.sentences[0]
    if text_features.letters(claim.text) in text_features.letters(held.text):
        return True
    ours = find_denials(claim.rest)
    if _negative(piece):
        # once: "not contraindicated" denies twice
        return len(ours) % 2 == 1 and all(found.kind in _FORBIDDING for found in ours)
    return _same_denials(ours, _denials_where(claim, held))


def _negative(piece: Piece) -> bool:
    return piece.evidence.relation.rstrip(INVERSE) in text_features.NEGATIVE_RELATIONS


def _same_polarity(claim: Text, held: Text) -> bool:
    if text_features.letters(claim.text) in text_features.letters(held.text) and _whole(
        claim, held
    ):
        return True
    if not _same_denials(find_denials(claim.rest), _denials_where(claim, held)):
        return False
    return _denies_the_same(claim, held)


def _whole(claim: Text, held: Text) -> bool:
    """Say whether the claim is the whole of the held sentence, or leaves out no denial of it."""
    return len(find_denials(claim.text)) == len(find_denials(held.text))


def _same_denials(ours: Sequence[Denial], theirs: Sequence[Denial]) -> bool:
    """Say whether each denial has one of its kind in the other text, and none is left over.

    "Not to be stopped" denies twice, and so is not "to be stopped".
    """
    left = list(theirs)
    for found in ours:
        ranked = sorted(left, key=lambda each: (each.cue != found.cue, each.kind != found.kind))
        like = next((each for each in ranked if each.kind in _LIKE[found.kind]), None)
        if like is None:
            return False
        left.remove(like)
    return not left


def _denials_where(claim: Text, held: Text) -> list[Denial]:
    """Return the denials in the clauses of the evidence that hold the claim's own words."""
    clauses = _clauses(held)
    spoken = set(text_features.units(claim.text))
    hits = [spoken & set(text_features.units(clause)) for clause, _ in clauses]
    shared = frozenset.intersection(*map(frozenset, hits)) if len(hits) > 1 else frozenset()
    chosen = [found for (_, found), hit in zip(clauses, hits, strict=True) if hit - shared]
    return [each for found in chosen or [found for _, found in clauses] for each in found]


def _clauses(text: Text) -> list[tuple[str, list[Denial]]]:
    """Return the clauses of a sentence, each with what denies in it."""
    found, start = [], 0
    for match in [*_CLAUSE.finditer(text.text), None]:
        end = match.start() if match else len(text.text)
        if text.text[start:end].strip():
            found.append((text.text[start:end], find_denials(text.rest[start:end])))
        start = match.end() if match else end
    return found or [(text.text, find_denials(text.rest))]


def _denies_the_same(claim: Text, held: Text) -> bool:
    """Compare what the same word of denial is followed by, so that a moved 'not' is seen."""
    ours, theirs = _denied_words(claim), _denied_words(held)
    return all(
        not theirs.get(sign) or not after or bool(after & theirs[sign])
        for sign, after in ours.items()
    )


def _denied_words(text: Text) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for denial in find_denials(text.rest):
        following = text_features.units(text.text[denial.end : denial.end + 40])
        found.setdefault(denial.cue, set()).update(following[:1])
    return {sign: frozenset(after) for sign, after in found.items()}


def _same_owners(claim: Text, held: Text) -> bool:
    """Say whether each number belongs to the same entity in the claim as in the evidence."""
    theirs: dict[str, list[frozenset[str]]] = {}
    for number in text_features.numbers(held.rest):
        theirs.setdefault(number.value, []).append(_owner(held, number.start))
    for number in text_features.numbers(claim.rest):
        ours = _owner(claim, number.start)
        owners = theirs.get(number.value, [])
        if ours and owners and not any(ours & owner or not owner for owner in owners):
            return False
    return True


def _owner(text: Text, place: int) -> frozenset[str]:
    before = [mention for mention in text.mentions if mention.end <= place]
    return _keys(max(before, key=lambda mention: mention.end)) if before else frozenset()


def _keys(mention: Mention) -> frozenset[str]:
    return frozenset({*mention.entities, mention.text.casefold()})


def _same_order(claim: Text, held: Text) -> bool:
    """Say whether who acts on whom is the same: entities in the same order around an action."""
    if not (_ACTION.search(claim.rest) and _ACTION.search(held.rest)):
        return True
    if bool(_PASSIVE.search(claim.rest)) != bool(_PASSIVE.search(held.rest)):
        return True  # the other voice may turn the order; the words have been compared
    places = []
    for mention in claim.mentions:
        same = [other.start for other in held.mentions if _keys(other) & _keys(mention)]
        if same:
            places.append((min(same), max(same)))
    return all(first[0] <= second[1] for first, second in zip(places, places[1:], strict=False))


def _other_subject(claim: Text, held: Text) -> bool:
    """Say whether the evidence says it of something else: 'A is used, while B causes C' of 'A, C'.

    Something of the claim stands in a part of the sentence that begins with another entity and
    does not name the claim's own before it.
    """
    ours: frozenset[str] = frozenset().union(*map(_keys, claim.mentions))
    if not ours:
        return False
    breaks = [0, *(match.end() for match in _BOUNDARY.finditer(held.text))]
    spoken = {unit for unit, _ in text_features.placed(claim.rest)}
    places: dict[str, list[int]] = {}
    for unit, start in text_features.placed(held.rest):
        if unit in spoken:
            places.setdefault(unit, []).append(start)
    for mention in held.mentions:
        if _keys(mention) & ours:
            places.setdefault(mention.entities[0], []).append(mention.start)
    return any(
        all(_belongs_elsewhere(place, held, ours, breaks) for place in found)
        for found in places.values()
    )


def _belongs_elsewhere(place: int, held: Text, ours: frozenset[str], breaks: Sequence[int]) -> bool:
    begin = max(end for end in breaks if end <= place)
    before = [each for each in held.mentions if begin <= each.start and each.end <= place]
    return bool(before) and not any(_keys(each) & ours for each in before)


def _fact_direction(claim: Text, piece: Piece) -> bool:
    """Say whether the claim does not turn cause and effect of a group of facts round."""
    action = _CAUSES.search(claim.text)
    if action is None or piece.evidence.relation.endswith(INVERSE):
        return True
    if _PASSIVE.search(claim.text[: action.start()][-12:]) or "由" in claim.text:
        return True
    first = claim.mentions[0] if claim.mentions else None
    if first is None or first.start > action.start():
        return True
    leads = piece.evidence.subject in first.entities
    return leads if piece.evidence.relation in _TRAILING_RELATIONS else not leads
