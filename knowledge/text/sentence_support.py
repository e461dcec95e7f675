"""Decide whether one sentence supports another: same entities, numbers, words and sense.

    claim, evidence -> AnnotatedText -> score_support(claim, evidence, context) -> 1 or a share

A claim may say less than the evidence, never more and never something else. It is refused where it
has an entity, a number or a content word that the evidence lacks; where a denial, a direction, an
exception, a population, a condition or a part of a compound name differs or is left out; and where
it puts together the parts of two statements. Strict on purpose, and no model is asked: whoever asks
loses a true sentence now and then, and never passes a false one that these rules can see.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.text import text_features
from knowledge.text.characters import character_pairs
from knowledge.text.denial import KINDS, Denial, DenialKind, find_denials
from knowledge.text.numbers import Quantity, blank_quantities, find_quantities
from knowledge.text.scripts import fold_script


class EntitySpan(Protocol):
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


FindEntities = Callable[[str], Sequence[EntitySpan]]
"""What finds entities in a text."""

LIKE_DENIALS: Mapping[DenialKind, frozenset[DenialKind]] = {
    **{kind: frozenset({kind}) for kind in KINDS},
    "negation": frozenset({"negation", "prohibition", "lack"}),
    "prohibition": frozenset({"prohibition", "negation"}),
    "lack": frozenset({"lack", "negation"}),
}
"""Which kinds of denial say the same: "should not be used" and "contraindicated"."""

_CLAUSE = re.compile(
    r"[;；:：。]|，|,?\s+(?:but|whereas|while|although|though|however|unless|except)\s+|,\s+and\s+"
    r"|\s+and\s+(?=(?:must|should|may|can|cannot|is|are|does|do|has|have|will|not|never|rarely)\b)",
    re.IGNORECASE,
)
_SEGMENT = re.compile(
    r"[,;:，；：、()（）]|\b(?:and|or|but|whereas|while|although|though|however)\b"
    r"|而|但|和|(?<![涉累以波])及|或|并(?![发非未不])",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"\b(?:caus(?:es?|ed|ing)|leads?|led|leading|result(?:s|ed|ing)?|trigger\w*|increas\w+|rais\w+|"
    r"worsen\w*|treat(?:s|ed|ing)?|prevent(?:s|ed|ing)?|reduc\w+|lower(?:s|ed|ing)?|inhibit\w*|"
    r"induc(?:es?|ing)|preced\w+|follow\w*|replac\w+|rather|before|after|stop\w*|exclude\w*)\b"
    r"|引起|导致|引发|诱发|增加|加重|治疗|预防|降低|减少|抑制|先于|早于|优于|代替|前|后",
    re.IGNORECASE,
)
_BE = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:(?:\w+ly|not|often|also)\s+)?$", re.IGNORECASE
)
_AGENT = re.compile(r"\s+(?:by|with|from)\b", re.IGNORECASE)
_AGENT_ZH = re.compile("(?:[由因被]|(?<![使应服停禁作合])用(?!于))[^，。；]*$")
_FRONTED = re.compile(
    r"^((?:in|for|when|if|because of|except in|except for|unless|from|during|after|before|among)\b"
    r"[^,]{1,80}),\s*",
    re.IGNORECASE,
)
_PATIENTS_ZH = re.compile("(?:患者|病人|人群|者)")
_CONDITIONS = re.compile(
    r"\b(?:when|if|provided|until|before|after|during|because)\b[^,;]*"
    r"|\b(?:in|for|among|to|with)\s+(?:[a-z-]+\s+){0,3}(?:people|patients|adults|children|infants|"
    r"neonates|women|men|those|pregnancy|elderly|adolescents)\b[^,;]*"
    r"|[^，；。、]{1,30}?(?:患者|病人|人群|者(?!之)|儿童|成人|婴儿|新生儿|孕妇|女性|男性|老年人|老人"
    r"|时(?![间常候])|期(?!间))",
    re.IGNORECASE,
)
"""Words that say for whom or when a statement holds: a claim must not leave them out."""

_DISJUNCTION = re.compile(r"\b(?:or|nor)\b|或|、", re.IGNORECASE)
_ITEM = re.compile(r",|、|\b(?:or|nor)\b|或", re.IGNORECASE)
"""How a list under one denial is joined: "no fever, cough or rash"."""

_CONTRASTS = frozenset({"rather", "instead", "非"})
"""Denials that set what follows against what stands before: these must not change places."""

_DUTY = re.compile(
    r"\b(?:must|should|has to|have to|required)\b(?!\s+(?:not|never))"
    r"|必须|务必|(?<![适效反])应(?![用激不])|须",
    re.IGNORECASE,
)
_PERMISSION = re.compile(r"\b(?:may|can|could|might)\b(?!\s+not)|可(?!能|见)|能够", re.IGNORECASE)

_WHEN = re.compile(
    r"\b(?:when|if|unless|until)\b[^,;]*"
    r"|(?:[^，；。、于在当若]*)(?:时(?![间常候])|期(?!间))(?=[，禁应可宜不避需]|$)",
    re.IGNORECASE,
)
"""Clauses that say when a statement holds."""

_MODIFIED = re.compile(
    r"\s+(?:with|without|due to|caused by|secondary to|complicated by)\s+"
    r"((?:(?!(?:is|are|was|were|may|can|should|must|has|have|causes?|in|for|during|before|after|"
    r"and|or)\b)[\w-]+\s*){1,4})",
    re.IGNORECASE,
)
"""What narrows an entity right behind it: "heart failure with reduced ejection fraction"."""

_LIMITS = re.compile(
    r"\b(?:most|many|few|only|alone|mostly|half|initially|first|temporarily)\b"
    r"|大?多数|部分|少数|仅|只(?!有)|单用|单独|首先|暂时",
    re.IGNORECASE,
)
"""Words that limit how far a statement holds: a claim must not leave them out."""

_LINK = re.compile(
    r"-(induced|associated|related|dependent|resistant|refractory|acquired)\s+"
    r"|(诱导|诱发|相关|所致|引起|依赖|抵抗)(?:性|的|性的)",
    re.IGNORECASE,
)
"""What ties two names into a compound: "metformin-associated lactic acidosis"."""

_OF = re.compile(r"\bof\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
_REASON = re.compile(r"\b(?:because of|due to)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
_CIRCUMSTANCE = re.compile(
    r"\b(?:in|for|among|during)\s+(?:(?:the|an?|most|many|people|patients|adults|children|women|men|"
    r"those|with)\s+){0,4}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """A text with its entities, quantities and denials; `rest` has blanks for entity names.

    `words` has blanks for the quantities too. All have the length of `text`.
    """

    text: str
    rest: str
    words: str
    spans: tuple[EntitySpan, ...]
    ids: frozenset[str]
    quantities: tuple[Quantity, ...]
    denials: tuple[Denial, ...]

    @classmethod
    def of(cls, text: str, find: FindEntities) -> "AnnotatedText":
        """Find the entities of a text, in simplified characters, and set them apart."""
        text = fold_script(text)
        spans = tuple(find(text))
        rest = blank_spans(text, ((span.start, span.end) for span in spans))
        words = blank_quantities(rest)
        return cls(
            text,
            rest,
            words,
            spans,
            frozenset(id for span in spans for id in span.entities),
            tuple(find_quantities(rest)),
            tuple(find_denials(words)),
        )


def blank_spans(text: str, spans: Iterable[tuple[int, int]], sign: str = " ") -> str:
    """Return a text with one sign, a blank by default, in place of each letter of some spans."""
    for start, end in spans:
        text = text[:start] + sign * (end - start) + text[end:]
    return text


def score_support(
    claim: AnnotatedText,
    held: AnnotatedText,
    context: AnnotatedText,
    relations: frozenset[str] | None = None,
) -> float:
    """Return 1 where a sentence supports a claim, else a share below 1 of what it has of it.

    The context says what the sentence is about. `relations` are those of which the claim may speak
    in other words; they are taken from the sentence where they are not given.
    """
    share = score_coverage(claim, held, context, relations)
    if share >= 1.0 and has_same_sense(claim, held):
        return 1.0
    return min(share, 0.99)


def score_coverage(
    claim: AnnotatedText,
    held: AnnotatedText,
    context: AnnotatedText,
    relations: frozenset[str] | None = None,
) -> float:
    """Return which share of a claim's entities, quantities and content words is in the evidence."""
    given = {found.canonical for found in (*held.quantities, *context.quantities)}
    wanted = [_is_named(span, held, context) for span in claim.spans]
    wanted += [found.canonical in given for found in claim.quantities]
    wanted += _worded(claim, held, context, relations)
    return sum(wanted) / len(wanted) if wanted else 0.0


