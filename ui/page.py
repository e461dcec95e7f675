"""What one reader's page does: each method is an event and returns the parts of the page to change.

    load · ask · signal (a click the script reports) · language · search -> Parts

It holds the desk and asks it; it knows no Gradio. A value is the text of a part, a mapping sets
properties of a part. Strings that come from the browser are checked here.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from medchat.chat import Done, Event, Piece, Status
from medchat.errors import MedchatError
from medchat.service import Desk
from medchat.storage.conversations import Verdict
from ui import chat_view, evidence, history
from ui.safe_html import button, safe
from ui.text import LANGUAGES, Words, preferred, speak

Parts = dict[str, str | Mapping[str, object]]

MOST = 2000
"""A question has at most this many characters."""

_PAUSE = 0.15
"""Seconds between two pictures of a draft; more often is no smoother."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """A question on its way; `stopped` where its reader gave it up."""

    question: str
    running: bool = False
    stopped: bool = False


@dataclass(slots=True)
class Session:
    """What one open page shows now."""

    language: str = "en"
    conversation: str | None = None
    cited: tuple[str, int] | None = None
    searched: str = ""
    turn: Turn | None = None  # none where the reader looks at something else meanwhile

    @property
    def words(self) -> Words:
        """Return the words of the session's language."""
        return speak(self.language)

    @property
    def busy(self) -> bool:
        """Say whether a question is being answered."""
        return self.turn is not None and self.turn.running and not self.turn.stopped

    def awaits(self, turn: Turn) -> bool:
        """Say whether the reader still waits for this turn, here."""
        return turn is self.turn and not turn.stopped


@dataclass(frozen=True, slots=True)
class Signal:
    """A click within a part: what to do, with which conversation or answer."""

    do: str
    id: str = ""
    text: str = ""
    reason: str = ""
    n: int = 0

    @classmethod
    def of(cls, text: str) -> "Signal":
        """Read what the script wrote; anything else is a signal to do nothing."""
        try:
            told = json.loads(text)
        except ValueError:
            return cls("")
        if not isinstance(told, dict):
            return cls("")
        given = {key: told.get(key) for key in ("do", "id", "text", "reason")}
        n = told.get("n")
        return cls(
            **{key: value[:MOST] if isinstance(value, str) else "" for key, value in given.items()},
            n=n if isinstance(n, int) else 0,
        )


