"""Define the catalogue's tables, which generation sees which row, and open the database.

    sources -< entities -< names, identifiers, joins, splits    facts >- fact_sources -< sources
    sources -< documents -< passages    documents >-< files    generations

Rows are never changed in place: `since` is the generation in which a row appeared, `until` the one
in which it went away, so that a generation N sees the rows with since <= N < until. After a
rollback the generations in between are no ancestors of the new one: `holds` reads what they marked
as never marked. A row that such a generation ended may end again; the first end is kept apart.
"""

import sqlite3
import time
from functools import lru_cache
from pathlib import Path

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    and_,
    cast,
    create_engine,
    event,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from knowledge.errors import KnowledgeError

CURATED_FORMATS = ("medchat-records",)
"""Formats written by hand for medchat: their aliases are trusted, and their facts come first."""

_PATIENCE = 60
"""So many seconds one process waits for another that writes to SQLite."""


class CatalogBase(DeclarativeBase):
    """The base class of the catalogue's tables."""


class SourceRow(CatalogBase):
    """One import: a file or folder as it was added, with its licence."""

    __tablename__ = "sources"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(40))
    licence: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    left_out: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created: Mapped[float] = mapped_column(Float)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer, default=None)


class EntityRow(CatalogBase):
    """One entity; the id is made when it is first met, from kind and name, and never changes."""

    __tablename__ = "entities"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer, default=None)


class NameRow(CatalogBase):
    """One name of an entity. `normalised` is what the linker and merges compare."""

    __tablename__ = "names"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    normalised: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    rank: Mapped[int] = mapped_column(Integer, default=0)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer, default=None)
    __table_args__ = (Index("names_normalised", "normalised", "language"),)


class IdentifierRow(CatalogBase):
    """One identifier that a source gives to an entity, such as `DOID:9352`.

    `own` says that it is of the register from which the source's record comes; only such ones tell
    which entity is meant. `joined` is how that record came to the entity: by `name`, by
    `identifier`, by a curator's `split`, or `created`.
    """

    __tablename__ = "identifiers"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), index=True)
    code: Mapped[str] = mapped_column(String(120), index=True)
    own: Mapped[bool] = mapped_column(Boolean)
    joined: Mapped[str] = mapped_column(String(10))
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer, default=None)


class JoinRow(CatalogBase):
    """How what a source says came to an entity that was there: a merge, as it was decided.

    `how` is `name`, `identifier` or `split` (a new edition of what was split off another entity),
    `term` the normalised name or the identifier by which the entity was found.
    A join is in force where the entity holds a name of that source, so it needs no generations.
    """

    __tablename__ = "joins"
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), primary_key=True, index=True)
    how: Mapped[str] = mapped_column(String(10))
    term: Mapped[str] = mapped_column(Text)


class SplitRow(CatalogBase):
    """A curator's decision that what a source says of one entity is said of another, the part.

    `shared` are the normalised names that both had, and `codes` the part's own identifiers: from
    these a later import tells which of the two it means, also where one is gone by then.
    """

    __tablename__ = "splits"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"))
    part_id: Mapped[str] = mapped_column(ForeignKey("entities.id"))
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    shared: Mapped[list[str]] = mapped_column(JSON)
    codes: Mapped[list[str]] = mapped_column(JSON)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer, default=None)


class FactRow(CatalogBase):
    """One fact: an object entity, or a text value in one or two languages."""

    __tablename__ = "facts"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), index=True)
    relation: Mapped[str] = mapped_column(String(30))
    object_id: Mapped[str | None] = mapped_column(ForeignKey("entities.id"), index=True)
    value_en: Mapped[str] = mapped_column(Text, default="")
    value_zh: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(Integer, default=0)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer, default=None)


class FactSourceRow(CatalogBase):
    """Which source states which fact; a fact may have several. `note` is what it adds to it."""

    __tablename__ = "fact_sources"
    fact_id: Mapped[str] = mapped_column(ForeignKey("facts.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), primary_key=True, index=True)
    line: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str] = mapped_column(Text, default="")


class DocumentRow(CatalogBase):
    """One document; `text` is the whole cleaned text that passages point into."""

    __tablename__ = "documents"
    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(Integer)
    type: Mapped[str] = mapped_column(String(40))
    journal: Mapped[str] = mapped_column(Text, default="")
    identifiers: Mapped[list[str]] = mapped_column(JSON, default=list)
    retracted: Mapped[bool] = mapped_column(Boolean, default=False)
    revision: Mapped[str] = mapped_column(String(40), default="")
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    # Without an index a count reads past every text to these columns.
    since: Mapped[int] = mapped_column(Integer, index=True)
    until: Mapped[int | None] = mapped_column(Integer, default=None, index=True)


class PassageRow(CatalogBase):
    """One passage: characters `start` to `end` of its document's text."""

    __tablename__ = "passages"
    id: Mapped[str] = mapped_column(String(140), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    section: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2))


class FileRow(CatalogBase):
    """One content of a file from which documents were read.

    `collection` is the title of the source where the curator named one, `place` the path within
    the folder that was given, `path` the whole path. A file that changes gets a new row.
    """

    __tablename__ = "files"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    collection: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class DocumentFileRow(CatalogBase):
    """In which file a document was found; equal files in several places are one document.

    It says where files are and no more, so it needs no generations: a file that is moved is
    entered in place.
    """

    __tablename__ = "document_files"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"), primary_key=True, index=True)


