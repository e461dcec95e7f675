"""Look up from which files the documents of a generation came, and write where they are now.

    files of a call -> documents that were read from them before, by path, by place, by content

A file is known by its whole path; within a source that the curator named also by its path within
the folder that was given, so that a folder may be mounted elsewhere. Files of equal paths in two
named sources are two files.
"""

import os
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from knowledge.graph.catalog import DocumentFileRow, DocumentRow, FileRow, SourceRow, holds
from knowledge.graph.id_queries import id_batches
from knowledge.graph.rows import bare_id

_MADE_OF_TEXT = re.compile(r"[a-z]+:[0-9a-f]{16}(?:~\d+)?")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with one content: its whole path, and its place within the source that was named."""

    path: str
    place: str
    collection: str
    sha256: str

    @property
    def id(self) -> str:
        """Return the id of the file's row."""
        parts = "\n".join((self.collection, self.place, self.path, self.sha256))
        return blake2b(parts.encode(), digest_size=16).hexdigest()

    @property
    def is_there(self) -> bool:
        """Say whether something is at the path, be it readable or not."""
        return os.path.lexists(self.path)

    @property
    def stem(self) -> str:
        """Return the file's name without its ending, which is a title where a text has none."""
        return PurePosixPath(self.place).stem


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A document of the generation: its row's id, its source, title and the hash of its text."""

    id: str
    source: str
    title: str
    sha256: str
    retracted: bool


@dataclass(frozen=True, slots=True)
class FileLink:
    """A document and a file in which it was found."""

    document: HeldDocument
    file: FoundFile


def found_file(path: Path, folders: Sequence[Path], collection: str, sha256: str) -> FoundFile:
    """Return a file with its place: its path within the folder that was given, or its name."""
    place = path.name
    for folder in folders:
        if path.is_relative_to(folder):
            place = path.relative_to(folder).as_posix()
            break
    return FoundFile(_text(os.path.abspath(path)), _text(place), collection, sha256)


def _text(path: str) -> str:
    """Return a path as text that every database takes, whatever bytes it is of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_made_of_text(id: str) -> bool:
    """Say whether a document's id was made of its text, as no source gives it one."""
    return _MADE_OF_TEXT.fullmatch(id) is not None


class KnownFiles:
    """What the catalogue knows of the files of one call, as a generation sees it."""

    def __init__(
        self,
        connection: Connection,
        generation: int,
        files: Sequence[FoundFile],
        collection: str = "",
    ) -> None:
        self._collection = collection
        self._now = {file.path: file for file in files}
        self._unclear = _repeated(file.place for file in files)
        self._by_path: dict[str, list[FileLink]] = {}
        self._by_place: dict[str, list[FileLink]] = {}
        self._by_bytes: dict[str, list[FileLink]] = {}
        self._read(connection, generation, files)
        ids = sorted({link.document.id for link in self.links})
        self._files: dict[str, list[FoundFile]] = {}
        for chunk in id_batches(ids):
            for link in read_links(connection, generation, DocumentRow.id.in_(chunk)):
                self._files.setdefault(link.document.id, []).append(link.file)
        self._lost = _lost_documents(connection, generation, {link.file.id for link in self.links})

    def _read(self, connection: Connection, generation: int, files: Sequence[FoundFile]) -> None:
        self.links: list[FileLink] = []
        conditions: list[ColumnElement[bool]] = []
        for chunk in id_batches(sorted(self._now)):
            conditions.append(FileRow.path.in_(chunk))
        for chunk in id_batches(sorted({file.sha256 for file in files})):
            conditions.append(FileRow.sha256.in_(chunk))
        if self._collection:
            conditions.append(FileRow.collection == self._collection)
        seen = set()
        for condition in conditions:
            for link in read_links(connection, generation, condition):
                if (link.document.id, link.file.id) not in seen:
                    seen.add((link.document.id, link.file.id))
                    self.links.append(link)
        for link in self.links:
            self._by_path.setdefault(link.file.path, []).append(link)
            self._by_bytes.setdefault(link.file.sha256, []).append(link)
            if self._collection and link.file.collection == self._collection:
                self._by_place.setdefault(link.file.place, []).append(link)

    def at(self, file: FoundFile) -> list[FileLink]:
        """Return the documents that were read from this file before, each once."""
        found = [
            link
            for link in self._by_path.get(file.path, [])
            if not (link.file.collection and file.collection)
            or link.file.collection == file.collection
        ]
        if not found and file.place not in self._unclear:
            found = [
                link
                for link in self._by_place.get(file.place, [])
                if link.file.path not in self._now
            ]
        return list({link.document.id: link for link in found}.values())

    def is_unchanged(self, file: FoundFile) -> bool:
        """Say whether a file need not be read: it is what it was, and its documents are there.

        Where registers give the documents their ids, another file may have changed them: then the
        file is read.
        """
        held = self.at(file)
        return bool(held) and all(
            link.file.sha256 == file.sha256 and self._is_whole(link) for link in held
        )

    def copies(self, file: FoundFile) -> list[FileLink]:
        """Return the documents of a file of the same bytes elsewhere, where none is of this one."""
        if self.at(file):
            return []
        found = [link for link in self._by_bytes.get(file.sha256, []) if self._is_whole(link)]
        first = found[0].file.id if found else ""
        return [
            link for link in found if link.file.id == first and not self._is_changing(link.file)
        ]

    def files_of(self, document: str) -> list[FoundFile]:
        """Return the files in which a document was found."""
        return self._files.get(document, [])

    def is_elsewhere(self, document: str, file: FoundFile) -> bool:
        """Say whether a document is in another file, too, that still has it."""
        return any(
            other.path != file.path and other.is_there and not self._is_changing(other)
            for other in self.files_of(document)
        )

    def _is_whole(self, link: FileLink) -> bool:
        return is_made_of_text(link.document.id) and link.file.id not in self._lost

    def _is_changing(self, file: FoundFile) -> bool:
        now = self._now.get(file.path)
        return now is not None and now.sha256 != file.sha256


