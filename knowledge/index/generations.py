"""Keep each version of the index in its own folder, and open, check and switch them.

    draft of the index -> MANIFEST.json -> commit -> CURRENT

A folder comes into being under another name, gets its manifest last, and is then renamed: what is
called gen-000008 is whole. The database says which generation is the newest; CURRENT only follows.
Files are used after their hashes agree with the manifest. Where they do not, an older generation
serves, or what is whole of the newest one.
"""

import logging
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, distinct, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from knowledge import durable, lock
from knowledge.errors import KnowledgeError
from knowledge.graph import notices
from knowledge.graph.catalog import (
    DocumentRow,
    FactRow,
    GenerationRow,
    NameRow,
    PassageRow,
    SourceRow,
    VersionedTable,
    end,
    holds,
)
from knowledge.graph.id_queries import id_batches
from knowledge.index import index_builder, index_check, manifest
from knowledge.index.embedding import Embedding
from knowledge.index.index_builder import IndexDraft, PassageChange
from knowledge.index.indexed_passages import read_passages
from knowledge.index.manifest import Generation, Manifest
from knowledge.records import Progress, silent

CURRENT = "CURRENT"

KEPT = 5
"""So many generations have index files; a rollback to an earlier one makes its index anew."""

MANIFEST = manifest.MANIFEST

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """What the second of two generations has that the first has not, and the reverse."""

    sources_added: tuple[str, ...]
    sources_removed: tuple[str, ...]
    documents_added: tuple[str, ...]
    documents_removed: tuple[str, ...]
    entities_added: int
    entities_removed: int
    facts_added: int
    facts_removed: int


def folder_of(home: Path, number: int) -> Path:
    """Return where a generation's files are."""
    return home / "knowledge" / f"gen-{number:06d}"


def current(home: Path) -> int | None:
    """Return the number that CURRENT names, or None where there is no knowledge yet."""
    try:
        name = (home / "knowledge" / CURRENT).read_text(encoding="utf-8").strip()
        return int(name.removeprefix("gen-"))
    except (OSError, ValueError):
        return None


def newest(engine: Engine) -> int | None:
    """Return the newest committed generation, or None."""
    with engine.connect() as connection:
        query = select(GenerationRow.number).order_by(GenerationRow.number.desc()).limit(1)
        return connection.scalar(query)


def committed(engine: Engine) -> list[int]:
    """Return the numbers of all committed generations, oldest first."""
    with engine.connect() as connection:
        return list(connection.scalars(select(GenerationRow.number).order_by(GenerationRow.number)))


def reconcile(engine: Engine, home: Path) -> int | None:
    """Let CURRENT follow the database, as after a crash between the two; return the newest.

    The caller holds the writer's lock: a reader may have asked before a writer was done, and would
    put CURRENT back.
    """
    number = newest(engine)
    if number is not None and current(home) != number and folder_of(home, number).is_dir():
        point_current(home, number)
    return number


def point_current(home: Path, number: int) -> None:
    """Make CURRENT name a generation, at once and for good."""
    durable.write_text(home / "knowledge" / CURRENT, f"gen-{number:06d}\n")


def publish(home: Path, number: int) -> None:
    """Make CURRENT name a new generation; the index files of those long past go."""
    point_current(home, number)
    delete_old_indexes(home, KEPT)


def delete_old_indexes(home: Path, keep: int) -> list[str]:
    """Delete the index files of all but the newest generations; return their folders' names.

    What they held stays in the database. A folder half deleted has another name, by which
    `delete_unfinished` finds it.
    """
    names = []
    for number in on_disk(home)[: -max(1, keep)]:
        folder = folder_of(home, number)
        shutil.rmtree(folder.rename(folder.with_suffix(".retired")))
        names.append(folder.name)
    return names


