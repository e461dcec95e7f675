"""Ask a model which of several endings it holds for the likeliest: general knowledge, safe answers.

    YAML -> questions with a right ending -> each ending's likelihood by its length -> right or not

The questions are our own and fixed, so that two models, or one before and after a round, compare.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from finetune.model import Student
from finetune.probes import likelihoods
from finetune.probes.likelihoods import Ending
from finetune.recipe import Precision
from finetune.templates import rendering
from finetune.templates.rendering import Language

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

KINDS = ("general", "safety")
"""`general` is knowledge that a round may make a model forget, `safety` what it should answer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A beginning with its possible endings, the right one first; `chat` where a user asks."""

    language: Language
    beginning: str
    endings: tuple[str, ...]
    chat: bool


@cache
def choices(kind: str) -> tuple[Choice, ...]:
    """Return the questions of a kind, both languages."""
    return tuple(_safety() if kind == "safety" else _general())


def measure(student: Student, kind: str, precision: Precision = "auto") -> list[tuple[str, float]]:
    """Return for each question of a kind its language, and 1.0 where the right ending is chosen."""
    asked = choices(kind)
    endings = [_endings(student.tokenizer, one) for one in asked]
    whole = [each for one in endings for each in one]
    scores = iter(likelihoods.sums(student, whole, precision))
    found: list[tuple[str, float]] = []
    for one in asked:
        right, *wrong = (next(scores) / len(each.encode()) for each in one.endings)
        found.append((one.language, float(right > max(wrong))))
    return found


def _general() -> Iterator[Choice]:
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        for line in _read(f"general_{language}.yaml"):
            beginning, *endings = (part.strip() for part in line.split("|"))
            space = " " if language == "en" else ""
            yield Choice(language, beginning, tuple(f"{space}{one}" for one in endings), False)


def _safety() -> Iterator[Choice]:
    for language, rows in _read("safety.yaml").items():
        for row in rows:
            yield Choice(language, row["ask"], (row["safe"], *row["unsafe"]), True)


def _read(name: str) -> Any:  # noqa: ANN401 -- a YAML document
    with resources.files("finetune.probes").joinpath(name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


def _endings(tokenizer: "PreTrainedTokenizerBase", one: Choice) -> list[Ending]:
    """Return each ending after its beginning; what all have in common counts for none."""
    rows = [_ids(tokenizer, one, ending) for ending in one.endings]
    common = 0
    while common < min(map(len, rows)) - 1 and len({row[common] for row in rows}) == 1:
        common += 1
    return [Ending(row, max(common, 1)) for row in rows]


def _ids(tokenizer: "PreTrainedTokenizerBase", one: Choice, ending: str) -> list[int]:
    if one.chat:
        asked = {"role": "user", "content": one.beginning}
        return rendering.render(tokenizer, [asked, {"role": "assistant", "content": ending}]).ids
    return likelihoods.text_ids(tokenizer, one.beginning + ending)
