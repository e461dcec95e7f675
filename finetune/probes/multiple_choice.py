"""Ask a model multiple-choice questions by likelihood, without the bias of its letters.

    questions -> options in each order of a rotation -> likelihoods of letters -> mean by option

A model prefers some letters whatever stands behind them (Zheng et al., "Large Language Models Are
Not Robust Multiple Choice Selectors", ICLR 2024). Each option is shown once behind every letter,
and what it is chosen by is the mean of its log-probabilities over all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finetune.errors import FinetuneError
from finetune.evaluate import Measurement
from finetune.files import json_lines
from finetune.model import Student
from finetune.probes import likelihoods
from finetune.recipe import Precision
from finetune.templates import rendering
from finetune.templates.rendering import Language

LETTERS = "ABCDEFGHIJ"

_ASKED: dict[Language, tuple[str, str]] = {
    "en": ("Question: ", "Answer with the letter of the right option only."),
    "zh": ("问题：", "只用正确选项的字母回答。"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its options, and the place of the right one."""

    text: str
    options: tuple[str, ...]
    answer: int
    language: Language


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a model chose: `option` over all orders, `first` in the order that the question has.

    `shares` are the mean log-probabilities of the options.
    """

    option: int
    first: int
    shares: tuple[float, ...]


def read(path: Path) -> list[Question]:
    """Read questions from JSONL: `question`, `options`, and `answer` as a letter, place or text.

    Raises FinetuneError where a line is none.
    """
    if not path.is_file():
        raise FinetuneError(
            f"There is no file {path}.", where="--choices", remedy="Give a JSONL file of questions."
        )
    questions = [
        _question(raw, f"{path}:{number}") for number, raw in json_lines.read(path, _SHAPE)
    ]
    if not questions:
        raise FinetuneError(f"The file {path} holds no question.", where="--choices", remedy=_SHAPE)
    return questions


def ask(
    student: Student, questions: Sequence[Question], precision: Precision = "auto"
) -> list[Chosen]:
    """Return what the model chooses in each question.

    Raises FinetuneError where one is longer than what the model holds.
    """
    orders = [_orders(one) for one in questions]
    begun = [
        _beginning(student, one, order)
        for one, each in zip(questions, orders, strict=True)
        for order in each
    ]
    shares = iter(likelihoods.following(student, begun, precision))
    return [_choose(each, [_among(next(shares)) for _ in each]) for each in orders]


def added(
    measured: Measurement, questions: Sequence[Question], chosen: Sequence[Chosen]
) -> Measurement:
    """Return a measurement with `choices`, and with `choices_as_given`: of one order only."""
    right = zip(questions, chosen, strict=True)
    pairs = [(float(it.option == one.answer), float(it.first == one.answer)) for one, it in right]
    found = {
        "choices": tuple((over_all, 1.0) for over_all, _ in pairs),
        "choices_as_given": tuple((first, 1.0) for _, first in pairs),
    }
    spoken = tuple(one.language for one in questions)
    return replace(
        measured,
        rows={**measured.rows, **found},
        languages={**measured.languages, **dict.fromkeys(found, spoken)},
    )


_SHAPE = 'Write each line as {"question": "…", "options": ["…", "…"], "answer": "A"}.'


def _question(raw: Any, where: str) -> Question:  # noqa: ANN401 -- a JSON value
    try:
        text, options, answer = raw["question"], raw["options"], raw["answer"]
        if not isinstance(text, str) or not isinstance(options, list | dict):
            raise TypeError("question and options")
        listed = list(options.values()) if isinstance(options, dict) else options
        names = list(options) if isinstance(options, dict) else list(LETTERS[: len(listed)])
        if not 2 <= len(listed) <= len(LETTERS) or not all(isinstance(one, str) for one in listed):
            raise ValueError("options")
        language: Language = "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in text) else "en"
        return Question(text, tuple(listed), _place(answer, names, listed), language)
    except (ValueError, KeyError, TypeError) as error:
        raise FinetuneError(
            "The line is no question with two to ten options and one right answer.",
            where=where,
            remedy=_SHAPE,
        ) from error


def _place(answer: object, names: Sequence[str], options: Sequence[str]) -> int:
    """Return the place of the right option; a number counts from 0."""
    if isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer < len(options):
        return answer
    if answer in names:
        return list(names).index(str(answer))
    return list(options).index(str(answer))


def _orders(question: Question) -> list[tuple[int, ...]]:
    """Return every rotation of the options: each stands once behind every letter."""
    count = len(question.options)
    return [tuple((start + step) % count for step in range(count)) for start in range(count)]


def _beginning(
    student: Student, question: Question, order: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the tokens that ask a question in an order, and the token of each letter."""
    heading, told = _ASKED[question.language]
    lines = [
        f"{letter}. {question.options[place]}"
        for letter, place in zip(LETTERS, order, strict=False)
    ]
    asked = {"role": "user", "content": "\n".join([heading + question.text, *lines, told])}
    rows = []
    for letter in LETTERS[: len(order)]:
        said = {"role": "assistant", "content": letter}
        rows.append(rendering.render(student.tokenizer, [asked, said]).ids)
    common = 0
    while len({row[common] for row in rows}) == 1:
        common += 1
    if common > student.context:
        raise FinetuneError(
            f"A question has {common} tokens, and {student.base_name} holds {student.context}.",
            where="--choices",
            remedy="Leave it out, or take a base that holds more.",
        )
    return rows[0][:common], [row[common] for row in rows]


def _among(scores: Sequence[float]) -> list[float]:
    """Return log-likelihoods as log-probabilities among these letters alone."""
    most = max(scores)
    total = most + math.log(sum(math.exp(one - most) for one in scores))
    return [one - total for one in scores]


def _choose(orders: Sequence[Sequence[int]], shares: Sequence[Sequence[float]]) -> Chosen:
    count = len(orders[0])
    sums = [0.0] * count
    for order, each in zip(orders, shares, strict=True):
        for place, share in zip(order, each, strict=True):
            sums[place] += share / count
    first = max(range(count), key=lambda place: shares[0][place])
    return Chosen(max(range(count), key=lambda place: sums[place]), first, tuple(sums))
