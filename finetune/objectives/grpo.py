"""Reinforcement by trl: answers to a question are held against one another (GRPO, RLOO).

questions -> prompts as chat asks them -> sampled answers -> reward -> trl's loss, held by the
distance to the parent -> curve

Prompts, what ends an answer, learning rates, checkpoints and the parent are those of our rounds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from finetune.inference import answer_ends
from finetune.model import Student
from finetune.objectives import trl_training
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.reinforcement import Reinforcement, Watch, in_groups
from finetune.objectives.rewards import Reward
from finetune.objectives.trl_training import TrlTraining
from finetune.rows.examples import Example
from finetune.templates import chat_templates
from finetune.trainer import TrainingRun

_REF = "ref"
"""The name under which trl keeps a copy of the adapter that training starts from."""


@dataclass(frozen=True, slots=True)
class GroupRelativePolicy(Reinforcement):
    """GRPO: an answer is as good as it is better than the others to its question."""

    name: ClassVar[str] = "grpo"

    def train(self, student: Student, task: RoundTask) -> TrainingRun:
        """Train what is trainable in a student, in place."""
        from trl.trainer.grpo_config import GRPOConfig
        from trl.trainer.grpo_trainer import GRPOTrainer

        return _train(self, student, task, GRPOTrainer, GRPOConfig)


@dataclass(frozen=True, slots=True)
class LeaveOneOut(Reinforcement):
    """RLOO: an answer is held against the mean of the others to its question."""

    name: ClassVar[str] = "rloo"

    def train(self, student: Student, task: RoundTask) -> TrainingRun:
        """Train what is trainable in a student, in place."""
        from trl.trainer.rloo_config import RLOOConfig
        from trl.trainer.rloo_trainer import RLOOTrainer

        return _train(self, student, task, RLOOTrainer, RLOOConfig, normalize_advantages=True)


def _train(
    plan: Reinforcement,
    student: Student,
    task: RoundTask,
    kind: type[Any],
    config: type[Any],
    **settings: object,
) -> TrainingRun:
    reward = plan.open_reward(task)
    asked = plan.asked(student, task, reward)
    judge = _Judge(plan, reward, asked)
    texts = [chat_templates.prompt_text(student.tokenizer, one.prompt) for one in asked]
    training = TrlTraining(
        trainer=type(kind.__name__, (_OurAnswers, kind), {"judge": judge, "student": student}),
        config=config,
        rows=[{"prompt": text, "place": at} for at, text in enumerate(texts)],
        at_a_step=plan.questions * plan.samples,
        at_once=plan.samples,
        settings={
            "num_generations": plan.samples,
            "max_completion_length": plan.max_new_tokens,
            "temperature": plan.temperature,
            "beta": plan.beta,
            **settings,
        },
        given={"reward_funcs": judge.score},
        steps=plan.steps(task.plan, len(asked)),
    )
    try:
        return trl_training.train(student, training, task)
    finally:
        if _REF in getattr(student.model, "peft_config", {}):
            student.model.delete_adapter(_REF)


class _Judge:
    """Scores what trl samples, and ends a training that learns nothing or goes too far."""

    def __init__(self, plan: Reinforcement, reward: Reward, asked: Sequence[Example]) -> None:
        self._reward, self._asked, self._samples = reward, asked, plan.samples
        self._watch = Watch(plan.most_kl)

    def score(
        self,
        completions: Sequence[str],
        place: Sequence[int],
        log_metric: Callable[[str, float], None],
        **_: object,
    ) -> list[float]:
        """Return what each answer is worth; all samples of a question stand side by side."""
        questions = [self._asked[at] for at in place]
        scored = self._reward.score(questions, [one.strip() for one in completions])
        for name, value in self._watch.look(in_groups(scored, self._samples)).items():
            log_metric(name, value)
        return [one.reward for one in scored]

    def check_distance(self, measured: Sequence[float]) -> None:
        """Raise EndTraining where a step's answers are too far from the parent's."""
        self._watch.check_distance(sum(measured) / len(measured))


class _OurAnswers:
    """What a trainer of trl does otherwise here: it asks as chat does, and stops in time."""

    judge: _Judge
    student: Student
    run: Any
    processing_class: Any
    generation_config: Any
    generation_kwargs: dict[str, Any]
    eos_token_ids: list[int]
    _metrics: dict[str, dict[str, list[float]]]

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        ends = sorted(answer_ends.ends_of(self.student))
        self.eos_token_ids = ends
        self.generation_config.eos_token_id = ends
        self.generation_kwargs["eos_token_id"] = ends

    def _tokenize_prompts(
        self, prompts: Sequence[str]
    ) -> tuple[list[list[int]], None, dict[str, Any]]:
        encoded = self.processing_class(list(prompts), add_special_tokens=False)
        return list(encoded["input_ids"]), None, {}

    def _prepare_inputs(self, batch: Any) -> Any:  # noqa: ANN401
        made = super()._prepare_inputs(batch)  # type: ignore[misc]
        self.run.tokens += sum(int(made[name].sum()) for name in ("prompt_mask", "completion_mask"))
        return made

    def _get_grad_norm(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        self.judge.check_distance(self._metrics["train"]["kl"])
        return super()._get_grad_norm(*given, **named)  # type: ignore[misc]
