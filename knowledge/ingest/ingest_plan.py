"""Plan an addition: read files into the rows that it will write.

    files -> sources -> documents with their passages, and entities for the merge -> plan

What the base already has is left out and listed as unchanged. Which document a text without a key
of its own is, `identity` decides when all files were read. Nothing is written here.
"""

import hashlib
import itertools
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection, select

from knowledge.errors import KnowledgeError
from knowledge.gc_pause import gc_paused
from knowledge.graph import revisions
from knowledge.graph.catalog import CURATED_FORMATS, DocumentRow, FileRow, SourceRow, holds
from knowledge.graph.entity_splits import Edition
from knowledge.graph.id_queries import id_batches
from knowledge.graph.merge import GraphMerge, SourcedRecord
from knowledge.graph.rows import bare_id, version_of
from knowledge.index.indexed_passages import IndexedPassage, heading
from knowledge.ingest import notices
from knowledge.ingest.duplicate_articles import DuplicateFinder
from knowledge.ingest.known_files import (
    FileLink,
    FoundFile,
    HeldDocument,
    KnownFiles,
    found_file,
    read_links,
)
from knowledge.ingest.notices import NoticePlan
from knowledge.ingest.sources import detect, formats, reading
from knowledge.ingest.sources.literature.pdf import pdf_ocr
from knowledge.records import (
    ContentKey,
    DocumentRecord,
    EntityRecord,
    NoticeRecord,
    Progress,
    ReadReport,
    Record,
)
from knowledge.text import chunking
from knowledge.text.notice_flags import is_of_concern

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
    files: dict[Path, FoundFile]
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class IngestContext:
    """What a call states for all its files, and the generations before and after it.

    `syncs` says that the source is to match a folder: its rows are gone on with, and a file that
    cannot be read is told and passed over.
    """

    title: str | None
    licence: str | None
    parent: int
    number: int
    syncs: bool = False


@dataclass(frozen=True, slots=True)
class PendingDocument:
    """A document without a key of its own, whose file was read: it may be one that is there."""

    record: DocumentRecord
    file: FoundFile
    source: str
    licence: str


@dataclass(slots=True)
class IngestPlan:
    """The rows that a call will write, and the ids of those that it will end."""

    sources: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    passages: list[Row] = field(default_factory=list)
    pieces: list[IndexedPassage] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    of_concern: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    notices: NoticePlan = field(default_factory=NoticePlan)
    titles: dict[str, str] = field(default_factory=dict)
    duplicates: DuplicateFinder = field(default_factory=DuplicateFinder)
    pending: list[PendingDocument] = field(default_factory=list)
    read: dict[FoundFile, int] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    links: list[tuple[str, FoundFile]] = field(default_factory=list)
    mentions: list[tuple[str, FoundFile]] = field(default_factory=list)
    unlinked: list[tuple[str, FoundFile]] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Say whether there is anything for a new generation."""
        rows = self.sources, self.documents, self.retracted, self.superseded, self.titles
        return any(rows)

    @property
    def touched(self) -> set[str]:
        """Return the documents that a file of the call holds."""
        return {id for id, _ in self.links}


def group_files(
    connection: Connection,
    files: Sequence[tuple[Path, FoundFile, str]],
    known: KnownFiles,
    context: IngestContext,
    plan: IngestPlan,
) -> list[SourceGroup]:
    """Sort files into future sources, and leave out those that are already there."""
    together: dict[str, list[tuple[Path, FoundFile]]] = {}
    for path, file, name in files:
        key = name if is_literature(name) else f"{name} {file.sha256}"
        together.setdefault(key, []).append((path, file))
    groups: list[SourceGroup] = []
    for key, members in together.items():
        name = key.split(" ")[0]
        digests = sorted({file.sha256 for _, file in members})
        whole = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode())
        sha256 = whole if isinstance(whole, str) else whole.hexdigest()
        if is_literature(name):
            again = _was_added(connection, sha256, context.parent)
            kept = [each for each in members if not _is_there(*each, known, again, plan)]
        else:
            kept = [] if _was_added(connection, sha256, context.parent) else members
            plan.unchanged += [str(path) for path, _ in members if not kept]
        if kept:
            groups.append(_group(connection, name, kept, sha256, context))
    return groups


def find_formats(
    paths: Iterable[Path], folders: Sequence[Path], format: str | None, collection: str
) -> list[tuple[Path, FoundFile, str]]:
    """Return files with their content's hash and their format; check that each can be read."""
    found = []
    for path in paths:
        name = format or detect.detect_format(path)
        reading.check_readable(path, name)
        digest = _sha256(path)
        if name == "pdf" and pdf_ocr.is_asked():  # what was read without is read anew
            digest = _recognised(digest)
        found.append((path, found_file(path, folders, collection, digest), name))
    return found


