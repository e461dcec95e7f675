"""Change the order and the beginning of paragraphs on an entity."""

import random
import re
from dataclasses import replace

from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import Change, Others, answer_of, as_list, said_instead, with_meta


def _parts(row: Lesson) -> list[tuple[str, list[int]]]:
    """Return the sentences of a paragraph, each with what it rests on; none of other rows."""
    if row.style != "overview":
        return []
    answer, support = answer_of(row), as_list(row.meta.get("support"))
    spans = sentence_spans(answer)
    return [(answer[a:b], list(each)) for (a, b), each in zip(spans, support, strict=True)]  # type: ignore[call-overload]


def _of(row: Lesson, parts: list[tuple[str, list[int]]]) -> Lesson:
    """Return a paragraph of other sentences, whose facts are told as they are."""
    joint = " " if row.language == "en" else ""
    text = joint.join(sentence for sentence, _ in parts)
    return with_meta(said_instead(row, text), support=[places for _, places in parts])


def _relation(row: Lesson, places: list[int]) -> str:
    """Return the line of evidence, which is that of a relation, on which a sentence rests."""
    return row.sources[places[0]].quote if places else ""


def _exchanged(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Exchange two neighbouring sentences on different relations, with what they rest on."""
    parts = _parts(row)
    pairs = [
        place
        for place in range(len(parts) - 1)
        if parts[place][1]
        and parts[place + 1][1]
        and _relation(row, parts[place][1]) != _relation(row, parts[place + 1][1])
    ]
    if not pairs:
        return None
    place = pick.choice(pairs)
    parts[place], parts[place + 1] = parts[place + 1], parts[place]
    return _of(row, parts)


def _headless(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Leave out the sentence that names the subject, with its facts and all that records them."""
    parts = _parts(row)
    name = re.split(" — |——", row.sources[0].quote)[0].lower()
    gone = set(parts[0][1]) if parts else set()
    shared = any(gone & set(places) for _, places in parts[1:])
    if len(parts) < 3 or shared or name in parts[1][0].lower():
        return None
    kept = [place for place in range(len(row.sources)) if place not in gone]
    moved = {place: new for new, place in enumerate(kept)}
    rest = [(text, [moved[each] for each in places]) for text, places in parts[1:]]
    left = _of(replace(row, sources=tuple(row.sources[place] for place in kept)), rest)
    objects = as_list(row.meta.get("objects"))
    told = answer_of(left).lower()
    return with_meta(left, objects=[each for each in objects if str(each).lower() in told])


def _other_subject(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Tell the same of another entity, in question and answer."""
    if row.style != "overview":
        return None
    own, new = (
        re.split(" — |——", each.sources[0].quote)[0] for each in (row, others.like(row, pick))
    )
    said = re.compile(re.escape(own), re.IGNORECASE)
    texts = [said.sub(new, message.content) for message in row.messages]
    if own.lower() == new.lower() or texts[-1] == answer_of(row):
        return None
    messages = (replace(row.messages[0], content=texts[0]), *row.messages[1:])
    return said_instead(replace(row, messages=messages), texts[-1])


KINDS: dict[str, Change] = {
    "sentences of a paragraph exchanged": _exchanged,
    "paragraph without its beginning": _headless,
    "paragraph on another entity": _other_subject,
}
