"""Updates: files become rows of the catalogue and a new generation, or nothing happens at all.

    lock -> read files -> plan rows -> index beside -> one transaction -> CURRENT

Everything slow (reading, embedding) happens before the transaction, so that conversations can be
recorded meanwhile. A crash at any moment leaves the generation before; the next writer sweeps up.
"""

import gc
import hashlib
import itertools
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update

from knowledge import generations, lock, passages, sources
from knowledge.catalog import (
    Base,
    DocumentRow,
    EntityRow,
    FactRow,
    FactSource,
    IdentifierRow,
    NameRow,
    PassageRow,
    Source,
    end,
    holds,
)
from knowledge.embedding import Embedding
from knowledge.errors import KnowledgeError
from knowledge.generations import Change
from knowledge.lexical import Piece
from knowledge.merge import CURATED, Merge, Stated, chunks
from knowledge.records import DocumentRecord, EntityRecord, Progress, Report, silent
from knowledge.rows import Line, version_of

Row = dict[str, object]

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Update:
    """What a change came to; `generation` is the one now in force.

    `unchanged` names the files that were already there, or held nothing new.
    """

    generation: int
    entities: int = 0
    facts: int = 0
    documents: int = 0
    passages: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Files that become one source: a graph file, or all literature of one format in a call."""

    id: str
    format: str
    paths: tuple[Path, ...]
    sha256: str


@dataclass(slots=True)
class _Plan:
    """The rows that a call will write, and the ids of those that it will end."""

    sources: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    passages: list[Row] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)


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

    What is already there is left alone; where nothing is new, no generation is made.
    """
    with lock.hold(home):
        parent = _parent(engine, home)
        number = parent + 1
        plan = _Plan()
        report = Report()
        files = sources.expand(paths, report)
        _count(plan.left_out, report.left_out)
        with engine.connect() as connection:
            groups = _groups(connection, files, format, parent, number, plan)
            stated = _read(connection, groups, title, licence, parent, number, plan, progress)
            with _uncollected():
                merge = Merge(connection, parent, number)
                progress("merging names", 0, None)
                merge.add(stated)
        for source in plan.sources:
            _count_in(source, plan.left_out, merge.left_out.get(str(source["id"]), {}))
        _drop_idle(plan, merge)
        if not plan.sources and not plan.retracted:
            return Update(parent, left_out=plan.left_out, unchanged=tuple(plan.unchanged))

        names = ", ".join(str(source["title"]) for source in plan.sources[:3])
        change = Change(
            plan.pieces,
            set(plan.superseded),
            lambda: generations.pieces_of(engine, parent, set(plan.superseded)),
        )
        base = generations.whole(home, parent) if parent else None
        draft = generations.build(home, number, base, change, embedding, progress)
        with engine.begin() as connection, _uncollected():
            _write(connection, plan, merge, number, progress)
            generations.record(connection, home, draft, parent or None, f"add {names}")
        generations.point(home, number)
        progress("done", 1, 1)
        return Update(
            number,
            len(merge.entities),
            len(merge.facts),
            len(plan.documents),
            len(plan.passages),
            plan.left_out,
            tuple(plan.unchanged),
        )


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
        parent = _parent(engine, home)
        number = parent + 1
        with engine.connect() as connection:
            gone_sources, gone = _named(connection, ids, parent)
            owned = select(DocumentRow.id).where(
                DocumentRow.source_id.in_(gone_sources), holds(DocumentRow, parent)
            )
            gone |= set(connection.scalars(owned))
        change = Change((), gone, lambda: generations.pieces_of(engine, parent, gone))
        base = generations.whole(home, parent)
        draft = generations.build(home, number, base, change, embedding, progress)
        with engine.begin() as connection:
            before = generations.count(connection, parent)
            for chunk in chunks(sorted(gone)):
                end(connection, DocumentRow, DocumentRow.id.in_(chunk), number)
            _end_sources(connection, gone_sources, parent, number)
            cause = f"remove {', '.join(ids[:3])}"
            generations.record(connection, home, draft, parent, cause)
            after = generations.count(connection, number)
        generations.point(home, number)
        lost = {key: before[key] - after[key] for key in before}
        return Update(number, lost["entities"], lost["facts"], lost["documents"], lost["passages"])


def retract(engine: Engine, home: Path, ids: Sequence[str]) -> Update:
    """Mark documents as retracted; search never returns them again, whatever the generation.

    The mark is the one thing that is set in place: a rollback must not bring back an article that
    its journal has withdrawn.
    """
    with lock.hold(home):
        parent = _parent(engine, home)
        with engine.connect() as connection:
            found_sources, documents = _named(connection, ids, parent)
            if found_sources:
                raise KnowledgeError(
                    f"{found_sources[0]} is a source, and only documents are retracted.",
                    where=found_sources[0],
                    remedy="Name documents, or take the source out with `medchat kb remove`.",
                )
        base = generations.whole(home, parent)
        change = Change(stay=lambda: generations.pieces_of(engine, parent))
        draft = generations.build(home, parent + 1, base, change)
        with engine.begin() as connection:
            _mark_retracted(connection, sorted(documents))
            cause = f"retract {', '.join(ids[:3])}"
            generations.record(connection, home, draft, parent, cause)
        generations.point(home, parent + 1)
        return Update(parent + 1, documents=len(documents))