def keep_recognised(
    connection: Connection, files: Sequence[tuple[Path, FoundFile, str]], generation: int
) -> list[tuple[Path, FoundFile, str]]:
    """Return files in which one whose scans were recognised is as it was then.

    A later call that does not ask for recognition would else replace these pages by nothing.
    """
    plain = (
        set() if pdf_ocr.is_asked() else {file.sha256 for _, file, name in files if name == "pdf"}
    )
    there: set[str] = set()
    for chunk in id_batches(sorted(map(_recognised, plain))):
        links = read_links(connection, generation, FileRow.sha256.in_(chunk))
        there |= {link.file.sha256 for link in links}
    return [
        (path, replace(file, sha256=_recognised(file.sha256)), name)
        if name == "pdf" and _recognised(file.sha256) in there
        else (path, file, name)
        for path, file, name in files
    ]


def _recognised(digest: str) -> str:
    """Return the digest of a file whose scanned pages are recognised."""
    return hashlib.sha256(f"{digest} recognised".encode()).hexdigest()


def _group(
    connection: Connection,
    name: str,
    members: Sequence[tuple[Path, FoundFile]],
    sha256: str,
    context: IngestContext,
) -> SourceGroup:
    """Return a future source; where a folder is synchronised, the one that its files have."""
    paths = tuple(path for path, _ in members)
    if context.syncs:
        query = select(SourceRow.id).where(
            SourceRow.title == context.title,
            SourceRow.format == name,
            holds(SourceRow, context.parent),
            *([SourceRow.licence == context.licence] if context.licence else []),
        )
        there = connection.scalar(query.order_by(SourceRow.created.desc()).limit(1))
        if there:
            return SourceGroup(there, name, paths, sha256, dict(members), is_new=False)
    id = f"{slug(paths[0].stem)}-{sha256[:6]}-{context.number}"
    return SourceGroup(id, name, paths, sha256, dict(members))


def _is_there(
    path: Path, file: FoundFile, known: KnownFiles, again: bool, plan: IngestPlan
) -> bool:
    """Say whether a file's documents are there, by its bytes; then it is not read again."""
    held = known.at(file)
    same = bool(held) and all(link.file.sha256 == file.sha256 for link in held)
    if known.is_unchanged(file) or (again and same):
        plan.unchanged.append(str(path))
        plan.links += [(link.document.id, file) for link in held]
        _restamp(held, file, plan)
        return True
    copies = known.copies(file)
    for link in copies:
        enter_place(plan, known, link.document, file)
    if copies:
        plan.unchanged.append(str(path))
    return bool(copies)


def _restamp(held: Sequence[FileLink], file: FoundFile, plan: IngestPlan) -> None:
    """Enter that a file is known under another source's title or folder now."""
    plan.unlinked += [(link.document.id, link.file) for link in held if link.file != file]


def enter_place(
    plan: IngestPlan, known: KnownFiles, document: HeldDocument, file: FoundFile
) -> None:
    """Enter a further file of a document; where its other files are gone, it was moved."""
    before = [each for each in known.files_of(document.id) if each.path != file.path]
    plan.links.append((document.id, file))
    plan.unlinked += [
        (document.id, each)
        for each in known.files_of(document.id)
        if each.path == file.path and each != file
    ]
    if not before or any(each.is_there for each in before):
        return
    plan.moved.append(document.id)
    plan.unlinked += [(document.id, each) for each in before]
    if document.title in {each.stem for each in before}:
        plan.titles[document.id] = file.stem


def is_literature(format: str) -> bool:
    """Say whether a format holds documents; others hold entities and facts."""
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
        row = _source_row(group, context)
        for place, path in enumerate(group.paths, 1):
            file = group.files[path]
            # Pages and articles may leave cycles behind, records of a graph do not.
            with nullcontext() if is_literature(group.format) else gc_paused():
                for record in _records(path, file, group, context, report, plan):
                    if isinstance(record, EntityRecord):
                        stated.append(SourcedRecord(record, group.id, curated))
                    elif isinstance(record, NoticeRecord):
                        _plan_notice(connection, record, context, plan)
                    elif isinstance(record.key, ContentKey):
                        licence = str(row["licence"])
                        plan.pending.append(PendingDocument(record, file, group.id, licence))
                    else:
                        id = plan_document(connection, record, group.id, context, plan)
                        plan.mentions += [(id, file)] if id else []
                    plan.read[file] = plan.read.get(file, 0) + 1
                    if report.read % 500 == 0:
                        progress(f"reading {path.name}", report.read, None)
            progress("reading files", place, len(group.paths))
        row["left_out"] = dict(report.left_out)
        plan.sources += [row] if group.is_new else []
        if group.is_new and not is_literature(group.format):
            for id in _earlier_forms(connection, row, context.parent):
                add_counts(plan.left_out, {f"earlier form stays: kb remove {id}": 1})
        add_counts(plan.left_out, report.left_out)
    return stated


