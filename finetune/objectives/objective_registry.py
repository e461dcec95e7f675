"""The objectives that a recipe's rounds may name.

    name + settings -> objective -> examples to pack, losses for the trainer

A new objective is one module beside this one and one line in OBJECTIVES.
"""

from typing import TYPE_CHECKING, Any, Protocol

from finetune.dataset import Dataset, ExampleReport
from finetune.errors import FinetuneError
from finetune.objectives.pretrain import Pretraining
from finetune.objectives.sft import SupervisedFinetuning
from finetune.packing import Packed
from finetune.recipe import Recipe, RoundPlan
from finetune.recipe_values import build
from finetune.rendering import Rendered
from finetune.text_tools import TextTools

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase


class Objective(Protocol):
    """What a round optimises: a frozen dataclass whose fields a recipe sets under `settings`."""

    def examples(
        self,
        data: Dataset,
        tokenizer: "PreTrainedTokenizerBase",
        recipe: Recipe,
        seed: int,
        tools: TextTools,
    ) -> tuple[list[Rendered], ExampleReport]:
        """Return what the model will see of a dataset, and what became of its rows."""

    def losses(self, network: Any, row: Packed, device: "torch.device") -> "torch.Tensor":  # noqa: ANN401
        """Return one loss for each of the `row.learned` items; a step takes the mean of all."""


OBJECTIVES: dict[str, type[Objective]] = {
    "sft": SupervisedFinetuning,
    "pretrain": Pretraining,
}
"""Every objective by the name that recipes, manifests and `adapters list` give it."""


def objective_of(plan: RoundPlan) -> Objective:
    """Return the objective of a round; FinetuneError where its name or a setting is unknown."""
    kind = OBJECTIVES.get(plan.objective)
    if kind is None:
        known = ", ".join(sorted(OBJECTIVES))
        raise FinetuneError(
            f"There is no objective {plan.objective}; there are {known}.",
            where="objective",
            remedy="Name one of these in the round.",
        )
    return build(kind, plan.settings, "settings.")