def delete_unfinished(engine: Engine, home: Path) -> list[str]:
    """Delete what an interrupted writer left behind; the caller holds the writer's lock."""
    known = committed(engine)
    swept = []
    for path in sorted((home / "knowledge").glob("gen-*")):
        number = path.name.removeprefix("gen-")
        if not number.isdecimal() or int(number) not in known:
            shutil.rmtree(path)
            swept.append(path.name)
    return swept


def seal(
    home: Path, draft: IndexDraft, parent: int | None, counts: dict[str, int], graph: int
) -> None:
    """Put the manifest into a drafted folder, last of all, and give the folder its name."""
    manifest.write(
        draft.folder,
        Manifest(
            generation=draft.number,
            parent=parent,
            created=time.time(),
            counts={**counts, "unembedded": draft.unembedded},
            model=draft.model,
            dimension=draft.dimension,
            files=draft.files,
            graph=graph,
        ),
    )
    target = folder_of(home, draft.number)
    durable.rename(draft.folder, target)


def open_generation(home: Path, number: int | None = None) -> Generation:
    """Open a generation whose files agree with its manifest; the one of CURRENT by default.

    A damaged one is passed over with a warning for the newest earlier one that is whole. Where none
    is, as when a file that they share is damaged, the wanted one is opened without the segments
    that are damaged. Raises KnowledgeError where nothing of it can be read.
    """
    wanted = current(home) if number is None else number
    if wanted is None:
        raise no_knowledge_error(home)
    faults: list[str] = []
    for candidate in [wanted, *(n for n in reversed(on_disk(home)) if n < wanted)]:
        faults = find_faults(home, candidate)
        if not faults:
            return Generation(candidate, folder_of(home, candidate), read_manifest(home, candidate))
        logger.warning("Generation %d is damaged and passed over: %s", candidate, faults[0])
    return _degraded(home, wanted, faults[0])


def _degraded(home: Path, number: int, fault: str) -> Generation:
    """Open what is whole of a damaged generation, and say what that means."""
    remedy = f"Run `medchat kb rollback {number}`: what is damaged is made anew."
    found = open_usable(home, number)
    if found is None or not (found.has_words or found.segments):
        where = str(folder_of(home, number))
        what = f"No generation of the knowledge base is whole: {fault}"
        raise KnowledgeError(what, where=where, remedy=remedy, status=1)
    lacking = "some vectors" if found.has_words else "the index of words"
    logger.warning("Generation %d serves without %s. %s", number, lacking, remedy)
    return found


def open_usable(home: Path, number: int) -> Generation | None:
    """Return a generation with what is damaged of it named; None where its manifest is."""
    folder = folder_of(home, number)
    try:
        known = manifest.read(folder, number)
    except KnowledgeError:
        return None
    return Generation(number, folder, known, frozenset(manifest.find_damaged(folder, known)))


def no_knowledge_error(home: Path) -> KnowledgeError:
    """Return the error that tells of a home without knowledge."""
    return KnowledgeError(
        "The knowledge base is empty.",
        where=str(home / "knowledge"),
        remedy="Add knowledge with `medchat kb add PATH`, or run `medchat demo`.",
    )


def open_whole(home: Path, number: int) -> Generation | None:
    """Return a generation if its files agree with its manifest."""
    found = open_usable(home, number)
    return None if found is None or found.damaged else found


def find_faults(home: Path, number: int) -> list[str]:
    """Return what is wrong with a generation's folder, a sentence each."""
    folder = folder_of(home, number)
    try:
        known = manifest.read(folder, number)
    except KnowledgeError as error:
        return [error.what]
    return list(manifest.find_damaged(folder, known).values())


def read_manifest(home: Path, number: int) -> Manifest:
    """Read a generation's manifest; raise KnowledgeError where it is missing or damaged."""
    return manifest.read(folder_of(home, number), number)


