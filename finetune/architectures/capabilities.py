"""What is promised: which family can be trained by which method for which objective.

    family x method x objective -> promised, or the reason why not in a sentence

All that is listed here is promised but for what REFUSALS takes out. The documents' table is written
from here, and tests train each promised cell. A new method and a new objective are lines in their
registries; what a family cannot do with it is one more Refusal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from finetune.architectures.families import FAMILIES, Family, Kind
from finetune.errors import FinetuneError
from finetune.methods import method_registry
from finetune.objectives.objective_registry import OBJECTIVES
from finetune.scoring.goals import REINFORCEMENT

METHODS: tuple[str, ...] = tuple(method_registry.METHODS)
"""The methods by which a recipe may train, by the names that it gives them."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is not promised, with the reason as a whole sentence; an empty part stands for any."""

    reason: str
    families: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    methods: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()

    def holds_for(self, family: Family, method: str, objective: str) -> bool:
        """Say whether this is what takes a cell out."""
        return (
            (not self.families or family.name in self.families)
            and (not self.kinds or family.kind in self.kinds)
            and (not self.methods or method in self.methods)
            and (not self.objectives or objective in self.objectives)
        )


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        "A reward model is a head on a base with an adapter of low rank: lora fits it.",
        methods=tuple(one for one in METHODS if one != "lora"),
        objectives=("reward",),
    ),
    Refusal(
        "A model that keeps a state has no form with a head that scores in transformers.",
        kinds=("recurrent",),
        objectives=("reward",),
    ),
    Refusal(
        "Training on pairs reads prompt and answer as one text, of which an encoder would see the "
        "answer before it is written.",
        kinds=("encoder-decoder",),
        objectives=("preference", "reward"),
    ),
    Refusal(
        "Virtual tokens stand before a text, and an encoder-decoder has two: lora and full fit it.",
        kinds=("encoder-decoder",),
        methods=("ptuning-v2", "ptuning", "prompt-tuning"),
    ),
    Refusal(
        "P-Tuning v2 puts keys and values before those of each layer, and a recurrent model keeps "
        "a state in their place: ptuning and prompt-tuning fit it.",
        kinds=("recurrent",),
        methods=("ptuning-v2",),
    ),
    Refusal(
        "Its likelihoods are computed from what the layers give, in which those of virtual tokens "
        "stand before the text: ptuning-v2 fits it.",
        methods=("ptuning", "prompt-tuning"),
        objectives=("preference",),
    ),
    Refusal(
        "Reinforcement samples answers as what follows a prompt in one text, as decoders write.",
        kinds=("encoder-decoder", "recurrent"),
        objectives=REINFORCEMENT,
    ),
    Refusal(
        "Reinforcement holds a model near the adapter that it started from, and has been tried "
        "with lora alone.",
        methods=tuple(one for one in METHODS if one != "lora"),
        objectives=REINFORCEMENT,
    ),
)
"""What cannot be done, the most telling reason first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One promise or refusal of the table; `reason` is empty where it is promised."""

    family: Family
    method: str
    objective: str
    reason: str


def cells() -> Iterator[Cell]:
    """Yield the whole table, by family, method and objective."""
    for family in FAMILIES:
        for method in METHODS:
            for objective in OBJECTIVES:
                reason = reason_against(family, method, objective)
                yield Cell(family, method, objective, reason)


def reason_against(family: Family, method: str, objective: str) -> str:
    """Return why a family cannot be trained so, as a sentence; empty where it can."""
    found = (one for one in REFUSALS if one.holds_for(family, method, objective))
    return next((one.reason for one in found), "")


def refuse(family: Family, method: str, objective: str, base: str) -> None:
    """Raise FinetuneError where a base cannot be trained so, before any work is done."""
    reason = reason_against(family, method, objective)
    if not reason:
        return
    able = [one.name for one in FAMILIES if not reason_against(one, method, objective)]
    others = f" Bases that can: {', '.join(able)}." if able else ""
    raise FinetuneError(
        f"The base {base} ({', '.join(family.types)}) cannot be trained by {method} for "
        f"{objective}. {reason}",
        where="--base",
        remedy=f"Choose another base, method or objective.{others}",
    )
