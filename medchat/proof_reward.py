"""The proof of lessons as a reward: what an answer is worth that a model wrote in training.

    example + answer -> row of the data set -> proof against the graph (knowledge) -> parts, reward

An answer that proves, cites rightly and is no longer than it need be is worth 1. Any other is worth
less than `_UNPROVEN`: the share of the asked facts that it states, half of that with one sentence
that nothing supports, a third with two, and less for wrong citations, for length, for repetition,
and for another language.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from finetune.objectives.rewards import OpenReward, Reward, Scored
from finetune.probes.declines import declines
from finetune.rows.examples import Example
from finetune.templates import rendering
from knowledge.lessons.verify.answer_proof import AnswerProof, AnswerProver, Question
from knowledge.records import Lesson
from knowledge.text.citations import numbered_lines, uncited
from knowledge.text.sentences import split_sentences

_UNPROVEN = 0.7
"""No answer that is not proven is worth more."""

_LONGER = 1.5
_LONGEST = 3.0
"""An answer may be so many times as long as that of the row; at the second it is worth nothing."""

_SPARE = 24
"""So many characters are free in any case."""

_RUN = 3
_DISTINCT = 0.85
"""Of all runs of so many words, or Chinese characters, this share may not stand twice."""

_TOKEN = re.compile("[\u3400-\u9fff]|[a-z0-9]+(?:['-][a-z0-9]+)*")
_HAN = re.compile("[\u3400-\u9fff]+")
_LATIN = re.compile("[A-Za-z]{3,}")


class ProofReward:
    """Scores answers to the rows of one data set by proving them against the graph."""

    def __init__(self, prover: AnswerProver, lessons: Sequence[Lesson]) -> None:
        self._prover = prover
        self._lessons = {lesson.id: lesson for lesson in lessons}

    def why_not(self, examples: Sequence[Example]) -> list[str]:
        """Return for each example why no answer to it can be proven, or an empty text.

        The row's own answer must prove: a question that nothing answers rightly teaches nothing.
        """
        known = [example for example in examples if example.id in self._lessons]
        found = self._prover.why_not([self._lessons[example.id] for example in known])
        why = dict(zip((example.id for example in known), found, strict=True))
        open_ones = [example for example in known if not why[example.id]]
        scored = self.score(open_ones, [example.answer for example in open_ones])
        for example, one in zip(open_ones, scored, strict=True):
            if not one.proven:
                why[example.id] = "its own answer is not proven"
        return [why.get(example.id, "it is no row of the data set") for example in examples]

    def score(self, examples: Sequence[Example], answers: Sequence[str]) -> list[Scored]:
        """Return what each answer is worth, with its parts."""
        questions = [
            Question(self._lessons[example.id], numbered_lines(example.prompt[-1]["content"]))
            for example in examples
        ]
        proofs = self._prover.prove(questions, answers)
        return [
            self._answered(example, question.lesson, answer, proof)
            if example.covered
            else self._declined(example, question.lesson, answer, proof)
            for example, question, answer, proof in zip(
                examples, questions, answers, proofs, strict=True
            )
        ]

    def _answered(
        self, example: Example, lesson: Lesson, answer: str, proof: AnswerProof
    ) -> Scored:
        sentences = proof.sentences
        many = max(len(sentences), 1)
        form = _form(example, lesson, answer)
        parts = {
            "asked": proof.stated / max(proof.asked, 1),
            "supported": sum(one.holds for one in sentences) / many,
            "cited": sum(one.cited for one in sentences) / many,
            **form,
        }
        wrong = sum(not one.holds for one in sentences)
        worth = parts["asked"] * parts["supported"] * (1 + parts["cited"]) / (2 + 2 * wrong)
        return _scored(worth, proof.proven, parts, proof.fault)

    def _declined(
        self, example: Example, lesson: Lesson, answer: str, proof: AnswerProof
    ) -> Scored:
        """Score an answer where nothing that is shown covers the question."""
        fixed = rendering.NOT_COVERED[example.language]
        proven = (
            answer.strip() == fixed
            or (bool(lesson.meta.get("declined")) and proof.proven)
            or self._prover.declines(lesson, answer)
        )
        sentences = split_sentences(answer.strip())
        saying = sum(declines(one, example.language) for one in sentences)
        parts = {
            "declined": saying / max(len(sentences), 1),
            **_form(example, lesson, answer, fixed),
        }
        worth = parts["declined"] ** 2 / 2
        return _scored(worth, proven, parts, "" if proven else "the answer does not just decline")


def opener(engine: Engine, generation: int) -> OpenReward:
    """Return what opens the reward for a dataset folder; the graph is read once."""

    @cache
    def prover() -> AnswerProver:
        return AnswerProver(engine, generation)

    def open_reward(folder: Path) -> Reward:
        return ProofReward(prover(), list(_lessons_of(folder)))

    return open_reward


def _lessons_of(folder: Path) -> Iterator[Lesson]:
    from knowledge.lessons import dataset_check

    for name in dataset_check.FILES:
        yield from dataset_check.read_lessons(folder / name)


def _form(example: Example, lesson: Lesson, answer: str, wanted: str = "") -> dict[str, float]:
    """Return what an answer is worth by its form: length, repetition and language."""
    own = wanted or uncited(lesson.messages[-1].content)
    return {
        "concise": _concise(len(uncited(answer)), len(own)),
        "unrepeated": _unrepeated(uncited(answer)),
        "language": _language(answer, example),
    }


def _scored(worth: float, proven: bool, parts: dict[str, float], fault: str) -> Scored:
    form = parts["concise"] * parts["unrepeated"] * parts["language"]
    whole = proven and form == 1.0
    if proven and not whole:
        fault = "the answer is too long, repeats itself, or is in another language"
        worth = 1.0
    return Scored(1.0 if whole else _UNPROVEN * worth * form, whole, parts, fault)


def _concise(length: int, wanted: int) -> float:
    """Return 1 up to the length that an answer may have, falling to 0 at the longest."""
    most, end = _LONGER * wanted + _SPARE, _LONGEST * wanted + _SPARE
    return min(1.0, max(0.0, (end - length) / (end - most)))


def _unrepeated(text: str) -> float:
    """Return 1 where few runs of words stand twice, else the square of the share of others."""
    tokens = _TOKEN.findall(text.lower())
    runs = [tuple(tokens[at : at + _RUN]) for at in range(len(tokens) - _RUN + 1)]
    share = len(set(runs)) / len(runs) if runs else 1.0
    return 1.0 if share >= _DISTINCT else share**2


def _language(answer: str, example: Example) -> float:
    """Return the share of an answer's words that are of its language, or stand in its prompt."""
    shown = example.prompt[-1]["content"].casefold()
    foreign = _HAN if example.language == "en" else _LATIN
    strange = [one for one in foreign.findall(uncited(answer)) if one.casefold() not in shown]
    length = max(len(answer.strip()), 1)
    return max(0.0, 1.0 - 2 * sum(map(len, strange)) / length)