def _parent(engine: Engine, home: Path) -> int:
    """Put right what a crash may have left, and return the generation in force; 0 is none."""
    parent = generations.reconcile(engine, home)
    generations.sweep(engine, home)
    return parent or 0


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector off: it would look through a large plan, which has no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _groups(
    connection: Connection,
    files: Sequence[Path],
    format: str | None,
    parent: int,
    number: int,
    plan: _Plan,
) -> list[_Group]:
    """Sort files into future sources, and leave out those that are already there."""
    together: dict[str, list[tuple[Path, str]]] = {}
    for path in files:
        name = format or sources.recognise(path)
        digest = _sha256(path)
        key = name if _is_literature(name) else f"{name} {digest}"
        together.setdefault(key, []).append((path, digest))
    groups: list[_Group] = []
    for key, members in together.items():
        digests = sorted({digest for _, digest in members})
        whole = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode())
        sha256 = whole if isinstance(whole, str) else whole.hexdigest()
        paths = tuple(path for path, _ in members)
        if _is_there(connection, sha256, parent):
            plan.unchanged += [str(path) for path in paths]
        else:
            id = f"{_slug(paths[0].stem)}-{sha256[:6]}-{number}"
            groups.append(_Group(id, key.split(" ")[0], paths, sha256))
    return groups


def _is_literature(format: str) -> bool:
    return format in sources.FORMATS and sources.FORMATS[format].holds == "literature"


def _is_there(connection: Connection, sha256: str, parent: int) -> bool:
    """Say whether the same bytes were added before and nothing of them was removed since."""
    live = connection.scalars(
        select(Source.id).where(Source.sha256 == sha256, holds(Source, parent))
    ).all()
    ended = select(DocumentRow.id).where(
        DocumentRow.source_id.in_(live), DocumentRow.until.is_not(None)
    )
    return bool(live) and connection.scalar(ended.limit(1)) is None


def _read(
    connection: Connection,
    groups: Sequence[_Group],
    title: str | None,
    licence: str | None,
    parent: int,
    number: int,
    plan: _Plan,
    progress: Progress,
) -> list[Stated]:
    """Read every file; documents are planned at once, entities are returned for the merge."""
    stated: list[Stated] = []
    for group in groups:
        report = Report()
        curated = group.format in CURATED
        for place, path in enumerate(group.paths, 1):
            # Pages and articles may leave cycles behind, records of a graph do not.
            with nullcontext() if _is_literature(group.format) else _uncollected():
                for record in sources.read(path, group.format, report):
                    if isinstance(record, EntityRecord):
                        stated.append(Stated(record, group.id, curated))
                    else:
                        _plan_document(connection, record, group.id, parent, number, plan)
                    if report.read % 500 == 0:
                        progress(f"reading {path.name}", report.read, None)
            progress("reading files", place, len(group.paths))
        header = sources.header(group.paths[0], group.format)
        many = len(group.paths) > 1
        unnamed = header.title == group.paths[0].stem
        own_title = f"{group.paths[0].parent.name} ({len(group.paths)} files)"
        plan.sources.append(
            {
                "id": group.id,
                "title": title or (own_title if many and unnamed else header.title),
                "format": group.format,
                "licence": licence or header.licence,
                "note": header.note,
                "sha256": group.sha256,
                "left_out": dict(report.left_out),
                "created": time.time(),
                "since": number,
            }
        )
        _count(plan.left_out, report.left_out)
    return stated


def _plan_document(
    connection: Connection,
    record: DocumentRecord,
    source: str,
    parent: int,
    number: int,
    plan: _Plan,
) -> None:
    text, spans = passages.compose(record)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if record.key in plan.seen:
        same = plan.seen[record.key] == digest
        reason = "document given twice" if same else "document given twice, the second time changed"
        _count(plan.left_out, {reason: 1})
        return
    plan.seen[record.key] = digest
    version, live = _versions(connection, record.key, parent)
    if live is not None and live.sha256 == digest:
        if record.retracted and not live.retracted:
            plan.retracted.append(live.id)
        else:
            plan.unchanged.append(live.id)
        return
    if live is not None:
        plan.superseded.append(live.id)
    id = version_of(record.key, version)
    plan.documents.append(
        {
            "id": id,
            "source_id": source,
            "title": record.title,
            "language": record.language,
            "text": text,
            "year": record.year,
            "type": record.type,
            "journal": record.journal,
            "identifiers": list(record.identifiers),
            "retracted": record.retracted,
            "sha256": digest,
            "since": number,
        }
    )
    for passage in passages.split(id, text, spans, record.language):
        plan.passages.append(
            {
                "id": passage.id,
                "document_id": id,
                "start": passage.start,
                "end": passage.end,
                "section": passage.section,
                "language": passage.language,
            }
        )
        title = generations.heading(record.title, passage.section)
        plan.pieces.append(Piece(passage.id, id, title, passage.text, passage.language))


