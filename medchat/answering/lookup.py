"""Look for what answers a question: in its language, on its subject, the paper that it is about.

    question -> own language -> its names and relations alone -> wider name -> the other language
             -> papers that it asks about, retracted ones named -> what answers

Evidence in the other language is used only where a look-up of these very entities and relations
found nothing in the question's own.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import partial

from knowledge.search.searcher import Search
from knowledge.text import text_features
from knowledge.text.scripts import fold_script
from knowledge.text.sentence_support import EntitySpan
from knowledge.text.sentences import split_sentences
from knowledge.vocabulary import RELATIONS, TREATING
from medchat.answering import literature, relevance
from medchat.answering.answer import Evidence, Language
from medchat.answering.longer_names import LongerName, find_longer_names
from medchat.answering.retriever import KnowledgeRetriever, passages_of, to_evidence
from medchat.answering.understanding import Question, understand_question, widen

_GIVEN = frozenset(TREATING)

_BESIDE_FACTS = 6
"""So many more pieces are asked for than are read: groups of facts must not push out passages."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The question as the evidence understands it, what was found, and what of it answers.

    `retracted` are passages of papers on the very question that were retracted, `unheld` the names
    of the question of which nothing speaks, where what answers is of their kind in general.
    """

    search: Search
    asked: Question
    found: list[Evidence]
    relevant: list[Evidence]
    retracted: tuple[Evidence, ...] = ()
    unheld: tuple[LongerName, ...] = ()

    @property
    def has_papers(self) -> bool:
        """Say whether a paper was found that the question asks about."""
        return any(piece.asked for piece in self.relevant)

    def of_known(self, known: Set[str]) -> "Retrieved":
        """Return this without what is on other things, where some of it is on what is known.

        "What for an acute attack?" names nothing; known are the patient's conditions. Where none
        is known nothing is left out.
        """
        if self.asked.mentions or not known:
            return self
        find = self.search.linker.find
        kept = [
            piece
            for piece in self.relevant
            if piece.asked
            or piece.subject in known
            or any(not known.isdisjoint(mention.entities) for mention in find(piece.reading))
        ]
        return replace(self, relevant=kept) if kept else self

    def beside_treatment(self, told_of: Set[str]) -> "Retrieved":
        """Return this with what passages say on conditions, and no facts, which were told."""
        find = self.search.linker.find
        kept = [
            piece
            for piece in self.relevant
            if piece.asked
            or piece.kind == "passage"
            and not _GIVEN.isdisjoint(text_features.find_relations(fold_script(piece.quote)))
            and any(not told_of.isdisjoint(mention.entities) for mention in find(piece.quote))
        ]
        return replace(self, relevant=kept)

    def only_papers(self) -> "Retrieved":
        """Return this with nothing else in answer than the papers that the question asks about."""
        return replace(self, relevant=[piece for piece in self.relevant if piece.asked])


def look(search: Search, asked: Question, top: int) -> Retrieved:
    """Look in the question's language, and in the other where nothing there answers.

    Nothing answers that holds none of the exact names asked for, but it is better than nothing.
    Where nothing is known of "acute gout", what is known of gout answers.
    """
    parse = search.parse
    wider = widen(asked, parse)
    near: Retrieved | None = None
    first: Retrieved | None = None
    for question in (asked, wider) if wider else (asked,):
        retrieved = _look_in(search, question, top, question.language)
        first = first or retrieved
        if not retrieved.relevant and (direct := _direct(question)):
            retrieved = _look_directly(search, retrieved, direct, top)
        named = relevance.choose_named(retrieved.relevant, retrieved.asked)
        if retrieved.relevant and (named or not retrieved.asked.exact):
            return _without_retracted(retrieved, top)
        if retrieved.relevant:
            near = near or retrieved
    if (near is None or near.asked.exact) and not find_longer_names(asked):
        foreign = _look_abroad(search, first.asked if first else asked, top)
        if foreign.relevant and (near is None or relevance.choose_named(foreign.relevant, asked)):
            return foreign
    assert first is not None
    return _without_retracted(near or first, top)


def find_retracted(search: Search, asked: Question, top: int) -> list[Evidence]:
    """Return what would answer the question, had it not been retracted."""
    if not search.holds_retracted:
        return []
    found = _found(search, asked.question, top, None, retracted=True)
    return relevance.select_relevant(found, asked, search.linker.find) if found else []


def _found(
    search: Search,
    text: str,
    top: int,
    language: Language | None,
    *,
    retracted: bool = False,
    nearest: bool = False,
) -> list[Evidence]:
    retriever = KnowledgeRetriever(
        search=search,
        top=top + _BESIDE_FACTS,
        language=language,
        retracted=retracted,
        nearest=nearest,
    )
    return to_evidence(retriever.invoke(text))


def _look_in(search: Search, asked: Question, top: int, language: Language) -> Retrieved:
    """Look in one language: the papers that are asked about, else what is on the subject."""
    find = search.linker.find
    found = _found(search, asked.question, top, language)
    understood = relevance.drop_partial_names(asked, found)
    mentions = understood.mentions
    papers = _papers(search, understood, found, top)
    understood, unheld = _without_parts(search, understood, found)
    relevant = relevance.select_relevant(found, understood, find)[:top]
    named, still = asked.mentions or asked.classes, understood.mentions or understood.classes
    if named and not still and not understood.exact:
        relevant = []
    if unheld:
        relevant = [piece for piece in relevant if _is_of_kind(piece, understood, search)]
    for name in find_longer_names(understood):
        relevant = [piece for piece in relevant if not _treats_cause(name, piece)]
        # found somewhere, so what is known of a part of it is no answer
        if name not in unheld and not name.is_loose:
            relevant = [piece for piece in relevant if _speaks_of(name, piece, search)]
    told = [piece for each in papers for piece in literature.tell_result(each, understood, find)]
    if unheld and literature.asks_of_study(asked):
        relevant = []
    if not told and relevant:
        relevant = literature.covering(relevant, replace(understood, mentions=mentions), find)
    return Retrieved(search, understood, found, [*told, *relevant], unheld=() if told else unheld)


def _without_parts(
    search: Search, asked: Question, found: Sequence[Evidence]
) -> tuple[Question, tuple[LongerName, ...]]:
    """Return a question without the mentions that are parts of other diseases' names.

    Kept are those that name the kind of a disease that nothing found speaks of; they come second.
    """
    names = find_longer_names(asked)
    lost = [name for name in names if not any(_answers(name, p, asked, search) for p in found)]
    if not lost:
        return asked, ()
    spelled = {(m.start, m.end) for m in search.linker.find(asked.question, correct=False)}
    kinds = [n for n in lost if n.is_kind and (n.mention.start, n.mention.end) in spelled]
    parts = [name.mention for name in lost if name not in kinds]
    parts += [name.cause for name in lost if name.cause is not None]
    parts += [m for m in asked.mentions for name in lost if _is_within(m, name)]
    mentions = tuple(mention for mention in asked.mentions if mention not in parts)
    classes = tuple(each for each in asked.classes if all(part.text != each for part in parts))
    members = asked.members if len(classes) == len(asked.classes) else ()
    return replace(asked, mentions=mentions, classes=classes, members=members), tuple(kinds)


def _treats_cause(name: LongerName, piece: Evidence) -> bool:
    """Say whether a piece lists what is given for a disease by which another one is named."""
    return piece.relation in _GIVEN and piece.subject in name.causes - {*name.mention.entities}


def _is_within(mention: EntitySpan, name: LongerName) -> bool:
    """Say whether a part of the body is named within the name of a disease."""
    return mention.entities[0].startswith("body_part:") and mention.text in name.text


def _answers(name: LongerName, piece: Evidence, asked: Question, search: Search) -> bool:
    """Say whether a piece speaks of all of a name, and of what is asked where that has a cause.

    That a medicine has an effect is worth telling whatever is asked of it.
    """
    medicine = name.cause is not None and name.cause.entities[0].startswith("medicine:")
    if (
        name.causes
        and not medicine
        and not relevance.tells_relation(piece, asked, search.linker.find)
    ):
        return False
    return _speaks_of(name, piece, search)


def _speaks_of(name: LongerName, piece: Evidence, search: Search) -> bool:
    """Say whether a sentence, or the title, of a piece speaks of all of a name."""
    known = set(name.mention.entities)
    for text in (piece.context, *split_sentences(piece.text)):
        if not name.is_in(text):
            continue
        mentions = search.linker.find(text)
        named = {id for mention in mentions for id in mention.entities} | {piece.subject}
        if name.causes and named.isdisjoint(name.causes):
            continue
        if (
            (piece.subject in known and not name.near)
            or name.is_spelled_in(text)
            or any(
                name.stands_at(text, mention.start, mention.end)
                for mention in mentions
                if not known.isdisjoint(mention.entities)
            )
        ):
            return True
    return False


def _is_of_kind(piece: Evidence, asked: Question, search: Search) -> bool:
    """Say whether a piece is on a condition of the question, and not merely names it."""
    if not any(id.startswith("condition:") for id in asked.entities):
        return False
    return piece.subject in asked.entities or relevance.is_named_in_title(
        piece, asked, search.linker.find
    )


def _papers(
    search: Search, asked: Question, found: list[Evidence], top: int, *, retracted: bool = False
) -> list[Sequence[Evidence]]:
    """Return the papers that a question asks about, whole; words that nothing holds hide none."""
    nearest = found
    if literature.may_be_study(asked) and all(piece.kind == "fact" for piece in found):
        nearest = _found(
            search, asked.question, top, asked.language, retracted=retracted, nearest=True
        )
    whole = partial(passages_of, search, retracted=retracted)
    return literature.find_papers(nearest, asked, search.linker.find, whole)


def _look_directly(search: Search, before: Retrieved, direct: str, top: int) -> Retrieved:
    """Look for the names and relations of a question without its other words."""
    found = _found(search, direct, top, before.asked.language)
    relevant = relevance.select_relevant(found, before.asked, search.linker.find)[:top]
    relevant = literature.covering(relevant, before.asked, search.linker.find)
    return replace(before, found=before.found or found, relevant=relevant)


def _direct(asked: Question) -> str:
    """Return the names and relations of a question, where it says more than these."""
    if not (asked.mentions and asked.relations and asked.rest) or find_longer_names(asked):
        return ""
    labels = [RELATIONS[relation].label(asked.language) for relation in asked.relations]
    names = [mention.text for mention in asked.mentions]
    return "：".join([" ".join(names), " ".join(labels)]) if labels else ""


def _look_abroad(search: Search, asked: Question, top: int) -> Retrieved:
    """Look in the other language for what speaks of all that a question names."""
    if not (asked.mentions or asked.exact):
        return Retrieved(search, asked, [], [])
    other: Language = "en" if asked.language == "zh" else "zh"
    find = search.linker.find
    found = _found(search, asked.question, top, other)
    relevant = [
        piece
        for piece in relevance.select_relevant(found, asked, find)
        if _names_all(piece, asked, search) and literature.covering([piece], asked, find)
    ]
    return Retrieved(search, asked, found, relevant[:top])


def _names_all(piece: Evidence, asked: Question, search: Search) -> bool:
    """Say whether a piece names each entity and each exact name of a question."""
    named = {id for mention in search.linker.find(piece.reading) for id in mention.entities}
    named.add(piece.subject)
    return all(not named.isdisjoint(mention.entities) for mention in asked.mentions) and all(
        name.worded or name.is_in(piece.reading) for name in asked.exact
    )


def _without_retracted(retrieved: Retrieved, top: int) -> Retrieved:
    """Take note of retracted papers that are on the very question: they are named first."""
    search, asked = retrieved.search, retrieved.asked
    if not search.holds_retracted:
        return retrieved
    find = search.linker.find
    found = _found(search, asked.question, top, asked.language, retracted=True)
    papers = _papers(search, asked, found, top, retracted=True)
    gone = tuple(paper[0] for paper in papers)
    if not gone:
        return retrieved
    kept = [
        piece
        for piece in retrieved.relevant
        if piece.asked
        or relevance.is_exact(piece, asked, find)
        or relevance.count_named(piece.quote, asked)
    ]
    return replace(retrieved, relevant=kept, retracted=gone)


def look_up_emergency(search: Search, question: str | None, asked: Question, top: int) -> Retrieved:
    """Look for the treatment of the emergency that a message tells of, in its own language.

    The words of a patient's story find what is merely alike; a paper that is asked about is not.
    """
    written = look(search, asked, top)
    if written.has_papers or question is None:
        return written if written.has_papers else Retrieved(search, asked, [], [])
    about = understand_question(question, [], search.parse)
    found = _found(search, about.question, top, asked.language)
    relevant = relevance.select_relevant(found, about, search.linker.find)
    return Retrieved(search, about, found, relevant)
