"""Change which entities an answer names, and what the user complains of."""

import random
import re

from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import (
    Change,
    Others,
    answer_of,
    as_list,
    put,
    replaced_once,
    said_instead,
    with_meta,
)


def _turned(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Exchange two names in a sentence of the answer: subject and object, or two conditions."""
    objects = [str(each) for each in as_list(row.meta.get("objects"))]
    heads = {re.split(" — |——", source.quote)[0] for source in row.sources}
    answer = answer_of(row)
    lower = answer.lower()
    pairs = [
        (head, name)
        for head in heads
        for name in objects
        if head.lower() in lower
        and name.lower() in lower
        and head.lower() not in name.lower()
        and name.lower() not in head.lower()
        and not (row.style == "multi-hop" and head in objects)  # two of one list
    ]
    if not pairs or row.meta.get("relation") in ("interaction", "associated_with"):
        return None
    one, other = pick.choice(pairs)
    for start, end in sentence_spans(answer):
        part = answer[start:end]
        if one.lower() in part.lower() and other.lower() in part.lower():
            part = re.sub(re.escape(one), "\1", part, count=1, flags=re.IGNORECASE)
            part = re.sub(re.escape(other), one, part, count=1, flags=re.IGNORECASE)
            return said_instead(row, answer[:start] + part.replace("\1", other) + answer[end:])
    return None


def _entity(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    objects = [str(each) for each in as_list(row.meta.get("objects"))]
    pool = others.objects.get((str(row.meta.get("relation")), row.language), [])
    answer = answer_of(row)
    said = [name for name in objects if name.lower() in answer.lower()]
    if not said or not pool:
        return None
    old, new = pick.choice(said), pick.choice(pool)
    if new.lower() in answer.lower():
        return None
    told = [new if name == old else name for name in objects]
    return with_meta(said_instead(row, replaced_once(answer, old, new)), objects=told)


def _left_out(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    objects = [str(each) for each in as_list(row.meta.get("objects"))]
    answer = answer_of(row)
    listed = [
        (name, joint)
        for name in objects
        for joint in ((", ", " and ") if row.language == "en" else ("、", "和"))
        if f"{joint}{name}" in answer
    ]
    if not listed:
        return None
    name, joint = pick.choice(listed)
    rest = [each for each in objects if each != name]
    return with_meta(said_instead(row, answer.replace(f"{joint}{name}", "", 1)), objects=rest)


def _complaint(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let the patient complain of something else."""
    if row.style not in ("chatdoctor", "dialogue", "vignette", "huatuo"):
        return None
    objects = [str(each) for each in as_list(row.meta.get("objects"))]
    text = row.messages[0].content
    said = [name for name in objects if name.lower() in text.lower()]
    pool = others.objects.get(("symptom", row.language), [])
    new = pick.choice(pool) if pool else ""
    if not said or not new or new.lower() in (text + answer_of(row)).lower():
        return None
    return put(row, 0, replaced_once(text, pick.choice(said), new))


def _complaint_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Leave out a complaint that the answer builds on."""
    if row.style not in ("chatdoctor", "dialogue", "vignette"):
        return None
    text = row.messages[0].content
    names = [str(each) for each in as_list(row.meta.get("objects"))]
    listed = [
        f"{joint}{name}"
        for name in names
        for joint in ((", ", " and ") if row.language == "en" else ("、", "和", "及", "与", "以及"))
        if f"{joint}{name}" in text
    ]
    return put(row, 0, text.replace(pick.choice(listed), "", 1)) if listed else None


KINDS: dict[str, Change] = {
    "names exchanged": _turned,
    "another entity in the answer": _entity,
    "entity left out": _left_out,
    "complaint changed": _complaint,
    "complaint left out": _complaint_gone,
}
