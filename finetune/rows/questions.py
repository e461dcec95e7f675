"""Choose the questions that reinforcement asks: rows of which a reward can score free answers.

rows in a drawn order, languages in turn -> examples -> the reward's own judgement -> Questions
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from finetune.dataset import Row
from finetune.objectives.rewards import Reward
from finetune.rows.examples import Example, ExampleMaker, ExampleReport

if TYPE_CHECKING:
    from finetune.objectives.objective_protocols import ExampleSource

_AT_ONCE = 64
"""So many rows are looked at before it is asked whether there are enough."""

_LONG_ANSWER = "its own answer is longer than max_new_tokens"
_LONG_PROMPT = "its prompt leaves no room for an answer"


@dataclass(frozen=True, slots=True)
class Questions:
    """Examples whose answers can be scored, and what became of the rows that were looked at."""

    examples: tuple[Example, ...]
    report: ExampleReport


def choose(
    source: "ExampleSource",
    rows: Sequence[Row],
    reward: Reward,
    *,
    wanted: int,
    max_new_tokens: int,
) -> Questions:
    """Return so many questions of the rows, or as many as there are; the same for the same seed."""
    report = ExampleReport()
    found: list[Example] = []
    left = iter(_in_order(rows, source.seed))
    tokenizer, recipe = source.tokenizer, source.recipe
    maker = ExampleMaker(rows, rows, tokenizer, recipe, source.seed, source.tools)
    while len(found) < wanted and (few := list(islice(left, _AT_ONCE))):
        made, shown = maker.make(few)
        report.rows += shown.rows
        for reason, count in shown.left_out.items():
            report.left_out[reason] = report.left_out.get(reason, 0) + count
        for example, reason in zip(made, reward.why_not(made), strict=True):
            why = reason or _too_long(example, recipe.max_tokens, max_new_tokens)
            if why:
                report.left_out[why] = report.left_out.get(why, 0) + 1
            elif len(found) < wanted:
                found.append(example)
    report.kept = len(found)
    report.uncovered = sum(not one.covered for one in found)
    return Questions(tuple(found), report)


def _too_long(example: Example, max_tokens: int, max_new_tokens: int) -> str:
    answer = sum(example.tokens.learn)
    if answer > max_new_tokens:
        return _LONG_ANSWER
    prompt = len(example.tokens.ids) - answer
    return _LONG_PROMPT if prompt + max_new_tokens > max_tokens else ""


def _in_order(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return the rows shuffled, both languages in turn where there are enough of both."""
    order = sorted(rows, key=lambda row: row.id)
    random.Random(seed).shuffle(order)
    spoken = [[row for row in order if row.language == one] for one in ("en", "zh")]
    return [row for row in chain.from_iterable(zip_longest(*spoken)) if row is not None]
