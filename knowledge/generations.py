"""Generations: each version of the index in a folder of its own, swapped by one small file.

    parent's segments (linked) + new passages -> gen-000008 -> MANIFEST.json -> commit -> CURRENT

A folder comes into being under another name, gets its manifest last, and is then renamed: what is
called gen-000008 is whole. The database says which generation is the newest; CURRENT only follows.
Files are used after their hashes agree with the manifest, and an older generation serves where
they do not. This file knows nothing of graphs or of how passages came to be.
"""

import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, distinct, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from knowledge import dense, lexical, lock
from knowledge.catalog import (
    DocumentRow,
    FactRow,
    GenerationRow,
    Lived,
    NameRow,
    PassageRow,
    Source,
    holds,
)
from knowledge.embedding import Embedding
from knowledge.errors import KnowledgeError
from knowledge.lexical import Piece
from knowledge.records import Language, Progress, silent

MANIFEST = "MANIFEST.json"
CURRENT = "CURRENT"
LEXICAL = "lexical"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation's folder holds; `files` maps a file to its SHA-256."""

    generation: int
    parent: int | None
    created: float
    counts: dict[str, int]
    model: str
    dimension: int
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation whose files were verified."""

    number: int
    folder: Path
    manifest: Manifest


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


@dataclass(frozen=True, slots=True)
class Draft:
    """A folder whose index is written and whose manifest is not."""

    number: int
    folder: Path
    files: dict[str, str]
    model: str
    dimension: int
    unembedded: int


@dataclass(frozen=True, slots=True)
class Change:
    """What an update does to the passages: which it adds, and whose documents went away.

    `stay` reads the passages that remain; it is called only where something must be made anew.
    """

    pieces: Sequence[Piece] = ()
    gone: Collection[str] = ()
    stay: Callable[[], Iterator[Piece]] = lambda: iter(())


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


def reconcile(engine: Engine, home: Path) -> int | None:
    """Let CURRENT follow the database, as after a crash between the two; return the newest."""
    number = newest(engine)
    if number is not None and current(home) != number and folder_of(home, number).is_dir():
        point(home, number)
    return number


def point(home: Path, number: int) -> None:
    """Make CURRENT name a generation, at once and for good."""
    _write(home / "knowledge" / CURRENT, f"gen-{number:06d}\n")


def sweep(engine: Engine, home: Path) -> list[str]:
    """Delete what an interrupted writer left behind; the caller holds the writer's lock."""
    with engine.connect() as connection:
        committed = set(connection.scalars(select(GenerationRow.number)))
    swept = []
    for path in sorted((home / "knowledge").glob("gen-*")):
        number = path.name.removeprefix("gen-")
        if not number.isdecimal() or int(number) not in committed:
            shutil.rmtree(path)
            swept.append(path.name)
    return swept


def build(
    home: Path,
    number: int,
    parent: Generation | None,
    change: Change,
    embedding: Embedding | None = None,
    progress: Progress = silent,
) -> Draft:
    """Write the index of a generation beside the others; `seal` makes it one of them.

    Of the parent's files those that still hold are linked, none is read or written again.
    """
    folder = _blank(home, number)
    _build_lexical(folder, parent, change, progress)
    model, dimension, unread = _build_dense(folder, number, parent, change, embedding, progress)
    return _drafted(folder, number, model, dimension, unread)


def compact(home: Path, number: int, parent: Generation, pieces: Sequence[Piece]) -> Draft:
    """Write the index of a generation anew, with nothing in it of what is no longer held.

    Vectors are taken over, so that no model is needed.
    """
    folder = _blank(home, number)
    lexical.build(folder / LEXICAL, None, pieces)
    held = {piece.id for piece in pieces}
    names = dense.names(parent.manifest.files)
    ids, vectors = dense.join(parent.folder, names, held)
    if vectors is not None:
        dense.write(folder, f"dense-{number:06d}", ids, vectors)
    known = parent.manifest
    return _drafted(folder, number, known.model, known.dimension, known.counts["unembedded"])


def _blank(home: Path, number: int) -> Path:
    folder = folder_of(home, number).with_suffix(".building")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _drafted(folder: Path, number: int, model: str, dimension: int, unread: int) -> Draft:
    files = {name: _sha256(folder / name) for name in _files(folder)}
    for name in (*files, LEXICAL):
        _sync(folder / name)
    return Draft(number, folder, files, model, dimension, unread)


def seal(home: Path, draft: Draft, parent: int | None, counts: dict[str, int]) -> Manifest:
    """Put the manifest into a drafted folder, last of all, and give the folder its name."""
    manifest = Manifest(
        generation=draft.number,
        parent=parent,
        created=time.time(),
        counts={**counts, "unembedded": draft.unembedded},
        model=draft.model,
        dimension=draft.dimension,
        files=draft.files,
    )
    content = {**asdict(manifest), "seal": _seal(manifest)}
    _write(draft.folder / MANIFEST, json.dumps(content, indent=1) + "\n")
    target = folder_of(home, draft.number)
    draft.folder.rename(target)
    _sync(target.parent)
    return manifest


