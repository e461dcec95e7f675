"""Serve a user interface: answers, history, verdicts and the sources of citations.

    interface -> ChatService -> chat (events) · conversations and verdicts · catalog (sources)

The chat, and with it the model, is opened at the first question or by `warm_up`, and anew where
another adapter was promoted meanwhile.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from finetune import adapters
from finetune.errors import FinetuneError
from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import DocumentRow, FactSourceRow, PassageRow, holds
from knowledge.graph.catalog import SourceRow as SourceRow
from knowledge.graph.notices import read_notices, select_said
from knowledge.graph.rows import bare_id
from knowledge.index import generations
from knowledge.text.notice_flags import Said
from knowledge.text.study_designs import kind_of_evidence, name_of_kind
from medchat.answering.answer import Citation
from medchat.answering.patient.card_parts import Card
from medchat.answering.patient_state import PatientState
from medchat.answering.writer import Writer
from medchat.answering.writing_threads import WriterState
from medchat.chat import Event
from medchat.errors import MedchatError
from medchat.running_turns import RunningTurns, Turn
from medchat.storage import conversations
from medchat.storage.conversations import Conversation, StoredMessage, Verdict

CONTEXT = 700
"""At most this many characters of a passage are shown on either side of a quotation."""

_log = logging.getLogger(__name__)


class Answerer(Protocol):
    """What answers questions: `medchat.chat.Chat`."""

    @property
    def writer(self) -> Writer:
        """What writes the answers."""

    def stream(
        self, question: str, conversation: str | None = None, *, card: PatientState | None = None
    ) -> Iterator[Event]:
        """Answer one question, telling what is done on the way."""

    def read_card(self, content: bytes) -> Card:
        """Return what a patient card tells."""


@dataclass(frozen=True, slots=True)
class CitationSource:
    """Where a citation comes from: the quotation within the text around it.

    `origins` are the titles of the imports that state it. Where the knowledge base does not hold
    the quoted words any more, `present` is False and `before` and `after` are empty. `notices` is
    what registers and journals say of the document now, also where they said it after the answer.
    """

    citation: Citation
    type: str = ""
    journal: str = ""
    section: str = ""
    before: str = ""
    after: str = ""
    origins: tuple[str, ...] = ()
    present: bool = False
    retracted: bool = False
    notices: tuple[Said, ...] = ()

    def evidence_in(self, language: str) -> str:
        """Return the kind of evidence that the source is, by its type or its words."""
        text = f"{self.before}{self.citation.quote}{self.after}"
        kind = kind_of_evidence(self.type, self.citation.title, text)
        return name_of_kind(kind, "zh" if language == "zh" else "en") or self.type


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What is in force: the knowledge generation with its counts, and what writes.

    `ready` says that a question is answered at once; `answering` counts the turns that run.
    """

    generation: int | None
    counts: dict[str, int] = field(default_factory=dict)
    base: str = ""
    adapter: str | None = None
    ready: bool = False
    writer: WriterState = field(default_factory=WriterState)
    answering: int = 0


