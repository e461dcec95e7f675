"""Search: one ranking of passages and fact groups for a question, or nothing when nothing fits.

    question -> entities + asked relations -> fact groups ─┐
             -> vector, terms (both languages) -> passages ─┴─> gate -> fusion -> hits

A Chinese question reaches English passages through the English names of what it mentions. Hits that
are not about the question are dropped rather than ranked low, so that whoever asks can abstain.
Retracted and removed documents never come back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from knowledge import dense, generations, linker
from knowledge.asking import Ask, Question, understand
from knowledge.catalog import DocumentRow, PassageRow, holds
from knowledge.dense import Dense
from knowledge.embedding import Embedding
from knowledge.errors import KnowledgeError
from knowledge.generations import Generation, heading
from knowledge.graph import Evidence, Graph
from knowledge.lexical import Lexical, asked, terms
from knowledge.merge import chunks
from knowledge.names import language_of
from knowledge.records import Entity, Language, Passage
from knowledge.vocabulary import RELATIONS

DENSE_WEIGHT = 0.7
"""How much the vectors count beside the words, both measured against the best of a question."""

GATE = 0.5
"""A passage is about a question when cosine + COVERAGE_WEIGHT * share of its terms reaches this.

Measured on 500 questions with a known abstract and 42 that no base answers: 98.6 % of the abstracts
reach it, the best passage for the others stays under 0.47.
"""

STRANGE_GATE = 0.56
"""The same for a question with a word that nothing in the base holds: most likely its topic."""

COVERAGE_WEIGHT = 0.25

COVERED = 0.72
"""Without a vector, or with a misleading one, this share of a question's terms is enough."""

EXPLAINED = 0.3
"""Facts answer only questions of which mentions and cues explain at least this share."""

PER_DOCUMENT = 2
"""How many passages of one document a ranking shows."""

_CANDIDATES = 60
_GROUPS = 6
_FOREIGN = 0.9
_PASSAGE = 0.97  # the very facts that are asked for come before the best passage

_SIBLINGS: dict[str, tuple[str, ...]] = {
    "first_line": ("medicine", "treatment"),
    "treatment": ("first_line", "medicine"),
    "medicine": ("first_line", "treatment"),
    "symptom": ("sign", "associated_with"),
    "sign": ("symptom", "associated_with"),
    "cause": ("risk_factor", "associated_with"),
    "risk_factor": ("cause", "associated_with"),
    "contraindication": ("pregnancy",),
}
"""What else answers where the asked relation has no facts."""

_COMPANIONS: dict[str, tuple[str, ...]] = {
    "treatment": ("first_line", "medicine"),
    "symptom": ("sign",),
    "medicine": ("first_line",),
}
"""What belongs to the answer beside the asked relation."""

_INSTEAD: dict[tuple[str, str], tuple[str, ...]] = {
    ("symptom", "cause"): ("symptom", "sign", "side_effect"),
    ("symptom", "description"): ("symptom", "sign"),
    ("symptom", "medicine"): ("side_effect",),
}
"""What a relation means when asked of an object: what causes a symptom is what has it."""

_OVERVIEW: dict[str, tuple[tuple[str, bool], ...]] = {
    "condition": (
        ("description", False),
        ("symptom", False),
        ("first_line", False),
        ("treatment", False),
        ("medicine", False),
        ("test", False),
    ),
    "medicine": (
        ("description", False),
        ("drug_class", False),
        ("first_line", True),
        ("medicine", True),
        ("contraindication", False),
        ("side_effect", False),
    ),
}
"""What is told of an entity when no relation is asked for; `True` looks from the object's side."""

_OVERVIEW_ELSE: tuple[tuple[str, bool], ...] = (
    ("description", False),
    ("symptom", True),
    ("sign", True),
    ("test", True),
    ("treatment", True),
    ("cause", True),
    ("risk_factor", True),
)

_PAIRED = ("interaction", "contraindication", "side_effect")
"""Relations that matter between two entities even where nobody asks for them."""


