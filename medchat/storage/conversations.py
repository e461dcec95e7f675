"""Store what was asked and answered: conversations, messages, citations, feedback.

answer -> message with its citations -> list, search, export, delete
"""

import hashlib
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Engine,
    Float,
    ForeignKey,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from medchat.answering.answer import (
    Alert,
    Answer,
    CalculationResult,
    Citation,
    Model,
    Sentence,
)
from medchat.answering.patient_state import PatientState
from medchat.errors import MedchatError

Verdict = Literal["up", "down"]
TITLE_LENGTH = 80


class StorageBase(DeclarativeBase):
    """The metadata of medchat's own tables."""


class ConversationRow(StorageBase):
    """One conversation; times are seconds since 1970."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    created: Mapped[float] = mapped_column(Float)
    updated: Mapped[float] = mapped_column(Float, index=True)


class MessageRow(StorageBase):
    """One question or answer, in its place within the conversation."""

    __tablename__ = "messages"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    created: Mapped[float] = mapped_column(Float)
    generation: Mapped[int | None] = mapped_column(Integer, default=None)
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    sentences: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    base: Mapped[str] = mapped_column(Text, default="")
    adapter: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)
    abstained: Mapped[bool] = mapped_column(Boolean, default=False)
    alerts: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    calculations: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    patient: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    dropped: Mapped[int] = mapped_column(Integer, default=0)
    citations: Mapped[list["CitationRow"]] = relationship(
        order_by="CitationRow.n", passive_deletes=True
    )
    __table_args__ = (UniqueConstraint("conversation_id", "position", name="messages_in_order"),)


class CitationRow(StorageBase):
    """One numbered citation of an answer, with the words it quotes and their SHA-256."""

    __tablename__ = "citations"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    message_id: Mapped[str] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), index=True
    )
    n: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    evidence_id: Mapped[str] = mapped_column(String(140), index=True)
    title: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(Integer, default=None)
    quote: Mapped[str] = mapped_column(Text)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    facts: Mapped[list[str]] = mapped_column(JSON, default=list)
    sha256: Mapped[str] = mapped_column(String(64))


class FeedbackRow(StorageBase):
    """One reader's verdict on an answer; `approved` is the curator's, None while it waits."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    message_id: Mapped[str] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), index=True
    )
    verdict: Mapped[str] = mapped_column(String(4))
    reason: Mapped[str] = mapped_column(Text, default="")
    correction: Mapped[str] = mapped_column(Text, default="")
    approved: Mapped[bool | None] = mapped_column(Boolean, default=None)
    created: Mapped[float] = mapped_column(Float)
    __table_args__ = (CheckConstraint("verdict IN ('up', 'down')", name="feedback_verdict"),)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in a list: how many messages, and when the last one came."""

    id: str
    title: str
    created: float
    updated: float
    messages: int


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One question, or one answer with all that it stood on."""

    id: str
    role: Literal["user", "assistant"]
    text: str
    language: str
    created: float
    answer: Answer | None = None


def add(
    engine: Engine,
    conversation: str | None,
    question: str,
    answer: Answer,
    title: str | None = None,
) -> tuple[str, str]:
    """Record a question and its answer in one transaction.

    Without a conversation a new one begins, titled by `title`, else by the question. Returns the
    ids of the conversation and of the answer.
    """
    now = time.time()
    with Session(engine) as session, session.begin():
        row = _locked_conversation(session, conversation, title or question, now)
        last = session.scalar(
            select(func.max(MessageRow.position)).where(MessageRow.conversation_id == row.id)
        )
        asked = MessageRow(
            id=uuid.uuid4().hex,
            conversation_id=row.id,
            position=(last or 0) + 1,
            role="user",
            text=question,
            language=answer.language,
            created=now,
        )
        answered = _answer_row(row.id, asked.position + 1, answer, now)
        row.updated = now
        session.add_all((asked, answered))
        session.flush()
        session.add_all(_citation_row(answered.id, citation) for citation in answer.citations)
        return row.id, answered.id


def conversations(engine: Engine, *, limit: int = 50, offset: int = 0) -> list[Conversation]:
    """Return the conversations, the one used last first."""
    return _listed(engine, _counted().limit(limit).offset(offset))


def search(engine: Engine, words: str, *, limit: int = 50) -> list[Conversation]:
    """Return the conversations whose title or messages hold every word, newest first."""
    query = _counted()
    for word in words.split():
        within = select(MessageRow.conversation_id).where(
            MessageRow.text.icontains(word, autoescape=True)
        )
        title: ColumnElement[bool] = ConversationRow.title.icontains(word, autoescape=True)
        query = query.where(or_(title, ConversationRow.id.in_(within)))
    return _listed(engine, query.limit(limit))


def conversation(engine: Engine, id: str) -> Conversation:
    """Return one conversation by its id or the only beginning of an id that fits."""
    found = _listed(engine, _counted().where(ConversationRow.id.startswith(id, autoescape=True)))
    if not id or len(found) != 1:
        raise _unknown(id)
    return found[0]


def messages(engine: Engine, conversation: str) -> list[StoredMessage]:
    """Return a conversation's messages in order, answers with their citations."""
    query = (
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation)
        .order_by(MessageRow.position)
    )
    with Session(engine) as session:
        return [_message(row) for row in session.scalars(query)]


def rename(engine: Engine, id: str, title: str) -> None:
    """Give a conversation another title."""
    kept = _title(title)
    if not kept:
        raise MedchatError("A title cannot be empty.", remedy="Write one or more words.")
    with Session(engine) as session, session.begin():
        row = session.get(ConversationRow, id)
        if row is None:
            raise _unknown(id)
        row.title = kept


