"""Teacher: an OpenAI-compatible server rewords answers; what no longer proves stays as it was.

    rows -> wording, cached or asked for in parallel -> sentences, gates, proof -> row | as it was

Each answer is kept on disk as soon as it comes, so that a run that was killed goes on without
asking again. The server sees answers only, never questions, ids or sources. Nothing that it says is
trusted: a reworded row passes the plain gates and the proof anew.
"""

import hashlib
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.datasets.screening import Candidate, Gate, Stage
from knowledge.errors import KnowledgeError
from knowledge.lessons.verify.behaviour_checks import MARK
from knowledge.records import Language, Lesson, LessonMessage, Progress, silent
from knowledge.text.sentences import sentence_spans

Prove = Callable[[Sequence[Lesson]], Sequence[str]]

REWORDED = "reworded"
KEPT = "kept as it was: "
UNASKED = "not asked: the wording is fixed"

_RULES: dict[Language, str] = {
    "en": (
        "Reword the sentences of a doctor's answer so that they read naturally. Keep every name "
        "and number exactly as it is written. Add nothing, leave nothing out, and keep the number "
        "and the order of sentences. Reply with a JSON array of strings, one for each sentence, "
        "and with nothing else."
    ),
    "zh": (
        "请改写医生回答中的句子，使其自然通顺。所有名称和数字须原样保留，不得增加或删减内容，"
        "句子的数目和顺序不变。只回复一个JSON字符串数组，每句一项，不要输出其他内容。"
    ),
}
_ATTEMPTS = 4
_MOST_FAILURES = 20
"""After so many requests in a row that failed for good, the run ends: the server is not there."""

_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_FIXED = ("declined", "refused", "conflict")
_LARGEST_REPLY = 1 << 20


class Silent(Exception):
    """The server gave no usable reply to one request; the text says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the teacher is, and how patiently it is asked."""

    url: str
    model: str
    key: str = ""
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


