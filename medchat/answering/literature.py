"""Find the paper that a question asks about, and the sentences in which it tells its result.

    question + found passages -> the document that holds most of its words -> result, conclusion

A question that repeats the title of a study names more than its disease: what general notes and
facts say of the disease does not answer it, and an aim that repeats the question does not either.
"""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.index import lexical
from knowledge.text import text_features
from knowledge.text.scripts import fold_script
from knowledge.text.sentence_roles import Role, roles_in_order
from knowledge.text.sentence_support import FindEntities
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import RELATIONS
from medchat.answering.answer import Evidence
from medchat.answering.relevance import is_exact
from medchat.answering.understanding import Question

MIN_WORDS = 2
"""A question asks about a paper only where so many of its words are no names, cues or fillers."""

MIN_SHARE = 0.55
"""A paper holds at least this share of what a question speaks of."""

MIN_COVERED = 0.5
"""What answers a question with words of its own speaks of at least this share of it."""

MARGIN = 0.15
"""By so much a paper must hold more of it than facts and notes do."""

LIKE = 0.1
"""Papers that hold less than this below the best share are quoted beside it."""

PAPERS = 2
"""At most so many papers are quoted."""

TOLD = 3
"""At most so many neighbouring sentences of a paper are quoted."""

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
    words = [term for term in asked.rest if len(term) > 1 and not term.isdigit()]
    return len(words) >= MIN_WORDS


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
    parts += [(1.0 if len(term) > 1 else 0.3, term in held) for term in asked.rest]
    cues = [text_features.is_cued(RELATIONS[relation], low) for relation in asked.relations]
    parts += [(0.5, cued) for cued in cues]
    total = sum(weight for weight, _ in parts)
    return sum(weight for weight, spoken in parts if spoken) / total if total else 0.0


def find_papers(found: Sequence[Evidence], asked: Question, find: FindEntities) -> list[str]:
    """Return the ids of the documents that a question asks about, the best first; often none."""
    if not is_study_question(asked):
        return []
    texts: dict[str, str] = {}
    for piece in found:
        if piece.kind == "passage" and piece.language == asked.language:
            id = document_of(piece)
            texts[id] = f"{texts.get(id, '')}\n{piece.reading}"
    facts = "\n".join(piece.reading for piece in found if piece.kind == "fact")
    general = max(
        [share_spoken(asked, facts, find)]
        + [share_spoken(asked, text, find) for id, text in texts.items() if is_note(id)]
    )
    shares = {id: share_spoken(asked, text, find) for id, text in texts.items() if not is_note(id)}
    best = max(shares.values(), default=0.0)
    if best < MIN_SHARE or best < general + MARGIN:
        return []
    alike = [id for id, share in shares.items() if share > best - LIKE]
    return sorted(alike, key=lambda id: -shares[id])[:PAPERS]


def is_covered(pieces: Sequence[Evidence], asked: Question, find: FindEntities) -> bool:
    """Say whether pieces speak of enough of a question to answer it.

    The very facts asked for do, and so does what is found where a question has no words of its own.
    """
    if not is_study_question(asked) or any(is_exact(piece, asked, find) for piece in pieces):
        return True
    shares = [share_spoken(asked, piece.reading, find) for piece in pieces]
    return max(shares, default=0.0) >= MIN_COVERED


def is_note(document: str) -> bool:
    """Say whether a document is a general note, which no question is about."""
    return document.startswith("note:")


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
        _WORTH[role] + _closeness(text, asked, find) + 0.02 * place / len(texts)
        for place, (text, role) in enumerate(zip(texts, roles, strict=True))
    ]
    told = [place for place, role in enumerate(roles) if role in ("conclusion", "result")]
    if not told:
        return []
    best = max(told, key=lambda place: worth[place])
    chosen = _run(best, told, places)
    text = "\n".join(piece.reading for piece in passages)
    pieces = [_cut(passages, places, chosen)]
    number = places[best][0]
    others = [place for place in told if places[place][0] != number]
    if others and len(chosen) < TOLD:
        other = max(others, key=lambda place: worth[place])
        pieces.append(_cut(passages, places, [other]))
    return [replace(piece, asked=True, context=text) for piece in pieces]


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


def _closeness(text: str, asked: Question, find: FindEntities) -> float:
    return 1.5 * share_spoken(asked, text, find)


def _root(name: str) -> str:
    return name.casefold()[: max(6, len(name) - 4)]
