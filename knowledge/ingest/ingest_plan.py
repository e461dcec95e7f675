"""Plan an addition: read files into the rows that it will write.

    files -> sources -> documents with their passages, and entities for the merge -> plan

What the base already has is left out and listed as unchanged. Nothing is written here.
"""

import hashlib
import itertools
import re
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select

from knowledge.errors import KnowledgeError
from knowledge.gc_pause import gc_paused
from knowledge.graph.catalog import CURATED_FORMATS, DocumentRow, SourceRow, holds
from knowledge.graph.entity_splits import Edition
from knowledge.graph.merge import GraphMerge, SourcedRecord
from knowledge.graph.rows import bare_id, version_of
from knowledge.index.indexed_passages import IndexedPassage, heading
from knowledge.ingest import notices, revisions
from knowledge.ingest.duplicate_articles import DuplicateFinder
from knowledge.ingest.notices import NoticePlan
from knowledge.ingest.sources import detect, formats, reading
from knowledge.records import DocumentRecord, EntityRecord, NoticeRecord, Progress, ReadReport
from knowledge.text import chunking

Row = dict[str, object]

LONGEST_KEY = 100
"""Characters of a document's id; the catalogue has room for a version and a passage behind it."""


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Files that become one source: a graph file, or all literature of one format in a call."""

    id: str
    format: str
    paths: tuple[Path, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class IngestContext:
    """What a call states for all its files, and the generations before and after it."""

    title: str | None
    licence: str | None
    parent: int
    number: int


@dataclass(slots=True)
class IngestPlan:
    """The rows that a call will write, and the ids of those that it will end."""

    sources: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    passages: list[Row] = field(default_factory=list)
    pieces: list[IndexedPassage] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    notices: NoticePlan = field(default_factory=NoticePlan)
    titles: dict[str, str] = field(default_factory=dict)
    duplicates: DuplicateFinder = field(default_factory=DuplicateFinder)


def group_files(
    connection: Connection,
    files: Sequence[Path],
    format: str | None,
    parent: int,
    number: int,
    plan: IngestPlan,
) -> list[SourceGroup]:
    """Sort files into future sources, and leave out those that are already there."""
    together: dict[str, list[tuple[Path, str]]] = {}
    for path in files:
        name = format or detect.detect_format(path)
        reading.check_readable(path, name)
        digest = _sha256(path)
        key = name if _is_literature(name) else f"{name} {digest}"
        together.setdefault(key, []).append((path, digest))
    groups: list[SourceGroup] = []
    for key, members in together.items():
        digests = sorted({digest for _, digest in members})
        whole = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode())
        sha256 = whole if isinstance(whole, str) else whole.hexdigest()
        paths = tuple(path for path, _ in members)
        if _was_added(connection, sha256, parent):
            plan.unchanged += [str(path) for path in paths]
        else:
            id = f"{_slug(paths[0].stem)}-{sha256[:6]}-{number}"
            groups.append(SourceGroup(id, key.split(" ")[0], paths, sha256))
    return groups


def _is_literature(format: str) -> bool:
    return format in formats.FORMATS and formats.FORMATS[format].is_literature


def _was_added(connection: Connection, sha256: str, parent: int) -> bool:
    """Say whether the same bytes were added before and nothing of them was removed since."""
    live = connection.scalars(
        select(SourceRow.id).where(SourceRow.sha256 == sha256, holds(SourceRow, parent))
    ).all()
    ended = select(DocumentRow.id).where(
        DocumentRow.source_id.in_(live), DocumentRow.until.is_not(None)
    )
    return bool(live) and connection.scalar(ended.limit(1)) is None


def plan_groups(
    connection: Connection,
    groups: Sequence[SourceGroup],
    context: IngestContext,
    plan: IngestPlan,
    progress: Progress,
) -> list[SourcedRecord]:
    """Read every file; documents are planned at once, entities are returned for the merge."""
    stated: list[SourcedRecord] = []
    for group in groups:
        report = ReadReport()
        curated = group.format in CURATED_FORMATS
        for place, path in enumerate(group.paths, 1):
            # Pages and articles may leave cycles behind, records of a graph do not.
            with nullcontext() if _is_literature(group.format) else gc_paused():
                for record in reading.read(path, group.format, report):
                    if isinstance(record, EntityRecord):
                        stated.append(SourcedRecord(record, group.id, curated))
                    elif isinstance(record, NoticeRecord):
                        _plan_notice(connection, record, context, plan)
                    else:
                        _plan_document(connection, record, group.id, context, plan)
                    if report.read % 500 == 0:
                        progress(f"reading {path.name}", report.read, None)
            progress("reading files", place, len(group.paths))
        header = reading.read_header(group.paths[0], group.format)
        many = len(group.paths) > 1
        unnamed = header.title == group.paths[0].stem
        own_title = f"{group.paths[0].parent.name} ({len(group.paths)} files)"
        plan.sources.append(
            {
                "id": group.id,
                "title": context.title or (own_title if many and unnamed else header.title),
                "format": group.format,
                "licence": context.licence or header.licence,
                "note": header.note,
                "sha256": group.sha256,
                "left_out": dict(report.left_out),
                "created": time.time(),
                "since": context.number,
            }
        )
        add_counts(plan.left_out, report.left_out)
    for row in plan.documents:
        row["revision"] = plan.seen[bare_id(str(row["id"]))][1]
    retracted, plan.titles = notices.apply(connection, plan.documents, plan.notices)
    plan.retracted += [id for id in retracted if id not in plan.retracted]
    return stated


def _plan_notice(
    connection: Connection, record: NoticeRecord, context: IngestContext, plan: IngestPlan
) -> None:
    if record.kind != "deletion":
        plan.notices.add(record)
        return
    for key in (record.about, f"{record.about}:zh"):
        _, live, _ = find_versions(connection, key, context.parent)
        held = plan.seen[key][1] if key in plan.seen else live.revision if live else ""
        if not revisions.deletes(record.revision, held):
            add_counts(plan.left_out, {"deletion of an earlier revision (the article stays)": 1})
            return
        _forget(plan, key, live)
        if live is not None:
            plan.superseded.append(live.id)
        if key == record.about:
            plan.notices.deleted[key] = revisions.remember_deletion(record.revision, held)


def _forget(plan: IngestPlan, key: str, live: "_LiveDocument | None") -> None:
    """Take back what was planned for a key."""
    if plan.seen.pop(key, None) is None:
        return
    gone = {row["id"] for row in plan.documents if bare_id(str(row["id"])) == key}
    plan.documents = [row for row in plan.documents if row["id"] not in gone]
    plan.passages = [row for row in plan.passages if row["document_id"] not in gone]
    plan.pieces = [piece for piece in plan.pieces if piece.document not in gone]
    if live is not None:
        for ids in (plan.superseded, plan.unchanged, plan.retracted):
            if live.id in ids:
                ids.remove(live.id)


def _plan_document(
    connection: Connection,
    record: DocumentRecord,
    source: str,
    context: IngestContext,
    plan: IngestPlan,
) -> None:
    if len(record.key) > LONGEST_KEY:
        reason = f"document whose id is longer than {LONGEST_KEY} characters"
        add_counts(plan.left_out, {reason: 1})
        return
    text, spans = chunking.compose_text(record)
    digest = hashlib.sha256(text.encode()).hexdigest()
    plan.notices.add_retracted(record)
    if plan.notices.is_deleted(connection, record):
        add_counts(plan.left_out, {"article that PubMed deleted": 1})
        return
    if record.key in plan.seen:
        before, revision = plan.seen[record.key]
        newer = record.revision != "" and not revisions.is_earlier(record.revision, revision)
        if newer and before == digest:
            plan.seen[record.key] = (digest, record.revision)
        newer = newer and before != digest
        if newer:
            reason = "earlier revision of a document"
        elif before == digest:
            reason = "document given twice"
        else:
            reason = "document given twice, the second time changed"
        add_counts(plan.left_out, {reason: 1})
        if not newer:
            return
        _forget(plan, record.key, find_versions(connection, record.key, context.parent)[1])
    version, live, flagged = find_versions(connection, record.key, context.parent)
    if live is not None and live.sha256 != digest:
        reason = revisions.reason_to_keep(live.revision, record.revision)
        if reason and live.id not in plan.superseded:
            add_counts(plan.left_out, {reason: 1})
            return
    plan.seen[record.key] = (digest, record.revision)
    duplicate = plan.duplicates.find(connection, context.parent, record, len(text))
    if duplicate is not None and duplicate.stays:
        add_counts(plan.left_out, {"reference to an article that is there under another id": 1})
        plan.retracted += [duplicate.id] if record.retracted else []
        return
    plan.superseded += [duplicate.id] if duplicate is not None else []
    if live is not None and live.sha256 == digest:
        if live.id in plan.superseded:  # deleted, and issued again in the same addition
            plan.superseded.remove(live.id)
        if revisions.is_earlier(live.revision or "0", record.revision):
            plan.notices.revisions[live.id] = record.revision
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
            "retracted": record.retracted or flagged,
            "revision": record.revision,
            "sha256": digest,
            "since": context.number,
        }
    )
    for passage in chunking.split_passages(id, text, spans, record.language):
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
        title = heading(record.title, passage.section)
        plan.pieces.append(IndexedPassage(passage.id, id, title, passage.text, passage.language))


@dataclass(frozen=True, slots=True)
class _LiveDocument:
    """The row of a document that the parent generation holds."""

    id: str
    sha256: str
    retracted: bool
    revision: str = ""


def find_versions(
    connection: Connection, key: str, parent: int
) -> tuple[int, _LiveDocument | None, bool]:
    """Return the first free version of a document's id, its live row, and whether any version of
    it is retracted: a later one then is too."""
    live: _LiveDocument | None = None
    retracted = False
    held = holds(DocumentRow, parent).label("held")
    for version in itertools.count(1):
        query = select(
            DocumentRow.id, DocumentRow.sha256, DocumentRow.retracted, DocumentRow.revision, held
        ).where(DocumentRow.id == version_of(key, version))
        row = connection.execute(query).one_or_none()
        if row is None:
            return version, live, retracted
        retracted = retracted or row.retracted
        if row.held:
            live = _LiveDocument(row.id, row.sha256, row.retracted, row.revision)
    raise AssertionError("numbers do not end")


def source_editions(plan: IngestPlan) -> dict[str, Edition]:
    """Return by what a new edition of each planned source would be known."""
    return {
        str(source["id"]): (str(source["title"]), str(source["format"])) for source in plan.sources
    }


def drop_idle_sources(plan: IngestPlan, merge: GraphMerge) -> None:
    """Leave out sources that brought nothing new."""
    busy: set[object] = {row["source_id"] for row in plan.documents}
    for lines in (merge.fact_sources, merge.names, merge.identifiers):
        busy.update(line.source_id for line in lines)
    plan.sources = [source for source in plan.sources if source["id"] in busy]


def add_counts(total: dict[str, int], more: dict[str, int]) -> None:
    """Add counts to a total, reason by reason."""
    for reason, number in more.items():
        total[reason] = total.get(reason, 0) + number


def add_source_counts(source: Row, total: dict[str, int], more: dict[str, int]) -> None:
    """Add what the merge left out to the source's own counts, and to the total."""
    own = source["left_out"]
    source["left_out"] = {**(own if isinstance(own, dict) else {}), **more}
    add_counts(total, more)


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
