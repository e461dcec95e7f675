"""Keep a server's chat warm: read what a new generation needs before somebody asks it.

chat -> newest generation, looked at now and then -> changed? -> chat.warm_up()
"""

import threading
import weakref

from sqlalchemy.exc import SQLAlchemyError

from knowledge.errors import KnowledgeError
from medchat.chat import Chat
from medchat.errors import MedchatError

PAUSE = 3.0
"""Seconds between two looks."""


def keep_warm(chat: Chat, pause: float = PAUSE) -> threading.Thread:
    """Warm a chat in the background after every change of the base, as long as it is in use."""
    thread = threading.Thread(
        target=_follow, args=(weakref.ref(chat), pause), name="keep-warm", daemon=True
    )
    thread.start()
    return thread


def _follow(known: "weakref.ref[Chat]", pause: float) -> None:
    waiting = threading.Event()
    last: int | None = None
    while (chat := known()) is not None:
        try:
            generation = chat.search().generation
            if last is not None and generation != last:
                chat.warm_up()
            last = generation
        except (KnowledgeError, MedchatError):
            pass  # there is no knowledge now; whoever asks is told
        except (SQLAlchemyError, OSError):
            return  # the database is closed, or gone
        del chat
        waiting.wait(pause)