def _repeated(places: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {place for place in places if place in seen or seen.add(place)}  # type: ignore[func-returns-value]


def read_links(
    connection: Connection, generation: int, condition: ColumnElement[bool]
) -> list[FileLink]:
    """Return the documents of a generation with their files, under a condition on either."""
    query = (
        select(
            DocumentRow.id,
            DocumentRow.source_id,
            DocumentRow.title,
            DocumentRow.sha256,
            DocumentRow.retracted,
            FileRow.path,
            FileRow.place,
            FileRow.collection,
            FileRow.sha256.label("bytes"),
        )
        .join(DocumentFileRow, DocumentFileRow.document_id == DocumentRow.id)
        .join(FileRow, FileRow.id == DocumentFileRow.file_id)
        .where(condition, holds(DocumentRow, generation))
        .order_by(DocumentRow.id, FileRow.id)
    )
    return [
        FileLink(
            HeldDocument(row.id, row.source_id, row.title, row.sha256, row.retracted),
            FoundFile(row.path, row.place, row.collection, row.bytes),
        )
        for row in connection.execute(query)
    ]


def _lost_documents(connection: Connection, generation: int, files: Collection[str]) -> set[str]:
    """Return the files of which a document is no longer there, in no version."""
    linked: dict[str, set[str]] = {}
    held: dict[str, set[str]] = {}
    there = holds(DocumentRow, generation).label("there")
    for chunk in id_batches(sorted(files)):
        query = (
            select(DocumentFileRow.file_id, DocumentRow.id, there)
            .join(DocumentRow, DocumentRow.id == DocumentFileRow.document_id)
            .where(DocumentFileRow.file_id.in_(chunk))
        )
        for row in connection.execute(query):
            linked.setdefault(row.file_id, set()).add(bare_id(row.id))
            if row.there:
                held.setdefault(row.file_id, set()).add(bare_id(row.id))
    return {file for file, ids in linked.items() if ids != held.get(file, set())}


def read_members(
    connection: Connection, generation: int, collection: str
) -> tuple[list[FileLink], list[HeldDocument]]:
    """Return what a named source holds: documents with their files, and those of no known file."""
    linked = read_links(connection, generation, FileRow.collection == collection)
    rows = connection.execute(
        select(
            DocumentRow.id,
            DocumentRow.source_id,
            DocumentRow.title,
            DocumentRow.sha256,
            DocumentRow.retracted,
        )
        .join(SourceRow, SourceRow.id == DocumentRow.source_id)
        .where(
            SourceRow.title == collection,
            holds(DocumentRow, generation),
            DocumentRow.id.not_in(select(DocumentFileRow.document_id)),
        )
        .order_by(DocumentRow.id)
    )
    return linked, [HeldDocument(*row) for row in rows]


def read_below(connection: Connection, generation: int, folder: Path) -> list[FileLink]:
    """Return the documents whose files are, or were, in a folder."""
    start = _text(os.path.abspath(folder)).rstrip("/") + "/"
    return read_links(connection, generation, FileRow.path.startswith(start, autoescape=True))


def write_links(
    connection: Connection,
    links: Iterable[tuple[str, FoundFile]],
    gone: Iterable[tuple[str, FoundFile]] = (),
) -> bool:
    """Enter where documents are, and take out where they are no more; say whether that is new."""
    changed = False
    for document, file in gone:
        row = (DocumentFileRow.document_id == document) & (DocumentFileRow.file_id == file.id)
        changed |= connection.execute(delete(DocumentFileRow).where(row)).rowcount > 0
    wanted = {(document, file.id): file for document, file in links}
    files = {file.id: file for file in wanted.values()}
    there: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for chunk in id_batches(sorted(files)):
        there |= set(connection.scalars(select(FileRow.id).where(FileRow.id.in_(chunk))))
        query = select(DocumentFileRow.document_id, DocumentFileRow.file_id)
        rows = connection.execute(query.where(DocumentFileRow.file_id.in_(chunk)))
        pairs |= {(row.document_id, row.file_id) for row in rows}
    new_files = [
        {
            "id": id,
            "path": file.path,
            "place": file.place,
            "collection": file.collection,
            "sha256": file.sha256,
        }
        for id, file in files.items()
        if id not in there
    ]
    new_pairs = [
        {"document_id": document, "file_id": file}
        for document, file in wanted
        if (document, file) not in pairs
    ]
    if new_files:
        connection.execute(insert(FileRow), new_files)
    if new_pairs:
        connection.execute(insert(DocumentFileRow), new_pairs)
    return changed or bool(new_pairs)
