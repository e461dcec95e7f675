"""Handle the events of one page: each method returns the parts of the page to change.

    load · ask · signal (a click the script reports) · language · search -> Parts

It calls the service and imports no Gradio. A value is the text of a part, a mapping sets
properties of a part. Strings that come from the browser are checked here.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from medchat.chat import Done, DraftPiece, Event, Status
from medchat.error_places import place_of
from medchat.errors import MedchatError
from medchat.service import ChatService
from medchat.storage.conversations import Verdict
from ui import conversation_pane, evidence_pane, frame, history_pane, patient_pane
from ui.safe_html import safe
from ui.session import MAX_CARD, MAX_QUESTION, Session, Signal, Turn
from ui.text import LANGUAGES, preferred_language

Parts = dict[str, str | Mapping[str, object]]

_PAUSE = 0.15
"""Seconds between two pictures of a draft; more often is no smoother."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """The events of a page over one service."""

    service: ChatService
    clock: Callable[[], float] = field(default=time.monotonic)

    def load(self, session: Session, query: Mapping[str, str], accepted: str) -> Parts:
        """Show the page as its address asks: its language and its conversation."""
        asked = query.get("lang", "")
        session.language = asked if asked in LANGUAGES else preferred_language(accepted)
        session.conversation = self._known(query.get("c", ""))
        return self._everything(session)

    def set_language(self, session: Session, language: str) -> Parts:
        """Show the whole page in another language."""
        session.language = language if language in LANGUAGES else session.language
        return self._everything(session)

    def find(self, session: Session, words: str) -> Parts:
        """List the conversations that hold these words."""
        session.searched = words[:MAX_QUESTION]
        return self._listing(session)

    def begin(self, session: Session, question: str) -> Parts:
        """Take a question; what is being answered is answered first."""
        text = question.strip()[:MAX_QUESTION]
        if session.busy or not text:
            return {}
        session.turn = Turn(text)
        return {
            "box": "",
            "live": conversation_pane.live(text, "wait", "", session.words),
            **({} if session.conversation else {"transcript": ""}),
            **_buttons(busy=True),
        }

    def answer(self, session: Session) -> Iterator[Parts]:
        """Answer the question that was taken, showing how far it is."""
        turn = session.turn
        if turn is None or turn.running:
            return
        turn.running = True
        events = None
        try:
            events = self.service.ask(turn.question, session.conversation, session.card)
            turn.stop = events.stop
            yield from self._shown(session, turn, events)
        except MedchatError as error:
            if session.awaits(turn):
                yield self._ended(session, turn, " ".join(filter(None, (error.what, error.remedy))))
        except Exception as error:
            # the border: whatever it is, the reader is told and the page stays usable
            _log.error("A question was not answered: %s", place_of(error))
            if session.awaits(turn):
                yield self._ended(session, turn, session.words("failed"))
        finally:
            turn.running = False
            if events is not None and not turn.stopped:
                # where the browser has gone, the answer is finished and recorded all the same
                events.leave()

    def stop(self, session: Session) -> Parts:
        """Give up the question that is being answered; its answer ends at its next event."""
        turn = session.turn
        if turn is None:
            return _buttons(busy=False)
        turn.stopped = True
        turn.stop()
        return self._ended(session, turn, session.words("stopped"))

    def new(self, session: Session) -> Parts:
        """Begin a new conversation."""
        return self._show(session, None)

    def signal(self, session: Session, text: str) -> Parts:
        """Do what a click within a part asks for."""
        signal = Signal.of(text)
        acts: dict[str, Callable[[Session, Signal], Parts]] = {
            "open": lambda session, signal: self._show(session, self._known(signal.id)),
            "rename": self._rename,
            "delete": self._delete,
            "cite": self._cite,
            "close": self._close,
            "rate": self._rate,
            "card": self._card,
        }
        act = acts.get(signal.do)
        if act is None:
            return {}
        try:
            return act(session, signal)
        except MedchatError as error:
            # what another page deleted meanwhile
            return {
                **self._listing(session),
                "live": conversation_pane.notice(error.what, "", session.words),
            }

    def _shown(self, session: Session, turn: Turn, events: Iterator[Event]) -> Iterator[Parts]:
        step, draft, shown = "understand", "", 0.0
        for event in events:
            if turn.stopped:
                break
            if isinstance(event, Done):
                if session.awaits(turn):
                    session.conversation, session.card = event.answer.conversation, None
                    yield {**self._conversation(session), **_buttons(busy=False)}
                yield self._listing(session)
                return
            if isinstance(event, Status):
                step = event.step
            elif isinstance(event, DraftPiece):
                draft += event.text
            if session.awaits(turn) and (
                isinstance(event, Status) or self.clock() - shown > _PAUSE
            ):
                shown = self.clock()
                yield {"live": conversation_pane.live(turn.question, step, draft, session.words)}
        if turn.stopped and turn is session.turn:
            # sent again: a draft on its way when the reader stopped it may arrive after
            yield self._ended(session, turn, session.words("stopped"))

    def _ended(self, session: Session, turn: Turn, reason: str) -> Parts:
        words = session.words
        return {
            "live": conversation_pane.notice(reason, turn.question, words),
            **_buttons(busy=False),
        }

    def _show(self, session: Session, conversation: str | None) -> Parts:
        session.turn = None  # what is being answered there is finished and recorded all the same
        session.conversation, session.cited = conversation, None
        return {
            **self._conversation(session),
            **self._listing(session),
            "panel": evidence_pane.hint(session.words),
            **_buttons(busy=False),
        }

    def _rename(self, session: Session, signal: Signal) -> Parts:
        self.service.rename(signal.id, signal.text)
        return {**self._listing(session), **self._place(session)}

    def _delete(self, session: Session, signal: Signal) -> Parts:
        self.service.remove(signal.id)
        if signal.id != session.conversation:
            return self._listing(session)
        shown = self._show(session, None)
        return {
            **shown,
            "live": conversation_pane.notice(session.words("deleted"), "", session.words),
        }

    def _cite(self, session: Session, signal: Signal) -> Parts:
        session.cited = (signal.id, signal.n)
        return self._panel(session)

    def _close(self, session: Session, signal: Signal) -> Parts:
        session.cited = None
        return self._panel(session)

    def _rate(self, session: Session, signal: Signal) -> Parts:
        verdict: Verdict = "up" if signal.text == "up" else "down"
        reason, _, comment = signal.reason.partition(":")
        if reason == conversation_pane.OVERRIDE and not comment.strip():
            return self._conversation(session)  # an alert is set aside for a reason, or not at all
        self.service.rate(
            signal.id, verdict, reason if reason in conversation_pane.REASONS else "", comment
        )
        return self._conversation(session)

    def _card(self, session: Session, signal: Signal) -> Parts:
        """Take a patient card for the next question, and say what of it was read."""
        session.card = None
        if signal.n > MAX_CARD:
            return {"card": patient_pane.card(session.words, session.words("card_large"))}
        try:
            card = self.service.read_card(signal.text.encode())
        except MedchatError as error:
            return {"card": patient_pane.card(session.words, f"{error.what} {error.remedy}")}
        session.card = card.state
        said = card.note("zh" if session.language == "zh" else "en")
        return {"card": patient_pane.card(session.words, said)}

    def _known(self, id: str) -> str | None:
        try:
            return self.service.conversation(id).id if id else None
        except MedchatError:
            return None

    def _everything(self, session: Session) -> Parts:
        words = session.words
        parts: Parts = {
            "brand": frame.brand(words),
            "top": frame.top(words),
            "card": patient_pane.card(words),
            "foot": frame.notes(words),
            "keys": f"<p>{safe(words('keys'))}</p>",
            "base": frame.base(self.service.state(), words),
            "new": {"value": words("new")},
            "search": {"label": words("search"), "placeholder": words("search_hint")},
            "box": {"label": words("question"), "placeholder": words("question_hint")},
            "ask": {"value": words("ask")},
            "stop": {"value": words("stop")},
            "language": {"label": words("language"), "value": session.language},
            **self._listing(session),
            **self._panel(session),
        }
        if not session.busy:
            parts |= self._conversation(session)
        return parts

    def _conversation(self, session: Session) -> Parts:
        words = session.words
        shown = conversation_pane.welcome(words)
        if session.conversation:
            messages = self.service.messages(session.conversation)
            verdicts = self.service.verdicts(session.conversation)
            shown = conversation_pane.transcript(messages, verdicts, words)
        return {"transcript": shown, "live": "", **self._place(session)}

    def _listing(self, session: Session) -> Parts:
        found = self.service.conversations(session.searched)
        searching = bool(session.searched.strip())
        listed = history_pane.listing(
            found, session.conversation, session.words, searching=searching
        )
        return {"history": listed}

    def _panel(self, session: Session) -> Parts:
        if session.cited is None or session.conversation is None:
            return {"panel": evidence_pane.hint(session.words)}
        id, n = session.cited
        for message in self.service.messages(session.conversation):
            if message.id == id and message.answer is not None:
                sources = [self.service.source(citation) for citation in message.answer.citations]
                return {"panel": evidence_pane.panel(sources, n, session.words)}
        return {"panel": evidence_pane.hint(session.words)}

    def _place(self, session: Session) -> Parts:
        """Return what the script reads: where the page is, and the words that it says itself."""
        words = session.words
        title = (
            self.service.conversation(session.conversation).title if session.conversation else ""
        )
        said = "".join(
            f'<span id="say-{key}">{safe(words(key))}</span>'
            for key in ("history", "answer", "sources", "copied", "delete_sure", "page", "question")
        )
        return {
            "place": f'<div><span id="place" lang="{session.language}" class="'
            f'c-{safe(session.conversation or "")}">{safe(title)}</span>{said}</div>'
        }


def _buttons(*, busy: bool) -> Parts:
    return {"ask": {"visible": not busy}, "stop": {"visible": busy}}