class Teacher:
    """Rewords rows with a server, and remembers what it said in a file."""

    def __init__(self, server: Server, cache: Path, progress: Progress = silent) -> None:
        self._server = server
        self._cache = _Cache(cache)
        self._progress = progress
        self._failures = 0
        self._began = time.monotonic()
        self._counts = threading.Lock()
        self.asked = 0
        self.tokens = 0

    @property
    def name(self) -> str:
        """Return what decides the wording, for the manifest."""
        return self._server.model

    def stage(self, prove: Prove, gates: Sequence[Gate], report: dict[str, int]) -> Stage:
        """Return the stage that rewords the rows of a build, and counts what became of each."""

        def taught(batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
            for batch in batches:
                kept = [lesson for lesson, reason in batch if lesson and not reason]
                worded = iter(self._reworded(kept, prove, gates, report))
                yield [
                    (next(worded), "") if lesson and not reason else (lesson, reason)
                    for lesson, reason in batch
                ]

        return taught

    def _reworded(
        self, lessons: list[Lesson], prove: Prove, gates: Sequence[Gate], report: dict[str, int]
    ) -> list[Lesson]:
        """Return the lessons, in the teacher's wording where that is as true as theirs."""
        with ThreadPoolExecutor(self._server.parallel) as pool:
            drafts = list(pool.map(self._draft, lessons))
        self._give_up()
        changed = [draft for draft in drafts if isinstance(draft, Lesson)]
        faults = iter(prove(changed))
        done = []
        for lesson, draft in zip(lessons, drafts, strict=True):
            why = draft if isinstance(draft, str) else ""
            if isinstance(draft, Lesson):
                why = next((found for gate in gates if (found := gate(draft))), "")
                why = next(faults) and f"{KEPT}not proven" or (why and f"{KEPT}{why}")
            report[why or REWORDED] = report.get(why or REWORDED, 0) + 1
            done.append(draft if isinstance(draft, Lesson) and not why else lesson)
        rate = self.asked / max(time.monotonic() - self._began, 1e-9)
        self._progress(f"teacher, {self.tokens:,} tokens, {rate:.1f} answers/s", self.asked, None)
        return done

    def _draft(self, lesson: Lesson) -> Lesson | str:
        """Return a lesson in the teacher's words, unproven, or why there is none."""
        if not _is_free(lesson):
            return UNASKED
        answer = lesson.messages[-1].content
        own = [answer[start:end].strip() for start, end in sentence_spans(answer)]
        try:
            said = self._said(lesson.language, own)
        except Silent as error:
            return f"{KEPT}{error}"
        joint = " " if lesson.language == "en" else ""
        text = joint.join(said)
        if len(sentence_spans(text)) != len(own):
            return f"{KEPT}another number of sentences"
        if text == joint.join(own):
            return f"{KEPT}nothing was changed"
        words = hashlib.sha256(f"{lesson.id}|{text}".encode()).hexdigest()[:16]
        return replace(
            lesson,
            id=f"{lesson.style}-{lesson.language}-{words}",
            messages=(*lesson.messages[:-1], LessonMessage("assistant", text)),
            meta={**lesson.meta, "teacher": self.name},
        )

    def _said(self, language: Language, own: Sequence[str]) -> list[str]:
        """Return the teacher's sentences, from the cache or the server. Raises Silent."""
        rules = _RULES[language]
        parts = (self._server.model, rules, *own)
        key = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        reply = self._cache.get(key)
        if reply is None:
            reply = self._ask(rules, json.dumps(list(own), ensure_ascii=False))
            self._cache.put(key, reply)
        return _parsed(reply, len(own))

    def _ask(self, rules: str, text: str) -> str:
        """Return the server's reply, tried again where that may help. Raises Silent."""
        if self._failures >= _MOST_FAILURES:
            raise Silent("the teacher does not answer")
        why = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(self._server.wait * 2 ** (attempt - 1))
            try:
                reply, tokens = _request(self._server, rules, text)
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
        raise Silent(why)

    def _give_up(self) -> None:
        """Raise KnowledgeError where the server fails all the time; what it said stays cached."""
        if self._failures >= _MOST_FAILURES:
            raise KnowledgeError(
                f"The teacher at {self._server.url} failed {self._failures} times in a row.",
                where="--teacher",
                remedy="Start it again, then repeat the command: what it said so far is kept.",
            )


class _Cache:
    """Replies by the hash of what was asked, in SQLite: whole or not there, whatever is killed."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        with closing(self._opened()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, text TEXT)"
            )

    def get(self, key: str) -> str | None:
        with self._lock, closing(self._opened()) as connection:
            row = connection.execute("SELECT text FROM replies WHERE key = ?", (key,)).fetchone()
            return str(row[0]) if row else None

    def put(self, key: str, text: str) -> None:
        with self._lock, closing(self._opened()) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, text))

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)


def _is_free(lesson: Lesson) -> bool:
    """Say whether an answer may be reworded: it is proven and quotes, cites, reckons nothing."""
    quotes = any(source.kind == "passage" or source.calculated for source in lesson.sources)
    fixed = quotes or lesson.imported or any(lesson.meta.get(mark) for mark in _FIXED)
    return not fixed and not MARK.search(lesson.messages[-1].content)


def _request(server: Server, rules: str, text: str) -> tuple[str, int]:
    """Ask for one chat completion; return the reply and the tokens that it took."""
    body = {
        "model": server.model,
        "messages": [{"role": "system", "content": rules}, {"role": "user", "content": text}],
        "temperature": 0.7,
        "seed": 0,
    }
    headers = {"Content-Type": "application/json"}
    if server.key:
        headers["Authorization"] = f"Bearer {server.key}"
    request = urllib.request.Request(
        server.url.rstrip("/") + "/chat/completions", json.dumps(body).encode(), headers
    )
    with urllib.request.urlopen(request, timeout=server.timeout) as response:
        raw = json.loads(response.read(_LARGEST_REPLY))
    reply = raw["choices"][0]["message"]["content"]
    if not isinstance(reply, str):
        raise TypeError("content")
    return reply, int((raw.get("usage") or {}).get("total_tokens") or 0)


def _parsed(reply: str, wanted: int) -> list[str]:
    """Return the sentences of a reply, which may stand in a fence. Raises Silent."""
    start, end = reply.find("["), reply.rfind("]")
    try:
        said = json.loads(reply[start : end + 1])
    except ValueError as error:
        raise Silent("the reply is no list of sentences") from error
    if not isinstance(said, list) or not all(
        isinstance(each, str) and each.strip() for each in said
    ):
        raise Silent("the reply is no list of sentences")
    if len(said) != wanted:
        raise Silent("another number of sentences")
    return [" ".join(each.split()) for each in said]
