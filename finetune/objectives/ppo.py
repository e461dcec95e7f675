"""Proximal policy optimisation: answers are sampled, scored, and made likelier or less likely.

    questions -> sampled answers -> reward at the end, distance to the parent at each token
    -> values by a head on the hidden state -> advantages (GAE) -> passes of clipped minibatches

The value head reads the hidden state, sends nothing back into the model, and is not kept. A killed
run goes on from its checkpoint and ends with the same bits (Schulman et al., 2017).
"""

import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from finetune import trainer
from finetune.architectures import architecture
from finetune.model import Student
from finetune.objectives import sampling
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.reinforcement import Reinforcement, Watch
from finetune.objectives.rewards import Reward, Scored
from finetune.objectives.sampling import Answers
from finetune.recipes.recipe_values import demand
from finetune.rows.examples import Example
from finetune.trainer import CurvePoint, EndTraining, TrainingRun
from finetune.training.round_progress import Tick

if TYPE_CHECKING:
    import torch

_HEAD = "value_head"


@dataclass(frozen=True, slots=True)
class ProximalPolicy(Reinforcement):
    """PPO with a value head of its own.

    Each step's answers are gone through `passes` times, in minibatches of the answers to so many
    questions. `clip_ratio` bounds how much likelier a token becomes in a step, and `clip_value` how
    far a value moves. `discount` and `smoothing` are gamma and lambda of the advantages.
    """

    passes: int = 2
    minibatch: int = 2
    clip_ratio: float = 0.2
    clip_value: float = 0.2
    value_rate: float = 1e-2
    discount: float = 1.0
    smoothing: float = 0.95
    name: ClassVar[str] = "ppo"

    def __post_init__(self) -> None:
        Reinforcement.__post_init__(self)
        demand(self.passes >= 1, "settings.passes", self.passes, "1 or more")
        demand(self.minibatch >= 1, "settings.minibatch", self.minibatch, "1 or more")
        demand(0 < self.clip_ratio < 1, "settings.clip_ratio", self.clip_ratio, "in (0, 1)")
        demand(self.clip_value > 0, "settings.clip_value", self.clip_value, "greater than 0")
        demand(0 < self.value_rate <= 1, "settings.value_rate", self.value_rate, "in (0, 1]")
        demand(0 <= self.discount <= 1, "settings.discount", self.discount, "from 0 to 1")
        demand(0 <= self.smoothing <= 1, "settings.smoothing", self.smoothing, "from 0 to 1")

    def train(self, student: Student, task: RoundTask) -> TrainingRun:
        """Train what is trainable in a student, in place."""
        reward = self.open_reward(task)
        asked = self.asked(student, task, reward)
        steps = self.steps(task.plan, len(asked))
        run = _Run(self, student, task, reward)
        curve = run.resume()
        resumed_at = len(curve)
        _without_dropout(student, recompute=task.recipe.recompute)
        for step in range(resumed_at, steps):
            try:
                point = run.step(_drawn(asked, step, self.questions, task.seed), step, steps, curve)
            except EndTraining:
                break
            curve.append(point)
            speed = point.tokens / max(point.seconds, 1e-3)
            told = speed, point.learning_rate, point.tokens, point.measured
            task.progress(Tick("train", step + 1, steps, point.loss, *told))
            if (step + 1) % task.plan.checkpoint_every == 0 and step + 1 < steps:
                run.save(curve)
        student.model.eval()
        return TrainingRun(tuple(curve), resumed_at)


def advantages(
    rewards: "torch.Tensor", values: "torch.Tensor", discount: float, smoothing: float
) -> "torch.Tensor":
    """Return generalised advantage estimates; both are rows of steps, and nothing comes after."""
    import torch

    found = torch.zeros_like(rewards)
    later = torch.zeros_like(rewards[:, 0])
    for at in range(rewards.shape[1] - 1, -1, -1):
        after = values[:, at + 1] if at + 1 < rewards.shape[1] else torch.zeros_like(later)
        surprise = rewards[:, at] + discount * after - values[:, at]
        later = surprise + discount * smoothing * later
        found[:, at] = later
    return found


