"""Check that an index holds the passages of its generation, no more and no fewer.

    ids in the index of words, ids of vectors + passages in the catalogue -> what differs, in words

A hash says that a file is as it was written; this says that what was written is right. Vectors of
documents that went away stay until a collection, and search passes them over, so they are no fault.
"""

from collections.abc import Collection

from sqlalchemy import Engine, select

from knowledge.graph.catalog import DocumentRow, PassageRow, holds
from knowledge.index import dense
from knowledge.index.lexical import TantivyIndex
from knowledge.index.manifest import LEXICAL, Generation


def find_disagreements(engine: Engine, generation: Generation) -> list[str]:
    """Return how the index of a whole generation differs from the catalogue, a sentence each."""
    held = _passages(engine, generation.number)
    words = TantivyIndex(generation.folder / LEXICAL).ids()
    vectors = {
        id for name in generation.segments for id in dense.read_ids(generation.folder, name)
    } & set(held)
    languages = {held[id] for id in vectors}
    lacking = {id for id, language in held.items() if language in languages} - vectors
    excused = generation.manifest.counts.get("unembedded", 0)
    return [
        *_told(held.keys() - words, "Passages that the index of words lacks"),
        *_told(words - held.keys(), "Passages in the index of words, not in the catalogue"),
        *_told(lacking if len(lacking) > excused else (), "Passages without their vector"),
    ]


def _told(ids: Collection[str], what: str) -> list[str]:
    return [f"{what}: {len(ids):,}, among them {min(ids)}."] if ids else []


def _passages(engine: Engine, number: int) -> dict[str, str]:
    """Return the language of each passage of a generation, by its id."""
    query = (
        select(PassageRow.id, PassageRow.language)
        .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
        .where(holds(DocumentRow, number))
    )
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=10_000).execute(query)
        return {row.id: row.language for row in rows}
