"""Add, remove, retract and split: each change of the base is one new generation.

    lock -> read files -> plan rows -> build the index -> one transaction -> CURRENT

Everything slow (reading, embedding) happens before the transaction, so that conversations can be
recorded meanwhile. A crash at any moment leaves the generation before; the next writer sweeps up.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from knowledge import lock
from knowledge.errors import KnowledgeError
from knowledge.gc_pause import gc_paused
from knowledge.graph import entity_splits
from knowledge.graph.catalog import DocumentRow, SourceRow, end, holds
from knowledge.graph.id_queries import id_batches
from knowledge.graph.merge import GraphMerge
from knowledge.graph.rows import bare_id
from knowledge.index import generations, index_builder
from knowledge.index.embedding import Embedding
from knowledge.index.index_builder import PassageChange
from knowledge.index.indexed_passages import read_passages, read_passages_of
from knowledge.index.manifest import Generation
from knowledge.ingest import identity, ingest_plan, ingest_writer, notices
from knowledge.ingest.ingest_plan import IngestContext, IngestPlan
from knowledge.ingest.known_files import FoundFile, KnownFiles, read_below, write_links
from knowledge.ingest.sources import detect
from knowledge.records import Progress, ReadReport, silent


@dataclass(frozen=True, slots=True)
class Update:
    """What a change came to; `generation` is the one now in force.

    `unchanged` names the files that were already there, or held nothing new; `replaced` the
    documents that have a new text, `moved` those whose file has another name, `missing` those whose
    file is gone from a folder that was added, `removed` those that a synchronisation took out.
    `problems` are files that a synchronisation could not read, with the reason; `retracted` and
    `of_concern` count the documents that it marked so, those added and those of the base.
    """

    generation: int
    entities: int = 0
    facts: int = 0
    documents: int = 0
    passages: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    retracted: int = 0
    of_concern: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """What a split came to: `facts` of `source` went from `entity` to `part`."""

    generation: int
    entity: str
    part: str
    source: str
    facts: int


def add(
    engine: Engine,
    home: Path,
    paths: Iterable[Path],
    *,
    format: str | None = None,
    title: str | None = None,
    licence: str | None = None,
    embedding: Embedding | None = None,
    progress: Progress = silent,
) -> Update:
    """Add files and folders to the knowledge base as one new generation.

    What is already there is left alone, a changed file replaces what was read from it before; where
    nothing is new, no generation is made.
    """
    with lock.hold(home):
        parent = prepare_parent(engine, home)
        context = ingest_plan.IngestContext(title, licence, parent, parent + 1)
        plan = IngestPlan()
        report = ReadReport()
        given = list(paths)
        folders = [path for path in given if path.is_dir()]
        found = detect.find_files(given, report)
        ingest_plan.add_counts(plan.left_out, report.left_out)
        with engine.connect() as connection:
            files = ingest_plan.find_formats(found, folders, format, title or "")
            merge, known = plan_files(connection, files, context, plan, progress)
            missing = _find_missing(connection, folders, known, plan, parent)
        number = write(engine, home, context, plan, merge, (), "add", embedding, progress)
        return made(number, plan, merge, missing=missing)


def plan_files(
    connection: Connection,
    files: Sequence[tuple[Path, FoundFile, str]],
    context: IngestContext,
    plan: IngestPlan,
    progress: Progress,
) -> tuple[GraphMerge, KnownFiles]:
    """Read files into a plan; return the merge of their entities, and what was known of them."""
    files = ingest_plan.keep_recognised(connection, files, context.parent)
    literature = [file for _, file, name in files if ingest_plan.is_literature(name)]
    known = KnownFiles(connection, context.parent, literature, context.title or "")
    groups = ingest_plan.group_files(connection, files, known, context, plan)
    stated = ingest_plan.plan_groups(connection, groups, context, plan, progress)
    identity.settle(connection, known, context, plan)
    with gc_paused():
        editions = ingest_plan.source_editions(plan)
        merge = GraphMerge(connection, context.parent, context.number, editions)
        progress("merging names", 0, None)
        if stated:
            merge.add(stated)
    for source in plan.sources:
        ingest_plan.add_source_counts(
            source, plan.left_out, merge.left_out.get(str(source["id"]), {})
        )
    ingest_plan.drop_idle_sources(plan, merge)
    return merge, known


def write(
    engine: Engine,
    home: Path,
    context: IngestContext,
    plan: IngestPlan,
    merge: GraphMerge,
    removed: Sequence[str],
    act: str,
    embedding: Embedding | None,
    progress: Progress,
) -> int:
    """Write a plan as one new generation, if it changes anything; return the one in force."""
    parent, number = context.parent, context.number
    if not (plan.changes or removed):
        with engine.begin() as connection:
            write_links(connection, plan.links, plan.unlinked)
            notices.write(connection, plan.notices)  # what is said of articles that are not there
        return parent
    names = ", ".join(str(source["title"]) for source in plan.sources[:3]) or context.title
    gone = {*plan.superseded, *removed}
    with engine.connect() as connection:
        change = PassageChange(
            plan.pieces,
            gone,
            lambda: read_passages(engine, parent, gone),
            _find_equal_passages(connection, plan, gone),
        )
    base = generations.open_usable(home, parent) if parent else None
    folder = generations.folder_of(home, number)
    draft = index_builder.build(folder, number, base, change, embedding, progress)
    with engine.begin() as connection, gc_paused():
        plan.superseded += removed
        ingest_writer.write_plan(connection, plan, merge, number, progress)
        write_links(connection, plan.links, plan.unlinked)
        graph = None if merge.changes else _graph_since(base)
        cause = f"{act} {names or f'{len(plan.replaced)} changed documents'}"
        generations.record(connection, home, draft, parent or None, cause, graph)
    generations.publish(home, number)
    progress("done", 1, 1)
    return number


def made(
    number: int,
    plan: IngestPlan,
    merge: GraphMerge,
    missing: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> Update:
    """Return what a plan came to."""
    return Update(
        number,
        len(merge.entities),
        len(merge.facts),
        len(plan.documents),
        len(plan.passages),
        plan.left_out,
        tuple(plan.unchanged),
        tuple(plan.replaced),
        tuple(plan.moved),
        tuple(missing),
        tuple(removed),
        plan.problems,
        _count_documents(
            plan.retracted + [row["id"] for row in plan.documents if row["retracted"]]
        ),
        _count_documents(plan.of_concern),
    )


def _count_documents(ids: Iterable[object]) -> int:
    """Return of how many documents these rows are versions."""
    return len({bare_id(str(id)) for id in ids})


def _find_missing(
    connection: Connection,
    folders: Sequence[Path],
    known: KnownFiles,
    plan: IngestPlan,
    parent: int,
) -> list[str]:
    """Return the documents that came from files of some folders and are in none any more."""
    done = {*plan.touched, *plan.superseded}
    found = [link for file in plan.read for link in known.at(file)]
    for folder in folders:
        below = read_below(connection, parent, folder)
        found += [link for link in below if not link.file.is_there]
    kept = {link.document.id for link in found if known.is_elsewhere(link.document.id, link.file)}
    return sorted({link.document.id for link in found} - done - kept)


def _find_equal_passages(
    connection: Connection, plan: IngestPlan, gone: Collection[str]
) -> dict[str, str]:
    """Return the new passages that an ending document has word for word, with that one's."""
    if not gone or not plan.pieces:
        return {}
    there: dict[tuple[str, str], str] = {}
    for chunk in id_batches(sorted(gone)):
        for piece in read_passages_of(connection, chunk):
            there.setdefault((piece.title, piece.text), piece.id)
    return {
        piece.id: there[piece.title, piece.text]
        for piece in plan.pieces
        if (piece.title, piece.text) in there
    }


