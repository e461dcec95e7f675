"""Hold what one open page shows, and read what its script reports."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from medchat.answering.patient_state import PatientState
from ui.text import PageText, page_text

MAX_QUESTION = 2000
"""A question has at most this many characters."""

MAX_CARD = 1_000_000
"""A patient card has at most this many."""


@dataclass(slots=True)
class Turn:
    """A question on its way; `stopped` where its reader gave it up.

    `stop` ends the work on it; until the work begins there is nothing to end.
    """

    question: str
    running: bool = False
    stopped: bool = False
    stop: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Session:
    """What one open page shows now."""

    language: str = "en"
    conversation: str | None = None
    cited: tuple[str, int] | None = None
    searched: str = ""
    card: PatientState | None = None  # for the next question, which records it with its answer
    turn: Turn | None = None  # none where the reader looks at something else meanwhile

    @property
    def words(self) -> PageText:
        """Return the words of the session's language."""
        return page_text(self.language)

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
            given = json.loads(text)
        except ValueError:
            return cls("")
        if not isinstance(given, dict):
            return cls("")
        texts = {key: given.get(key) for key in ("do", "id", "text", "reason")}
        n = given.get("n")
        longest = MAX_CARD if given.get("do") == "card" else MAX_QUESTION
        return cls(
            **{
                key: value[:longest] if isinstance(value, str) else ""
                for key, value in texts.items()
            },
            n=n if isinstance(n, int) else 0,
        )