def _build_lexical(
    folder: Path, parent: Generation | None, change: Change, progress: Progress
) -> None:
    if parent is None:
        everything = [*change.stay(), *change.pieces]
        lexical.build(folder / LEXICAL, None, everything, progress=progress)
    else:
        lexical.build(
            folder / LEXICAL, parent.folder / LEXICAL, change.pieces, change.gone, progress
        )


def _build_dense(
    folder: Path,
    number: int,
    parent: Generation | None,
    change: Change,
    embedding: Embedding | None,
    progress: Progress,
) -> tuple[str, int, int]:
    """Add the vectors that lack; return the model, its dimension, and how many still lack."""
    known = parent.manifest if parent else None
    if embedding is None:
        segments = _link_segments(folder, parent)
        lacking = len(change.pieces) + (known.counts["unembedded"] if known else 0)
        return (known.model, known.dimension, lacking) if known and segments else ("", 0, lacking)
    inherits = known is not None and known.model == embedding.model
    segments = _link_segments(folder, parent) if inherits else []
    complete = inherits and known is not None and known.counts["unembedded"] == 0
    pieces = list(change.pieces) if complete else [*change.stay(), *change.pieces]
    pieces = [piece for piece in pieces if embedding.reads(piece.language)]
    if not complete:
        covered = {id for name in segments for id in dense.ids(folder, name)}
        pieces = [piece for piece in pieces if piece.id not in covered]
    if pieces:
        texts = [f"{piece.title}\n{piece.text}" for piece in pieces]
        vectors = embedding.encode(texts, progress)
        dense.write(folder, f"dense-{number:06d}", [piece.id for piece in pieces], vectors)
        _join_segments(folder, number, change)
    return embedding.model, embedding.dimension, 0


def _link_segments(folder: Path, parent: Generation | None) -> list[str]:
    if parent is None:
        return []
    names = dense.names(parent.manifest.files)
    for name in names:
        for ending in dense.ENDINGS:
            lexical.link(parent.folder / f"{name}{ending}", folder / f"{name}{ending}")
    return names


def _join_segments(folder: Path, number: int, change: Change) -> None:
    names = dense.names([path.name for path in folder.iterdir()])
    if len(names) <= dense.MANY:
        return
    wanted = {piece.id for piece in change.stay()} | {piece.id for piece in change.pieces}
    ids, vectors = dense.join(folder, names, wanted)
    for name in names:
        for ending in dense.ENDINGS:
            (folder / f"{name}{ending}").unlink()
    if vectors is not None:
        dense.write(folder, f"dense-{number:06d}", ids, vectors)


def pieces_of(engine: Engine, number: int, without: Collection[str] = ()) -> Iterator[Piece]:
    """Read the passages of a generation as they are indexed."""
    query = (
        select(
            PassageRow.id,
            PassageRow.document_id,
            PassageRow.start,
            PassageRow.end,
            PassageRow.section,
            PassageRow.language,
            DocumentRow.title,
            DocumentRow.text,
        )
        .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
        .where(holds(DocumentRow, number))
        .order_by(PassageRow.document_id, PassageRow.start)
    )
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=500).execute(query):
            if row.document_id not in without:
                text = row.text[row.start : row.end]
                language: Language = "zh" if row.language == "zh" else "en"
                title = heading(row.title, row.section)
                yield Piece(row.id, row.document_id, title, text, language)


def heading(title: str, section: str) -> str:
    """Return what stands above a passage: the title of its document, and of its section."""
    return f"{title}. {section}" if section and section not in title else title


def open_generation(home: Path, number: int | None = None) -> Generation:
    """Open a generation whose files agree with its manifest; the one of CURRENT by default.

    A damaged one is passed over with a warning for the newest earlier one that is whole; raises
    KnowledgeError where there is none.
    """
    wanted = current(home) if number is None else number
    if wanted is None:
        raise nothing(home)
    faults: list[str] = []
    for candidate in [wanted, *(n for n in reversed(present(home)) if n < wanted)]:
        faults = faults_of(home, candidate)
        if not faults:
            return Generation(candidate, folder_of(home, candidate), read_manifest(home, candidate))
        logger.warning("Generation %d is damaged and passed over: %s", candidate, faults[0])
    raise KnowledgeError(
        f"No generation of the knowledge base is whole: {faults[0]}",
        where=str(folder_of(home, wanted)),
        remedy="Run `medchat kb add` or `medchat kb rollback N`: the index is made anew.",
        status=1,
    )


def nothing(home: Path) -> KnowledgeError:
    """Return the error that tells of a home without knowledge."""
    return KnowledgeError(
        "The knowledge base is empty.",
        where=str(home / "knowledge"),
        remedy="Add knowledge with `medchat kb add PATH`, or run `medchat demo`.",
    )


def whole(home: Path, number: int) -> Generation | None:
    """Return a generation if its files agree with its manifest."""
    if faults_of(home, number):
        return None
    return Generation(number, folder_of(home, number), read_manifest(home, number))