def remove(
    engine: Engine,
    home: Path,
    ids: Sequence[str],
    *,
    embedding: Embedding | None = None,
    progress: Progress = silent,
) -> Update:
    """Take documents, or all that a source brought, out of the base as one new generation.

    A fact goes with its last source. Earlier generations keep what they had.
    """
    with lock.hold(home):
        parent = prepare_parent(engine, home)
        number = parent + 1
        with engine.connect() as connection:
            removed_sources, removed = _sort_ids(connection, ids, parent)
            owned = select(DocumentRow.id).where(
                DocumentRow.source_id.in_(removed_sources), holds(DocumentRow, parent)
            )
            removed |= set(connection.scalars(owned))
        change = PassageChange((), removed, lambda: read_passages(engine, parent, removed))
        base = generations.open_usable(home, parent)
        folder = generations.folder_of(home, number)
        draft = index_builder.build(folder, number, base, change, embedding, progress)
        with engine.begin() as connection:
            for chunk in id_batches(sorted(removed)):
                end(connection, DocumentRow, DocumentRow.id.in_(chunk), number)
            ingest_writer.end_sources(connection, removed_sources, parent, number)
            cause = f"remove {', '.join(ids[:3])}"
            graph = None if removed_sources else _graph_since(base)
            generations.record(connection, home, draft, parent, cause, graph)
            before, after = (
                generations.recorded_counts(connection, each) for each in (parent, number)
            )
        generations.publish(home, number)
        lost = {key: before[key] - after[key] for key in before}
        return Update(number, lost["entities"], lost["facts"], lost["documents"], lost["passages"])


