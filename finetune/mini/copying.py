"""Copying exercises over random tokens: what a small model learns before it can read.

    segments: a b c ... filler ... a b c ...      copy what followed, over a growing distance
    records:  numbered lines, S — R: v; v.  then  question with S and R -> the line and its number

Both are dense: most of a sequence is to be predicted, so that minutes teach what drills alone do
not in hours. Records have the shape of evidence and its questions with nothing of their language:
the line is found by two keys together, since each key also stands in other lines.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

Exercise = tuple[list[int], list[bool]]
"""Token ids, and where a token is to be predicted."""

WIDTH = 24
"""Tokens of a repeated segment."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Token ids of what stands between the random ones: the shape of evidence and dialogue."""

    opening: list[int]
    numbers: list[list[int]]
    dash: list[int]
    colon: list[int]
    semicolon: list[int]
    stop: list[int]
    cited: list[list[int]]
    question: list[int]
    answer: list[int]
    end: list[int]


def segment(pick: random.Random, distance: int, tokens: Sequence[int]) -> Exercise:
    """Return a random segment, a filler of up to twice the distance, and the segment again.

    The first token of the repetition cannot be known and is not learned.
    """
    first = pick.choices(tokens, k=WIDTH)
    filler = pick.choices(tokens, k=pick.randint(0, 2 * distance))
    learn = [False] * (WIDTH + len(filler) + 1) + [True] * (WIDTH - 1)
    return first + filler + first, learn


def records(
    pick: random.Random, lines: int, longest: int, tokens: Sequence[int], marks: Marks
) -> Exercise:
    """Return numbered lines under two keys each, and questions answered with the line they mean.

    `lines` bounds the lines, `longest` the values of a line.
    """
    count = pick.randint(1, lines)
    subjects = [_some(pick, tokens, 1, 6) for _ in range(pick.randint(1, count))]
    relations = [_some(pick, tokens, 1, 3) for _ in range(pick.randint(1, 2 * count))]
    pairs = [(s, r) for s in range(len(subjects)) for r in range(len(relations))]
    chosen = pick.sample(pairs, min(count, len(pairs), len(marks.numbers)))
    ids, said = list(marks.opening), []
    for number, (s, r) in enumerate(chosen):
        body = subjects[s] + marks.dash + relations[r] + marks.colon
        for place in range(pick.randint(1, longest)):
            body = body + (marks.semicolon if place else []) + _some(pick, tokens, 1, 6)
        ids += marks.numbers[number] + body + marks.stop
        said.append(body + marks.cited[number] + marks.stop + marks.end)
    learn = [False] * len(ids)
    for index in pick.sample(range(len(chosen)), len(chosen)):
        s, r = chosen[index]
        keys = [subjects[s], relations[r]]
        pick.shuffle(keys)
        asked = list(marks.question)
        for key in keys:
            asked += _some(pick, tokens, 0, 4) + key
        asked += _some(pick, tokens, 0, 2) + marks.answer
        ids += asked + said[index]
        learn += [False] * len(asked) + [True] * len(said[index])
    return ids, learn


def size(level: int) -> tuple[int, int]:
    """Return how many lines, and how many values of a line, records of a level have at most."""
    return min(8, 1 + level), min(6, 1 + level // 2)


def _some(pick: random.Random, tokens: Sequence[int], least: int, most: int) -> list[int]:
    return pick.choices(tokens, k=pick.randint(least, most))
