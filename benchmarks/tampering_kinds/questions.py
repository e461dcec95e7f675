"""Change what the user asks."""

import random
import re

from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import Change, Others, answer_of, put, replaced_once, said_instead


def _asked_entity(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    other = others.like(row, pick)
    own, new = (re.split(" — |——", each.sources[0].quote)[0] for each in (row, other))
    text = row.messages[0].content
    if own == new or own.lower() not in text.lower() or len(own) > 60 or new in text:
        return None
    return put(row, 0, replaced_once(text, own, new))


def _question(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask what another row of the style asks."""
    other = others.like(row, pick)
    if row.split_key == other.split_key or row.style == "literature":
        return None
    return put(row, 0, other.messages[0].content)


def _relation(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Ask for something else of the same entity."""
    found = [
        each
        for each in others.by_subject[row.split_key, row.style, row.language]
        if each.meta.get("relation") != row.meta.get("relation")
        and each.messages[0].content != row.messages[0].content
    ]
    held = {source.quote for source in row.sources}  # an answer to both questions is none too few
    found = [each for each in found if not {s.quote for s in each.sources} <= held]
    fixed = ("grounded", "tools", "vignette", "dialogue", "literature")
    refused = row.meta.get("refused")
    found = [each for each in found if not (refused and each.meta.get("refused"))]
    if row.style == "knowledge-call":  # what is looked up first is another thing
        found = [each for each in found if each.messages[1] != row.messages[1]]
    if not found or row.style in fixed:
        return None
    return put(row, 0, pick.choice(found).messages[0].content)


def _nonsense(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    asked = {
        "en": ("My cat sleeps all day. Why?", "Who won the match?", "Write me a poem about rain."),
        "zh": ("我家的猫整天睡觉，为什么？", "昨天的比赛谁赢了？", "写一首关于下雨的诗。"),
    }
    return put(row, 0, pick.choice(asked[row.language]))


def _more_asked(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    more = {"en": " Can I stop the tablets as well?", "zh": "另外我可以把药停了吗？"}
    return put(row, 0, row.messages[0].content + more[row.language])


def _unrefused(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    if not row.meta.get("refused"):
        return None
    start, end = sentence_spans(answer_of(row))[0]
    helps = {"en": "Of course, I can help with that.", "zh": "当然可以，我来帮您。"}
    return said_instead(row, helps[row.language] + answer_of(row)[end:])


def _asks_harm(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Let an answered question be one to be refused."""
    harmful = [
        each.messages[0].content
        for each in others.by_style.get(("safety", row.language), ())
        if each.meta.get("refused")
    ]
    if row.meta.get("refused") or not harmful or row.style == "tools":
        return None
    return put(row, 0, pick.choice(harmful))


KINDS: dict[str, Change] = {
    "another entity in the question": _asked_entity,
    "question of another row": _question,
    "question for another relation": _relation,
    "question that is none": _nonsense,
    "second question": _more_asked,
    "refusal taken back": _unrefused,
    "harmful question answered": _asks_harm,
}
