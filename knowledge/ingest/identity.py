"""Decide which document of the base a text without a key of its own is.

    texts of the files read -> the same file's document | an equal text's | a new document

A document is known by the file it came from: a changed file replaces it. In a file of many, such as
a library of references, the title tells them apart. Equal texts in two files are one document,
until one of the files changes. Homes of versions that kept no files know a document by its source,
its title and most of its words.
"""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count

from sqlalchemy import Connection, select

from knowledge.graph.catalog import DocumentFileRow, DocumentRow, SourceRow, holds
from knowledge.graph.id_queries import id_batches
from knowledge.graph.rows import bare_id
from knowledge.ingest import ingest_plan
from knowledge.ingest.ingest_plan import IngestContext, IngestPlan, PendingDocument
from knowledge.ingest.known_files import (
    FileLink,
    FoundFile,
    HeldDocument,
    KnownFiles,
    is_made_of_text,
)
from knowledge.records import ContentKey, DocumentRecord
from knowledge.text import chunking
from knowledge.text.names import normalise

_ALIKE = 0.5
"""Of the words of a document whose file is not known, so many are in a new text of it."""

_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class _Settling:
    """What is known while the documents of one call are settled."""

    connection: Connection
    known: KnownFiles
    context: IngestContext
    plan: IngestPlan
    claims: dict[int, HeldDocument] = field(default_factory=dict)
    ending: set[str] = field(default_factory=set)
    made: dict[str, str] = field(default_factory=dict)
    unplaced: "list[_Unplaced] | None" = None


@dataclass(frozen=True, slots=True)
class _Unplaced:
    """A document of a home whose files were not kept."""

    document: HeldDocument
    text: str
    source_title: str
    format: str


def settle(
    connection: Connection, known: KnownFiles, context: IngestContext, plan: IngestPlan
) -> None:
    """Plan the documents that have no key of their own, and enter where documents are."""
    work = _Settling(connection, known, context, plan)
    by_file: dict[FoundFile, list[int]] = {}
    for place, pending in enumerate(plan.pending):
        by_file.setdefault(pending.file, []).append(place)
    for file, places in by_file.items():
        _claim(work, file, places)
    for place, pending in enumerate(plan.pending):
        _settle_one(work, pending, work.claims.get(place))
    _enter_mentions(work)
    for file, records in plan.read.items():
        _end_of_file(work, file, records)
    ingest_plan.apply_notices(connection, plan)


def _claim(work: _Settling, file: FoundFile, places: Sequence[int]) -> None:
    """Match the documents of a file with those that it held before."""
    links = work.known.at(file)
    held = [link for link in links if is_made_of_text(link.document.id)]
    if not held and not links:
        return
    if len(links) == 1 and work.plan.read.get(file) == 1:
        found = {places[0]: links[0]}
        if _is_another(links[0], file, work.plan.pending[places[0]].record):
            return
    else:
        found = _match_titles(work, places, held)
    for place, link in found.items():
        same = _digest(work.plan.pending[place].record) == link.document.sha256
        if not same and work.known.is_elsewhere(link.document.id, file):
            work.plan.unlinked.append((link.document.id, link.file))
            continue
        work.claims[place] = link.document
        if not same:
            work.ending.add(link.document.id)


def _is_another(link: FileLink, file: FoundFile, record: DocumentRecord) -> bool:
    """Say whether a file of the same place in another folder, which is still there, is meant."""
    apart = link.file.path != file.path and link.file.is_there
    return apart and normalise(link.document.title) != normalise(record.title)


def _match_titles(
    work: _Settling, places: Sequence[int], held: Sequence[FileLink]
) -> dict[int, FileLink]:
    """Match texts of a file of many with its documents: equal texts first, then sole titles."""
    pending = work.plan.pending
    texts = {link.document.sha256: link for link in held}
    found = {
        place: texts.pop(digest)
        for place in places
        if (digest := _digest(pending[place].record)) in texts
    }
    left = [link for link in held if link.document.sha256 in texts]
    new = [place for place in places if place not in found]
    titles = Counter(normalise(pending[place].record.title) for place in new)
    there = Counter(normalise(link.document.title) for link in left)
    by_title = {normalise(link.document.title): link for link in left}
    for place in new:
        title = normalise(pending[place].record.title)
        if titles[title] == 1 and there[title] == 1:
            found[place] = by_title[title]
    return found