def remove(engine: Engine, ids: Iterable[str]) -> int:
    """Delete conversations with their messages and feedback, from the file too; return how many."""
    wanted = list(ids)
    with Session(engine) as session, session.begin():
        gone = session.scalars(
            delete(ConversationRow)
            .where(ConversationRow.id.in_(wanted))
            .returning(ConversationRow.id)
        ).all()
    if engine.dialect.name == "sqlite":
        # secure_delete overwrites the pages; the write-ahead log still holds the old ones
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return len(gone)


def rate(
    engine: Engine, message: str, verdict: Verdict, reason: str = "", correction: str = ""
) -> str:
    """Record what a reader thinks of an answer, in place of what was recorded before."""
    if verdict not in ("up", "down"):
        raise MedchatError(f"{verdict!r} is no verdict.", remedy="Use up or down.")
    row = FeedbackRow(
        id=uuid.uuid4().hex,
        message_id=message,
        verdict=verdict,
        reason=reason.strip(),
        correction=correction.strip(),
        created=time.time(),
    )
    with Session(engine) as session, session.begin():
        answered = session.get(MessageRow, message)
        if answered is None or answered.role != "assistant":
            raise MedchatError(f"There is no answer {message!r}.", remedy="Use an answer's id.")
        session.execute(
            delete(FeedbackRow).where(
                FeedbackRow.message_id == message, FeedbackRow.approved.is_(None)
            )
        )
        session.add(row)
        return row.id


def approve(engine: Engine, ids: Sequence[str], *, approved: bool = True) -> int:
    """Set the curator's verdict on feedback; return how many rows it touched."""
    changed = (
        update(FeedbackRow)
        .where(FeedbackRow.id.in_(ids))
        .values(approved=approved)
        .returning(FeedbackRow.id)
    )
    with Session(engine) as session, session.begin():
        return len(session.scalars(changed).all())


def _locked_conversation(
    session: Session, id: str | None, title: str, now: float
) -> ConversationRow:
    """Return the conversation, locked against a second answer, or a new one."""
    if id is not None:
        row = session.get(ConversationRow, id, with_for_update=True)
        if row is None:
            raise _unknown(id)
        return row
    begun = ConversationRow(id=uuid.uuid4().hex, title=_title(title), created=now, updated=now)
    session.add(begun)
    session.flush()
    return begun


def _answer_row(conversation: str, position: int, answer: Answer, now: float) -> MessageRow:
    return MessageRow(
        id=uuid.uuid4().hex,
        conversation_id=conversation,
        position=position,
        role="assistant",
        text=answer.text,
        language=answer.language,
        created=now,
        generation=answer.generation,
        evidence=list(answer.evidence),
        sentences=[asdict(sentence) for sentence in answer.sentences],
        base=answer.model.base,
        adapter=answer.model.adapter or "",
        note=answer.model.note,
        seconds=answer.seconds,
        abstained=answer.abstained,
        alerts=[asdict(alert) for alert in answer.alerts],
        calculations=[asdict(each) for each in answer.calculations],
        patient={**answer.patient.document(), **({"about": answer.about} if answer.about else {})},
        dropped=answer.dropped,
    )


def _citation_row(message: str, citation: Citation) -> CitationRow:
    return CitationRow(
        message_id=message,
        n=citation.n,
        kind=citation.kind,
        evidence_id=citation.id,
        title=citation.title,
        year=citation.year,
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        facts=list(citation.facts),
        sha256=hashlib.sha256(citation.quote.encode()).hexdigest(),
    )


def _message(row: MessageRow) -> StoredMessage:
    if row.role == "user":
        return StoredMessage(row.id, "user", row.text, row.language, row.created)
    return StoredMessage(row.id, "assistant", row.text, row.language, row.created, _answer(row))


def _answer(row: MessageRow) -> Answer:
    return Answer(
        text=row.text,
        language="zh" if row.language == "zh" else "en",
        sentences=tuple(Sentence.of(sentence) for sentence in row.sentences),
        citations=tuple(_citation(citation) for citation in row.citations),
        abstained=row.abstained,
        model=Model(row.base, row.adapter or None, row.note),
        generation=row.generation,
        evidence=tuple(row.evidence),
        conversation=row.conversation_id,
        message=row.id,
        seconds=dict(row.seconds),
        alerts=tuple(Alert.of(alert) for alert in row.alerts),
        calculations=tuple(CalculationResult.of(each) for each in row.calculations),
        patient=PatientState.of(row.patient),
        about=str(row.patient.get("about", "")),
        dropped=row.dropped,
    )


def _citation(row: CitationRow) -> Citation:
    return Citation(
        n=row.n,
        kind="fact" if row.kind == "fact" else "passage",
        id=row.evidence_id,
        title=row.title,
        year=row.year,
        quote=row.quote,
        start=row.start,
        end=row.end,
        facts=tuple(row.facts),
    )


def _counted() -> Select[ConversationRow, int]:
    count = (
        select(func.count(MessageRow.id))
        .where(MessageRow.conversation_id == ConversationRow.id)
        .correlate(ConversationRow)
        .scalar_subquery()
    )
    return select(ConversationRow, count).order_by(
        ConversationRow.updated.desc(), ConversationRow.id
    )


def _listed(engine: Engine, query: Select[ConversationRow, int]) -> list[Conversation]:
    with Session(engine) as session:
        return [
            Conversation(row.id, row.title, row.created, row.updated, count)
            for row, count in session.execute(query)
        ]


def _title(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def _unknown(id: str) -> MedchatError:
    return MedchatError(
        f"There is no conversation {id!r}, or several begin like that.",
        remedy="List them with medchat history list.",
    )