@dataclass(frozen=True)
class Page:
    """The events of a page over one desk."""

    desk: Desk
    clock: Callable[[], float] = field(default=time.monotonic)

    def load(self, session: Session, query: Mapping[str, str], accepted: str) -> Parts:
        """Show the page as its address asks: its language and its conversation."""
        asked = query.get("lang", "")
        session.language = asked if asked in LANGUAGES else preferred(accepted)
        session.conversation = self._known(query.get("c", ""))
        return self._everything(session)

    def speak(self, session: Session, language: str) -> Parts:
        """Show the whole page in another language."""
        session.language = language if language in LANGUAGES else session.language
        return self._everything(session)

    def find(self, session: Session, words: str) -> Parts:
        """List the conversations that hold these words."""
        session.searched = words[:MOST]
        return self._listing(session)

    def begin(self, session: Session, question: str) -> Parts:
        """Take a question; what is being answered is answered first."""
        text = question.strip()[:MOST]
        if session.busy or not text:
            return {}
        session.turn = Turn(text)
        return {
            "box": "",
            "live": chat_view.live(text, "wait", "", session.words),
            **({} if session.conversation else {"transcript": ""}),
            **_buttons(busy=True),
        }

    def answer(self, session: Session) -> Iterator[Parts]:
        """Answer the question that was taken, showing how far it is."""
        turn = session.turn
        if turn is None or turn.running:
            return
        turn.running = True
        events = self.desk.ask(turn.question, session.conversation)
        try:
            yield from self._shown(session, turn, events)
        except MedchatError as error:
            if session.awaits(turn):
                yield self._ended(session, turn, " ".join(filter(None, (error.what, error.remedy))))
        except GeneratorExit:
            if not turn.stopped:
                # the browser has gone; the answer is finished and recorded all the same
                threading.Thread(target=_finish, args=(events,), daemon=True).start()
            raise
        except Exception:
            # the border: whatever it is, the reader is told and the page stays usable
            _log.exception("a question was not answered")
            if session.awaits(turn):
                yield self._ended(session, turn, session.words("failed"))
        finally:
            turn.running = False

    def stop(self, session: Session) -> Parts:
        """Give up the question that is being answered; its answer ends at its next event."""
        turn = session.turn
        if turn is None:
            return _buttons(busy=False)
        turn.stopped = True
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
                "live": chat_view.notice(error.what, "", session.words),
            }

    def _shown(self, session: Session, turn: Turn, events: Iterator[Event]) -> Iterator[Parts]:
        step, draft, shown = "understand", "", 0.0
        for event in events:
            if turn.stopped and not isinstance(event, Done):
                if turn is session.turn:
                    # told again: a draft on its way when the reader stopped it may arrive after
                    yield self._ended(session, turn, session.words("stopped"))
                return
            if isinstance(event, Done):
                if session.awaits(turn):
                    session.conversation = event.answer.conversation
                    yield {**self._conversation(session), **_buttons(busy=False)}
                yield self._listing(session)
                return
            if isinstance(event, Status):
                step = event.step
            elif isinstance(event, Piece):
                draft += event.text
            if session.awaits(turn) and (
                isinstance(event, Status) or self.clock() - shown > _PAUSE
            ):
                shown = self.clock()
                yield {"live": chat_view.live(turn.question, step, draft, session.words)}

    def _ended(self, session: Session, turn: Turn, told: str) -> Parts:
        words = session.words
        return {"live": chat_view.notice(told, turn.question, words), **_buttons(busy=False)}

    def _show(self, session: Session, conversation: str | None) -> Parts:
        session.turn = None  # what is being answered there is finished and recorded all the same
        session.conversation, session.cited = conversation, None
        return {
            **self._conversation(session),
            **self._listing(session),
            "panel": evidence.hint(session.words),
            **_buttons(busy=False),
        }

    def _rename(self, session: Session, signal: Signal) -> Parts:
        self.desk.rename(signal.id, signal.text)
        return {**self._listing(session), **self._place(session)}

    def _delete(self, session: Session, signal: Signal) -> Parts:
        self.desk.remove(signal.id)
        if signal.id != session.conversation:
            return self._listing(session)
        shown = self._show(session, None)
        return {**shown, "live": chat_view.notice(session.words("deleted"), "", session.words)}

    def _cite(self, session: Session, signal: Signal) -> Parts:
        session.cited = (signal.id, signal.n)
        return self._panel(session)

    def _close(self, session: Session, signal: Signal) -> Parts:
        session.cited = None
        return self._panel(session)

    def _rate(self, session: Session, signal: Signal) -> Parts:
        verdict: Verdict = "up" if signal.text == "up" else "down"
        reason, _, comment = signal.reason.partition(":")
        self.desk.rate(signal.id, verdict, reason if reason in chat_view.REASONS else "", comment)
        return self._conversation(session)

    def _known(self, id: str) -> str | None:
        try:
            return self.desk.conversation(id).id if id else None
        except MedchatError:
            return None

    def _everything(self, session: Session) -> Parts:
        words = session.words
        parts: Parts = {
            "brand": _brand(words),
            "top": _top(words),
            "foot": f"<p>{safe(words('standing'))} {safe(words('check'))}</p>",
            "keys": f"<p>{safe(words('keys'))}</p>",
            "base": self._base(words),
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
        shown = chat_view.welcome(words)
        if session.conversation:
            messages = self.desk.messages(session.conversation)
            verdicts = self.desk.verdicts(session.conversation)
            shown = chat_view.transcript(messages, verdicts, words)
        return {"transcript": shown, "live": "", **self._place(session)}

    def _listing(self, session: Session) -> Parts:
        found = self.desk.conversations(session.searched)
        searching = bool(session.searched.strip())
        listed = history.listing(found, session.conversation, session.words, searching=searching)
        return {"history": listed}

    def _panel(self, session: Session) -> Parts:
        if session.cited is None or session.conversation is None:
            return {"panel": evidence.hint(session.words)}
        id, n = session.cited
        for message in self.desk.messages(session.conversation):
            if message.id == id and message.answer is not None:
                sources = [self.desk.source(citation) for citation in message.answer.citations]
                return {"panel": evidence.panel(sources, n, session.words)}
        return {"panel": evidence.hint(session.words)}

    def _place(self, session: Session) -> Parts:
        """Return what the script reads: where the page is, and the words that it says itself."""
        words = session.words
        title = self.desk.conversation(session.conversation).title if session.conversation else ""
        said = "".join(
            f'<span id="say-{key}">{safe(words(key))}</span>'
            for key in ("history", "answer", "sources", "copied", "delete_sure", "page", "question")
        )
        return {
            "place": f'<div><span id="place" lang="{session.language}" class="'
            f'c-{safe(session.conversation or "")}">{safe(title)}</span>{said}</div>'
        }

    def _base(self, words: Words) -> str:
        standing = self.desk.standing()
        if standing.generation is None:
            return f'<p class="base">{safe(words("no_knowledge"))}</p>'
        counts = {key: f"{count:,}" for key, count in standing.counts.items()}
        return (
            f'<p class="base"><strong>{safe(words("knowledge"))}</strong> '
            f"{safe(words('generation', number=standing.generation))}<br>"
            f"{safe(words('counts', **counts))}</p>"
        )


def _brand(words: Words) -> str:
    return (
        f'<header class="brand"><span class="logo"></span><div><h1>{safe(words("page"))}</h1>'
        f"<p>{safe(words('tagline'))}</p></div></header>"
    )


def _top(words: Words) -> str:
    return (
        f'<div class="top">{button("menu", "☰", kind="quiet", says=words("menu"))}'
        f'<p class="name"><span class="logo"></span>{safe(words("page"))}</p>'
        f"{button('appearance', '◐', kind='quiet', says=words('appearance'))}</div>"
    )


def _buttons(*, busy: bool) -> Parts:
    return {"ask": {"visible": not busy}, "stop": {"visible": busy}}


def _finish(events: Iterator[Event]) -> None:
    try:
        for _ in events:
            pass
    except Exception:
        # nobody is there to be told
        _log.exception("a question was not answered after its reader left")