class NoticeRow(CatalogBase):
    """What a register or journal says of an article, whether the base holds that article or not.

    `about` is an identifier of the article, `said_by` the identifier or citation of the notice. Of
    a deletion `revision` says when it was issued. Notices hold in every generation.
    """

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    about: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    said_by: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[str] = mapped_column(String(40), default="")


class GenerationRow(CatalogBase):
    """One version of the knowledge base; the newest committed one is what the files must match."""

    __tablename__ = "generations"
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    parent: Mapped[int | None] = mapped_column(Integer)
    created: Mapped[float] = mapped_column(Float)
    cause: Mapped[str] = mapped_column(Text)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    embedding: Mapped[str] = mapped_column(Text, default="")


class EarlierEndRow(CatalogBase):
    """An end of a row before its present one, in a generation that a rollback left behind."""

    __tablename__ = "earlier_ends"
    table: Mapped[str] = mapped_column(String(20), primary_key=True)
    row_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    until: Mapped[int] = mapped_column(Integer, primary_key=True)


VersionedTable = (
    type[SourceRow]
    | type[EntityRow]
    | type[NameRow]
    | type[IdentifierRow]
    | type[SplitRow]
    | type[FactRow]
    | type[DocumentRow]
)


@lru_cache(maxsize=256)
def holds(table: VersionedTable, generation: int) -> ColumnElement[bool]:
    """Return the condition under which a row of `table` belongs to a generation."""
    abandoned = _abandoned(generation)
    ended = select(EarlierEndRow.row_id).where(
        EarlierEndRow.table == table.__tablename__,
        EarlierEndRow.until <= generation,
        EarlierEndRow.until.not_in(abandoned),
    )
    return and_(
        table.since <= generation,
        table.since.not_in(abandoned),
        or_(table.until.is_(None), table.until > generation, table.until.in_(abandoned)),
        cast(table.id, String).not_in(ended),
    )


def end(
    connection: Connection,
    table: VersionedTable,
    condition: ColumnElement[bool],
    generation: int,
    parent: int | None = None,
) -> None:
    """Let the rows under a condition end with a generation: those that its parent held.

    The parent is the generation before it, but for a rollback.
    """
    ending = and_(condition, holds(table, generation - 1 if parent is None else parent))
    again = select(literal(table.__tablename__), cast(table.id, String), table.until).where(
        ending, table.until.is_not(None)
    )
    connection.execute(insert(EarlierEndRow).from_select(["table", "row_id", "until"], again))
    connection.execute(update(table).where(ending).values(until=generation))


def _abandoned(generation: int) -> Select[int]:
    """Select the earlier generations that are no ancestors of this one: a rollback left them."""
    ancestors = (
        select(GenerationRow.number, GenerationRow.parent)
        .where(GenerationRow.number == generation)
        .cte(recursive=True)
    )
    parents = aliased(GenerationRow)
    ancestors = ancestors.union_all(
        select(parents.number, parents.parent).where(parents.number == ancestors.c.parent)
    )
    known = select(literal(1)).where(GenerationRow.number == generation).exists()
    return select(GenerationRow.number).where(
        known,
        GenerationRow.number < generation,
        GenerationRow.number.not_in(select(ancestors.c.number)),
    )


def connect(url: str) -> Engine:
    """Open the database; SQLite with WAL, foreign keys, and secure deletion.

    Raises KnowledgeError where the URL names no usable database.
    """
    try:
        parsed = make_url(url)
    except Exception as error:  # sqlalchemy raises several kinds for a malformed URL
        raise KnowledgeError(
            "The database URL cannot be read.",
            where="MEDCHAT_DATABASE_URL",
            remedy="Write it as sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
        ) from error
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        pool_pre_ping=parsed.get_backend_name() != "sqlite",
        hide_parameters=True,  # an error would repeat a question, and it would be logged
    )
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "before_cursor_execute", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # on a disk that is full of work a commit may wait for seconds
    cursor.execute(f"PRAGMA busy_timeout={1000 * _PATIENCE}")
    _write_ahead(cursor)
    for pragma in (
        "foreign_keys=ON",
        "secure_delete=ON",
        "synchronous=FULL",
        "cache_size=-16384",  # KiB; with SQLite's own 2 MiB an import pages its indexes in and out
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: DBAPICursor) -> None:
    """Have SQLite keep its log of changes beside the file.

    Where two processes open a new database at once, it does not wait for the other's switch.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(
    connection: Connection,
    cursor: DBAPICursor,
    statement: str,
    parameters: object,
    context: DefaultExecutionContext | None,
    many: bool,
) -> None:
    """Open the transaction that Python's driver does not open before `WITH ... UPDATE`.

    It does so only where a statement's first word is INSERT, UPDATE or DELETE; a change led by a
    common table expression took effect at once, and stayed where the rest was never committed.
    """
    changes = context is not None and (context.isinsert or context.isupdate or context.isdelete)
    driver = connection.connection.driver_connection
    if changes and driver is not None and not driver.in_transaction:
        cursor.execute("BEGIN IMMEDIATE")