@dataclass(frozen=True, slots=True)
class Why:
    """What spoke for a hit: cosine, share of terms, and what the graph makes of it."""

    dense: float
    lexical: float
    graph: float


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a hit comes from: a document, or for facts the entity and the sources."""

    id: str
    title: str
    journal: str = ""
    section: str = ""
    start: int = 0
    end: int = 0
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence in a ranking; `facts` are the ids of the facts that it states."""

    rank: int
    id: str
    kind: str
    title: str
    text: str
    year: int | None
    type: str
    score: float
    why: Why
    document: Origin
    facts: tuple[str, ...]
    language: Language

    def as_dict(self) -> dict[str, object]:
        """Return the hit as it is printed with --json."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage with its document, as the catalogue holds it."""

    passage: Passage
    title: str
    journal: str
    year: int | None
    type: str
    source: str


@dataclass(frozen=True, slots=True)
class _Topic:
    """What a passage in one language should speak of: any of the term sets, by importance."""

    alternatives: tuple[frozenset[str], ...]
    weight: float
    linked: bool


class Search:
    """The search of one generation; it holds the generation's files and is never changed."""

    def __init__(
        self, engine: Engine, generation: Generation, embedding: Embedding | None = None
    ) -> None:
        manifest = generation.manifest
        if embedding is not None and manifest.model not in ("", embedding.model):
            raise KnowledgeError(
                f"The knowledge base was embedded with {manifest.model}, not {embedding.model}.",
                where=str(generation.folder),
                remedy="Set the same embedding model, or add knowledge once with the new one.",
            )
        self.generation = generation.number
        self.linker = linker.load(engine, generation.number)
        self.graph = Graph(engine, generation.number)
        self._engine = engine
        self._embedding = embedding
        self._dense = Dense(generation.folder, dense.names(manifest.files))
        self._lexical = Lexical(generation.folder / generations.LEXICAL)

    def find(
        self,
        query: str,
        top: int = 10,
        *,
        language: Language | None = None,
        year_from: int | None = None,
        type: str | None = None,
        abstain: bool = True,
    ) -> list[Hit]:
        """Return the evidence for a question, best first; nothing where nothing fits.

        `language` keeps hits of one language; facts have no year and no type of document, so a
        filter by these leaves them out. Without `abstain` the nearest passages are returned even
        where they are far off.
        """
        if top < 1:
            raise KnowledgeError(
                f"The number of hits must be at least 1; it is {top}.", where="--top"
            )
        question = understand(query, self.linker)
        hits: list[Hit] = []
        if year_from is None and type is None:
            hits += self._facts(question, language or question.language)
        hits += self._passages(question, top, language, year_from, type, abstain)
        hits.sort(key=lambda hit: (-hit.score, hit.kind, hit.id))
        return [replace(hit, rank=rank) for rank, hit in enumerate(hits[:top], 1)]

    # Facts

    def _facts(self, question: Question, language: Language) -> list[Hit]:
        if not question.mentions or question.explained < EXPLAINED:
            return []
        best: dict[str, tuple[float, Evidence]] = {}
        for score, evidence in self._groups(question, language):
            if score > best.get(evidence.id, (0.0, evidence))[0]:
                best[evidence.id] = (score, evidence)
        ranked = sorted(best.values(), key=lambda each: (-each[0], each[1].id))[:_GROUPS]
        trust = 0.3 + 0.7 * question.explained
        return [self._fact_hit(score * trust, evidence) for score, evidence in ranked]

    def _groups(self, question: Question, language: Language) -> Iterator[tuple[float, Evidence]]:
        entities = self._entities(question)
        asks = self._asks(question, entities)
        yield from self._pairs(entities, asks, language)
        answered = False
        for entity in entities:
            for score, relation, inverse in self._asked(entity, asks):
                evidence = self.graph.evidence(entity.id, relation, language, inverse)
                if evidence is not None:
                    answered = True
                    yield score, evidence
        clear = any(ask.weight >= 1.0 for ask in asks)
        if not answered and not clear:
            yield from self._overviews(entities, language)

    def _entities(self, question: Question) -> list[Entity]:
        ids = [id for mention in question.mentions for id in mention.entities[:4]]
        found = (self.graph.entity(id) for id in dict.fromkeys(ids[:12]))
        return [entity for entity in found if entity is not None]

    def _asks(self, question: Question, entities: Sequence[Entity]) -> tuple[Ask, ...]:
        """Return what is asked; two medicines without more ask whether they go together."""
        named = {
            mention.start
            for mention in question.mentions
            for id in mention.entities
            if any(entity.id == id and entity.kind == "medicine" for entity in entities)
        }
        if len(named) > 1 and not any(ask.weight >= 1.0 for ask in question.asks):
            return (Ask("interaction", 1.0),)
        return question.asks

    def _pairs(
        self, entities: Sequence[Entity], asks: Sequence[Ask], language: Language
    ) -> Iterator[tuple[float, Evidence]]:
        """Yield the facts that relate two mentioned entities to each other."""
        wanted = {ask.relation for ask in asks if ask.weight >= 0.6}
        for one, other in combinations(entities, 2):
            groups: dict[tuple[str, str], list[str]] = {}
            for fact in self.graph.between(one.id, other.id):
                groups.setdefault((fact.subject, fact.relation), []).append(fact.id)
            for (subject, relation), ids in groups.items():
                first = one.id if RELATIONS[relation].symmetric else subject
                evidence = self.graph.evidence(first, relation, language, only=ids)
                if evidence is not None:
                    fits = relation in wanted or relation in _PAIRED or not wanted
                    yield (1.1 if fits else 0.55), evidence

    def _asked(self, entity: Entity, asks: Sequence[Ask]) -> Iterator[tuple[float, str, bool]]:
        """Yield the groups of an entity that answer what is asked, each with its worth."""
        own, seen = self.graph.relations(entity.id)
        for ask in asks:
            direct = ask.relation in own and not ask.inverse
            if direct:
                yield ask.weight, ask.relation, False
                for other in _COMPANIONS.get(ask.relation, ()):
                    if other in own:
                        yield 0.85 * ask.weight, other, False
            elif ask.relation in seen:
                yield 0.95 * ask.weight, ask.relation, True
                for other in _SIBLINGS.get(ask.relation, ()):
                    if other in seen:
                        yield 0.75 * ask.weight, other, True
            else:
                for other in _SIBLINGS.get(ask.relation, ()):
                    if other in (seen if ask.inverse else own):
                        yield 0.7 * ask.weight, other, ask.inverse
            for place, other in enumerate(_INSTEAD.get((entity.kind, ask.relation), ())):
                if other in seen:
                    yield (1.0 - 0.05 * place) * ask.weight, other, True

    def _overviews(
        self, entities: Sequence[Entity], language: Language
    ) -> Iterator[tuple[float, Evidence]]:
        for place, entity in enumerate(entities):
            worth = 0.75 - 0.05 * min(place, 4)
            own, seen = self.graph.relations(entity.id)
            for relation, inverse in _OVERVIEW.get(entity.kind, _OVERVIEW_ELSE):
                if relation in (seen if inverse else own):
                    evidence = self.graph.evidence(entity.id, relation, language, inverse)
                    if evidence is not None:
                        yield worth, evidence
                        worth *= 0.85

    def _fact_hit(self, score: float, evidence: Evidence) -> Hit:
        sources = tuple(dict.fromkeys(id for fact in evidence.facts for id in fact.sources))
        name = evidence.entity.name(evidence.language)
        return Hit(
            0,
            evidence.id,
            "fact",
            name,
            evidence.text,
            None,
            "fact",
            round(score, 4),
            Why(0.0, 0.0, round(score, 4)),
            Origin(evidence.entity.id, name, section=evidence.relation, sources=sources),
            tuple(fact.id for fact in evidence.facts),
            evidence.language,
        )

    # Passages

    def _passages(
        self,
        question: Question,
        top: int,
        language: Language | None,
        year_from: int | None,
        type: str | None,
        abstain: bool,
    ) -> list[Hit]:
        wanted = max(_CANDIDATES, 4 * top)
        while True:
            cosines = self._cosines(question, wanted)
            matches = self._matches(question, wanted)
            found = self._live([*cosines, *matches], language, year_from, type)
            exhausted = wanted >= max(self._dense.size, self._lexical.size)
            if exhausted or len(found) >= min(top, _CANDIDATES):
                break
            wanted *= 4  # a filter, or removed documents, left too few
        return self._gated(question, found, cosines, matches, top, abstain)

    def _cosines(self, question: Question, wanted: int) -> dict[str, float]:
        text = self._spoken(question)
        if self._embedding is None or not self._dense.size or not text:
            return {}
        return dict(self._dense.find(self._embedding.encode([text])[0], wanted))

    def _spoken(self, question: Question) -> str:
        """Return the question in words that the model reads: its own, or the English names."""
        if self._embedding is None or self._embedding.reads(question.language):
            return question.text
        other: Language = "en" if question.language == "zh" else "zh"
        return " ".join(self._translated(question, other))

    def _translated(self, question: Question, other: Language) -> list[str]:
        """Return what the question mentions and asks for in the other language, as far as known."""
        names = [
            name.text
            for mention in question.mentions
            for entity in [self.graph.entity(mention.entities[0])]
            if entity is not None
            for name in entity.names
            if name.language == other
        ][:4]
        labels = [RELATIONS[ask.relation].label(other) for ask in question.asks]
        return [*labels, *names] if names else []

    def _matches(self, question: Question, wanted: int) -> dict[str, float]:
        """Return passages that share terms, in either language, as shares of the best score."""
        best: dict[str, float] = {}
        own = asked(question.text)
        for spoken in (own, self._other_terms(question)):
            matches = self._lexical.find(spoken, wanted)
            for match in matches:
                share = match.score / matches[0].score
                best[match.id] = max(best.get(match.id, 0.0), share)
        return best

    def _other_terms(self, question: Question) -> list[str]:
        other: Language = "en" if question.language == "zh" else "zh"
        return asked(" ".join(self._translated(question, other)))

    def _live(
        self,
        ids: Sequence[str],
        language: Language | None,
        year_from: int | None,
        type: str | None,
    ) -> dict[str, _Found]:
        """Read the passages that this generation still has and that pass the filters."""
        query = (
            select(PassageRow, DocumentRow)
            .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
            .where(holds(DocumentRow, self.generation), DocumentRow.retracted.is_(False))
        )
        if language is not None:
            query = query.where(PassageRow.language == language)
        if year_from is not None:
            query = query.where(DocumentRow.year >= year_from)
        if type is not None:
            query = query.where(DocumentRow.type == type)
        found: dict[str, _Found] = {}
        with Session(self._engine) as session:
            for chunk in chunks(list(dict.fromkeys(ids))):
                for row, document in session.execute(query.where(PassageRow.id.in_(chunk))):
                    found[row.id] = _found(row, document)
        return found

    def _gated(
        self,
        question: Question,
        found: dict[str, _Found],
        cosines: dict[str, float],
        matches: dict[str, float],
        top: int,
        abstain: bool,
    ) -> list[Hit]:
        """Rank the passages that are about the question, few of each document."""
        topics = {language: self._topics(question, language) for language in _LANGUAGES}
        gate = STRANGE_GATE if self._is_strange(question) else GATE
        best = max((cosines[id] for id in found if id in cosines), default=0.0)
        scored: list[tuple[float, float, float, float, _Found]] = []
        for id, each in found.items():
            cosine = cosines.get(id, 0.0)
            covered, linked = _covered(each, topics[each.passage.language])
            sure = cosine + COVERAGE_WEIGHT * covered
            if abstain and sure < gate and covered < COVERED:
                continue
            near = cosine / best if best > 0 else 0.0
            weight = DENSE_WEIGHT if cosines else 0.0
            merit = weight * near + (1 - weight) * matches.get(id, 0.0)
            worth = _PASSAGE * min(1.0, max(sure, covered)) * merit
            if each.passage.language != question.language:
                worth *= _FOREIGN
            scored.append((worth, cosine, covered, linked, each))
        scored.sort(key=lambda each: (-each[0], each[4].passage.id))
        hits: list[Hit] = []
        shown: dict[str, int] = {}
        for worth, cosine, covered, linked, each in scored:
            document = each.passage.document
            shown[document] = shown.get(document, 0) + 1
            if shown[document] <= PER_DOCUMENT and len(hits) < top:
                hits.append(_passage_hit(worth, Why(cosine, covered, linked), each))
        return hits

    def _is_strange(self, question: Question) -> bool:
        """Say whether a question holds an English word that no passage and no name holds."""
        words = [term for term in question.rest if term.isascii() and term.isalpha()]
        return any(len(word) > 1 and not self._lexical.holds(word) for word in words)

    def _topics(self, question: Question, language: Language) -> list[_Topic]:
        """Return what a passage in a language must speak of to be about the question."""
        topics: list[_Topic] = []
        for mention in question.mentions:
            entities = [self.graph.entity(id) for id in mention.entities[:3]]
            names = {name.text for each in entities if each is not None for name in each.names}
            spoken = [mention.text, *names]
            sets = {frozenset(asked(name)) for name in spoken if language_of(name) == language}
            self._add_topic(topics, sets, linked=True)
        for term in self._unlinked(question):
            # Chinese texts write many names in Latin letters; English ones hold no Chinese.
            if language_of(term) == language or language == question.language == "zh":
                self._add_topic(topics, {frozenset((term,))}, linked=False)
        if language != question.language:
            for ask in question.asks:
                label = frozenset(asked(RELATIONS[ask.relation].label(language)))
                self._add_topic(topics, {label}, linked=False)
        return topics

    def _add_topic(self, topics: list[_Topic], sets: set[frozenset[str]], linked: bool) -> None:
        full = [each for each in sets if each]
        if full:
            weight = max(max(self._lexical.rarity(term) for term in each) for each in full)
            topics.append(_Topic(tuple(full), weight, linked))

    def _unlinked(self, question: Question) -> list[str]:
        """Return the terms of a question outside its mentions."""
        signs = list(question.text)
        for mention in question.mentions:
            signs[mention.start : mention.end] = "|" * (mention.end - mention.start)
        return asked("".join(signs))


