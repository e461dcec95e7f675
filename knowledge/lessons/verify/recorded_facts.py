"""Read everything that the graph relates to an entity, to prove what it does not hold.

ids -> all facts at either end -> objects by relation (with `~` from the object's side), texts
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, or_, select

from knowledge.graph.catalog import FactRow, holds
from knowledge.graph.id_queries import id_batches, raw_rows
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Lesson
from knowledge.vocabulary import from_object

_MOST = 20_000


@dataclass(slots=True)
class RecordedFacts:
    """What the graph holds of one entity."""

    objects: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)

    @property
    def related(self) -> set[str]:
        """Return every entity that any fact relates to this one."""
        return set().union(*self.objects.values())


Names = Callable[[str], tuple[str, ...]]
"""Gives the names of an entity by its id."""


class RecordedRow:
    """A row with the facts that it names, held against all that the graph records."""

    def __init__(
        self,
        lesson: Lesson,
        held: Sequence[SourceContent],
        records: Mapping[str, RecordedFacts],
        names: Names,
    ) -> None:
        self._lesson = lesson
        self._held = held
        self._records = records
        self._names = names


class FactRecords:
    """Reads the facts of one generation, and remembers them."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._known: dict[str, RecordedFacts] = {}

    def read(self, ids: Collection[str]) -> dict[str, RecordedFacts]:
        """Return what is recorded of each entity."""
        if len(self._known) > _MOST:
            self._known.clear()
        missing = sorted(set(ids) - self._known.keys())
        found = {id: RecordedFacts() for id in missing}
        with self._engine.connect() as connection:
            for chunk in id_batches(missing):
                ends = or_(FactRow.subject_id.in_(chunk), FactRow.object_id.in_(chunk))
                query = _FACTS.where(ends, holds(FactRow, self._generation))
                for subject, relation, object, *texts in raw_rows(connection, query):
                    if subject in found:
                        _add(found[subject], relation, object, texts)
                    if object in found:
                        _add(found[object], from_object(relation), subject, ())
        self._known |= found
        return self._known


_FACTS = select(
    FactRow.subject_id, FactRow.relation, FactRow.object_id, FactRow.value_en, FactRow.value_zh
)


def _add(record: RecordedFacts, relation: str, object: str | None, texts: Collection[str]) -> None:
    if object:
        record.objects.setdefault(relation, set()).add(object)
    else:
        record.texts.setdefault(relation, set()).update(text for text in texts if text)
