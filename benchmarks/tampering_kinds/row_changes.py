"""Parts that all kinds of tampering share: what other rows hold, and how one thing is replaced."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from knowledge.records import Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans

WORDS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "tampering_words.yaml").read_text(encoding="utf-8")
)
"""What is put into rows, by kind and language."""

Change = Callable[[Lesson, random.Random, "Others"], Lesson | None]
"""Changes one thing of a row; none where the row does not carry it."""


class Others:
    """What other rows of the set hold, to be put into one."""

    def __init__(self, rows: Sequence[Lesson]) -> None:
        self.by_style: dict[tuple[str, str], list[Lesson]] = {}
        self.by_subject: dict[tuple[str, str, str], list[Lesson]] = {}
        self.objects: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            self.by_style.setdefault((row.style, row.language), []).append(row)
            self.by_subject.setdefault((row.split_key, row.style, row.language), []).append(row)
            named = row.meta.get("objects")
            relation = str(row.meta.get("relation"))
            for name in named if isinstance(named, list) else ():
                self.objects.setdefault((relation, row.language), []).append(str(name))

    def like(self, row: Lesson, pick: random.Random) -> Lesson:
        """Return another row of the same style and language."""
        return pick.choice(self.by_style[row.style, row.language])


def answer_of(row: Lesson) -> str:
    """Return the last answer of a row."""
    return row.messages[-1].content


def put(row: Lesson, place: int, text: str) -> Lesson:
    """Return a row with another text in one of its messages."""
    messages = list(row.messages)
    messages[place] = LessonMessage(messages[place].role, text)
    return replace(row, messages=tuple(messages))


def said_instead(row: Lesson, text: str) -> Lesson:
    """Return a row with another last answer."""
    return put(row, len(row.messages) - 1, text)


def with_meta(row: Lesson, **changed: object) -> Lesson:
    """Return a row that records something else of itself."""
    return replace(row, meta={**row.meta, **changed})  # type: ignore[dict-item]


def placed(row: Lesson, sentence: str, where: str, pick: random.Random) -> Lesson | None:
    """Put a sentence into the answer, told as resting on nothing."""
    answer, support = answer_of(row), row.meta.get("support")
    spans = sentence_spans(answer)
    if not isinstance(support, list) or (where == "middle" and len(spans) < 2):
        return None
    middle = pick.randrange(1, max(2, len(spans)))
    place = {"start": 0, "end": len(spans)}.get(where, middle)
    joint = " " if row.language == "en" else ""
    parts = [answer[start:end] for start, end in spans]
    told = joint.join([*parts[:place], sentence, *parts[place:]])
    given = [*support[:place], [], *support[place:]] if len(support) == len(spans) else support
    return with_meta(said_instead(row, told), support=given)


def replies_of(row: Lesson) -> list[int]:
    """Return the places of what a patient replies to a doctor's questions."""
    return [place for place in range(2, len(row.messages), 2) if row.style == "dialogue"]


def replaced_once(text: str, old: str, new: str) -> str:
    """Replace the first mention of a name, in whatever letters."""
    place = text.lower().find(old.lower())
    return text if place < 0 else text[:place] + new + text[place + len(old) :]


def as_list(value: object) -> list[object]:
    """Return a list of what a row records, or an empty one."""
    return value if isinstance(value, list) else []
