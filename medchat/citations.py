"""The sentence check: what a draft says must stand in the evidence that it cites.

    draft -> sentences with their [n] -> each held against the evidence, sentence by sentence
          -> supported (citation kept or repaired) | unsupported (dropped or marked)

A sentence is carried by one sentence of evidence: every medical entity, every number with its unit,
every content word, the same polarity and direction. Strict on purpose: a true sentence that is lost
is replaced by a quotation, a false one that passes is not. No model is asked.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from knowledge.passages import sentences
from knowledge.vocabulary import RELATIONS
from medchat import words
from medchat.answers import Citation, Evidence, Sentence, Support


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


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft after the check: its sentences, and the citations they use, numbered from 1.

    `verbatim` says that evidence is quoted and no writer had a part in it.
    """

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    dropped: int = 0
    repaired: int = 0
    verbatim: bool = False

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return join(sentence.text for sentence in self.sentences)


_MARKER = re.compile(r"\s*\[(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\]")
_AFTER_STOP = re.compile(r"([.!?。！？；])((?:\s*\[\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\])+)")
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


def check(
    draft: str,
    evidence: Sequence[Evidence],
    find: Find,
    *,
    keep_unsupported: bool = False,
) -> Checked:
    """Hold every sentence of a draft against the evidence, which `[1]` counts from 1.

    A sentence that its own citation does not carry gets the citation of evidence that does. What
    nothing carries is dropped, or kept and marked with `keep_unsupported`.
    """
    pieces = [_Piece.of(piece, find) for piece in evidence]
    judged = [_judge(sentence, pieces, find) for sentence in split(draft)]
    kept = [one for one in judged if one.support != "unsupported" or keep_unsupported]
    if not any(one.support == "supported" for one in kept) and not keep_unsupported:
        kept = []
    return replace(
        _numbered(kept, evidence),
        dropped=sum(one.support == "unsupported" for one in judged),
        repaired=sum(one.repaired for one in judged),
    )


def quoted(evidence: Sequence[Evidence]) -> Checked:
    """Answer by quoting: evidence in its own words, sentence by sentence, carries itself."""
    judged = [
        _Judged(_spoken(text, piece), (number,), "supported", 1.0)
        for number, piece in enumerate(evidence, 1)
        for text in ([piece.quote] if piece.kind == "fact" else _plain_sentences(piece.quote))
    ]
    return replace(_numbered(judged, evidence), verbatim=True)


def fill_in(checked: Checked, facts: Sequence[Evidence]) -> Checked:
    """Put the whole line of facts where a draft names only some of what it lists.

    A contraindication that is left out is as wrong as one that is made up.
    """
    numbers = {citation.id: citation.n for citation in checked.citations}
    kept = list(checked.sentences)
    for piece in facts:
        number = numbers.get(piece.id)
        if number is None or not _lacks(join(one.text for one in kept), piece):
            continue
        place = next((i for i, one in enumerate(kept) if one.citations == (number,)), len(kept))
        kept = [one for one in kept if one.citations != (number,)]
        line = Sentence(marked(_spoken(piece.quote, piece), (number,)), (number,), "supported", 1.0)
        kept.insert(place, line)
    written = any(sentence in checked.sentences for sentence in kept)
    return replace(checked, sentences=tuple(kept), verbatim=not written)


