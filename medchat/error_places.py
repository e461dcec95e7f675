"""Say of an error what a log may hold: its class and where it was raised, never its words.

    error -> place_of -> "ValueError in parse (file.py:12)"; keep_words_out() for a whole process

The words of an error may repeat a question, and with it what is known of a patient.
"""

import logging
import sys
import threading
import traceback

_log = logging.getLogger(__name__)


def place_of(error: BaseException) -> str:
    """Return the class of an error with the file, line and function that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    name = type(error).__name__
    if not frames:
        return name
    last = frames[-1]
    return f"{name} in {last.name} ({last.filename}:{last.lineno})"


class PlaceFormatter(logging.Formatter):
    """Formats a record as one line; of an error, only its class and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the first line of the message: asyncio tells an error's words in the next."""
        told = (record.getMessage().splitlines() or [""])[0]
        error = record.exc_info[1] if record.exc_info else None
        place = f" {place_of(error)}" if error is not None else ""
        return f"{record.levelname} {record.name}: {told}{place}"


def keep_words_out() -> None:
    """Have this process log errors by class and place alone, whichever library logs them.

    Gradio prints tracebacks by `traceback.print_exc`, which is replaced for that reason.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(PlaceFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    traceback.print_exc = _log_current
    threading.excepthook = _log_of_thread


def _log_current(*_: object, **__: object) -> None:
    error = sys.exc_info()[1]
    if error is not None:
        _log.error("A request failed: %s", place_of(error))


def _log_of_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        _log.error("A thread failed: %s", place_of(told.exc_value))
