"""Exchange the sides of comparisons, and tell of one side what holds of both."""

import random
import re
from dataclasses import replace

from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ComparisonWords
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans
from tampering_kinds.row_changes import Change, Others, answer_of, as_list, said_instead, with_meta

_IS_TEXT = re.compile("(?: — |——)(?:description|red flags|简介|警示征象)(?::|：)")


def _two(row: Lesson) -> list[str]:
    """Return the names of the two that a row compares, or none of another row."""
    if row.style != "comparison":
        return []
    heads = [re.split(" — |——", source.quote)[0] for source in row.sources]
    names = list(dict.fromkeys(heads))
    apart = len(names) == 2 and not any(
        one.lower() in other.lower() for one, other in (names, names[::-1])
    )
    return names if apart else []


def _places(row: Lesson) -> list[list[int]]:
    return [[int(str(place)) for place in as_list(each)] for each in as_list(row.meta["support"])]


def _exchanged(text: str, names: list[str]) -> str:
    """Return a text in which two names stand for each other."""
    for name, mark in zip(names, "\1\2", strict=True):
        text = re.sub(re.escape(name), mark, text, flags=re.IGNORECASE)
    return text.replace("\1", names[1]).replace("\2", names[0])


def _one_sided(row: Lesson) -> list[tuple[int, int]]:
    """Return the sentences that tell of one side alone, but not what it is."""
    told = zip(sentence_spans(answer_of(row)), _places(row), strict=True)
    objects = {id for id in row.entities}
    return [span for span, places in told if places and objects and not _tells_both(row, places)]


def _tells_both(row: Lesson, places: list[int]) -> bool:
    heads = {re.split(" — |——", row.sources[place].quote)[0] for place in places}
    return len(heads) > 1


def _sides(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Exchange the two in a sentence that tells of one of them."""
    names = _two(row)
    if not names:
        return None
    answer = answer_of(row)
    start, end = pick.choice(_one_sided(row))
    told = _exchanged(answer[start:end], names)
    if told.lower() == answer[start:end].lower():
        return None
    return said_instead(row, answer[:start] + told + answer[end:])


def _all_sides(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Exchange the two throughout the answer."""
    names = _two(row)
    return said_instead(row, _exchanged(answer_of(row), names)) if names else None


def _shared_told_apart(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Tell what both have of the first alone, with all that records it."""
    names, words = _two(row), load(ComparisonWords, row.language)
    spans, support = sentence_spans(answer_of(row)), _places(row)
    told = [place for place, places in enumerate(support) if _tells_both(row, places)]
    if not names or not told:
        return None
    place = pick.choice(told)
    mine = [each for each in support[place] if row.sources[each].quote.startswith(names[0])]
    gone = sorted(set(support[place]) - set(mine))
    line = re.split(": |：", row.sources[mine[0]].quote, maxsplit=1)[-1]
    sentence = answer_of(row)[spans[place][0] : spans[place][1]]
    listed = [name for name in re.split("; |；", line.rstrip(".。")) if name in sentence]
    relation = next(
        (each for each in words.apart if _is_of(each, row.sources[mine[0]].quote, row)), ""
    )
    if not listed or not relation:
        return None
    template = grammar.draw(words.apart[relation], pick)
    joint = " and " if row.language == "en" else "和"
    said = re.sub(r"\[([^|\]]*)\|([^\]]*)\]", r"\2", template)
    said = re.sub(r"<([^|>]*)\|([^>]*)>", r"\1", said)
    said = said.format(s=names[0], r=names[1], a=joint.join(listed))
    answer = answer_of(row)[: spans[place][0]] + said + answer_of(row)[spans[place][1] :]
    kept = [each for each in range(len(row.sources)) if each not in gone]
    moved = {old: new for new, old in enumerate(kept)}
    support[place] = mine
    left = replace(row, sources=tuple(row.sources[each] for each in kept))
    told_now = [[moved[each] for each in places] for places in support]
    naming = [place for place, each in enumerate(row.sources) if not _IS_TEXT.search(each.quote)]
    paired = zip(naming, as_list(row.meta.get("objects")), strict=True)
    objects = [name for each, name in paired if each not in gone]
    return with_meta(said_instead(left, answer), support=told_now, objects=objects)


def _is_of(relation: str, quote: str, row: Lesson) -> bool:
    labels = {
        "symptom": ("symptoms", "症状"),
        "sign": ("signs", "体征"),
        "test": ("tests", "检查"),
        "complication": ("complications", "并发症"),
        "risk_factor": ("risk factors", "危险因素"),
    }
    label = labels.get(relation, ("\0", "\0"))[row.language == "zh"]
    return re.search(rf"(?: — |——){label}(?::|：)", quote) is not None


def _versus(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Record another entity as the second."""
    if row.style != "comparison":
        return None
    new = others.like(row, pick).split_key
    same = new in (row.split_key, row.meta["versus"])
    return None if same else with_meta(row, versus=new)


def _one_gone(row: Lesson, pick: random.Random, others: Others) -> Lesson | None:
    """Tell only of the first, and ask about both all the same."""
    names = _two(row)
    if not names:
        return None
    parts = zip(sentence_spans(answer_of(row)), _places(row), strict=True)
    kept = [
        (answer_of(row)[a:b], places)
        for (a, b), places in parts
        if names[1].lower() not in answer_of(row)[a:b].lower() and places
    ]
    if not kept:
        return None
    joint = " " if row.language == "en" else ""
    text = joint.join(sentence for sentence, _ in kept)
    return with_meta(said_instead(row, text), support=[places for _, places in kept])


KINDS: dict[str, Change] = {
    "sides of a sentence exchanged": _sides,
    "sides of a comparison exchanged": _all_sides,
    "shared told of one alone": _shared_told_apart,
    "compared with another": _versus,
    "one side left out": _one_gone,
}