_LANGUAGES: tuple[Language, ...] = ("en", "zh")


def open_search(engine: Engine, home: Path, embedding: Embedding | None = None) -> Search:
    """Return the search of the generation in force; the same one until that changes.

    Raises KnowledgeError where there is no knowledge yet, or none whose files are whole.
    """
    number = generations.reconcile(engine, home)
    if number is None:
        raise generations.nothing(home)
    manifest = generations.folder_of(home, number) / generations.MANIFEST
    written = manifest.stat().st_mtime_ns if manifest.is_file() else 0
    model = embedding.model if embedding is not None else ""
    key = (str(engine.url), number, written, model)
    with _OPENING:
        known = _OPENED.get(home)
        if known is None or known[0] != key:
            generation = generations.open_generation(home, number)
            known = (key, Search(engine, generation, embedding))
            _OPENED[home] = known
    return known[1]


_OPENING = Lock()
_OPENED: dict[Path, tuple[tuple[str, int, int, str], Search]] = {}
"""The search last opened of each home; an older one lives on with whoever holds it."""


def _found(row: PassageRow, document: DocumentRow) -> _Found:
    language: Language = "zh" if row.language == "zh" else "en"
    text = document.text[row.start : row.end]
    passage = Passage(row.id, document.id, text, row.start, row.end, row.section, language)
    return _Found(
        passage,
        document.title,
        document.journal,
        document.year,
        document.type,
        document.source_id,
    )


def _covered(each: _Found, topics: Sequence[_Topic]) -> tuple[float, float]:
    """Return which share of the topics a passage speaks of, and which of the linked ones."""
    if not topics:
        return 0.0, 0.0
    held = set(terms(f"{heading(each.title, each.passage.section)} {each.passage.text}"))
    spoken = [topic for topic in topics if any(held >= names for names in topic.alternatives)]
    total = sum(topic.weight for topic in topics)
    linked = sum(topic.linked for topic in topics)
    return (
        sum(topic.weight for topic in spoken) / total,
        sum(topic.linked for topic in spoken) / linked if linked else 0.0,
    )


def _passage_hit(worth: float, why: Why, each: _Found) -> Hit:
    passage = each.passage
    return Hit(
        0,
        passage.id,
        "passage",
        each.title,
        passage.text,
        each.year,
        each.type,
        round(worth, 4),
        Why(round(why.dense, 4), round(why.lexical, 4), round(why.graph, 4)),
        Origin(
            passage.document,
            each.title,
            each.journal,
            passage.section,
            passage.start,
            passage.end,
            (each.source,),
        ),
        (),
        passage.language,
    )
