"""Make exercises over random tokens, which a small model learns before it can read.

    a b c ... filler ... a b c ...                      copy what followed, ever further back
    [1] a : x y  [2] b : z  ?  .. b ..  b : z [2]       find the line asked for, copy and cite it

Reading is two skills, and a drill teaches the second one badly: of the thirty tokens of its answer
one says which line was chosen. A lookup asks of few lines many times, so that every third token
learned is a choice.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from finetune.templates.rendering import Rendered

WIDTH = 24
"""Tokens of a repeated segment."""

LEVELS = 16
"""Levels of lookups: more lines, longer names, more words around the name that is asked for."""


@dataclass(frozen=True, slots=True)
class DialogueTokens:
    """The ids of the tokens that mark the parts of a dialogue."""

    user: int
    assistant: int
    line: int
    colon: int
    end: int
    opening: int
    closing: int
    digits: tuple[int, ...]

    def cite(self, number: int) -> list[int]:
        """Return the tokens of a number below 10 in brackets."""
        return [self.opening, self.digits[number], self.closing]


def segment(pick: random.Random, distance: int, tokens: Sequence[int]) -> Rendered:
    """Return a random segment, a filler of up to twice the distance, and the segment again.

    The first token of the repetition cannot be known and is not learned.
    """
    first = pick.choices(tokens, k=WIDTH)
    filler = pick.choices(tokens, k=pick.randint(0, 2 * distance))
    learn = [False] * (WIDTH + len(filler) + 1) + [True] * (WIDTH - 1)
    return Rendered(first + filler + first, learn)


def lookup(
    pick: random.Random, level: int, tokens: Sequence[int], marks: DialogueTokens
) -> Rendered:
    """Return numbered lines of a name, a label and values, then questions answered by one each.

    From the sixth level on names recur under other labels, and the question holds both.
    """
    around = min(8, level // 2)
    fresh = iter(pick.sample(tokens, 100))

    def some(most: int) -> list[int]:
        return [next(fresh) for _ in range(pick.randint(1, most))]

    lines: list[tuple[list[int], list[int], list[int], list[int]]] = []
    for _ in range(pick.randint(2, min(6, 2 + level // 4))):
        again = level >= 6 and lines and pick.random() < 0.3
        name = pick.choice(lines)[0] if again else some(min(4, 1 + level // 3))
        cited = marks.cite(len(lines) + 1)
        lines.append((name, some(1), some(min(5, 1 + level // 3)), cited))
    ids = [marks.user]
    for name, label, values, cited in lines:
        ids += [marks.line, *cited, *name, *label, marks.colon, *values]
    ids.append(marks.line)
    learn = [False] * len(ids)
    for _ in range(len(lines) + 2):
        name, label, values, cited = pick.choice(lines)
        parts = [name, label]
        if level >= 3:
            pick.shuffle(parts)
        asked = [marks.user]
        for part in parts:
            asked += pick.choices(tokens, k=pick.randint(0, around)) + part
        asked += pick.choices(tokens, k=pick.randint(0, around))
        asked += [marks.assistant, marks.line]
        answer = [*name, *label, marks.colon, *values, *cited, marks.end]
        ids += asked + answer
        learn += [False] * len(asked) + [True] * len(answer)
    return Rendered(ids, learn)


def choices(exercise: Rendered) -> list[bool]:
    """Say which of the tokens to be learned are choices: copying alone does not tell them.

    A token is copied where, within what was given, nothing but it ever follows the two tokens
    before it. Any other one says which of several places was chosen to copy from.
    """
    ids, after = exercise.ids, dict[tuple[int, int], set[int]]()
    found = [False] * len(ids)
    for at in range(2, len(ids)):
        before = ids[at - 2], ids[at - 1]
        if exercise.learn[at]:
            found[at] = after.get(before) != {ids[at]}
        else:
            after.setdefault(before, set()).add(ids[at])
    return found
