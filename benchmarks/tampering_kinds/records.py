"""Change what a row records of itself: style, language, sources, licence, topic, support."""

import random
from dataclasses import replace

from knowledge.records import Lesson
from tampering_kinds.row_changes import Change, Others, as_list, with_meta


def _style(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    named = ("chatdoctor", "huatuo", "grounded", "vignette", "dialogue", "literature", "tools")
    return replace(row, style=pick.choice([each for each in named if each != row.style]))


def _other_language(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return replace(row, language="zh" if row.language == "en" else "en")


def _fact(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick)
    place = pick.randrange(len(row.sources))
    new = pick.choice(other.sources).id
    if new == row.sources[place].id:
        return None
    sources = list(row.sources)
    sources[place] = replace(sources[place], id=new)
    return replace(row, sources=tuple(sources))


def _quote(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    place = pick.randrange(len(row.sources))
    new = pick.choice(others.like(row, pick).sources).quote
    if new in {each.quote for each in row.sources}:
        return None
    sources = list(row.sources)
    sources[place] = replace(sources[place], quote=new)
    return replace(row, sources=tuple(sources))


def _licence(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    return replace(row, licence=pick.choice(("Proprietary", "MIT", "CC-BY-NC-4.0", "")))


def _meta_relation(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick).meta.get("relation")
    topics = ("vignette", "dialogue")
    if other == row.meta.get("relation") or row.style in topics:
        return None
    return with_meta(row, relation=other)


def _support(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    support = row.meta.get("support")
    if not isinstance(support, list) or len({str(each) for each in support}) < 2:
        return None
    return with_meta(row, support=[*support[1:], support[0]])


def _objects(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    objects = as_list(row.meta.get("objects"))
    return with_meta(row, objects=objects[1:]) if objects else None


def _subject(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick).split_key
    return replace(row, split_key=other) if other != row.split_key else None


def _entities(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if pick.random() < 0.5 and len(row.entities) > 1:
        return replace(row, entities=row.entities[1:])
    return replace(row, entities=(*row.entities, "condition:00000000000000000000"))


KINDS: dict[str, Change] = {
    "style changed": _style,
    "language changed": _other_language,
    "fact changed": _fact,
    "quote changed": _quote,
    "licence changed": _licence,
    "topic changed": _meta_relation,
    "support changed": _support,
    "objects changed": _objects,
    "subject changed": _subject,
    "entities changed": _entities,
}
