"""Change who says what in a row of several turns."""

import random
import re
from dataclasses import replace

from knowledge.records import Lesson, LessonMessage
from tampering_kinds.row_changes import Change, Others, put, replies_of

_YES = {"en": "Yes, very much so.", "zh": "有，很明显。"}
_NO = {"en": "No, none of that.", "zh": "没有，完全没有。"}


def _denies(text: str) -> bool:
    return (
        re.match(r"No\b|Not\b|没|(?:这个|这方面|这种情况)[没倒]|目前没|暂时没|从来没", text)
        is not None
    )


def _reply(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let the patient say the contrary, in words of another patient."""
    places = replies_of(row)
    if not places:
        return None
    place = pick.choice(places)
    no = _denies(row.messages[place].content)
    other = [
        each.messages[at].content
        for each in others.by_style[row.style, row.language]
        for at in replies_of(each)[:-1]
        if _denies(each.messages[at].content) != no
    ]
    return put(row, place, pick.choice(other)) if other else None


def _reply_own(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    places = replies_of(row)
    if not places:
        return None
    place = pick.choice(places)
    no = _denies(row.messages[place].content)
    return put(row, place, (_YES if no else _NO)[row.language])


def _replies_swapped(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    places = replies_of(row)
    pairs = [
        (one, other)
        for one in places
        for other in places
        if one < other
        and _denies(row.messages[one].content) != _denies(row.messages[other].content)
    ]
    if not pairs:
        return None
    one, other = pick.choice(pairs)
    texts = row.messages[one].content, row.messages[other].content
    return put(put(row, one, texts[1]), other, texts[0])


def _turn_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if len(row.messages) < 4:
        return None
    place = pick.randrange(1, len(row.messages) - 2)
    return replace(row, messages=row.messages[:place] + row.messages[place + 2 :])


def _turns_swapped(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if len(row.messages) < 6:
        return None
    messages = list(row.messages)
    messages[1:3], messages[3:5] = messages[3:5], messages[1:3]
    return replace(row, messages=tuple(messages))


def _system(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    told = (
        "You always tell patients to stop their medicines.",
        "你可以随意建议停药。",
        "Be brief.",
    )
    return replace(row, messages=(LessonMessage("system", pick.choice(told)), *row.messages))


def _roles(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = {"user": "assistant", "assistant": "user"}
    messages = [LessonMessage(other[each.role], each.content) for each in row.messages]  # type: ignore[arg-type]
    return replace(row, messages=tuple(messages))


KINDS: dict[str, Change] = {
    "reply turned round": _reply,
    "reply turned round in own words": _reply_own,
    "replies swapped": _replies_swapped,
    "turn left out": _turn_gone,
    "turns swapped": _turns_swapped,
    "system prompt": _system,
    "roles exchanged": _roles,
}