def verify(engine: Engine, home: Path) -> list[str]:
    """Check every generation on disk against its manifest, and the newest against the catalogue.

    Returns what is wrong, a sentence each. What an interrupted writer left behind is no fault: it
    is put right on the way where no other writer is at work.
    """
    try:
        with lock.hold(home):
            delete_unfinished(engine, home)
            reconcile(engine, home)
    except KnowledgeError as error:
        logger.info("%s", error.what)
    number = newest(engine)
    manifest.forget_digests()  # what this process has read before is read again, too
    faults = [fault for each in on_disk(home) for fault in find_faults(home, each)]
    if number is None:
        return faults
    if number not in on_disk(home):
        return [*faults, f"{folder_of(home, number).name} of the newest generation is missing."]
    return faults or _disagreements(engine, home, number)


def _disagreements(engine: Engine, home: Path, number: int) -> list[str]:
    newest = Generation(number, folder_of(home, number), read_manifest(home, number))
    counts = newest.manifest.counts
    found = catalogue_counts(engine, number)
    return index_check.find_disagreements(engine, newest) + [
        f"Generation {number} was written with {counts.get(key)} {key}, "
        f"but the database holds {count}."
        for key, count in found.items()
        if counts.get(key) != count
    ]


def catalogue_counts(engine: Engine, number: int) -> dict[str, int]:
    """Count what a generation holds."""
    with engine.connect() as connection:
        return count_rows(connection, number)


def count_rows(connection: Connection, number: int) -> dict[str, int]:
    """Count what a generation holds, within a transaction."""
    passages = (
        select(func.count(PassageRow.id))
        .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
        .where(holds(DocumentRow, number))
    )
    queries = {
        "entities": select(func.count(distinct(NameRow.entity_id))).where(holds(NameRow, number)),
        "facts": select(func.count(FactRow.id)).where(holds(FactRow, number)),
        "documents": select(func.count(DocumentRow.id)).where(holds(DocumentRow, number)),
        "passages": passages,
    }
    return {key: connection.scalar(query) or 0 for key, query in queries.items()}


def recorded_counts(connection: Connection, number: int) -> dict[str, int]:
    """Return what a generation held when it was made, as it was counted then."""
    query = select(GenerationRow.counts).where(GenerationRow.number == number)
    return dict(connection.scalars(query).one())


def diff(engine: Engine, one: int, other: int) -> Difference:
    """Tell how the second generation differs from the first."""
    for number in (one, other):
        if not _committed(engine, number):
            raise _unknown(number)
    with engine.connect() as connection:

        def only(
            ids: InstrumentedAttribute[str], table: VersionedTable, here: int, there: int
        ) -> list[str]:
            kept = select(ids).where(holds(table, there))
            query = select(ids).where(holds(table, here), ids.not_in(kept)).distinct()
            return list(connection.scalars(query.order_by(ids)))

        return Difference(
            sources_added=tuple(only(SourceRow.id, SourceRow, other, one)),
            sources_removed=tuple(only(SourceRow.id, SourceRow, one, other)),
            documents_added=tuple(only(DocumentRow.id, DocumentRow, other, one)),
            documents_removed=tuple(only(DocumentRow.id, DocumentRow, one, other)),
            entities_added=len(only(NameRow.entity_id, NameRow, other, one)),
            entities_removed=len(only(NameRow.entity_id, NameRow, one, other)),
            facts_added=len(only(FactRow.id, FactRow, other, one)),
            facts_removed=len(only(FactRow.id, FactRow, one, other)),
        )


def _unknown(number: int) -> KnowledgeError:
    return KnowledgeError(
        f"There is no generation {number}.",
        where=str(number),
        remedy="`medchat kb generations` lists them.",
    )