@dataclass(frozen=True, slots=True)
class _Rollout:
    """Sampled answers to one question as they were when they were sampled, and what they came to.

    `worth` are advantages, `returns` what the values should have been.
    """

    answers: Answers
    likely: "torch.Tensor"
    values: "torch.Tensor"
    worth: "torch.Tensor"
    returns: "torch.Tensor"


class _Run:
    """A training under way: the student, its value head, its optimiser and its parent's weights."""

    def __init__(
        self, plan: ProximalPolicy, student: Student, task: RoundTask, reward: Reward
    ) -> None:
        import torch

        self._plan, self._student, self._task, self._reward = plan, student, task, reward
        trainable = student.model.named_parameters()
        self._weights = {name: one for name, one in trainable if one.requires_grad}
        self._parent = {name: one.detach().clone() for name, one in self._weights.items()}
        hidden = architecture.inner(student.model).config.get_text_config().hidden_size
        self._head = torch.nn.Linear(hidden, 1, device=student.device)
        torch.nn.init.zeros_(self._head.weight)
        torch.nn.init.zeros_(self._head.bias)
        named = self._head.named_parameters()
        self._all = {**self._weights, **{f"{_HEAD}.{name}": one for name, one in named}}
        self._optimizer = torch.optim.AdamW(
            [
                {"params": list(self._weights.values()), "weight_decay": task.plan.weight_decay},
                {"params": list(self._head.parameters()), "weight_decay": 0.0},
            ],
            lr=task.plan.learning_rate,
        )
        self._watch = Watch(plan.most_kl)

    def resume(self) -> list[CurvePoint]:
        """Go back to the run's checkpoint and return its curve; else begin from the seed."""
        import torch

        torch.manual_seed(self._task.seed)
        if self._task.checkpoint is None:
            return []
        return trainer.resume(self._task.checkpoint, self._all, self._optimizer)

    def save(self, curve: Sequence[CurvePoint]) -> None:
        """Write the run's checkpoint, where it has one."""
        if self._task.checkpoint:
            trainer.save_checkpoint(self._task.checkpoint, self._all, self._optimizer, curve)

    def step(
        self, asked: Sequence[Example], step: int, steps: int, curve: Sequence[CurvePoint]
    ) -> CurvePoint:
        """Sample and score answers, and learn from them."""
        began = time.monotonic()
        plan, task = self._plan, self._task
        answers = [
            sampling.sample(
                self._student,
                one,
                plan.samples,
                plan.max_new_tokens,
                plan.temperature,
                task.recipe.precision,
            )
            for one in asked
        ]
        scored = [self._reward.score([one.question] * plan.samples, one.texts) for one in answers]
        measured = self._watch.look(scored)
        rollouts, measured["kl"] = self._look_back(answers, scored)
        self._watch.check_distance(measured["kl"])
        rate = trainer.learning_rate(task.plan, step, steps)
        measured["length"], tokens = sampling.sizes(answers)
        loss, learned = self._learn(rollouts, rate, step, curve)
        seconds = time.monotonic() - began
        return trainer.next_point(curve, loss, rate, tokens, seconds, measured | learned)

    def _look_back(
        self, answers: Sequence[Answers], scored: Sequence[Sequence[Scored]]
    ) -> tuple[list[_Rollout], float]:
        """Return the answers with their advantages, and the distance to the parent by token."""
        import torch

        plan = self._plan
        made, apart, tokens = [], 0.0, 0
        for one, worth in zip(answers, scored, strict=True):
            with torch.no_grad():
                likely, hidden = self._read(one)
                values = self._head(hidden).squeeze(-1) * one.said
                with _as_parent(self._weights, self._parent):
                    before, _ = self._read(one)
            ratio = before - likely
            apart += float(((ratio.exp() - 1 - ratio) * one.said).sum())
            tokens += one.tokens
            rewards = plan.beta * ratio * one.said
            last = one.said.sum(1) - 1
            given = torch.tensor([each.reward for each in worth], device=rewards.device)
            rewards[torch.arange(len(given)), last] += given
            found = advantages(rewards, values, plan.discount, plan.smoothing) * one.said
            made.append(_Rollout(one, likely, values, found, found + values))
        every = torch.cat([one.worth[one.answers.said] for one in made])
        middle, spread = every.mean(), every.std().clamp(min=1e-6)
        normal = [replace(one, worth=(one.worth - middle) / spread) for one in made]
        return normal, apart / max(tokens, 1)

    def _learn(
        self, rollouts: Sequence[_Rollout], rate: float, step: int, curve: Sequence[CurvePoint]
    ) -> tuple[float, dict[str, float]]:
        """Go through the answers in minibatches; return the mean loss and what was measured."""
        import torch

        losses: list[float] = []
        clipped: list[float] = []
        missed: list[float] = []
        for group, each in zip(
            self._optimizer.param_groups, (rate, self._value_rate(rate)), strict=True
        ):
            group["lr"] = each
        for batch in self._minibatches(rollouts, step):
            tokens = sum(one.answers.tokens for one in batch)
            total = 0.0
            for one in batch:
                loss, cut, miss = self._loss(one)
                loss = loss / tokens
                loss.backward()  # type: ignore[no-untyped-call]
                total += float(loss.detach())
                clipped.append(cut)
                missed.append(miss)
            norm = float(
                torch.nn.utils.clip_grad_norm_(self._weights.values(), self._task.plan.clip)
            )
            if not (math.isfinite(total) and math.isfinite(norm)):
                self._optimizer.zero_grad()
                untouched = None if losses else self._task.checkpoint
                raise trainer.no_number(step, untouched, self._all, self._optimizer, curve)
            self._optimizer.step()
            self._optimizer.zero_grad()
            losses.append(total)
        return sum(losses) / len(losses), {
            "clipped": sum(clipped) / len(clipped),
            "value_error": sum(missed) / len(missed),
        }

    def _loss(self, one: _Rollout) -> tuple["torch.Tensor", float, float]:
        """Return the sum of the loss over the tokens of some answers, and what it came from."""
        import torch

        plan, said = self._plan, one.answers.said
        likely, hidden = self._read(one.answers)
        ratio = (likely - one.likely).exp()
        within = ratio.clamp(1 - plan.clip_ratio, 1 + plan.clip_ratio)
        policy = -torch.min(one.worth * ratio, one.worth * within)
        values = self._head(hidden.detach()).squeeze(-1)
        near = one.values + (values - one.values).clamp(-plan.clip_value, plan.clip_value)
        misses = torch.max((values - one.returns) ** 2, (near - one.returns) ** 2) / 2
        cut = float(((ratio != within) & said).sum()) / one.answers.tokens
        error = float((misses.detach() * said).sum()) / one.answers.tokens
        return ((policy + misses) * said).sum(), cut, error

    def _minibatches(self, rollouts: Sequence[_Rollout], step: int) -> Iterator[list[_Rollout]]:
        size = self._plan.minibatch
        for turn in range(self._plan.passes):
            order = list(rollouts)
            random.Random(f"{self._task.seed}:{step}:{turn}").shuffle(order)
            yield from (order[at : at + size] for at in range(0, len(order), size))

    def _value_rate(self, rate: float) -> float:
        return self._plan.value_rate * rate / self._task.plan.learning_rate

    def _read(self, answers: Answers) -> tuple["torch.Tensor", "torch.Tensor"]:
        precision = self._task.recipe.precision
        return sampling.read(self._student, answers, self._plan.temperature, precision)


def _without_dropout(student: Student, *, recompute: bool) -> None:
    """Let answers be read as they were sampled; layers are computed again in training alone."""
    import torch

    student.model.train(recompute)
    for module in student.model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.eval()


def _drawn(asked: Sequence[Example], step: int, count: int, seed: int) -> list[Example]:
    """Return the questions of a step: all in turn, shuffled anew each time they are through."""
    a_turn = len(asked) // count
    order = list(asked)
    random.Random(f"{seed}:{step // a_turn}").shuffle(order)
    at = step % a_turn * count
    return order[at : at + count]


@contextmanager
def _as_parent(weights: Mapping[str, Any], parent: Mapping[str, "torch.Tensor"]) -> Iterator[None]:
    """Let the network be its parent for a while."""
    own = {name: one.data for name, one in weights.items()}
    try:
        for name, one in weights.items():
            one.data = parent[name]
        yield
    finally:
        for name, one in weights.items():
            one.data = own[name]