def has_same_sense(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether a claim whose words a sentence has says the same as the sentence, or less."""
    if _is_quoted(claim, held):
        return True
    return (
        _same_polarity(claim, held)
        and _same_owners(claim, held)
        and _same_sequence(claim, held)
        and _same_roles(claim, held)
        and _same_order(claim, held)
        and not _has_other_subject(claim, held)
        and _same_conditions(claim, held)
        and not _obliges_more(claim, held)
        and not _leaves_out(claim, held)
        and not _is_mixed(claim, held)
    )


def have_same_kinds(ours: Sequence[Denial], theirs: Sequence[Denial]) -> bool:
    """Say whether each denial has one of its kind in the other text, and none is left over.

    "Not to be stopped" denies twice, and so is not "to be stopped".
    """
    left = list(theirs)
    for found in ours:
        ranked = sorted(left, key=lambda each: (each.cue != found.cue, each.kind != found.kind))
        like = next((each for each in ranked if each.kind in LIKE_DENIALS[found.kind]), None)
        if like is None:
            return False
        left.remove(like)
    return not left


def _is_named(span: EntitySpan, held: AnnotatedText, context: AnnotatedText) -> bool:
    if any(id in held.ids or id in context.ids for id in span.entities):
        return True
    name = span.text.casefold()
    return any(_holds(text.text.casefold(), name) for text in (held, context))


def _holds(text: str, name: str) -> bool:
    if not name[:1].isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None


def _worded(
    claim: AnnotatedText,
    held: AnnotatedText,
    context: AnnotatedText,
    relations: frozenset[str] | None,
) -> list[bool]:
    texts = f"{held.text} \n {context.text}"
    of_fact = relations is not None
    if relations is None:
        relations = text_features.find_relations(texts) - {"dose_limit"}
    stems = set(text_features.content_stems(texts))
    words = blank_spans(claim.words, ((each.start, each.end) for each in claim.denials))
    found = [
        word in stems or text_features.names_relation(word, relations, of_fact=of_fact)
        for word in text_features.content_stems(words)
    ]
    cues = text_features.relation_words(relations, of_fact=of_fact)
    for run in text_features.chinese_runs(claim.words):
        for part in _without_cues(run, cues):
            found += [pair in texts for pair in character_pairs(part)]
    return found


def _without_cues(run: str, cues: Sequence[str]) -> list[str]:
    """Return the parts of a Chinese run that are no cue of a relation, and deny nothing."""
    parts = [run]
    for cue in cues:
        parts = [piece for part in parts for piece in part.split(cue) if piece]
    return [
        piece
        for part in parts
        for piece in text_features.chinese_runs(
            blank_spans(part, ((found.start, found.end) for found in find_denials(part)))
        )
    ]


def _is_quoted(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether a claim stands in the evidence as it is, and leaves out no denial of it."""
    return (
        text_features.fold_letters(claim.text) == text_features.fold_letters(held.text)
        and claim.denials == held.denials
    )


# polarity


def _same_polarity(claim: AnnotatedText, held: AnnotatedText) -> bool:
    ours = [each for each in claim.denials if each.kind != "exception"]
    theirs = [each for each in find_relevant_denials(claim, held) if each.kind != "exception"]
    exceptions = sum(each.kind == "exception" for each in claim.denials)
    if exceptions != sum(each.kind == "exception" for each in held.denials):
        return False
    return have_same_kinds(ours, theirs) and _denies_the_same(claim, held)


def find_relevant_denials(claim: AnnotatedText, held: AnnotatedText) -> list[Denial]:
    """Return the denials in the clauses of the evidence that hold the claim's own words."""
    clauses = _clauses(held)
    spoken = set(text_features.content_units(claim.text))
    hits = [spoken & set(text_features.content_units(clause)) for clause, _ in clauses]
    shared = frozenset.intersection(*map(frozenset, hits)) if len(hits) > 1 else frozenset()
    chosen = [found for (_, found), hit in zip(clauses, hits, strict=True) if hit - shared]
    return [each for found in chosen or [found for _, found in clauses] for each in found]


def _clauses(text: AnnotatedText) -> list[tuple[str, list[Denial]]]:
    """Return the clauses of a sentence, each with what denies in it."""
    found, start = [], 0
    for match in [*_CLAUSE.finditer(text.words), None]:
        end = match.start() if match else len(text.text)
        if text.text[start:end].strip():
            after = match.end() if match else end
            denials = [each for each in text.denials if start <= each.start < after]
            found.append((text.text[start:end], denials))
        start = match.end() if match else end
    return found or [(text.text, list(text.denials))]


def _denies_the_same(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Compare what the same word of denial is followed by, so that a moved 'not' is seen."""
    ours, theirs = _denied_words(claim), _denied_words(held, lists=True)
    conditions = {
        unit
        for match in _CONDITIONS.finditer(held.text)
        for unit in text_features.content_units(match[0])
    }
    return all(
        not theirs.get(sign)
        or not after
        or bool(after & theirs[sign])
        or (sign not in _CONTRASTS and after <= conditions)
        for sign, after in ours.items()
    )


def _denied_words(text: AnnotatedText, *, lists: bool = False) -> dict[str, frozenset[str]]:
    """Return what each word of denial is followed by; of a list under it, each item's beginning."""
    found: dict[str, set[str]] = {}
    for denial in text.denials:
        reach = _CLAUSE.split(text.text[denial.end : denial.end + 200])[0]
        items = _ITEM.split(reach) if lists and _DISJUNCTION.search(reach) else []
        for part in (text.text[denial.end : denial.end + 40], *items):
            found.setdefault(denial.cue, set()).update(text_features.content_units(part)[:1])
    return {sign: frozenset(after) for sign, after in found.items()}


# who, of whom, to whom


def _same_owners(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether each number belongs to the same entity in the claim as in the evidence."""
    theirs: dict[str, list[frozenset[str]]] = {}
    for number in held.quantities:
        theirs.setdefault(number.canonical, []).append(_owner(held, number.start))
    for number in claim.quantities:
        ours = _owner(claim, number.start)
        owners = theirs.get(number.canonical, [])
        if ours and owners and not any(ours & owner or not owner for owner in owners):
            return False
    return True


def _same_sequence(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether amounts in the same unit follow one another alike: "from 5 mg to 2.5 mg"."""
    ours, theirs = _amounts(claim), _amounts(held)
    return all(
        [each for each in amounts if each in theirs.get(unit, [])]
        == [each for each in theirs.get(unit, []) if each in amounts]
        for unit, amounts in ours.items()
        if len(amounts) > 1
    )


def _amounts(text: AnnotatedText) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in text.quantities:
        listed = found.setdefault(each.unit, [])
        if each.canonical not in listed:
            listed.append(each.canonical)
    return found


def _owner(text: AnnotatedText, place: int) -> frozenset[str]:
    """Return the entity named before a place, but for one that only says of whom it holds."""
    before = [
        span for span in text.spans if span.end <= place and _role(text, span) != "circumstance"
    ]
    return _keys(max(before, key=lambda span: span.end)) if before else frozenset()


def _keys(span: EntitySpan) -> frozenset[str]:
    return frozenset({*span.entities, span.text.casefold()})


def _role(text: AnnotatedText, span: EntitySpan) -> str:
    """Return how an entity stands in a sentence: of, reason, circumstance, or nothing special."""
    before = text.text[max(0, span.start - 60) : span.start]
    for role, pattern in (("reason", _REASON), ("of", _OF), ("circumstance", _CIRCUMSTANCE)):
        if pattern.search(before):
            return role
    return "circumstance" if _PATIENTS_ZH.match(text.text, span.end) else ""


def _same_roles(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether no entity is turned from one role into another: "of X" into "in X"."""
    for span in claim.spans:
        ours = _role(claim, span)
        theirs = {_role(held, other) for other in held.spans if _keys(other) & _keys(span)}
        if not theirs or ours in theirs:
            continue
        chinese = not span.text.isascii()
        if {ours, *theirs} == {"of", "circumstance"} or "reason" in {ours, *theirs}:
            return False
        if chinese and ours == "circumstance":
            return False
    return True


def _same_order(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether who acts on whom is the same: what stands on either side of the same action."""
    ours, theirs = _sides(claim), _sides(held)
    return all(
        key not in theirs.get(action, {}) or bool(sides & theirs[action][key])
        for action, placed in ours.items()
        for key, sides in placed.items()
    )


def _sides(text: AnnotatedText) -> dict[str, dict[str, set[bool]]]:
    """Return for each action of a sentence what it acts on: the entities and words behind it.

    In the passive these stand before it: "gout is treated with colchicine".
    """
    fronted = _FRONTED.match(text.text)
    moved = fronted.end() if fronted else 0
    keys = [
        (key, span.start)
        for span in text.spans
        if _role(text, span) not in ("circumstance", "reason")
        for key in _keys(span)
    ]
    keys += [(unit, start) for unit, start in text_features.locate_units(text.words)]
    found: dict[str, dict[str, set[bool]]] = {}
    for match in _ACTION.finditer(text.words):
        action = next(iter(text_features.content_units(match[0])), match[0])
        sides = found.setdefault(action, {})
        before = text.text[: match.start()]
        agent = _AGENT_ZH.search(before)
        turned = _is_passive(match, text.text)
        for key, start in keys:
            if start < moved or match.start() <= start < match.end():
                continue
            behind = start > match.start()
            if agent and not behind:
                behind = start < agent.start()
            sides.setdefault(key, set()).add(behind != turned)
            if behind and not turned and " with " in text.text[match.end() - 1 : start]:
                sides[key].add(False)  # "treat gout with colchicine": what acts
    return found


def _is_passive(action: re.Match[str], text: str) -> bool:
    """Say whether a verb stands in the passive, or as "results from" what acts."""
    if not action[0].isascii() or not action[0].casefold().endswith(
        ("ed", "led", "results", "result")
    ):
        return False
    agent = _AGENT.match(text, action.end()) is not None
    if action[0].casefold().startswith("result"):
        return agent and text[action.end() :].lstrip().casefold().startswith("from")
    return agent or _BE.search(text[: action.start()]) is not None


def _has_other_subject(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether the evidence says it of something else: 'A is used, while B causes C' of 'A, C'.

    Something of the claim stands in a part of the sentence that begins with another entity and
    does not name the claim's own before it.
    """
    ours: frozenset[str] = frozenset().union(*map(_keys, claim.spans))
    if not ours:
        return False
    breaks = [0, *(match.end() for match in _SEGMENT.finditer(held.words))]
    spoken = {unit for unit, _ in text_features.locate_units(claim.rest)}
    places: dict[str, list[int]] = {}
    for unit, start in text_features.locate_units(held.rest):
        if unit in spoken:
            places.setdefault(unit, []).append(start)
    for span in held.spans:
        if _keys(span) & ours:
            places.setdefault(span.entities[0], []).append(span.start)
    return any(
        all(_belongs_elsewhere(place, held, ours, breaks) for place in found)
        for found in places.values()
    )


def _belongs_elsewhere(
    place: int, held: AnnotatedText, ours: frozenset[str], breaks: Sequence[int]
) -> bool:
    begin = max(end for end in breaks if end <= place)
    before = [each for each in held.spans if begin <= each.start and each.end <= place]
    return bool(before) and not any(_keys(each) & ours for each in before)


# what must not be left out, and what must not be put together


def _obliges_more(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether a claim makes a duty of what the evidence only permits."""
    return bool(
        _DUTY.search(claim.words)
        and _PERMISSION.search(held.words)
        and not _DUTY.search(held.words)
    )


def _same_conditions(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether the same entities stand in the condition: "if not A, then B" is not its turn."""
    ours, theirs = _in_conditions(claim), _in_conditions(held)
    if not ours or not theirs:
        return True
    return all(
        bool(_keys(span) & ours) == bool(_keys(span) & theirs)
        for span in claim.spans
        if any(_keys(span) & _keys(other) for other in held.spans)
    )


def _in_conditions(text: AnnotatedText) -> frozenset[str]:
    found: set[str] = set()
    for match in _WHEN.finditer(text.text):
        for span in text.spans:
            if match.start() <= span.start and span.end <= match.end():
                found |= _keys(span)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of a sentence between commas and conjunctions, and what stands in it, with places."""

    start: int
    end: int
    anchors: tuple[tuple[str, int, int], ...]

    def everything(self) -> set[str]:
        """Return all that stands in it."""
        return {key for key, _, _ in self.anchors}

    def within(self, start: int, end: int) -> set[str]:
        """Return what stands in it between two places of the sentence."""
        return {key for key, at, to in self.anchors if start <= at and to <= end}


def _leaves_out(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether a claim drops a condition, a population, a limit or half of a compound name."""
    said = _said(claim)
    used = True
    missing = 0
    kept = False
    for segment, own in _segments(held):
        matches = list(_CONDITIONS.finditer(held.words, segment.start, segment.end))
        # a segment that is a condition and nothing else belongs to what stands before it
        used = bool(own & said) or (used and _is_condition(segment, matches))
        if not used:
            continue
        conditions = [segment.within(*match.span()) for match in matches]
        limits = [
            segment.within(*match.span())
            for match in _LIMITS.finditer(held.words, segment.start, segment.end)
        ]
        lacking = [keys for keys in (*conditions, *limits) if keys - said]
        if lacking and own <= said:
            return True
        missing += bool(lacking)
        kept = kept or any(keys and keys <= said for keys in conditions)
    # one segment may only lend its beginning to another that has a condition of its own
    return missing > kept or _loses_modifier(claim, held) or _breaks_compound(claim, held)


def _loses_modifier(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether a claim names an entity without what narrows it wherever the evidence has it."""
    said = _said(claim)
    for span in held.spans:
        same = [other for other in held.spans if _keys(other) & _keys(span)]
        found = _MODIFIED.match(held.text, span.end)
        if (
            len(same) > 1
            or found is None
            or not any(_keys(each) & _keys(span) for each in claim.spans)
        ):
            continue
        inside = {
            key for key, at, to in _anchors(held) if found.start(1) <= at and to <= found.end(1)
        }
        if inside - said:
            return True
    return False


def _is_condition(segment: "_Segment", matches: Sequence[re.Match[str]]) -> bool:
    inside = {key for match in matches for key in segment.within(*match.span())}
    return bool(inside) and segment.everything() <= inside


def _is_mixed(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether a claim takes a part of one segment and a part of another, and leaves the rest.

    "500 mg for adults, 250 mg for children" does not say "500 mg for children".
    """
    said = _said(claim)
    torn = [own for _, own in _segments(held) if own & said and own - said]
    return len(torn) > 1


def _segments(text: AnnotatedText) -> list[tuple[_Segment, set[str]]]:
    """Return the segments of a sentence, each with what stands in no other one."""
    anchors = _anchors(text)
    segments, start = [], 0
    for match in [*_SEGMENT.finditer(text.words), None]:
        end = match.start() if match else len(text.text)
        inside = tuple(each for each in anchors if start <= each[1] < end)
        if inside:
            segments.append(_Segment(start, end, inside))
        start = match.end() if match else end
    counts: dict[str, int] = {}
    for segment in segments:
        for key in segment.everything():
            counts[key] = counts.get(key, 0) + 1
    return [(one, {key for key in one.everything() if counts[key] == 1}) for one in segments]


def _anchors(text: AnnotatedText) -> list[tuple[str, int, int]]:
    """Return what a text says as keys with places: words, quantities, entities, denials."""
    words = blank_spans(text.words, ((each.start, each.end) for each in text.denials))
    found = [(unit, start, start + len(unit)) for unit, start in text_features.locate_units(words)]
    found += [(f"#{each.canonical}", each.start, each.end) for each in text.quantities]
    found += [(f"@{span.entities[0]}", span.start, span.end) for span in text.spans]
    found += [(f"!{each.kind}", each.start, each.end) for each in text.denials]
    return sorted(found, key=lambda each: each[1])


def _said(claim: AnnotatedText) -> frozenset[str]:
    keys = {key for key, _, _ in _anchors(claim)}
    keys |= {f"@{id}" for id in claim.ids}
    keys |= {f"!{like}" for each in claim.denials for like in LIKE_DENIALS[each.kind]}
    return frozenset(keys)


def _breaks_compound(claim: AnnotatedText, held: AnnotatedText) -> bool:
    """Say whether a claim speaks of one part of a compound name without what ties it."""
    for match in _LINK.finditer(held.text):
        link = next(group for group in match.groups() if group)
        head = _word_at(held, match.end())
        modifier = _word_before(held, match.start())
        outside = held.text[: match.start() - len(modifier)] + held.text[match.end() + len(head) :]
        parts = [part for part in (head, modifier) if part and not _holds(outside.lower(), part)]
        named = [part for part in parts if _holds(claim.text.lower(), part)]
        tied = _tie(link) in claim.text.lower() and all(
            _holds(claim.text.lower(), part) for part in (head, modifier) if part
        )
        if named and not tied:
            return True
    return False


def _tie(link: str) -> str:
    return link.lower()[:-2] if link.isascii() else link


def _word_at(text: AnnotatedText, place: int) -> str:
    """Return the entity, or else the word, that begins at a place, in small letters."""
    for span in text.spans:
        if span.start == place:
            return span.text.lower()
    match = re.compile(r"[A-Za-z]+|[\u3400-\u9fff]{2}").match(text.text, place)
    return match[0].lower() if match else ""


def _word_before(text: AnnotatedText, place: int) -> str:
    """Return the entity, or else the word, that ends at a place, in small letters."""
    for span in text.spans:
        if span.end == place:
            return span.text.lower()
    match = re.search(r"(?:[A-Za-z]+|[\u3400-\u9fff]{2})$", text.text[:place])
    return match[0].lower() if match else ""
