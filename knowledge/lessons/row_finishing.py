"""Prepare proven rows in the worker that wrote them, and pack them for the way back.

    candidates -> stateless filters -> letters, signature, encoded lines -> plain tuples

So the process that gathers rows has only those filters to ask that remember earlier rows, and
bytes to write.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.datasets import filtering, row_formats
from knowledge.datasets.filtering import Candidate, RowFilter
from knowledge.datasets.filters import exact_duplicates, near_duplicates
from knowledge.records import Language, Lesson, LessonMessage, LessonSource, PreparedRow

_PlainRow = tuple[Any, ...]
PackedRows = list[tuple[_PlainRow | None, str]]


@dataclass(frozen=True, slots=True)
class RowFinisher:
    """Finishes rows; `held_out` says of an entity whether its rows are for validation."""

    filters: Sequence[RowFilter]
    held_out: Callable[[str], bool]

    def __call__(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return candidates with the reasons of the filters; those without one are worked out."""
        done: list[Candidate] = [
            (lesson, reason or filtering.first_reason(self.filters, lesson))
            if lesson
            else (None, reason)
            for lesson, reason in candidates
        ]
        kept = [lesson for lesson, reason in done if lesson and not reason]
        signed = near_duplicates.sign_lessons(kept) if kept else ()
        for lesson, signature in zip(kept, signed, strict=True):
            written = row_formats.encode_all(lesson, self.held_out(lesson.split_key))
            lesson.keep_prepared(
                PreparedRow(exact_duplicates.letters_hash(lesson), signature.tobytes(), written)
            )
        return done


def pack(candidates: Sequence[Candidate]) -> PackedRows:
    """Return candidates as plain tuples, which cost less to send to another process."""
    return [(_to_plain(lesson) if lesson else None, reason) for lesson, reason in candidates]


def unpack(sent: PackedRows) -> list[Candidate]:
    """Return the candidates that were packed."""
    return [(_from_plain(*plain) if plain else None, reason) for plain, reason in sent]


def _to_plain(lesson: Lesson) -> _PlainRow:
    worked = lesson.prepared
    return (
        lesson.id,
        [(message.role, message.content) for message in lesson.messages],
        lesson.language,
        lesson.style,
        [(source.kind, source.id, source.quote) for source in lesson.sources],
        lesson.entities,
        lesson.split_key,
        lesson.licence,
        lesson.meta,
        (worked.letters, worked.signature, worked.lines) if worked else None,
    )


def _from_plain(
    id: str,
    messages: list[tuple[Any, str]],
    language: Language,
    style: str,
    sources: list[tuple[Any, str, str]],
    entities: tuple[str, ...],
    split_key: str,
    licence: str,
    meta: dict[str, Any],
    worked: tuple[bytes, bytes, tuple[bytes, ...]] | None,
) -> Lesson:
    said = tuple([LessonMessage(*each) for each in messages])
    proof = tuple([LessonSource(*each) for each in sources])
    rest = (entities, split_key, licence, meta)
    lesson = Lesson(id, said, language, style, proof, *rest)
    return lesson.keep_prepared(PreparedRow(*worked)) if worked else lesson