def cite(evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    """Return pieces of evidence as citations numbered from 1."""
    return tuple(_citation(number, piece) for number, piece in enumerate(evidence, 1))


def split(draft: str) -> list[str]:
    """Return the sentences of a draft, each with its markers before its stop.

    >>> split("Use A.[1] Avoid B [2]. 首选甲。[3]次选乙[1]。")
    ['Use A[1].', 'Avoid B [2].', '首选甲[3]。', '次选乙[1]。']
    """
    moved = _AFTER_STOP.sub(lambda match: match[2].replace(" ", "") + match[1], draft)
    lines = (line.strip(" \t-*•") for line in moved.splitlines())
    return [line[start:end] for line in lines for start, end in sentences(line)]


def markers(sentence: str) -> tuple[int, ...]:
    """Return the numbers that a sentence cites, in order.

    >>> markers("Metformin [2], then insulin [1, 2].")
    (2, 1)
    """
    found = (int(n) for match in _MARKER.finditer(sentence) for n in re.findall(r"\d+", match[1]))
    return tuple(dict.fromkeys(found))


def bare(sentence: str) -> str:
    """Return a sentence without its markers."""
    return _MARKER.sub("", sentence).strip()


def marked(sentence: str, numbers: Sequence[int]) -> str:
    """Put markers before the stop of a sentence.

    >>> marked("Rest helps.", (1, 3)), marked("休息有效。", (2,))
    ('Rest helps [1][3].', '休息有效[2]。')
    """
    signs = "".join(f"[{number}]" for number in numbers)
    if not signs:
        return sentence
    match = re.search(r"[.!?。！？；;]+$", sentence)
    body, stop = (sentence[: match.start()], match[0]) if match else (sentence, "")
    blank = "" if re.search(r"[\u3400-\u9fff）】”》]$", body) else " "
    return f"{body.rstrip()}{blank}{signs}{stop}"


def join(parts: Iterable[str]) -> str:
    """Join sentences, with a blank after those that end like English ones."""
    text = ""
    for sentence in parts:
        text += (" " if text and not re.search(r"[。！？；：]$", text) else "") + sentence
    return text


@dataclass(frozen=True, slots=True)
class _Text:
    """A text ready to be compared: without its entities and numbers, and these apart."""

    text: str
    rest: str
    mentions: tuple[Mention, ...]
    ids: frozenset[str]
    lower: str

    @classmethod
    def of(cls, text: str, find: Find) -> "_Text":
        mentions = tuple(find(text))
        rest = text
        for mention in mentions:
            rest = rest[: mention.start] + " " * (mention.end - mention.start) + rest[mention.end :]
        ids = frozenset(id for mention in mentions for id in mention.entities)
        return cls(text, rest, mentions, ids, text.casefold())


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of evidence by its sentences; the context says what all of them are about."""

    evidence: Evidence
    context: _Text
    sentences: tuple[_Text, ...]

    @classmethod
    def of(cls, evidence: Evidence, find: Find) -> "_Piece":
        context = _Text.of(evidence.context, find)
        if evidence.kind == "fact":
            return cls(evidence, context, (_Text.of(evidence.quote, find),))
        return cls(
            evidence,
            context,
            tuple(_Text.of(sentence, find) for sentence in split(evidence.quote)),
        )


@dataclass(frozen=True, slots=True)
class _Judged:
    text: str
    cited: tuple[int, ...]
    support: Support
    score: float
    repaired: bool = False


def _judge(sentence: str, pieces: Sequence[_Piece], find: Find) -> _Judged:
    text = bare(sentence)
    claim = _Text.of(text, find)
    if not (claim.mentions or words.units(claim.rest) or words.numbers(claim.rest)):
        return _Judged(text, (), "none", 0.0)
    scores = {number: _score(claim, piece) for number, piece in enumerate(pieces, 1)}
    cited = [number for number in markers(sentence) if number in scores]
    for numbers, repaired in ((cited, False), (list(scores), True)):
        carrying = [number for number in numbers if scores[number] >= 1.0]
        if carrying:
            kept = tuple(carrying if not repaired else carrying[:1])
            return _Judged(text, kept, "supported", 1.0, repaired)
    joint = _jointly(sentence, pieces, find)
    if joint:
        return _Judged(text, joint, "supported", 1.0)
    best = max((scores[number] for number in cited or scores), default=0.0)
    return _Judged(text, tuple(cited), "unsupported", best)


def _jointly(sentence: str, pieces: Sequence[_Piece], find: Find) -> tuple[int, ...]:
    """Return the citations of a sentence if each carries the part of it that comes before."""
    parts = _MARKER.split(sentence)  # text, numbers, text, numbers, …, rest
    if len(parts) < 5 or words.units(bare(parts[-1])):
        return ()
    subject, used = "", []
    for text, numbers in zip(parts[0::2], parts[1::2], strict=False):
        claim = _Text.of(f"{subject} {text}".strip(), find)
        cited = [int(n) for n in re.findall(r"\d+", numbers) if 0 < int(n) <= len(pieces)]
        carrying = [number for number in cited if _score(claim, pieces[number - 1]) >= 1.0]
        if not carrying:
            return ()
        used += carrying
        # what follows "and" speaks of the same subject
        subject = subject or (claim.mentions[0].text if claim.mentions else "")
    return tuple(dict.fromkeys(used))


def _score(claim: _Text, piece: _Piece) -> float:
    """Return 1 where a sentence of the evidence carries the claim, else a share below 1."""
    best = 0.0
    for held in piece.sentences:
        share = _coverage(claim, held, piece)
        if share >= 1.0 and _same_sense(claim, held, piece):
            return 1.0
        best = max(best, min(share, 0.99))
    return best


def _coverage(claim: _Text, held: _Text, piece: _Piece) -> float:
    wanted = [_named(mention, held, piece.context) for mention in claim.mentions]
    given = {number.value for number in words.numbers(held.text)}
    given |= {number.value for number in words.numbers(piece.context.text)}
    wanted += [number.value in given for number in words.numbers(claim.rest)]
    wanted += _worded(words.without_numbers(claim.rest), held, piece)
    return sum(wanted) / len(wanted) if wanted else 0.0


def _named(mention: Mention, held: _Text, context: _Text) -> bool:
    if any(id in held.ids or id in context.ids for id in mention.entities):
        return True
    name = mention.text.casefold()
    return any(_holds(text.lower, name) for text in (held, context))


def _holds(text: str, name: str) -> bool:
    if not name[:1].isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None


def _worded(rest: str, held: _Text, piece: _Piece) -> list[bool]:
    texts = f"{held.text} \n {piece.context.text}"
    stems = set(words.stems(texts))
    speaks = _relations_of(piece, texts)
    found = [
        word in stems or bool(words.families(word) & speaks) or _denial_found(word, piece, texts)
        for word in words.stems(rest)
    ]
    for run in words.chinese(rest):
        for part in _without_cues(run, speaks):
            found += [pair in texts for pair in words.pairs(part)]
    return found


def _relations_of(piece: _Piece, texts: str) -> frozenset[str]:
    """Return the relations of which a claim may speak: those the evidence itself speaks of."""
    if piece.evidence.relation:
        relation = piece.evidence.relation.rstrip(INVERSE)
        return _ALLIED.get(relation, frozenset({relation}))
    return words.spoken_relations(texts)


def _denial_found(word: str, piece: _Piece, texts: str) -> bool:
    """Say whether a word of denial is matched by another; `_same_sense` compares what they deny."""
    if not words.denials(word):
        return False
    return _negative(piece) or bool(words.denials(texts))


def _without_cues(run: str, speaks: frozenset[str]) -> list[str]:
    cues = sorted(
        (cue for id in speaks for cue in (*RELATIONS[id].cues_zh, RELATIONS[id].zh)), key=len
    )
    parts = [run]
    for cue in [*reversed(cues), "不应", "不宜", "不能", "不可", "不得", "不"]:
        parts = [piece for part in parts for piece in part.split(cue) if piece]
    return [piece for part in parts for piece in words.chinese(part)]


def _same_sense(claim: _Text, held: _Text, piece: _Piece) -> bool:
    if piece.evidence.kind == "fact":
        return _same_polarity_of_fact(claim, piece) and _fact_direction(claim, piece)
    return (
        _same_polarity(claim, held)
        and _same_owners(claim, held)
        and _same_order(claim, held)
        and not _other_subject(claim, held)
    )


def _same_polarity_of_fact(claim: _Text, piece: _Piece) -> bool:
    """Compare denial with a group of facts: its relation's, or that of the value spoken of."""
    if _plain(claim.text) in _plain(piece.sentences[0].text):
        return True
    denials = len(words.denials(claim.rest))
    if _negative(piece):
        return denials % 2 == 1  # "not contraindicated" denies twice
    return bool(denials) == bool(_denials_where(claim, piece.sentences[0]))


def _negative(piece: _Piece) -> bool:
    return piece.evidence.relation.rstrip(INVERSE) in words.NEGATIVE_RELATIONS


def _same_polarity(claim: _Text, held: _Text) -> bool:
    if _plain(claim.text) in _plain(held.text) and _whole(claim, held):
        return True
    ours, theirs = len(words.denials(claim.rest)), _denials_where(claim, held)
    # both deny or neither does, and "not to be stopped" is not "to be stopped"
    if bool(ours) != bool(theirs) or ours % 2 != theirs % 2:
        return False
    return _denies_the_same(claim, held)


def _whole(claim: _Text, held: _Text) -> bool:
    """Say whether the claim is the whole of the held sentence, or leaves out no denial of it."""
    return len(words.denials(claim.text)) == len(words.denials(held.text))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _denials_where(claim: _Text, held: _Text) -> int:
    """Count the denials in the clauses of the evidence that hold the claim's own words."""
    clauses = _clauses(held)
    spoken = set(words.units(claim.text))
    hits = [spoken & set(words.units(clause)) for clause, _ in clauses]
    shared = frozenset.intersection(*map(frozenset, hits)) if len(hits) > 1 else frozenset()
    chosen = [count for (_, count), hit in zip(clauses, hits, strict=True) if hit - shared]
    return sum(chosen) if chosen else sum(count for _, count in clauses)


def _clauses(text: _Text) -> list[tuple[str, int]]:
    """Return the clauses of a sentence, each with how many words of it deny."""
    found, start = [], 0
    for match in [*_CLAUSE.finditer(text.text), None]:
        end = match.start() if match else len(text.text)
        if text.text[start:end].strip():
            found.append((text.text[start:end], len(words.denials(text.rest[start:end]))))
        start = match.end() if match else end
    return found or [(text.text, len(words.denials(text.rest)))]


def _denies_the_same(claim: _Text, held: _Text) -> bool:
    """Compare what the same word of denial is followed by, so that a moved 'not' is seen."""
    ours, theirs = _denied_words(claim), _denied_words(held)
    return all(
        not theirs.get(sign) or not after or bool(after & theirs[sign])
        for sign, after in ours.items()
    )


def _denied_words(text: _Text) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for sign, end in words.denials(text.rest):
        following = words.units(text.text[end : end + 40])
        found.setdefault(sign, set()).update(following[:1])
    return {sign: frozenset(after) for sign, after in found.items()}


def _same_owners(claim: _Text, held: _Text) -> bool:
    """Say whether each number belongs to the same entity in the claim as in the evidence."""
    theirs: dict[str, list[frozenset[str]]] = {}
    for number in words.numbers(held.rest):
        theirs.setdefault(number.value, []).append(_owner(held, number.start))
    for number in words.numbers(claim.rest):
        ours = _owner(claim, number.start)
        owners = theirs.get(number.value, [])
        if ours and owners and not any(ours & owner or not owner for owner in owners):
            return False
    return True


def _owner(text: _Text, place: int) -> frozenset[str]:
    before = [mention for mention in text.mentions if mention.end <= place]
    return _keys(max(before, key=lambda mention: mention.end)) if before else frozenset()


def _keys(mention: Mention) -> frozenset[str]:
    return frozenset({*mention.entities, mention.text.casefold()})


def _same_order(claim: _Text, held: _Text) -> bool:
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


def _other_subject(claim: _Text, held: _Text) -> bool:
    """Say whether the evidence says it of something else: 'A is used, while B causes C' of 'A, C'.

    Something of the claim stands in a part of the sentence that begins with another entity and
    does not name the claim's own before it.
    """
    ours: frozenset[str] = frozenset().union(*map(_keys, claim.mentions))
    if not ours:
        return False
    breaks = [0, *(match.end() for match in _BOUNDARY.finditer(held.text))]
    spoken = {unit for unit, _ in words.placed(claim.rest)}
    places: dict[str, list[int]] = {}
    for unit, start in words.placed(held.rest):
        if unit in spoken:
            places.setdefault(unit, []).append(start)
    for mention in held.mentions:
        if _keys(mention) & ours:
            places.setdefault(mention.entities[0], []).append(mention.start)
    return any(
        all(_belongs_elsewhere(place, held, ours, breaks) for place in found)
        for found in places.values()
    )


def _belongs_elsewhere(
    place: int, held: _Text, ours: frozenset[str], breaks: Sequence[int]
) -> bool:
    begin = max(end for end in breaks if end <= place)
    before = [each for each in held.mentions if begin <= each.start and each.end <= place]
    return bool(before) and not any(_keys(each) & ours for each in before)


def _fact_direction(claim: _Text, piece: _Piece) -> bool:
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


def _numbered(judged: Sequence[_Judged], evidence: Sequence[Evidence]) -> Checked:
    """Number the citations by first use, and write the markers into the sentences."""
    order: dict[int, int] = {}
    for one in judged:
        for number in one.cited:
            order.setdefault(number, len(order) + 1)
    sentences = tuple(
        Sentence(
            marked(one.text, cited) if one.support == "supported" else one.text,
            cited,
            one.support,
            one.score,
        )
        for one in judged
        for cited in [tuple(order[number] for number in one.cited)]
    )
    return Checked(
        sentences, tuple(_citation(n, evidence[number - 1]) for number, n in order.items())
    )


def _citation(number: int, piece: Evidence) -> Citation:
    return Citation(
        n=number,
        kind=piece.kind,
        id=piece.id,
        title=piece.title,
        year=piece.year,
        quote=piece.quote,
        start=piece.start,
        end=piece.end,
        facts=piece.facts,
    )


def _lacks(text: str, piece: Evidence) -> bool:
    listed = re.split(r":\s|：", piece.quote, maxsplit=1)[-1]
    said = _plain(text)
    return any(_plain(item) not in said for item in re.split("[;；]", listed))


def _plain_sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def _spoken(quote: str, piece: Evidence) -> str:
    """Return quoted words as a sentence; markers that a source uses itself would mislead here."""
    text = bare(" ".join(quote.split()))
    stop = "。" if piece.language == "zh" else "."
    return text if text[-1:] in tuple(".!?。！？；;") else text + stop