def _settle_one(work: _Settling, pending: PendingDocument, held: HeldDocument | None) -> None:
    plan, record, file = work.plan, pending.record, pending.file
    if held is not None and held.sha256 == _digest(record):
        _keep(work, held, record, file)
        return
    twin = work.made.get(record.key)
    equal = None if twin else _find_equal(work, record, held)
    if twin or equal:
        if twin:
            ingest_plan.add_counts(plan.left_out, {"document given twice": 1})
            plan.links.append((twin, file))
        elif equal:
            _keep(work, equal, record, file)
        if held is not None:
            plan.superseded.append(held.id)
            plan.replaced.append(held.id)
        return
    source = pending.source
    before = held or _recognise(work, pending)
    if before is not None:
        key = bare_id(before.id)
        source = before.source if _goes_on(work, before.source, pending) else source
    else:
        key = _free_key(work, record.key)
    whole = replace(record, key=key, retracted=record.retracted or _was_retracted(work, record))
    id = ingest_plan.plan_document(work.connection, whole, source, work.context, plan)
    if id:
        work.made[record.key] = id
        plan.links.append((id, file))


def _keep(work: _Settling, held: HeldDocument, record: DocumentRecord, file: FoundFile) -> None:
    """Leave a document as it is, and enter the file in which it was found."""
    if record.retracted and not held.retracted:
        work.plan.retracted.append(held.id)
    else:
        work.plan.unchanged.append(held.id)
    ingest_plan.enter_place(work.plan, work.known, held, file)
    work.made.setdefault(record.key, held.id)


def _find_equal(
    work: _Settling, record: DocumentRecord, held: HeldDocument | None
) -> HeldDocument | None:
    """Return a document that says the same, but for a title that is its file's name."""
    text = chunking.compose_text(record).text
    same = (DocumentRow.sha256 == _digest(record)) | DocumentRow.id.startswith(
        record.key, autoescape=True
    )
    query = select(
        DocumentRow.id,
        DocumentRow.source_id,
        DocumentRow.title,
        DocumentRow.sha256,
        DocumentRow.retracted,
        DocumentRow.text,
    ).where(same, holds(DocumentRow, work.context.parent))
    form = record.key.partition(":")[0]
    for row in work.connection.execute(query.order_by(DocumentRow.id)):
        body = row.text.removeprefix(row.title)
        if (
            row.id.startswith(f"{form}:")
            and body == text.removeprefix(record.title)
            and row.id not in work.ending
            and (held is None or row.id != held.id)
        ):
            return HeldDocument(row.id, row.source_id, row.title, row.sha256, row.retracted)
    return None


def _recognise(work: _Settling, pending: PendingDocument) -> HeldDocument | None:
    """Return the document of an older home that a changed file was read as, where one is sure."""
    if work.unplaced is None:
        work.unplaced = _read_unplaced(work)
    record, form = pending.record, pending.record.key.partition(":")[0]
    title = normalise(record.title)
    words = Counter(_WORD.findall(chunking.compose_text(record).text.lower()))
    found = [
        each
        for each in work.unplaced
        if each.document.id.startswith(f"{form}:")
        and normalise(each.document.title) == title
        and _is_source_of(each, pending.file)
        and _is_alike(each.text, words)
        and each.document.id not in work.ending
    ]
    if len(found) != 1:
        return None
    work.ending.add(found[0].document.id)
    return found[0].document


def _is_source_of(each: _Unplaced, file: FoundFile) -> bool:
    folder = os.path.basename(os.path.dirname(file.path))
    if file.collection:
        return each.source_title == file.collection
    unnamed = each.source_title == file.stem or each.source_title.startswith(f"{folder} (")
    return unnamed or each.document.source.startswith(f"{ingest_plan.slug(file.stem)}-")


