"""The objectives that a recipe's rounds may name.

    name + settings -> objective -> examples to pack, losses for the trainer

A new objective is one module beside this one and one line in OBJECTIVES.
"""

from finetune.errors import FinetuneError
from finetune.objectives.grpo import GroupRelativePolicy, LeaveOneOut
from finetune.objectives.mixed import Mixed
from finetune.objectives.objective_protocols import Objective
from finetune.objectives.ppo import ProximalPolicy
from finetune.objectives.preference_pairs import Preference
from finetune.objectives.pretrain import Pretraining
from finetune.objectives.reward_pairs import RewardModelling
from finetune.objectives.sft import SupervisedFinetuning
from finetune.recipe import RoundPlan
from finetune.recipes.recipe_values import build

OBJECTIVES: dict[str, type[Objective]] = {
    "sft": SupervisedFinetuning,
    "pretrain": Pretraining,
    "grpo": GroupRelativePolicy,
    "rloo": LeaveOneOut,
    "ppo": ProximalPolicy,
    "mixed": Mixed,
    "preference": Preference,
    "reward": RewardModelling,
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
