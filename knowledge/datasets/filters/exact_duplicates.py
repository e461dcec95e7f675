"""Drop rows that repeat an earlier one: all their letters, or on the same facts what they say.

row -> letters, whatever the case, digits and signs -> held?
row -> style, language and facts with the answer, or with what was asked -> held?
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from knowledge.records import Lesson

_LETTERS = re.compile(r"[\W_\d]+")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_SIGNS = re.compile(r"[\W_]+")

_ASKED_TWICE = ("tools", "knowledge-call")
"""Styles in which the same words of the user and the same calls may lead to other answers."""

REPEATED = "repetition of an earlier row"


class ExactDuplicateFilter:
    """Drops exact and near repetitions: the same letters, whatever the case, digits and signs."""

    def __init__(self) -> None:
        self._seen = _Digests()

    def __call__(self, lesson: Lesson) -> str:
        """Return why a lesson is dropped; remember it otherwise."""
        key = lesson.prepared.letters if lesson.prepared else letters_hash(lesson)
        return REPEATED if self._seen.take(key) else ""


class RepeatedTurnFilter:
    """A batch filter that drops what answers, or asks, as a row before it on the same facts."""

    def __init__(self) -> None:
        self._seen = _Digests()

    def __call__(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return why lessons are dropped; remember those that are kept."""
        return [self._reason(lesson) for lesson in lessons]

    def _reason(self, lesson: Lesson) -> str:
        keys = list(turn_digests(lesson))
        if any(key in self._seen for key in keys):
            return REPEATED
        for key in keys:
            self._seen.take(key)
        return ""


class _Digests:
    """A set of digests of eight bytes; those that begin alike are held in one string.

    A million take 18 MiB, and 78 in a set.
    """

    def __init__(self) -> None:
        self._held: dict[bytes, bytes] = {}

    def __contains__(self, key: bytes) -> bool:
        head, rest = key[:2], key[2:]
        held = self._held.get(head, b"")
        place = held.find(rest)
        while place % len(rest) and place > 0:  # it begins within one and ends in the next
            place = held.find(rest, place + 1)
        return place >= 0

    def take(self, key: bytes) -> bool:
        """Say whether a digest is held; hold it from now on."""
        if key in self:
            return True
        head, rest = key[:2], key[2:]
        self._held[head] = self._held.get(head, b"") + rest
        return False


def letters_hash(lesson: Lesson) -> bytes:
    """Return what is equal for rows that repeat each other."""
    text = "|".join([_letters(message.content) for message in lesson.messages])
    return blake2b(f"{lesson.language}|{text}".encode(), digest_size=8).digest()


def turn_digests(lesson: Lesson, words: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield what no two rows share: the answer on some facts, and the question on them.

    Signs and case do not count, digits do. Rows that rest on no facts yield nothing. `words` are
    those of its messages, where they are at hand.
    """
    facts = sorted((source.id, source.quote) for source in lesson.sources)
    if not facts or lesson.style == "tools":  # the same sum may be what two questions lead to
        return
    words = words or words_of(lesson)
    about = (lesson.style, lesson.language, lesson.meta.get("relation"), facts)
    yield digest(("answered", about, words[-1]))
    if lesson.style not in _ASKED_TWICE:
        yield digest(("asked", about, words[:-1]))


def words_of(lesson: Lesson) -> list[str]:
    """Return the letters and digits of each message, small."""
    return [_SIGNS.sub("", message.content.casefold()) for message in lesson.messages]


def digest(key: tuple[object, ...]) -> bytes:
    """Return eight bytes that stand for values which have a form as text."""
    return blake2b(repr(key).encode(), digest_size=8).digest()


def _letters(text: str) -> str:
    """Return the letters of a text, small."""
    if text.isascii():
        return text.lower().encode().translate(None, _NO_LETTERS).decode()
    return _LETTERS.sub("", text.casefold())
