"""Ask the catalog what else of a row must hold: its licence, and further lines that it shows.

ids of facts and documents -> licences of their sources
line of evidence -> entities of its name, relation of its label -> facts -> nothing left over
"""

import re
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Engine, or_, select

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
from knowledge.lessons.facts.fact_licences import least_restrictive
from knowledge.lessons.verify.name_masks import STOPS
from knowledge.records import Language
from knowledge.vocabulary import RELATIONS

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
                for id, licence in connection.execute(query):
                    found.setdefault(id, []).append(licence)
            for chunk in id_batches(sorted(set(documents) - self._licences.keys())):
                query = (
                    select(DocumentRow.id, SourceRow.licence)
                    .join(SourceRow, SourceRow.id == DocumentRow.source_id)
                    .where(DocumentRow.id.in_(chunk), holds(SourceRow, self._generation))
                )
                for id, licence in connection.execute(query):
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
            ids = dict[str, set[str]]()
            for chunk in id_batches(sorted(set(heads.values()))):
                held = NameRow.text.in_(chunk) & holds(NameRow, self._generation)
                for text, id in connection.execute(
                    select(NameRow.text, NameRow.entity_id).where(held)
                ):
                    ids.setdefault(text, set()).add(id)
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
                for id, text in connection.execute(
                    select(NameRow.entity_id, NameRow.text).where(held)
                ):
                    names.setdefault(id, []).append(text)
        seen: dict[tuple[str, str, bool], list[tuple[str, ...]]] = {}
        for subject, relation, object, en, zh in facts:
            told = tuple(names.get(object, ())) if object else (en, zh)
            seen.setdefault((subject, relation, False), []).append(told)
            if object:
                inverse = not RELATIONS[relation].symmetric
                own = tuple(names.get(subject, ()))
                seen.setdefault((object, relation, inverse), []).append(own)
        for line in lines:
            self._true[line] = line in heads and any(
                _agrees(line[0], head, seen.get((id, relation, inverse), ()), line[1])
                for id in ids.get(heads[line], ())
                for relation, inverse, head in _heads(line[0], heads[line], line[1])
            )


def _facts(ids: Collection[str], generation: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return select(
        FactRow.subject_id, FactRow.relation, FactRow.object_id, FactRow.value_en, FactRow.value_zh
    ).where(
        or_(FactRow.subject_id.in_(ids), FactRow.object_id.in_(ids)), holds(FactRow, generation)
    )


def _heads(line: str, name: str, language: Language) -> Iterator[tuple[str, bool, str]]:
    """Yield the relations that the label of a line may be, and how the line begins."""
    for id, relation in RELATIONS.items():
        for inverse in (False, True):
            if inverse and not relation.inverse_en:
                continue
            head = verbalize.evidence_line(name, id, [""], language, inverse=inverse)[:-1]
            if line.startswith(head):
                yield id, inverse, head


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
