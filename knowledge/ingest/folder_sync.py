"""Synchronise a named source with a folder: add, replace and remove as one new generation.

    folder + what the source holds -> preview -> plan -> one new generation

A document goes only where its file is surely gone, or was read and holds it no more. What cannot be
read stays as it was and is told; where many documents would go, a curator has to confirm it.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine

from knowledge import lock
from knowledge.errors import KnowledgeError
from knowledge.graph.merge import GraphMerge
from knowledge.graph.rows import bare_id
from knowledge.index import generations
from knowledge.index.embedding import Embedding
from knowledge.ingest import ingest_plan, known_files, updates
from knowledge.ingest.ingest_plan import IngestContext, IngestPlan
from knowledge.ingest.known_files import FoundFile, KnownFiles, read_members
from knowledge.ingest.sources import detect, folders
from knowledge.ingest.updates import Update
from knowledge.records import Progress, ReadReport, silent

MAX_REMOVALS = 0.2
"""Of the documents of a source, a larger share is removed only where that is confirmed."""


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What is to be synchronised, and how much may be removed without a confirmation."""

    folder: Path
    title: str
    licence: str | None = None
    max_removals: float = MAX_REMOVALS
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a synchronisation would do: documents by their ids with their titles."""

    added: dict[str, str]
    replaced: dict[str, str]
    moved: dict[str, str]
    removed: dict[str, str]
    left_out: dict[str, int]
    problems: dict[str, str]
    needs_confirmation: bool


@dataclass(slots=True)
class _Walk:
    """What a folder holds: files of literature, and what of it could not be read."""

    files: list[tuple[Path, FoundFile, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def read(self) -> set[str]:
        """Return the paths of the files that are to be read."""
        return {file.path for _, file, _ in self.files}


def sync(
    engine: Engine,
    home: Path,
    request: SyncRequest,
    *,
    embedding: Embedding | None = None,
    progress: Progress = silent,
) -> Update:
    """Make a named source match a folder, as one new generation.

    Raises KnowledgeError, with nothing changed, where the folder is missing or holds no document,
    or where more would be removed than was allowed.
    """
    with lock.hold(home):
        context = _context(request, updates.prepare_parent(engine, home))
        with engine.connect() as connection:
            plan, merge, titles, count = _plan(connection, request, context, progress)
        removed = sorted(titles)
        if _is_too_much(len(removed), count, request):
            raise _too_much_error(len(removed), count, request)
        number = updates.write(
            engine, home, context, plan, merge, removed, "sync", embedding, progress
        )
        return updates.made(number, plan, merge, removed=removed)


def preview(engine: Engine, request: SyncRequest, *, progress: Progress = silent) -> Preview:
    """Say what `sync` would do; nothing is written, and no lock is taken."""
    context = _context(request, generations.newest(engine) or 0)
    with engine.connect() as connection:
        plan, _, removed, count = _plan(connection, request, context, progress)
        rows = {str(row["id"]): str(row["title"]) for row in plan.documents}
        replaced, moved = (
            {id: ingest_plan.read_title(connection, id) for id in ids}
            for ids in (plan.replaced, plan.moved)
        )
    keys = {bare_id(id) for id in replaced}
    added = {id: title for id, title in rows.items() if bare_id(id) not in keys}
    too_much = _is_too_much(len(removed), count, request)
    return Preview(added, replaced, moved, removed, plan.left_out, plan.problems, too_much)


def _context(request: SyncRequest, parent: int) -> IngestContext:
    return IngestContext(request.title, request.licence, parent, parent + 1, syncs=True)


def _plan(
    connection: Connection, request: SyncRequest, context: IngestContext, progress: Progress
) -> tuple[IngestPlan, GraphMerge, dict[str, str], int]:
    """Return the plan, and what is removed besides, with its title, of how many documents."""
    plan, report = IngestPlan(), ReadReport()
    walk = _walk(request, report)
    ingest_plan.add_counts(plan.left_out, report.left_out)
    plan.problems |= walk.problems
    if not walk.files:
        raise KnowledgeError(
            f"The folder {request.folder} holds no document that can be read; nothing was changed.",
            where=str(request.folder),
            remedy="Check that it is the right folder, and that its disk is mounted.",
        )
    merge, known = updates.plan_files(connection, walk.files, context, plan, progress)
    removed, count = _find_removed(connection, request, context, plan, known, walk)
    if plan.problems:
        reason = "file that cannot be read (what it held stays)"
        ingest_plan.add_counts(plan.left_out, {reason: len(plan.problems)})
    return plan, merge, removed, count


def check_folder(folder: Path) -> None:
    """Raise KnowledgeError where a folder that a source is to match is none, or is not there."""
    if not folder.is_dir():
        raise KnowledgeError(
            f"{folder} is no folder; nothing was changed.",
            where=str(folder),
            remedy="Name the folder that the source is to match.",
        )


def _walk(request: SyncRequest, report: ReadReport) -> _Walk:
    folder = request.folder
    check_folder(folder)
    walk = _Walk()
    unread = folders.Unread(folder)
    for path in folders.walk(folder, unread):
        _look_at(path, request, report, walk)
    walk.unread += [os.path.abspath(path) for path in unread.unopened]
    unread.count(report)
    return walk


def _look_at(path: Path, request: SyncRequest, report: ReadReport, walk: _Walk) -> None:
    try:
        name = detect.find_known_format(path)
        if not name:
            report.skip("file of no known format", path.name)
        elif not ingest_plan.is_literature(name):
            report.skip("graph file (add it with `medchat kb add`)", path.name)
        else:
            given = [request.folder]
            walk.files += ingest_plan.find_formats([path], given, name, request.title)
    except (KnowledgeError, OSError) as error:
        told = error.what if isinstance(error, KnowledgeError) else error.strerror or str(error)
        walk.problems[_text(path)] = told


def _text(path: Path) -> str:
    """Return a whole path as the catalogue keeps it."""
    return known_files.found_file(path, (), "", "").path


def _find_removed(
    connection: Connection,
    request: SyncRequest,
    context: IngestContext,
    plan: IngestPlan,
    known: KnownFiles,
    walk: _Walk,
) -> tuple[dict[str, str], int]:
    """Return the documents that go, with their titles, and how many the source has."""
    linked, unplaced = read_members(connection, context.parent, request.title)
    members = {link.document.id: link.document for link in linked}
    members |= {document.id: document for document in unplaced}
    kept = {*plan.touched, *plan.superseded}
    read = walk.read
    for link in linked:
        if _may_be_there(link.file, request.folder, plan, walk.unread, read) or known.is_elsewhere(
            link.document.id, link.file
        ):
            kept.add(link.document.id)
    gone = {id: document.title for id, document in members.items() if id not in kept}
    return gone, len(members)


def _may_be_there(
    file: FoundFile, folder: Path, plan: IngestPlan, unread: list[str], read: set[str]
) -> bool:
    """Say whether a file that was not read may still hold its documents."""
    path = _text(folder / file.place)
    if path in plan.problems:
        return True
    if any(path.startswith(f"{each.rstrip(os.sep)}{os.sep}") for each in unread):
        return True
    return path not in read and os.path.lexists(path)


def _is_too_much(removed: int, count: int, request: SyncRequest) -> bool:
    return not request.confirmed and removed > request.max_removals * count


def _too_much_error(removed: int, count: int, request: SyncRequest) -> KnowledgeError:
    return KnowledgeError(
        f"{removed} of the {count} documents of {request.title!r} would be removed, more than "
        f"{request.max_removals:.0%}; nothing was changed.",
        where=str(request.folder),
        remedy="See them with --dry-run; confirm with --yes, or raise --max-removals.",
    )
