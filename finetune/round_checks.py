"""Refuse a round that cannot be as it is asked for, before anything of it is done.

recipe -> values that are read, base that can -> parent to go on from -> processes
"""

from finetune import adapters, model
from finetune.adapters import Adapter
from finetune.architectures import capabilities
from finetune.bases import base_records
from finetune.cards import round_record
from finetune.errors import FinetuneError
from finetune.ledger import Wanted
from finetune.methods.method_registry import method_of, recorded
from finetune.objectives.objective_protocols import MakesAnother, NeedsReward, TrainsItself
from finetune.objectives.objective_registry import objective_of
from finetune.recipe import Recipe
from finetune.recipes import recipe_reader, unread_values
from finetune.training.ranks import Ranks


def check_recipe(wanted: Wanted) -> None:
    """Refuse values that no round reads, a base that cannot be trained so, a judge that lacks."""
    recipe, plan = wanted.recipe, wanted.recipe.round(wanted.number)
    unread_values.refuse(recipe)
    family = model.family_of(base_records.find(wanted.home, recipe.base))
    capabilities.refuse(family, recipe.method, plan.objective, recipe.base)
    objective = objective_of(plan)
    if isinstance(objective, NeedsReward):
        objective.demand_reward(wanted.home)


def check_parent(wanted: Wanted, parent: Adapter | None) -> None:
    """Refuse a method that this machine lacks, and a parent that a round cannot go on from."""
    recipe = wanted.recipe
    method = method_of(recipe)
    method.demand_libraries(recipe)
    unread_values.refuse_start(recipe, wanted.number, new=parent is None)
    if parent and recorded(parent.folder) != method:
        raise FinetuneError(
            f"{parent.name} was made by the method {adapters.manifest(parent).get('method')}, from "
            f"which {recipe.method} cannot go on.",
            where="--from",
            remedy="Begin on the bare base: --from base. Or merge the adapter, and train on that "
            "folder: --base FOLDER.",
        )
    makes_another = isinstance(objective_of(recipe.round(wanted.number)), MakesAnother)
    if parent and (recipe.policy == "continue" or makes_another):
        _refuse_another_shape(recipe, parent)


def check_ranks(wanted: Wanted, group: Ranks) -> None:
    """Refuse several processes where an objective trains in one."""
    plan = wanted.recipe.round(wanted.number)
    if group.size > 1 and isinstance(objective_of(plan), TrainsItself):
        raise FinetuneError(
            f"The objective {plan.objective} trains in one process, not in {group.size}.",
            where="objective",
            remedy="Start this round without torchrun.",
        )


def _refuse_another_shape(recipe: Recipe, parent: Adapter) -> None:
    """Refuse a shape that a round would not have, since its parent's adapter has another."""
    made = recipe_reader.recorded(round_record.of(parent).part("recipe", "values"))
    was, now = (method_of(recipe).shape(one) for one in (made, recipe))
    other = [f"{key} {was[key]}, not {now[key]}" for key in now if was[key] != now[key]]
    if other:
        raise FinetuneError(
            f"{parent.name} was made with {', '.join(other)}, and a round that goes on from it "
            "keeps its shape.",
            where="--from",
            remedy="Write these values into the recipe, or a policy that adds an adapter (stack or "
            "merge), or begin on the bare base: --from base.",
        )
