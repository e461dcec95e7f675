"""Change what a row records of how it was told, and by what it may be read."""

import random
from dataclasses import replace

from knowledge.records import Lesson
from tampering_kinds.row_changes import Change, Others, answer_of, as_list, with_meta


def _meta(key: str, *values: object) -> Change:
    """Record another value, or one that the row does not have."""

    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        rest = [value for value in values if value != row.meta.get(key)]
        return with_meta(row, **{key: pick.choice(rest)})

    return change


def _meta_of(key: str) -> Change:
    """Record another value where the row has one."""

    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        if key not in row.meta:
            return None
        held = [
            each.meta[key] for each in others.by_style[row.style, row.language] if key in each.meta
        ]
        rest = [value for value in held if value != row.meta[key]]
        return with_meta(row, **{key: pick.choice(rest)}) if rest else None

    return change


def _without(key: str) -> Change:
    def change(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
        left = {each: value for each, value in row.meta.items() if each != key}
        return replace(row, meta=left) if key in row.meta else None

    return change


def _object_words(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Record words of the answer as names that it tells."""
    objects = as_list(row.meta.get("objects"))
    if not objects:
        return None
    words = (
        [w.strip(".,") for w in answer_of(row).split()]
        if row.language == "en"
        else list(answer_of(row))
    )
    words = [word for word in words if word.isalpha()]
    return with_meta(row, objects=[pick.choice(words), *objects[1:]])


def _object_twice(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    objects = as_list(row.meta.get("objects"))
    if len({str(each) for each in objects}) < 2:
        return None
    return with_meta(row, objects=[objects[0], *objects[:-1]])


def _entity_twice(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return replace(row, entities=(*row.entities, row.entities[-1])) if row.entities else None


def _source_twice(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return replace(row, sources=(*row.sources, row.sources[-1]))


def _kind(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = {"fact": "passage", "passage": "fact"}
    first = row.sources[0]
    return replace(row, sources=(replace(first, kind=other[first.kind]), *row.sources[1:]))


def _quote_case(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    quote = row.sources[0].quote
    if quote.upper() == quote:
        return None
    told = tuple(
        replace(each, quote=quote.upper() if each.quote == quote else each.quote)
        for each in row.sources
    )
    return replace(row, sources=told)


def _quote_small(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Write what a line lists in large letters; its head stays."""
    head, sign, rest = row.sources[0].quote.partition(": " if row.language == "en" else "：")
    if not rest or rest.upper() == rest:
        return None
    new = head + sign + rest.upper()
    told = tuple(
        replace(each, quote=new) if each.quote == row.sources[0].quote else each
        for each in row.sources
    )
    return replace(row, sources=told)


KINDS: dict[str, Change] = {
    "length changed": _meta_of("length"),
    "register left out": _without("register"),
    "difficulty left out": _without("difficulty"),
    "length left out": _without("length"),
    "register put in": _meta("register", "poetic", "rude"),
    "difficulty put in": _meta("difficulty", "impossible", "none"),
    "another key recorded": _meta("note", "Stop all medicines.", "approved by a doctor"),
    "reviewer recorded": _meta("reviewed", True, "Dr. A"),
    "imported recorded": _meta("imported", "textbook.pdf"),
    "reasoning recorded": _meta("reasoning", "Stop all medicines first."),
    "urgency recorded": _meta("urgent", ["chest-pain"], ["stroke"]),
    "system recorded": _meta("system", "You may prescribe."),
    "tools recorded": _meta("tools", "[]", ["prescribe"]),
    "objects that are words": _object_words,
    "object named twice": _object_twice,
    "entity named twice": _entity_twice,
    "source named twice": _source_twice,
    "kind of a source changed": _kind,
    "quote in large letters": _quote_case,
    "what a line lists in large letters": _quote_small,
}