class ChatService:
    """Answers, history, verdicts and sources for the readers of one home."""

    def __init__(self, engine: Engine, home: Path, open_chat: Callable[[], Answerer]) -> None:
        self._engine = engine
        self._home = home
        self._open_chat = open_chat
        self._opening = threading.Lock()
        self._chat: Answerer | None = None
        self._promotions = ""
        self._tried: str | None = None  # promotions that a look at the state began to open
        self._turns = RunningTurns()

    def ask(
        self, question: str, conversation: str | None = None, card: PatientState | None = None
    ) -> Turn:
        """Answer one question event by event; whatever goes wrong is a MedchatError.

        A `card` takes the place of what the conversation told of its patient.

        The turn is finished and recorded even if its reader leaves.
        """
        return self._turns.begin(lambda: self._events(question, conversation, card))

    def read_card(self, content: bytes) -> Card:
        """Return what a patient card tells; nothing of it is kept here.

        Raises MedchatError where nothing of it can be read.
        """
        return self._answerer().read_card(content)

    def _events(
        self, question: str, conversation: str | None, card: PatientState | None
    ) -> Iterator[Event]:
        try:
            yield from self._answerer().stream(question, conversation, card=card)
        except (KnowledgeError, FinetuneError) as error:
            raise MedchatError(error.what, where=error.where, remedy=error.remedy) from error

    def warm_up(self) -> None:
        """Open the chat in the background, so that the first question does not wait for it."""
        threading.Thread(target=self._try_to_open, name="warm-up", daemon=True).start()

    def conversations(self, words: str = "") -> list[Conversation]:
        """Return the conversations, newest first; only those that hold all words, where given."""
        if words.strip():
            return conversations.search(self._engine, words)
        return conversations.conversations(self._engine)

    def conversation(self, id: str) -> Conversation:
        """Return one conversation. Raises MedchatError where there is none."""
        return conversations.conversation(self._engine, id)

    def messages(self, conversation: str) -> list[StoredMessage]:
        """Return a conversation's messages in order."""
        return conversations.messages(self._engine, conversation)

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title."""
        conversations.rename(self._engine, conversation, title)

    def remove(self, conversation: str) -> None:
        """Delete a conversation with all that hangs on it."""
        conversations.remove(self._engine, [conversation])

    def rate(self, message: str, verdict: Verdict, reason: str = "", comment: str = "") -> None:
        """Record a reader's verdict on an answer: a reason by name, and words of the reader."""
        combined = ": ".join(filter(None, (reason.strip(), comment.strip())))
        conversations.rate(self._engine, message, verdict, combined)

    def verdicts(self, conversation: str) -> dict[str, Verdict]:
        """Return the verdicts on a conversation's answers by message."""
        query = (
            select(conversations.FeedbackRow.message_id, conversations.FeedbackRow.verdict)
            .join(
                conversations.MessageRow,
                conversations.MessageRow.id == conversations.FeedbackRow.message_id,
            )
            .where(conversations.MessageRow.conversation_id == conversation)
            .order_by(conversations.FeedbackRow.created)
        )
        with self._engine.connect() as connection:
            return {
                id: "up" if verdict == "up" else "down" for id, verdict in connection.execute(query)
            }

    def source(self, citation: Citation) -> CitationSource:
        """Return where a citation comes from."""
        return self._fact(citation) if citation.kind == "fact" else self._passage(citation)

    def state(self) -> ServiceState:
        """Return what is in force now; an adapter that was promoted since begins to be opened."""
        outdated = self._open_promoted()
        number = generations.current(self._home)
        counts = generations.catalogue_counts(self._engine, number) if number else {}
        if self._chat is None:
            return ServiceState(number, counts)
        about, writer = self._chat.writer.about, self._chat.writer.state()
        return ServiceState(
            number,
            counts,
            about.base,
            about.adapter,
            ready=number is not None and not outdated and writer.ready and writer.able,
            writer=writer,
            answering=self._turns.count,
        )

    def _open_promoted(self) -> bool:
        """Say whether another adapter than the chat's is promoted; open it once, unasked."""
        promotions = adapters.promotions(self._home)
        if self._chat is None or promotions == self._promotions:
            return False
        if promotions != self._tried:
            self._tried = promotions
            self.warm_up()
        return True

    def _answerer(self) -> Answerer:
        """Return the chat; a new one after another adapter was promoted, or one rolled back.

        Turns that run keep the chat that they began with; its model goes with the last of them.
        """
        with self._opening:
            promotions = adapters.promotions(self._home)
            if self._chat is None or promotions != self._promotions:
                self._chat = self._open_chat()
                self._promotions = promotions
            return self._chat

    def _try_to_open(self) -> None:
        try:
            # not while the chat is opened: a model that loads for long keeps no question waiting
            self._answerer().writer.warm_up()
        except (MedchatError, KnowledgeError, FinetuneError) as error:
            # the first question tells its reader the same
            _log.warning("The chat is not ready: %s %s", error.what, error.remedy)

    def _passage(self, citation: Citation) -> CitationSource:
        number = generations.current(self._home) or 0
        query = (
            select(DocumentRow, PassageRow, holds(DocumentRow, number), SourceRow.title)
            .join(PassageRow, PassageRow.document_id == DocumentRow.id)
            .join(SourceRow, SourceRow.id == DocumentRow.source_id)
            .where(PassageRow.id == citation.id)
        )
        with Session(self._engine) as session:
            found = session.execute(query).first()
            if found is None:
                return CitationSource(citation)
            document, passage, holding, origin = found
            text = document.text[passage.start : passage.end]
            keys = {bare_id(document.id), *(document.identifiers or ())}
            told = select_said(read_notices(session.connection(), keys), keys)
            said = tuple(sorted(told, key=lambda one: (one.kind, one.by)))
            if text[citation.start : citation.end] != citation.quote:
                retracted = document.retracted
                return CitationSource(
                    citation, origins=(origin,), retracted=retracted, notices=said
                )
            return CitationSource(
                citation,
                type=document.type,
                journal=document.journal,
                section=passage.section,
                before=_end_of(text[: citation.start]),
                after=_beginning_of(text[citation.end :]),
                origins=(origin,),
                present=bool(holding),
                retracted=document.retracted,
                notices=said,
            )

    def _fact(self, citation: Citation) -> CitationSource:
        query = (
            select(SourceRow.title)
            .join(FactSourceRow, FactSourceRow.source_id == SourceRow.id)
            .where(FactSourceRow.fact_id.in_(citation.facts))
            .distinct()
            .order_by(SourceRow.title)
        )
        with self._engine.connect() as connection:
            origins = tuple(connection.scalars(query))
        return CitationSource(citation, origins=origins, present=bool(origins))


def _end_of(text: str) -> str:
    return text if len(text) <= CONTEXT else "…" + text[-CONTEXT:]


def _beginning_of(text: str) -> str:
    return text if len(text) <= CONTEXT else text[:CONTEXT] + "…"
