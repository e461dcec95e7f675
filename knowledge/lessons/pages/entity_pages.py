"""Read what the graph states of entities as pages, one for each entity and language.

    ids in chunks -> facts, names, licences of a chunk -> one page per entity and language

A page holds only what can be said in its language, without debris.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from sys import intern

from sqlalchemy import Engine, bindparam, or_, select

from knowledge.graph.catalog import EntityRow, FactRow, NameRow, holds
from knowledge.graph.id_queries import raw_rows
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.lessons.facts import fact_fitness
from knowledge.lessons.facts.chinese_closed_book import is_general
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.fact_store import CHUNK, SEEN_FROM_OBJECT, FactStore
from knowledge.lessons.facts.source_habits import (
    DEFAULTED,
    SourceHabits,
    read_habits,
)
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.realize import letter_case
from knowledge.lessons.realize.page_renderer import PageRenderer
from knowledge.records import Entity, Language

_ASKED_SINGLY = 500
"""So often the catalogue is asked for the relations of one entity; then those of all are read."""

_MOST_ENTITIES = 200_000
_SMALL = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’])")


class EntityPages:
    """The entities of one generation that lessons can be about."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._graph = KnowledgeGraph(engine, generation)
        self._facts = FactStore(engine, generation)
        self._entities: dict[str, Entity] = {}
        self._renderers: dict[Language, PageRenderer] = {}
        either = or_(FactRow.subject_id == bindparam("id"), FactRow.object_id == bindparam("id"))
        self._related_query = select(FactRow.subject_id, FactRow.object_id).where(
            either, holds(FactRow, generation)
        )
        self._filling: frozenset[str] | None = None
        self._habits: SourceHabits | None = None
        self._asked = 0
        self._related_ids: dict[str, set[str]] = {}

    def ids(self, language: Language) -> list[str]:
        """Return the entities with a name in a language and facts within their part of the split.

        In the order of their ids. A medicine all of whose conditions are in the other part has no
        fact that a row could tell: that row would name an entity of both parts.
        """
        live = holds(FactRow, self._generation)
        named = (
            select(NameRow.entity_id)
            .where(NameRow.language == language, holds(NameRow, self._generation))
            .distinct()
            .order_by(NameRow.entity_id)
        )
        seen = (
            select(FactRow.object_id, FactRow.subject_id)
            .join(EntityRow, EntityRow.id == FactRow.object_id)
            .where(live, FactRow.relation.in_(SEEN_FROM_OBJECT), EntityRow.kind == "medicine")
        )
        with self._engine.connect() as connection:
            subjects = select(FactRow.subject_id).where(live).distinct()
            stated = {id for (id,) in raw_rows(connection, subjects)}
            for object, subject in raw_rows(connection, seen):
                if object and is_validation(object) == is_validation(subject):
                    stated.add(object)
            return [id for (id,) in raw_rows(connection, named) if id in stated]

    def pages(self, ids: Sequence[str], language: Language) -> Iterator[FactPage]:
        """Yield the pages of those entities that have any facts, in the order of their ids."""
        return self.pages_of_languages({language: ids})

    def pages_of_languages(self, ids: Mapping[Language, Collection[str]]) -> Iterator[FactPage]:
        """Yield pages in several languages; the facts of an entity are read once for all."""
        whole = list(dict.fromkeys(id for each in ids.values() for id in each))
        asked = {language: frozenset(each) for language, each in ids.items()}
        for start in range(0, len(whole), CHUNK):
            chunk = whole[start : start + CHUNK]
            with self._engine.connect() as connection:
                facts = self._facts.read(connection, chunk)
            others = {fact.other for each in facts.values() for fact in each} - {""}
            entities = self._known({*chunk, *others})
            for language, wanted in asked.items():
                renderer = self._renderer(language)
                for id in chunk:
                    if id in wanted and (page := renderer.page(id, facts.get(id, ()), entities)):
                        yield page

    def _renderer(self, language: Language) -> PageRenderer:
        if language not in self._renderers:
            english = language == "en"
            common = self._common_words() if english else frozenset()
            habits = SourceHabits() if english else self._source_habits()
            self._renderers[language] = PageRenderer(language, common, self._filler(), habits)
        return self._renderers[language]

    def _known(self, ids: Collection[str]) -> dict[str, Entity]:
        """Return entities by id; tests and findings stand on many pages, so they are kept."""
        if len(self._entities) > _MOST_ENTITIES:
            self._entities.clear()
            for renderer in self._renderers.values():
                renderer.forget()
        missing = sorted(id for id in ids if id not in self._entities)
        self._entities |= self._graph.entities(missing)
        return self._entities

    def related(self, id: str) -> set[str]:
        """Return the entities that any fact relates to one, in either direction."""
        self._asked += 1
        if self._asked > _ASKED_SINGLY:
            self._related_ids = self._related_ids or self._read_related_ids()
            return self._related_ids.get(id, set())
        with self._engine.connect() as connection:
            ends = connection.execute(self._related_query, {"id": id})
            return {end for pair in ends for end in pair if end}

    def _read_related_ids(self) -> dict[str, set[str]]:
        """Read what every entity is related to, each id kept as one text."""
        query = select(FactRow.subject_id, FactRow.object_id).where(
            holds(FactRow, self._generation)
        )
        one: dict[str, str] = {}
        kin: dict[str, set[str]] = {}
        with self._engine.connect() as connection:
            for subject, object in raw_rows(connection, query):
                ends = {one.setdefault(end, end) for end in (subject, object) if end}
                for end in ends:
                    kin.setdefault(end, set()).update(ends)
        return kin

    def _filler(self) -> frozenset[str]:
        """Return the complications with which a source fills its lists, read once."""
        if self._filling is None:
            query = (
                select(FactRow.subject_id, FactRow.object_id)
                .where(FactRow.relation == "complication", FactRow.object_id.is_not(None))
                .where(holds(FactRow, self._generation))
            )
            lists: dict[str, set[str]] = {}
            with self._engine.connect() as connection:
                for subject, object in raw_rows(connection, query):
                    lists.setdefault(subject, set()).add(object)
            names = self._graph.entities(sorted(set().union(*lists.values())))

            def alike(one: str, other: str) -> bool:
                """Say whether one name holds the other: sepsis, and sepsis with bacteraemia."""
                told = [[name.text for name in names[id].names] for id in (one, other)]
                return any(a in b or b in a for a in told[0] for b in told[1])

            self._filling = frozenset(fact_fitness.filler(lists, alike))
        return self._filling

    def _source_habits(self) -> SourceHabits:
        """Return how sources filled their tables, read once."""
        if self._habits is None:
            relations = (*DEFAULTED, "symptom", "complication", "department", "body_part")
            live = holds(FactRow, self._generation)
            given = select(
                FactRow.subject_id, FactRow.relation, FactRow.object_id, FactRow.value_zh
            ).where(FactRow.relation.in_(relations), live)
            called = select(NameRow.entity_id, NameRow.text).where(
                NameRow.entity_id.like("department:%"),
                NameRow.language == "zh",
                holds(NameRow, self._generation),
            )
            with self._engine.connect() as connection:
                general = {id for id, text in raw_rows(connection, called) if is_general(text)}
                self._habits = read_habits(
                    (
                        (intern(subject), relation, intern(object or text))
                        for subject, relation, object, text in raw_rows(connection, given)
                    ),
                    general,
                )
        return self._habits

    def _common_words(self) -> frozenset[str]:
        """Return the words that English names and texts write small."""
        found = set(letter_case.ALWAYS_LOWER)
        texts = (
            select(NameRow.text).where(NameRow.language == "en", holds(NameRow, self._generation)),
            select(FactRow.value_en).where(
                FactRow.value_en != "", holds(FactRow, self._generation)
            ),
        )
        with self._engine.connect() as connection:
            for query in texts:
                for (text,) in raw_rows(connection, query):
                    found.update(_SMALL.findall(text))
        return frozenset(found)
