"""Ask an OpenAI-compatible server for chat completions, with retries and replies kept on disk.

    rules + text -> reply kept from before | request, tried again -> reply

A reply is kept as soon as it comes, so that a run that was killed goes on without asking again.
"""

import hashlib
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.errors import KnowledgeError

_ATTEMPTS = 4
_MOST_FAILURES = 20
"""After so many requests in a row that failed for good, the run ends: the server is not there."""

_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_LARGEST_REPLY = 1 << 20


class TeacherError(Exception):
    """The server gave no usable reply to one request; the text says why."""


@dataclass(frozen=True, slots=True)
class TeacherOptions:
    """Where the teacher is, in which file its replies are kept, and how patiently it is asked."""

    url: str
    model: str
    replies: Path
    key: str = field(default="", repr=False)
    timeout: float = 60.0
    parallel: int = 8
    wait: float = 0.5
    """Seconds before the first retry; each further one waits twice as long."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise KnowledgeError(
                f"{self.url!r} is no address of a server.",
                where="--teacher",
                remedy="Give one such as http://127.0.0.1:8080/v1.",
            )
        if not self.model:
            raise KnowledgeError(
                "The teacher's model is not named.",
                where="--teacher-model",
                remedy="Name a model that the server offers.",
            )


class TeacherServer:
    """Gives the replies of a server; safe to call from several threads."""

    def __init__(self, options: TeacherOptions) -> None:
        self.options = options
        self.asked = 0
        self.tokens = 0
        self._cache = _ReplyCache(options.replies)
        self._failures = 0
        self._counts = threading.Lock()

    def reply(self, rules: str, sentences: Sequence[str]) -> str:
        """Return the reply about some sentences, kept or asked for. Raises TeacherError."""
        parts = (self.options.model, rules, *sentences)
        key = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        reply = self._cache.get(key)
        if reply is None:
            reply = self._ask(rules, json.dumps(list(sentences), ensure_ascii=False))
            self._cache.put(key, reply)
        return reply

    def raise_if_gone(self) -> None:
        """Raise KnowledgeError where the server failed so often that it is not there."""
        if self._failures >= _MOST_FAILURES:
            raise KnowledgeError(
                f"The teacher at {self.options.url} failed {self._failures} times in a row.",
                where="--teacher",
                remedy="Start it again, then repeat the command: what it said so far is kept.",
            )

    def _ask(self, rules: str, text: str) -> str:
        """Return the server's reply, tried again where that may help. Raises TeacherError."""
        if self._failures >= _MOST_FAILURES:
            raise TeacherError("the teacher does not answer")
        why = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(self.options.wait * 2 ** (attempt - 1))
            try:
                reply, tokens = _request(self.options, rules, text)
            except urllib.error.HTTPError as error:
                why = f"the teacher answers with status {error.code}"
                error.close()
                if error.code not in _RETRIED:
                    break
            except (OSError, TimeoutError, ValueError, LookupError, TypeError) as error:
                unreadable = isinstance(error, ValueError | LookupError | TypeError)
                why = (
                    "the teacher's reply cannot be read" if unreadable else "the teacher is silent"
                )
            else:
                with self._counts:
                    self.asked += 1
                    self.tokens += tokens
                    self._failures = 0
                return reply
        with self._counts:
            self._failures += 1
        raise TeacherError(why)


class _ReplyCache:
    """Replies by the hash of what was asked, in SQLite: whole or not there after a kill."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        with closing(self._open()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, text TEXT)"
            )

    def get(self, key: str) -> str | None:
        with self._lock, closing(self._open()) as connection:
            row = connection.execute("SELECT text FROM replies WHERE key = ?", (key,)).fetchone()
            return str(row[0]) if row else None

    def put(self, key: str, text: str) -> None:
        with self._lock, closing(self._open()) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, text))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)


def _request(options: TeacherOptions, rules: str, text: str) -> tuple[str, int]:
    """Ask for one chat completion; return the reply and the tokens that it took."""
    body = {
        "model": options.model,
        "messages": [{"role": "system", "content": rules}, {"role": "user", "content": text}],
        "temperature": 0.7,
        "seed": 0,
    }
    headers = {"Content-Type": "application/json"}
    if options.key:
        headers["Authorization"] = f"Bearer {options.key}"
    request = urllib.request.Request(
        options.url.rstrip("/") + "/chat/completions", json.dumps(body).encode(), headers
    )
    with urllib.request.urlopen(request, timeout=options.timeout) as response:
        raw = json.loads(response.read(_LARGEST_REPLY))
    reply = raw["choices"][0]["message"]["content"]
    if not isinstance(reply, str):
        raise TypeError("content")
    return reply, int((raw.get("usage") or {}).get("total_tokens") or 0)
