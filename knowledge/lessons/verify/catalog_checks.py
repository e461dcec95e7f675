"""Ask the catalog what else of a row must hold: its licence, and further lines that it shows.

ids of facts and documents -> licences of their sources
line of evidence -> entities of its name, relation of its label -> facts -> nothing left over
"""

import re
from collections.abc import Collection, Iterable, Iterator, Set

from sqlalchemy import Connection, Engine, or_, select

from knowledge.graph import verbalize
from knowledge.graph.catalog import (
    DocumentRow,
    FactRow,
    FactSourceRow,
    NameRow,
    SourceRow,
    holds,
)
from knowledge.graph.id_queries import id_batches, raw_rows
from knowledge.lessons.facts.definitions import as_told
from knowledge.lessons.facts.fact_licences import least_restrictive
from knowledge.lessons.verify.name_masks import STOPS
from knowledge.records import Language
from knowledge.text.names import normalise
from knowledge.vocabulary import INVERSE, RELATIONS, from_object

_LINE = re.compile(r"(.+?)(?: — |——)")
_MOST = 200_000


class CatalogChecks:
    """Reads licences and further facts of one generation, and remembers them."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._licences: dict[str, str] = {}
        self._true: dict[tuple[str, Language], bool] = {}

    def licences(self, facts: Collection[str], documents: Collection[str]) -> dict[str, str]:
        """Return the licence of each fact and document: the least restrictive of its sources."""
        if len(self._licences) > _MOST:
            self._licences.clear()
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for chunk in id_batches(sorted(set(facts) - self._licences.keys())):
                query = (
                    select(FactSourceRow.fact_id, SourceRow.licence)
                    .join(SourceRow, SourceRow.id == FactSourceRow.source_id)
                    .where(FactSourceRow.fact_id.in_(chunk), holds(SourceRow, self._generation))
                )
                for id, licence in raw_rows(connection, query):
                    found.setdefault(id, []).append(licence)
            for chunk in id_batches(sorted(set(documents) - self._licences.keys())):
                query = (
                    select(DocumentRow.id, SourceRow.licence)
                    .join(SourceRow, SourceRow.id == DocumentRow.source_id)
                    .where(DocumentRow.id.in_(chunk), holds(SourceRow, self._generation))
                )
                for id, licence in raw_rows(connection, query):
                    found.setdefault(id, []).append(licence)
        self._licences |= {id: least_restrictive(each) for id, each in found.items()}
        return self._licences

    def untrue(self, lines: Collection[tuple[str, Language]]) -> set[tuple[str, Language]]:
        """Return the lines of evidence that the graph does not hold as they stand."""
        if len(self._true) > _MOST:
            self._true.clear()
        wanted = {line for line in lines if line not in self._true}
        if wanted:
            self._read(wanted)
        return {line for line in lines if not self._true[line]}

    def _read(self, lines: Collection[tuple[str, Language]]) -> None:
        heads = {line: found[1] for line in lines if (found := _LINE.match(line[0]))}
        with self._engine.connect() as connection:
            ids = self._bearers(connection, set(heads.values()))
            every = sorted({id for each in ids.values() for id in each})
            facts = [
                tuple(row)
                for chunk in id_batches(every)
                for row in raw_rows(connection, _facts(chunk, self._generation))
            ]
            ends = sorted({end for row in facts for end in (row[0], row[2]) if end})
            names = dict[str, list[str]]()
            for chunk in id_batches(ends):
                held = NameRow.entity_id.in_(chunk) & holds(NameRow, self._generation)
                query = select(NameRow.entity_id, NameRow.text).where(held)
                for id, text in raw_rows(connection, query):
                    names.setdefault(id, []).append(text)
        seen: dict[tuple[str, str], list[tuple[str, ...]]] = {}
        for subject, relation, object, en, zh in facts:
            told = tuple(names.get(object, ())) if object else (as_told(relation, en), zh)
            seen.setdefault((subject, relation), []).append(told)
            if object:
                own = tuple(names.get(subject, ()))
                seen.setdefault((object, from_object(relation)), []).append(own)
        for line in lines:
            self._true[line] = line in heads and any(
                _agrees(line[0], head, seen.get((id, relation), ()), line[1])
                for id in ids.get(heads[line], ())
                for relation, head in _heads(line[0], heads[line], line[1])
            )

    def _bearers(self, connection: Connection, names: Set[str]) -> dict[str, set[str]]:
        """Return the entities of names as they are written.

        The catalogue finds names by their compared form; those that it keeps in another form, as an
        earlier version made it, are looked for among all.
        """
        found = dict[str, set[str]]()
        keyed = {normalise(name) for name in names}
        for column, wanted in ((NameRow.normalised, keyed), (NameRow.text, None)):
            for chunk in id_batches(sorted(names - found.keys() if wanted is None else wanted)):
                held = column.in_(chunk) & holds(NameRow, self._generation)
                query = select(NameRow.text, NameRow.entity_id).where(held)
                for text, id in raw_rows(connection, query):
                    if text in names:
                        found.setdefault(text, set()).add(id)
        return found


def _facts(ids: Collection[str], generation: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return select(
        FactRow.subject_id, FactRow.relation, FactRow.object_id, FactRow.value_en, FactRow.value_zh
    ).where(
        or_(FactRow.subject_id.in_(ids), FactRow.object_id.in_(ids)), holds(FactRow, generation)
    )


def _heads(line: str, name: str, language: Language) -> Iterator[tuple[str, str]]:
    """Yield the relations that the label of a line may be, and how the line begins."""
    for id, relation in RELATIONS.items():
        for inverse in (False, True):
            if inverse and not relation.inverse_en:
                continue
            head = verbalize.evidence_line(name, id, [""], language, inverse=inverse)[:-1]
            if line.startswith(head):
                yield id + INVERSE * inverse, head


def _agrees(line: str, head: str, facts: Iterable[tuple[str, ...]], language: Language) -> bool:
    """Say whether a line lists nothing but facts."""
    apart = "；" if language == "zh" else "; "
    left = f"{apart}{line[len(head) : -1]}{apart}".casefold()
    every = {each.strip(STOPS).casefold() for texts in facts for each in texts if each}
    for text in sorted(every, key=lambda each: (-len(each), each)):
        found = f"{apart}{text}{apart}"
        if text and found in left:
            left = left.replace(found, apart, 1)
    return left in (apart, "")
