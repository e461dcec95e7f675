"""What all reinforcement has in common: questions, answers that are scored, and when to stop.

    rows -> questions; answers -> reward -> numbers of a step -> nothing to learn? too far away?

The reward is the proof that the caller hands in (`TextTools.proof`), or a reward model of the home.
The model that training starts from is the parent that it may not leave by more than `most_kl` nats
a token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from finetune.dataset import Dataset, Row
from finetune.errors import FinetuneError
from finetune.evaluate import Pair
from finetune.inference import batch_writing
from finetune.model import Student
from finetune.objectives import model_reward
from finetune.objectives.model_reward import AnyQuestion
from finetune.objectives.objective_protocols import (
    Examples,
    ExampleSource,
    RoundSize,
    RoundTask,
)
from finetune.objectives.rewards import Reward, Scored
from finetune.recipe import RoundPlan
from finetune.recipes.recipe_values import demand
from finetune.rows import questions
from finetune.rows.examples import Example, ExampleReport
from finetune.rows.questions import Questions
from finetune.scoring.goals import Goal
from finetune.scoring.measure_names import PROOF, name_of, reward_measure
from finetune.templates.rendering import Rendered
from finetune.text_tools import TextTools
from finetune.trainer import EndTraining
from finetune.training.round_progress import Tick

if TYPE_CHECKING:
    import torch

_PATIENCE = 5
"""After so many steps whose answers are all worth the same, there is nothing to learn from."""


@dataclass(frozen=True, slots=True)
class Reinforcement:
    """What a recipe may set of any kind of reinforcement.

    A step asks `questions`, and samples so many answers to each; `beta` weighs the distance to the
    parent, and `held_out` is the number of unseen questions that are answered before and after.
    `reward` is `proof`, or names the round of a reward model, such as `reward/round-1`.
    """

    reward: str = PROOF
    questions: int = 4
    samples: int = 4
    max_new_tokens: int = 96
    temperature: float = 1.0
    beta: float = 0.04
    most_kl: float = 0.5
    held_out: int = 64
    name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        known = self.reward == PROOF or "/" in self.reward
        demand(known, "settings.reward", self.reward, f"{PROOF}, or a reward model's NAME/round-N")
        demand(self.questions >= 1, "settings.questions", self.questions, "1 or more")
        demand(self.samples >= 2, "settings.samples", self.samples, "2 or more")
        demand(self.max_new_tokens >= 1, "settings.max_new_tokens", self.max_new_tokens, ">= 1")
        demand(0 < self.temperature <= 2, "settings.temperature", self.temperature, "in (0, 2]")
        demand(self.beta > 0, "settings.beta", self.beta, "greater than 0")
        demand(self.most_kl > 0, "settings.most_kl", self.most_kl, "greater than 0")
        demand(self.held_out >= 1, "settings.held_out", self.held_out, "1 or more")

    @property
    def goal(self) -> Goal:
        """Return the measure that must rise: by the name of what rewards."""
        measure = reward_measure(self.reward)
        said = f"the mean {name_of(measure)} of answers to held-out questions"
        return Goal(measure, said, items="questions")

    def examples(self, source: ExampleSource) -> Examples:
        """Return questions with the answers of their rows, as sizes go: answers will be written."""
        data = source.data
        plans = [plan for plan in source.recipe.rounds if plan.objective == self.name]
        wanted = max((self.needed(one, len(data.train)) for one in plans), default=len(data.train))
        # sizes alone are wanted: a reward model would be opened for nothing
        reward = open_proof(data, source.tools) if self.reward == PROOF else AnyQuestion()
        chosen = self._choose(source, data.train, reward, wanted)
        return [one.tokens for one in chosen.examples], chosen.report

    def asked(self, student: Student, task: RoundTask, reward: Reward) -> Sequence[Example]:
        """Return the questions of a round; FinetuneError where the data has too few."""
        rows = task.data.train
        wanted = self.needed(task.plan, len(rows))
        source = task.source(student.tokenizer)
        return self._choose(source, rows, reward, wanted, least=self.questions).examples

    def needed(self, plan: RoundPlan, rows: int) -> int:
        """Return how many questions a round asks, each once in each epoch."""
        return min(plan.max_steps * self.questions, rows) if plan.max_steps else rows

    def steps(self, plan: RoundPlan, asked: int) -> int:
        """Return how many steps a round takes over so many questions."""
        most = asked // self.questions * plan.epochs
        return min(most, plan.max_steps) if plan.max_steps else most

    def size(self, plan: RoundPlan, shown: Sequence[Rendered], device: "torch.device") -> RoundSize:
        """Return how much a round takes whose answers are as long as they may be."""
        steps = self.steps(plan, len(shown))
        rows = steps * self.questions * self.samples
        prompts = sum(len(one.ids) - sum(one.learn) for one in shown)
        tokens = round(rows * (prompts / max(len(shown), 1) + self.max_new_tokens))
        return RoundSize(steps, rows, tokens)

    def measure(self, student: Student, task: RoundTask) -> Mapping[str, tuple[Pair, ...]]:
        """Return what greedy answers to held-out questions are worth, and which are proven."""
        reward = self.open_reward(task)
        source = replace(task.source(student.tokenizer), seed=task.recipe.seed)
        chosen = self._choose(source, task.data.validation, reward, self.held_out)
        written = batch_writing.write_answers(
            student,
            [one.prompt for one in chosen.examples],
            self.max_new_tokens,
            task.recipe.precision,
            lambda done: task.progress(Tick("prove", done, len(chosen.examples))),
        )
        scored = reward.score(chosen.examples, [text or "" for text in written])
        found = {self.goal.measure: tuple((one.reward, 1.0) for one in scored)}
        if self.reward == PROOF:
            found["proven"] = tuple((float(bool(one.proven)), 1.0) for one in scored)
        return found

    def demand_reward(self, home: Path) -> None:
        """Raise FinetuneError where the reward model that shall judge is not in the home."""
        if self.reward != PROOF:
            model_reward.judge_of(home, self.reward)

    def open_reward(self, task: RoundTask) -> Reward:
        """Return what scores the answers of a round; FinetuneError where that is not there."""
        if self.reward == PROOF:
            return open_proof(task.data, task.tools)
        return model_reward.load(task.home, self.reward, task.recipe.precision)

    def _choose(
        self,
        source: ExampleSource,
        rows: Sequence[Row],
        reward: Reward,
        wanted: int,
        least: int = 1,
    ) -> Questions:
        most = self.max_new_tokens
        chosen = questions.choose(source, rows, reward, wanted=wanted, max_new_tokens=most)
        if len(chosen.examples) < least:
            raise _no_questions(source.data, chosen.report, least)
        return chosen


def open_proof(data: Dataset, tools: TextTools) -> Reward:
    """Return what proves answers to the rows of a data set; FinetuneError where nothing can."""
    if tools.proof is None:
        raise FinetuneError(
            "There is no graph here against which answers could be proven.",
            where="settings.reward",
            remedy="Run the round by `medchat finetune` in the home that made the data.",
        )
    return tools.proof(data.folder)


@dataclass(slots=True)
class Watch:
    """Looks at each step: ends a training that learns nothing, or that went too far."""

    most_kl: float
    best: float = 0.0
    differed: bool = False
    looked: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def look(self, groups: Sequence[Sequence[Scored]]) -> dict[str, float]:
        """Take the scores of a step, by question, and return their means.

        FinetuneError where all answers of the first steps are worth the same.
        """
        every = [one for group in groups for one in group]
        self.looked += 1
        self.best = max(self.best, *(one.reward for one in every))
        for group in groups:
            self.differed |= len({round(one.reward, 6) for one in group}) > 1
        for one in every:
            if one.fault:
                self.faults[one.fault] = self.faults.get(one.fault, 0) + 1
        if self.looked >= _PATIENCE and not self.differed:
            raise self._nothing_to_learn()
        return means(every)

    def check_distance(self, kl: float) -> None:
        """Raise EndTraining where the model is further from its parent than it may be."""
        if kl > self.most_kl:
            raise EndTraining(f"{kl:.3f} nats a token from the parent, {self.most_kl:g} at most")

    def _nothing_to_learn(self) -> FinetuneError:
        why = max(self.faults, key=lambda one: self.faults[one], default="")
        return FinetuneError(
            f"All answers to a question were worth the same in each of the first {self.looked} "
            f"steps ({self.best:.2f} at most), so there is nothing to learn from"
            + (f"; most often {why}." if why else "."),
            where="settings.reward",
            remedy="Train a round of sft first, or raise samples or temperature.",
            status=1,
        )


def means(scored: Sequence[Scored]) -> dict[str, float]:
    """Return the mean reward, the share that is proven where a proof judged, and each part's."""
    found = {"reward": sum(one.reward for one in scored) / len(scored)}
    judged = [one.proven for one in scored if one.proven is not None]
    if judged:
        found["proven"] = sum(judged) / len(judged)
    for name in dict.fromkeys(name for one in scored for name in one.parts):
        told = [one.parts[name] for one in scored if name in one.parts]
        found[name] = sum(told) / len(told)
    return found


def in_groups(scored: Sequence[Scored], samples: int) -> list[Sequence[Scored]]:
    """Return scores by question, where all samples of one stand side by side."""
    return [scored[at : at + samples] for at in range(0, len(scored), samples)]


def _no_questions(data: Dataset, report: ExampleReport, least: int) -> FinetuneError:
    why = sorted(report.left_out.items(), key=lambda one: -one[1])[:3]
    told = "; ".join(f"{count} rows: {reason}" for reason, count in why)
    return FinetuneError(
        f"Of the {report.rows} rows in {data.folder}, {report.kept} are questions whose answers "
        f"can be scored, and {least} are the least" + (f" ({told})." if told else "."),
        where="--data",
        remedy="Make data of short answers: medchat build-data --style huatuo,safety,exam.",
    )