@dataclass(frozen=True, slots=True)
class _Live:
    """The row of a document that the parent generation holds."""

    id: str
    sha256: str
    retracted: bool


def _versions(connection: Connection, key: str, parent: int) -> tuple[int, _Live | None]:
    """Return the first free version of a document's id, and its live row."""
    live: _Live | None = None
    held = holds(DocumentRow, parent).label("held")
    for version in itertools.count(1):
        query = select(DocumentRow.id, DocumentRow.sha256, DocumentRow.retracted, held).where(
            DocumentRow.id == version_of(key, version)
        )
        row = connection.execute(query).one_or_none()
        if row is None:
            return version, live
        if row.held:
            live = _Live(row.id, row.sha256, row.retracted)
    raise AssertionError("numbers do not end")


def _drop_idle(plan: _Plan, merge: Merge) -> None:
    """Leave out sources that brought nothing new."""
    busy: set[object] = {row["source_id"] for row in plan.documents}
    for lines in (merge.fact_sources, merge.names, merge.identifiers):
        busy.update(line.source_id for line in lines)
    plan.sources = [source for source in plan.sources if source["id"] in busy]


def _write(
    connection: Connection, plan: _Plan, merge: Merge, number: int, progress: Progress
) -> None:
    """Write all rows of an addition; the caller commits."""
    for chunk in chunks(plan.superseded):
        end(connection, DocumentRow, DocumentRow.id.in_(chunk), number)
    for chunk in chunks(merge.revived):
        query = update(EntityRow).where(EntityRow.id.in_(chunk)).values(until=None)
        connection.execute(query)
    _mark_retracted(connection, plan.retracted)
    tables: list[tuple[type[Base], Sequence[Row | Line]]] = [
        (Source, plan.sources),
        (EntityRow, merge.entities),
        (NameRow, merge.names),
        (IdentifierRow, merge.identifiers),
        (FactRow, merge.facts),
        (FactSource, merge.fact_sources),
        (DocumentRow, plan.documents),
        (PassageRow, plan.passages),
    ]
    total = sum(len(rows) for _, rows in tables)
    done = 0
    for table, rows in tables:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            _insert(connection, table, batch)
            done += len(batch)
            progress("writing the catalogue", done, total)


def _insert(connection: Connection, table: type[Base], rows: Sequence[Row | Line]) -> None:
    """Insert rows; SQLite takes tuples as they are, for a third of the time."""
    lines = [row for row in rows if isinstance(row, tuple)]
    if not lines:
        connection.execute(insert(table), [row for row in rows if isinstance(row, dict)])
    elif connection.dialect.name == "sqlite":
        columns = lines[0]._fields
        marks = ", ".join("?" * len(columns))
        into = f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) VALUES ({marks})"
        connection.exec_driver_sql(into, lines)
    else:
        connection.execute(insert(table), [line._asdict() for line in lines])


def _end_sources(connection: Connection, ids: Sequence[str], parent: int, number: int) -> None:
    """End sources, their names and identifiers, the facts that no other source states, and entities
    that are left without a name."""
    for chunk in chunks(ids):
        end(connection, Source, Source.id.in_(chunk), number)
        end(connection, NameRow, NameRow.source_id.in_(chunk), number)
        end(connection, IdentifierRow, IdentifierRow.source_id.in_(chunk), number)
        stated = select(FactSource.fact_id).where(FactSource.source_id.in_(chunk))
        elsewhere = (
            select(FactSource.fact_id)
            .join(Source, Source.id == FactSource.source_id)
            .where(holds(Source, number))
        )
        end(connection, FactRow, FactRow.id.in_(stated) & FactRow.id.not_in(elsewhere), number)
    if ids:
        named = select(NameRow.entity_id).where(holds(NameRow, number))
        end(connection, EntityRow, EntityRow.id.not_in(named), number)


def _mark_retracted(connection: Connection, ids: Sequence[str]) -> None:
    for chunk in chunks(ids):
        connection.execute(
            update(DocumentRow).where(DocumentRow.id.in_(chunk)).values(retracted=True)
        )


def _named(connection: Connection, ids: Sequence[str], parent: int) -> tuple[list[str], set[str]]:
    """Tell which ids are sources and which are documents; each version's bare id will do."""
    found_sources: list[str] = []
    documents: set[str] = set()
    for id in ids:
        source = select(Source.id).where(Source.id == id, holds(Source, parent))
        document = select(DocumentRow.id).where(DocumentRow.id == id, holds(DocumentRow, parent))
        _, live = _versions(connection, id, parent)
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


def _count(total: dict[str, int], more: dict[str, int]) -> None:
    for reason, number in more.items():
        total[reason] = total.get(reason, 0) + number


def _count_in(source: Row, total: dict[str, int], more: dict[str, int]) -> None:
    """Add what the merge left out to the source's own counts, and to the total."""
    own = source["left_out"]
    source["left_out"] = {**(own if isinstance(own, dict) else {}), **more}
    _count(total, more)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise KnowledgeError(
            f"The file {path.name} cannot be read: {error.strerror or error}.",
            where=str(path),
            remedy="Check the path and the permissions.",
        ) from error


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:20].strip("-") or "source"