def _earlier_forms(connection: Connection, row: Row, generation: int) -> list[str]:
    """Return the sources that a graph file of the same name and title was before.

    Their facts stay beside the new ones, since others may have come to rest on them.
    """
    name = str(row["id"]).rsplit("-", 2)[0]
    query = select(SourceRow.id).where(
        SourceRow.title == row["title"],
        SourceRow.format == row["format"],
        holds(SourceRow, generation),
    )
    return [id for id in connection.scalars(query) if id.rsplit("-", 2)[0] == name]


def _source_row(group: SourceGroup, context: IngestContext) -> Row:
    try:
        header = reading.read_header(group.paths[0], group.format)
    except KnowledgeError:
        if not context.syncs:
            raise
        header = reading.FileHeader("", formats.find_format(group.format).licence, "")
    many = len(group.paths) > 1
    unnamed = header.title == group.paths[0].stem
    own_title = f"{group.paths[0].parent.name} ({len(group.paths)} files)"
    return {
        "id": group.id,
        "title": context.title or (own_title if many and unnamed else header.title),
        "format": group.format,
        "licence": context.licence or header.licence,
        "note": header.note,
        "sha256": group.sha256,
        "left_out": {},
        "created": time.time(),
        "since": context.number,
    }


def _records(
    path: Path,
    file: FoundFile,
    group: SourceGroup,
    context: IngestContext,
    report: ReadReport,
    plan: IngestPlan,
) -> Iterator[Record]:
    """Yield the records of a file; where a folder is synchronised, all of a file or none."""
    if not context.syncs:
        yield from reading.read(path, group.format, report)
        return
    own = ReadReport()
    try:
        found = list(reading.read(path, group.format, own))
    except (KnowledgeError, OSError) as error:
        plan.problems[file.path] = error.what if isinstance(error, KnowledgeError) else str(error)
        return
    report.read += own.read
    add_counts(report.left_out, own.left_out)
    if not found:
        plan.problems[file.path] = f"{path.name} holds no document."
    yield from found


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
    plan.mentions = [each for each in plan.mentions if each[0] not in gone]
    if live is not None:
        for ids in (plan.superseded, plan.unchanged, plan.retracted, plan.replaced):
            if live.id in ids:
                ids.remove(live.id)


def apply_notices(connection: Connection, plan: IngestPlan) -> None:
    """Mark the planned and the live documents of which a notice speaks."""
    for row in plan.documents:
        row["revision"] = plan.seen[bare_id(str(row["id"]))][1]
    retracted, titles = notices.apply(connection, plan.documents, plan.notices)
    plan.of_concern = [str(row["id"]) for row in plan.documents if is_of_concern(str(row["title"]))]
    plan.of_concern += [
        id
        for id, title in titles.items()
        if is_of_concern(title) and not is_of_concern(read_title(connection, id))
    ]
    plan.titles |= titles
    plan.retracted += [id for id in retracted if id not in plan.retracted]


def read_title(connection: Connection, id: str) -> str:
    """Return the title of a document's row."""
    return connection.scalar(select(DocumentRow.title).where(DocumentRow.id == id)) or ""


def plan_document(
    connection: Connection,
    record: DocumentRecord,
    source: str,
    context: IngestContext,
    plan: IngestPlan,
) -> str:
    """Plan a document under its key; return the id of the row that holds it, planned or there.

    The id is empty where the document is left out.
    """
    if len(record.key) > LONGEST_KEY:
        reason = f"document whose id is longer than {LONGEST_KEY} characters"
        add_counts(plan.left_out, {reason: 1})
        return ""
    text, spans = chunking.compose_text(record)
    digest = hashlib.sha256(text.encode()).hexdigest()
    plan.notices.add_retracted(record)
    if plan.notices.is_deleted(connection, record):
        add_counts(plan.left_out, {"article that PubMed deleted": 1})
        return ""
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
            return plan.ids.get(record.key, "")
        _forget(plan, record.key, find_versions(connection, record.key, context.parent)[1])
    version, live, flagged = find_versions(connection, record.key, context.parent)
    if live is not None and live.sha256 != digest:
        reason = revisions.reason_to_keep(live.revision, record.revision)
        if reason and live.id not in plan.superseded:
            add_counts(plan.left_out, {reason: 1})
            return live.id
    plan.seen[record.key] = (digest, record.revision)
    duplicate = plan.duplicates.find(connection, context.parent, record, len(text))
    if duplicate is not None and duplicate.stays:
        add_counts(plan.left_out, {"reference to an article that is there under another id": 1})
        plan.retracted += [duplicate.id] if record.retracted else []
        return ""
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
        plan.ids[record.key] = live.id
        return live.id
    if live is not None:
        plan.superseded.append(live.id)
        plan.replaced.append(live.id)
    id = plan.ids[record.key] = version_of(record.key, version)
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
    return id


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


def slug(text: str) -> str:
    """Return a name as the first part of a source's id."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:20].strip("-") or "source"
