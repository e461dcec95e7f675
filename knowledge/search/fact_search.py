"""Find the groups of facts that answer a question, as lines of evidence.

    entities of a question + asked relations -> groups of facts, the very ones asked for first

What has no fact of the asked relation is answered by relations near to it; where nothing is asked
for, an overview is given.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from knowledge.graph.knowledge_graph import EvidenceLine, KnowledgeGraph
from knowledge.records import Entity, Language
from knowledge.search import weights
from knowledge.search.hits import Hit, HitOrigin, HitScores
from knowledge.search.query_parser import AskedRelation, ParsedQuery
from knowledge.vocabulary import RELATIONS

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
"""What is shown of an entity when no relation is asked for; `True` looks from the object's side."""

_OVERVIEW_ELSE: tuple[tuple[str, bool], ...] = (
    ("description", False),
    ("symptom", True),
    ("sign", True),
    ("test", True),
    ("treatment", True),
    ("cause", True),
    ("risk_factor", True),
)


class FactSearch:
    """The facts of one generation, as evidence."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph

    def find(self, question: ParsedQuery, language: Language) -> list[Hit]:
        """Return the groups of facts that answer, best first."""
        if (
            not (question.mentions or question.classes)
            or question.explained < weights.FACTS_EXPLAINED
        ):
            return []
        best: dict[str, tuple[float, EvidenceLine]] = {}
        for score, evidence in self._groups(question, language):
            if score > best.get(evidence.id, (0.0, evidence))[0]:
                best[evidence.id] = (score, evidence)
        ranked = sorted(best.values(), key=lambda each: (-each[0], each[1].id))
        least = weights.FACTS_UNEXPLAINED
        trust = least + (1 - least) * question.explained
        return [
            _fact_hit(score * trust, evidence) for score, evidence in ranked[: weights.FACT_GROUPS]
        ]

    def _groups(
        self, question: ParsedQuery, language: Language
    ) -> Iterator[tuple[float, EvidenceLine]]:
        entities = self._entities(question)
        asks = self._asks(question, entities)
        yield from self._pairs(entities, asks, language)
        answered = False
        for entity in entities:
            for score, relation, inverse in self._asked(entity, asks):
                only = self._by_members(entity, relation, question.members) if inverse else ()
                evidence = self._graph.evidence(entity.id, relation, language, inverse, only)
                if evidence is not None:
                    answered = True
                    yield score, evidence
        if not answered and asks:
            yield from self._of_members(question.members, asks, language)
        if not answered and not any(ask.is_clear for ask in asks):
            yield from self._overviews(entities, language)

    def _by_members(self, entity: Entity, relation: str, members: Sequence[str]) -> list[str]:
        """Return the facts of an entity whose subjects are of a class that is named, if any is.

        "Which antibiotics should be avoided in pregnancy?" asks for no other medicines.
        """
        if entity.kind == "medicine" or not members:
            return []
        of_class = frozenset(id for id in members if id.startswith("medicine:"))
        if not of_class:  # kinds of a condition, such as fevers, are no filter
            return []
        facts = self._graph.inverse(entity.id, relation)
        return [fact.id for fact in facts if fact.subject in of_class]

    def _of_members(
        self, members: Sequence[str], asks: Sequence[AskedRelation], language: Language
    ) -> Iterator[tuple[float, EvidenceLine]]:
        """Yield what members of a class have of what is asked, where the class itself has none."""
        shown = 0
        for id in members:
            entity = self._graph.entity(id)
            groups = list(self._asked(entity, asks)) if entity is not None else []
            for score, relation, inverse in groups:
                evidence = self._graph.evidence(id, relation, language, inverse)
                if evidence is not None:
                    yield weights.FACT_MEMBER * score, evidence
            shown += bool(groups)
            if shown == weights.FACT_MEMBERS:
                return

    def _entities(self, question: ParsedQuery) -> list[Entity]:
        each = weights.FACT_ENTITIES_EACH
        ids = [id for mention in question.mentions for id in mention.entities[:each]]
        found = (self._graph.entity(id) for id in dict.fromkeys(ids[: weights.FACT_ENTITIES]))
        return [entity for entity in found if entity is not None]

    def _asks(self, question: ParsedQuery, entities: Sequence[Entity]) -> tuple[AskedRelation, ...]:
        """Return what is asked; two medicines without more ask whether they go together."""
        named = {
            mention.start
            for mention in question.mentions
            for id in mention.entities
            if any(entity.id == id and entity.kind == "medicine" for entity in entities)
        }
        if len(named) > 1 and not any(ask.is_clear for ask in question.asks):
            return (AskedRelation("interaction", weights.CLEAR_CUE),)
        return question.asks

    def _pairs(
        self, entities: Sequence[Entity], asks: Sequence[AskedRelation], language: Language
    ) -> Iterator[tuple[float, EvidenceLine]]:
        """Yield the facts that relate two mentioned entities to each other."""
        wanted = {ask.relation for ask in asks if ask.weight >= weights.SECOND_CUE}
        for one, other in combinations(entities, 2):
            groups: dict[tuple[str, str], list[str]] = {}
            for fact in self._graph.between(one.id, other.id):
                groups.setdefault((fact.subject, fact.relation), []).append(fact.id)
            for (subject, relation), ids in groups.items():
                first = one.id if RELATIONS[relation].symmetric else subject
                evidence = self._graph.evidence(first, relation, language, only=ids)
                if evidence is not None:
                    fits = relation in wanted or RELATIONS[relation].warns or not wanted
                    yield weights.FACT_PAIR if fits else weights.FACT_PAIR_UNASKED, evidence

    def _asked(
        self, entity: Entity, asks: Sequence[AskedRelation]
    ) -> Iterator[tuple[float, str, bool]]:
        """Yield the groups of an entity that answer what is asked, each with its worth."""
        own, seen = self._graph.relations(entity.id)
        for ask in asks:
            relation = RELATIONS[ask.relation]
            direct = ask.relation in own and not ask.inverse
            if direct:
                yield ask.weight, ask.relation, False
                for other in relation.companions:
                    if other in own:
                        yield weights.FACT_COMPANION * ask.weight, other, False
            elif ask.relation in seen:
                yield weights.FACT_INVERSE * ask.weight, ask.relation, True
                for other in relation.answered_by:
                    if other in seen:
                        yield weights.FACT_SIBLING_OF_INVERSE * ask.weight, other, True
            else:
                for other in relation.answered_by:
                    if other in (seen if ask.inverse else own):
                        yield weights.FACT_SIBLING * ask.weight, other, ask.inverse
            for place, other in enumerate(_INSTEAD.get((entity.kind, ask.relation), ())):
                if other in seen:
                    yield (1.0 - weights.FACT_INSTEAD_STEP * place) * ask.weight, other, True

    def _overviews(
        self, entities: Sequence[Entity], language: Language
    ) -> Iterator[tuple[float, EvidenceLine]]:
        for place, entity in enumerate(entities):
            steps = min(place, weights.FACT_OVERVIEW_STEPS)
            worth = weights.FACT_OVERVIEW - weights.FACT_OVERVIEW_STEP * steps
            own, seen = self._graph.relations(entity.id)
            for relation, inverse in _OVERVIEW.get(entity.kind, _OVERVIEW_ELSE):
                if relation in (seen if inverse else own):
                    evidence = self._graph.evidence(entity.id, relation, language, inverse)
                    if evidence is not None:
                        yield worth, evidence
                        worth *= weights.FACT_OVERVIEW_DECAY


def _fact_hit(score: float, evidence: EvidenceLine) -> Hit:
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
        HitScores(0.0, 0.0, round(score, 4)),
        HitOrigin(evidence.entity.id, name, section=evidence.relation, sources=sources),
        tuple(fact.id for fact in evidence.facts),
        evidence.language,
    )