def retract(engine: Engine, home: Path, ids: Sequence[str]) -> Update:
    """Mark documents as retracted; search never returns them again, whatever the generation.

    The mark is set in place, and remembered for copies that come later: neither a rollback nor
    another source brings back an article that its journal has withdrawn.
    """
    with lock.hold(home):
        parent = prepare_parent(engine, home)
        with engine.connect() as connection:
            found_sources, documents = _sort_ids(connection, ids, parent)
            if found_sources:
                raise KnowledgeError(
                    f"{found_sources[0]} is a source, and only documents are retracted.",
                    where=found_sources[0],
                    remedy="Name documents, or take the source out with `medchat kb remove`.",
                )
        base = generations.open_usable(home, parent)
        change = PassageChange(remaining=lambda: read_passages(engine, parent))
        folder = generations.folder_of(home, parent + 1)
        draft = index_builder.build(folder, parent + 1, base, change)
        with engine.begin() as connection:
            said = notices.NoticePlan()
            said.add_documents(connection, documents)
            copies, _ = notices.apply(connection, (), said)
            notices.write(connection, said)
            ingest_writer.mark_retracted(connection, sorted({*documents, *copies}))
            cause = f"retract {', '.join(ids[:3])}"
            generations.record(connection, home, draft, parent, cause, _graph_since(base))
        generations.publish(home, parent + 1)
        return Update(parent + 1, documents=len(documents))


def split(engine: Engine, home: Path, entity: str, source: str) -> Split:
    """Undo one merge as one new generation: what a source says of an entity is another's again.

    `entity` is an id or a name. The decision stays: a later import of that source's new edition
    finds the part. Raises KnowledgeError where no such merge is there.
    """
    with lock.hold(home):
        parent = prepare_parent(engine, home)
        number = parent + 1
        with engine.connect() as connection:
            rows = entity_splits.plan_split(connection, entity, source, parent, number)
        base = generations.open_usable(home, parent)
        change = PassageChange(remaining=lambda: read_passages(engine, parent))
        draft = index_builder.build(generations.folder_of(home, number), number, base, change)
        with engine.begin() as connection:
            ingest_writer.write_split(connection, rows, number)
            cause = f"split {rows.name} of {source}"
            generations.record(connection, home, draft, parent, cause)
        generations.publish(home, number)
        return Split(number, rows.entity, rows.part, source, len(rows.ended))


def prepare_parent(engine: Engine, home: Path) -> int:
    """Put right what a crash may have left, and return the generation in force; 0 is none."""
    parent = generations.reconcile(engine, home)
    generations.delete_unfinished(engine, home)
    return parent or 0


def _graph_since(base: Generation | None) -> int | None:
    """Return the generation since which names and facts are unchanged, None where it is unknown."""
    return base.manifest.graph or base.number if base is not None else None


def _sort_ids(
    connection: Connection, ids: Sequence[str], parent: int
) -> tuple[list[str], set[str]]:
    """Tell which ids are sources and which are documents; each version's bare id will do."""
    found_sources: list[str] = []
    documents: set[str] = set()
    for id in ids:
        source = select(SourceRow.id).where(SourceRow.id == id, holds(SourceRow, parent))
        document = select(DocumentRow.id).where(DocumentRow.id == id, holds(DocumentRow, parent))
        _, live, _ = ingest_plan.find_versions(connection, id, parent)
        if connection.scalar(source):
            found_sources.append(id)
        elif live is not None or connection.scalar(document):
            documents.add(live.id if live is not None else id)
        else:
            raise KnowledgeError(
                f"There is no document or source {id!r} in the knowledge base.",
                where=id,
                remedy="`medchat kb list` lists sources and documents with their ids.",
            )
    return found_sources, documents