def _is_alike(text: str, words: "Counter[str]") -> bool:
    before = Counter(_WORD.findall(text.lower()))
    return (before & words).total() >= _ALIKE * max(before.total(), words.total())


def _read_unplaced(work: _Settling) -> list[_Unplaced]:
    """Return the documents without a key of their own of which no file is known."""
    query = (
        select(
            DocumentRow.id,
            DocumentRow.source_id,
            DocumentRow.title,
            DocumentRow.sha256,
            DocumentRow.retracted,
            DocumentRow.text,
            SourceRow.title.label("source_title"),
            SourceRow.format,
        )
        .join(SourceRow, SourceRow.id == DocumentRow.source_id)
        .where(
            holds(DocumentRow, work.context.parent),
            DocumentRow.id.not_in(select(DocumentFileRow.document_id)),
        )
    )
    return [
        _Unplaced(
            HeldDocument(row.id, row.source_id, row.title, row.sha256, row.retracted),
            row.text,
            row.source_title,
            row.format,
        )
        for row in work.connection.execute(query)
        if is_made_of_text(row.id) or row.id.startswith("jats:")
    ]


def _goes_on(work: _Settling, source: str, pending: PendingDocument) -> bool:
    """Say whether a new text stays in the source of the old one: same name, same licence."""
    query = select(SourceRow.title, SourceRow.licence).where(
        SourceRow.id == source, holds(SourceRow, work.context.parent)
    )
    row = work.connection.execute(query).one_or_none()
    return (
        row is not None
        and work.context.title in (None, row.title)
        and row.licence == pending.licence
    )


def _free_key(work: _Settling, key: str) -> str:
    """Return a key for a new document; another one where a document that changed has this one."""
    for number in count(1):
        made = key
        if number > 1:
            digest = sha256(f"{key} {number}".encode()).hexdigest()[:16]
            made = f"{key.partition(':')[0]}:{digest}"
        live = ingest_plan.find_versions(work.connection, made, work.context.parent)[1]
        if live is None and made not in work.plan.seen:
            return ContentKey(made)
    raise AssertionError("numbers do not end")


def _was_retracted(work: _Settling, record: DocumentRecord) -> bool:
    """Say whether this very text was retracted, under whatever id it was."""
    query = select(DocumentRow.id).where(
        DocumentRow.sha256 == _digest(record), DocumentRow.retracted.is_(True)
    )
    return work.connection.scalar(query.limit(1)) is not None


def _enter_mentions(work: _Settling) -> None:
    """Enter the files of documents that have keys of their own.

    One that another source brought, from a file that is not known, stays that source's alone.
    """
    plan, mentions = work.plan, work.plan.mentions
    planned = {str(row["id"]) for row in plan.documents}
    kept = planned if work.context.title else {id for id, _ in mentions}
    for chunk in id_batches(sorted({id for id, _ in mentions} - kept)):
        linked = select(DocumentFileRow.document_id).where(DocumentFileRow.document_id.in_(chunk))
        named = (
            select(DocumentRow.id)
            .join(SourceRow, SourceRow.id == DocumentRow.source_id)
            .where(DocumentRow.id.in_(chunk), SourceRow.title == work.context.title)
        )
        kept = {*kept, *work.connection.scalars(linked), *work.connection.scalars(named)}
    for id, file in mentions:
        if id in kept:
            plan.links.append((id, file))
            plan.unlinked += [
                (id, each)
                for each in work.known.files_of(id)
                if each.path == file.path and each != file
            ]


def _end_of_file(work: _Settling, file: FoundFile, records: int) -> None:
    """End the one document of a file whose one document has another key now."""
    links = work.known.at(file)
    if records != 1 or len(links) != 1:
        return
    (link,), plan = links, work.plan
    done = {*plan.superseded, *plan.touched}
    named = [id for id, each in plan.mentions if each == file]
    if not named or link.document.id in done or link.file.path != file.path:
        return
    if not work.known.is_elsewhere(link.document.id, file):
        plan.superseded.append(link.document.id)
        plan.replaced.append(link.document.id)


def _digest(record: DocumentRecord) -> str:
    return sha256(chunking.compose_text(record).text.encode()).hexdigest()