def faults_of(home: Path, number: int) -> list[str]:
    """Return what is wrong with a generation's folder, a sentence each."""
    folder = folder_of(home, number)
    try:
        manifest = read_manifest(home, number)
    except KnowledgeError as error:
        return [error.what]
    faults = []
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{folder.name}/{name} is missing.")
        elif _sha256(path) != expected:
            faults.append(f"{folder.name}/{name} differs from what was written.")
    return faults


def read_manifest(home: Path, number: int) -> Manifest:
    """Read a generation's manifest; raise KnowledgeError where it is missing or damaged."""
    path = folder_of(home, number) / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        seal = content.pop("seal")
        manifest = Manifest(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(
            f"{path.parent.name}/{MANIFEST} is missing or damaged.", where=str(path), status=1
        ) from error
    if seal != _seal(manifest) or manifest.generation != number:
        raise KnowledgeError(
            f"{path.parent.name}/{MANIFEST} differs from what was written.",
            where=str(path),
            status=1,
        )
    return manifest


def verify(engine: Engine, home: Path) -> list[str]:
    """Check every generation on disk against its manifest, and the newest against the catalogue.

    Returns what is wrong, a sentence each. What an interrupted writer left behind is no fault: it
    is put right on the way where no other writer is at work.
    """
    try:
        with lock.hold(home):
            sweep(engine, home)
    except KnowledgeError as error:
        logger.info("%s", error.what)
    number = reconcile(engine, home)
    faults = [fault for each in present(home) for fault in faults_of(home, each)]
    if number is None:
        return faults
    if number not in present(home):
        return [*faults, f"{folder_of(home, number).name} of the newest generation is missing."]
    if not faults:
        faults += _disagreements(engine, home, number)
    return faults


def _disagreements(engine: Engine, home: Path, number: int) -> list[str]:
    counts = read_manifest(home, number).counts
    found = catalogue_counts(engine, number)
    return [
        f"Generation {number} was written with {counts.get(key)} {key}, "
        f"but the database holds {count}."
        for key, count in found.items()
        if counts.get(key) != count
    ]


def catalogue_counts(engine: Engine, number: int) -> dict[str, int]:
    """Count what a generation holds."""
    with engine.connect() as connection:
        return count(connection, number)


def count(connection: Connection, number: int) -> dict[str, int]:
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


def diff(engine: Engine, one: int, other: int) -> Difference:
    """Tell how the second generation differs from the first."""
    for number in (one, other):
        if not _committed(engine, number):
            raise _unknown(number)
    with engine.connect() as connection:

        def only(ids: InstrumentedAttribute[str], table: Lived, here: int, there: int) -> list[str]:
            kept = select(ids).where(holds(table, there))
            query = select(ids).where(holds(table, here), ids.not_in(kept)).distinct()
            return list(connection.scalars(query.order_by(ids)))

        return Difference(
            sources_added=tuple(only(Source.id, Source, other, one)),
            sources_removed=tuple(only(Source.id, Source, one, other)),
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
    """Make a new generation that holds what generation `number` held; nothing is deleted."""
    with lock.hold(home):
        latest = reconcile(engine, home)
        sweep(engine, home)
        if latest is None or not _committed(engine, number):
            raise _unknown(number)
        if not _complete(engine, number):
            raise KnowledgeError(
                f"What generation {number} held was deleted with `medchat kb gc`.",
                where=str(number),
                remedy="`medchat kb generations` lists those that can come back.",
            )
        target = latest + 1
        change = Change(stay=lambda: pieces_of(engine, number))
        draft = build(home, target, whole(home, number), change, embedding, progress)
        with engine.begin() as connection:
            record(connection, home, draft, number, f"rollback to generation {number}")
        point(home, target)
        return target


def record(
    connection: Connection, home: Path, draft: Draft, parent: int | None, cause: str
) -> None:
    """Enter a generation into the catalogue and seal its folder; it exists with the commit."""
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
    counts = count(connection, draft.number)
    connection.execute(
        update(GenerationRow).where(GenerationRow.number == draft.number).values(counts=counts)
    )
    seal(home, draft, parent, counts)


def _committed(engine: Engine, number: int) -> bool:
    with engine.connect() as connection:
        query = select(GenerationRow.number).where(GenerationRow.number == number)
        return connection.scalar(query) is not None


def _complete(engine: Engine, number: int) -> bool:
    """Say whether the catalogue still holds all that a generation held when it was made."""
    with engine.connect() as connection:
        query = select(GenerationRow.counts).where(GenerationRow.number == number)
        return connection.scalar(query) == count(connection, number)


def present(home: Path) -> list[int]:
    """Return the generations that have a folder, oldest first."""
    names = (path.name.removeprefix("gen-") for path in (home / "knowledge").glob("gen-*"))
    return sorted(int(name) for name in names if name.isdecimal())


def _files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _seal(manifest: Manifest) -> str:
    return hashlib.sha256(json.dumps(asdict(manifest), sort_keys=True).encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    _sync(part)
    part.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows has no handle of a folder to flush
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