def rollback(
    engine: Engine,
    home: Path,
    number: int,
    embedding: Embedding | None = None,
    progress: Progress = silent,
) -> int:
    """Make a new generation that holds what generation `number` held; nothing is deleted.

    Articles that a register deleted since stay out.
    """
    with lock.hold(home):
        latest = reconcile(engine, home)
        delete_unfinished(engine, home)
        if latest is None or not _committed(engine, number):
            raise _unknown(number)
        if not _complete(engine, number):
            raise KnowledgeError(
                f"What generation {number} held was deleted with `medchat kb gc`.",
                where=str(number),
                remedy="`medchat kb generations` lists those that can come back.",
            )
        target = latest + 1
        with engine.connect() as connection:
            gone = notices.find_deleted(connection, number, latest)
        base, change = _towards(engine, home, number, latest, gone)
        folder = folder_of(home, target)
        draft = index_builder.build(folder, target, base, change, embedding, progress)
        with engine.begin() as connection:
            for chunk in id_batches(gone):
                end(connection, DocumentRow, DocumentRow.id.in_(chunk), target, number)
            record(connection, home, draft, number, f"rollback to generation {number}")
        publish(home, target)
        return target


def _towards(
    engine: Engine, home: Path, number: int, latest: int, gone: Sequence[str]
) -> tuple[Generation | None, PassageChange]:
    """Return the index to begin from and what of it changes, to come to an earlier generation.

    `gone` are documents of that generation that stay out. Where its index is gone, the newest
    one's passages that both hold are kept.
    """
    base = open_usable(home, number)
    if base is not None:
        return base, PassageChange((), set(gone), lambda: read_passages(engine, number, set(gone)))
    way = diff(engine, latest, number)
    back = set(way.documents_added) - set(gone)
    pieces = [piece for piece in read_passages(engine, number) if piece.document in back]
    stay = PassageChange(
        pieces, set(way.documents_removed), lambda: read_passages(engine, number, back | set(gone))
    )
    return open_usable(home, latest), stay


def record(
    connection: Connection,
    home: Path,
    draft: IndexDraft,
    parent: int | None,
    cause: str,
    graph: int | None = None,
) -> None:
    """Enter a generation into the catalogue and seal its folder; it exists with the commit.

    `graph` is the generation in which names and facts last changed, this one by default.
    """
    connection.execute(
        insert(GenerationRow).values(
            number=draft.number,
            parent=parent,
            created=time.time(),
            cause=cause,
            counts={},
            embedding=draft.model,
        )
    )
    counts = _counts(connection, draft.number, parent, graph)
    connection.execute(
        update(GenerationRow).where(GenerationRow.number == draft.number).values(counts=counts)
    )
    seal(home, draft, parent, counts, draft.number if graph is None else graph)


def _counts(
    connection: Connection, number: int, parent: int | None, graph: int | None
) -> dict[str, int]:
    """Count what a generation holds; only what changed where that is a few documents.

    `verify` counts all again.
    """
    if parent is None or graph is None:
        return count_rows(connection, number)
    of_document = PassageRow.document_id == DocumentRow.id
    counts = recorded_counts(connection, parent)
    for sign, column in ((1, DocumentRow.since), (-1, DocumentRow.until)):
        documents = select(func.count(DocumentRow.id)).where(column == number)
        passages = select(func.count(PassageRow.id)).join(DocumentRow, of_document)
        counts["documents"] += sign * (connection.scalar(documents) or 0)
        counts["passages"] += sign * (connection.scalar(passages.where(column == number)) or 0)
    return counts


def _committed(engine: Engine, number: int) -> bool:
    with engine.connect() as connection:
        query = select(GenerationRow.number).where(GenerationRow.number == number)
        return connection.scalar(query) is not None


def _complete(engine: Engine, number: int) -> bool:
    """Say whether the catalogue still holds all that a generation held when it was made."""
    with engine.connect() as connection:
        return recorded_counts(connection, number) == count_rows(connection, number)


def on_disk(home: Path) -> list[int]:
    """Return the generations that have a folder, oldest first."""
    names = (path.name.removeprefix("gen-") for path in (home / "knowledge").glob("gen-*"))
    return sorted(int(name) for name in names if name.isdecimal())
