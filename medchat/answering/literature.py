"""Find the paper that a question asks about, and the sentences in which it tells its result.

    question + found passages -> the document that holds most of its words -> result, conclusion

A question that repeats the title of a study names more than its disease: what general notes and
facts say of the disease does not answer it, and an aim that repeats the question does not either.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from knowledge.index import lexical
from knowledge.text import text_features
from knowledge.text.scripts import fold_script
from knowledge.text.sentence_roles import Role, roles_in_order
from knowledge.text.sentence_support import FindEntities
from knowledge.text.sentences import sentence_spans
from knowledge.text.short_forms import find_shortened
from knowledge.vocabulary import RELATIONS
from medchat.answering.answer import Evidence
from medchat.answering.longer_names import words_that_matter
from medchat.answering.relevance import is_exact
from medchat.answering.understanding import Question

PassagesOf = Callable[[str], Sequence[Evidence]]
"""Returns all passages of a document, in order."""

MIN_WORDS = 2
"""A question with so many words that are no names, cues or fillers may be about one study."""

MIN_PAIRS_ZH = 4
"""The same in pairs of Chinese characters, of which a word has one or more."""

MIN_NEARNESS = 1.3
"""Share of the question that a paper speaks of, and COSINE times its cosine, from which it is asked
about: chosen on 250 questions of PubMedQA, of which .97 reach it with their own abstract, and on
250 others, of which .08 do with an abstract that is not theirs."""

COSINE = 1.5
"""Weight of the cosine beside the share. Chosen with MIN_NEARNESS."""

MIN_SHARE_ALONE = 0.65
"""The share that stands for both in a language of which there are no vectors. Chosen by hand."""

_NUMBER = re.compile(r"(?<![\w.])(?<![^\W\d]-)\d+(?:\.\d+)?")
"""A number that is no part of a name, as those of "endothelin-1" and "B12" are."""

_YES_NO = re.compile(
    r"(?:^|[:.?!;,-]\s)(?:is|are|was|were|do|does|did|can|could|should|will|would|has|have)\b"
    r"|:\s(?!what|which|who|whom|when|where|why|how)[^:?]+\?\s*$"  # as titles ask
    "|是否|能否|可否|吗[?？]?$",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:i|i'm|my|me|we|our|you|your|he|his|she|her|him)\b|我|你|您|他|她|孩子", re.IGNORECASE
)

MIN_COVERED = 0.5
"""What answers a question with words of its own speaks of at least this share of it."""

MIN_OF_STUDY = 0.6
"""The same where it asks yes or no of a study, and no paper that it asks about is there."""

READ = 3
"""So many of the nearest documents are read whole."""

LIKE = 0.15
"""A paper this little less near than the best is quoted beside it."""

PAPERS = 2
"""At most so many papers are quoted."""

TOLD = 3
"""At most so many neighbouring sentences of a paper are quoted."""

BEGINS = 0.3
"""Before this share of an abstract hardly one tells a result. Of 250 abstracts of PubMedQA, .996
have a sentence of their results among those told with it and with the place beside the words, .956
by the words alone."""

_WORTH: dict[Role, float] = {
    "conclusion": 1.0,
    "result": 0.8,
    "background": 0.2,
    "method": 0.1,
    "aim": 0.0,
}


def document_of(piece: Evidence) -> str:
    """Return the id of the document that a passage is a part of."""
    return piece.id.rpartition("#")[0] or piece.id


def is_study_question(asked: Question) -> bool:
    """Say whether a question holds enough words of its own to be about one study."""
    words = [term for term in _own_terms(asked) if len(term) > 1 and not term.isdigit()]
    return len(words) >= (MIN_PAIRS_ZH if asked.language == "zh" else MIN_WORDS)


def may_be_study(asked: Question) -> bool:
    """Say whether a question may be about one study: it has words of its own, or asks yes or no.

    "Do symptoms predict COPD in smokers?" asks for no list of symptoms; nobody asks it of himself.
    """
    return is_study_question(asked) or (bool(asked.rest) and asks_of_study(asked))


def asks_of_study(asked: Question) -> bool:
    """Say whether a question asks yes or no, and not of somebody."""
    yes_no = _YES_NO.search(asked.question) is not None
    return yes_no and not asked.permission and _PERSONAL.search(asked.question) is None


def _own_terms(asked: Question) -> Sequence[str]:
    """Return the terms of a question that are no names and say neither who, when nor how fast."""
    if asked.language == "zh":
        return asked.rest
    own = words_that_matter(asked.question, chinese=False)
    matter = {term for words in own for term in lexical.distinct_terms(words)}
    return [term for term in asked.rest if term in matter]


def share_spoken(asked: Question, text: str, find: FindEntities) -> float:
    """Return which share of what a question speaks of a text speaks of too, 0 to 1.

    Every name counts as much as its words, every other word and relation as one.
    """
    held, named = lexical.distinct_terms(text), {id for m in find(text) for id in m.entities}
    low = fold_script(text).casefold()
    parts: list[tuple[float, bool]] = []
    for mention in asked.mentions:
        weight = 1.0 + 0.5 * mention.text.count(" ")
        spoken = not named.isdisjoint(mention.entities) or _root(mention.text) in low
        parts.append((weight, spoken))
    rest = list(asked.rest)
    for long, short, _, _ in find_shortened(asked.question):
        forms = [frozenset(lexical.distinct_terms(form)) for form in (long, short)]
        own = forms[0].union(forms[1]).intersection(rest)
        if own:
            rest = [term for term in rest if term not in own]
            parts.append((1.5 + 0.5 * long.count(" "), any(held.issuperset(f) for f in forms)))
    parts += [(1.0 if len(term) > 1 else 0.3, term in held) for term in rest]
    cues = [text_features.is_cued(RELATIONS[relation], low) for relation in asked.relations]
    parts += [(0.5, cued) for cued in cues]
    total = sum(weight for weight, _ in parts)
    return sum(weight for weight, spoken in parts if spoken) / total if total else 0.0


def find_papers(
    found: Sequence[Evidence], asked: Question, find: FindEntities, passages_of: PassagesOf
) -> list[Sequence[Evidence]]:
    """Return the papers that a question asks about, the nearest first, each whole; often none."""
    exact = any(is_exact(piece, asked, find) for piece in found)
    if not asked.rest or (exact and not may_be_study(asked)):
        return []
    parts: dict[str, list[Evidence]] = {}
    for piece in found:
        if piece.kind == "passage" and piece.language == asked.language:
            parts.setdefault(document_of(piece), []).append(piece)
    first = {id: _nearness(asked, pieces, pieces, find) for id, pieces in parts.items()}
    papers: list[tuple[float, Sequence[Evidence]]] = []
    for id in sorted(first, key=lambda id: -first[id])[:READ]:
        whole = passages_of(id)
        nearness = _nearness(asked, whole, parts[id], find)
        papers.append((nearness, whole))
    best = max((nearness for nearness, _ in papers), default=0.0)
    if best < 1.0:
        return []
    papers.sort(key=lambda paper: -paper[0])
    near = [whole for nearness, whole in papers if nearness >= max(1.0, best - LIKE)]
    return [] if is_note(near[0][0]) else [each for each in near if not is_note(each[0])][:PAPERS]


def _nearness(
    asked: Question, whole: Sequence[Evidence], found: Sequence[Evidence], find: FindEntities
) -> float:
    """Return how near a document is to a question: 1 and more where it is about the very same."""
    share = share_spoken(asked, "\n".join(piece.reading for piece in whole), find)
    cosine = max(piece.cosine for piece in found)
    if cosine <= 0.0:
        return share / MIN_SHARE_ALONE
    return (share + COSINE * cosine) / MIN_NEARNESS


def covering(pieces: Sequence[Evidence], asked: Question, find: FindEntities) -> list[Evidence]:
    """Return the pieces that speak of enough of a question to answer it; all where one does.

    The very facts asked for do, and so does what is found where a question has no words of its own.
    What asks yes or no of a study is answered by no list of facts: each piece must speak of it.
    """
    strict = asks_of_study(asked)
    if not is_study_question(asked):
        return list(pieces)
    if not strict and any(is_exact(piece, asked, find) for piece in pieces):
        return list(pieces)
    least = MIN_OF_STUDY if strict else MIN_COVERED
    kept = [p for p in pieces if share_spoken(asked, p.reading, find) >= least]
    return kept if strict or not kept else list(pieces)


def is_note(piece: Evidence) -> bool:
    """Say whether a passage is of a general note or guideline, which no question is about."""
    return piece.type in ("note", "guideline")


def tell_result(
    passages: Sequence[Evidence], asked: Question, find: FindEntities
) -> list[Evidence]:
    """Return what a paper tells in answer: its conclusion or result, and the part that bears it.

    Offsets stay exact. Each is a run of neighbouring sentences of one passage.
    """
    places = [
        (number, start, end)
        for number, piece in enumerate(passages)
        for start, end in sentence_spans(piece.text)
        if piece.text[start:end].strip()
    ]
    texts = [passages[number].text[start:end] for number, start, end in places]
    roles = roles_in_order(texts, [passages[number].section for number, _, _ in places])
    worth = [
        _WORTH[role] + share_spoken(asked, text, find) + place / len(texts)
        for place, (text, role) in enumerate(zip(texts, roles, strict=True))
    ]
    told = [place for place, role in enumerate(roles) if role in ("conclusion", "result")]
    if not told:
        return []
    told = [place for place in told if place >= BEGINS * len(texts)] or told
    best = max(told, key=lambda place: worth[place])
    chosen = _run(best, told, places)
    if _tells_of_another_number(chosen, texts, asked):
        return []
    text = "\n".join(piece.reading for piece in passages)
    pieces = [_cut(passages, places, chosen)]
    number = places[best][0]
    others = [place for place in told if places[place][0] != number]
    if others and len(chosen) < TOLD:
        other = max(others, key=lambda place: worth[place])
        pieces.append(_cut(passages, places, [other]))
    return [replace(piece, asked=True, context=text) for piece in pieces]


def _tells_of_another_number(chosen: Sequence[int], texts: Sequence[str], asked: Question) -> bool:
    """Say whether a number of the question stands in the paper, but not in what is chosen of it.

    "The dose at an eGFR of 60" is not in the row for an eGFR below 30.
    """
    numbers = set(_NUMBER.findall(_without_names(asked)))
    there = {number for text in texts for number in _NUMBER.findall(text)}
    told = {number for place in chosen for number in _NUMBER.findall(texts[place])}
    return bool(numbers & there - told) and not numbers & told


def _without_names(asked: Question) -> str:
    text = asked.question
    for mention in asked.mentions:
        text = text[: mention.start] + " " * len(mention.text) + text[mention.end :]
    return text


def _run(best: int, told: Sequence[int], places: Sequence[tuple[int, int, int]]) -> list[int]:
    """Return neighbours of a sentence in its passage that tell too, itself among them."""
    chosen = [best]
    for step in (1, -1):
        place = best + step
        while (
            len(chosen) < TOLD
            and place in told
            and 0 <= place < len(places)
            and places[place][0] == places[best][0]
        ):
            chosen.append(place)
            place += step
    return sorted(chosen)


def _cut(
    passages: Sequence[Evidence], places: Sequence[tuple[int, int, int]], chosen: Sequence[int]
) -> Evidence:
    piece = passages[places[chosen[0]][0]]
    start, end = places[chosen[0]][1], places[chosen[-1]][2]
    return replace(piece, start=start, end=start + len(piece.text[start:end].rstrip()))


def _root(name: str) -> str:
    return name.casefold()[: max(6, len(name) - 4)]
