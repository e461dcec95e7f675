"""Refuse values of a recipe that none of its rounds reads, and what cannot be done as it says.

    recipe -> each value that is set -> objectives that leave it alone -> refused where all do
    round + parent -> how it starts, and on what -> refused where its objective cannot start so

A round that is trained without what its recipe says looks as if it had been trained with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter

from finetune.errors import FinetuneError
from finetune.recipe import Recipe, RoundPlan
from finetune.scoring.goals import REINFORCEMENT, SCORERS

_PAIRS = ("preference", *SCORERS)
_NO_LESSONS = ("pretrain", *_PAIRS, *REINFORCEMENT)
_UNSET = Recipe("unset", "mini", (RoundPlan(),))


@dataclass(frozen=True, slots=True)
class Unread:
    """A value of recipes or of rounds that some objectives leave alone, and why, as a clause.

    It is unset where it has its default, or one of `off`, by which it asks for nothing.
    """

    key: str
    by: tuple[str, ...]
    reason: str
    off: tuple[object, ...] = ()

    def is_set_in(self, holder: Recipe | RoundPlan, unset: Recipe | RoundPlan) -> bool:
        """Say whether a recipe or a round asks for what the value stands for."""
        read = attrgetter(self.key)
        return read(holder) not in (read(unset), *self.off)


OF_RECIPES: tuple[Unread, ...] = (
    Unread(
        "rehearsal",
        _NO_LESSONS,
        "reading drills are mixed into lessons alone",
    ),
    Unread("mix", _PAIRS, "pairs are those of --data, and of the file that feedback names"),
    Unread("uncovered", SCORERS, "both answers of a pair stand over their evidence", (0.0,)),
    Unread(
        "questions", _NO_LESSONS, "only lessons are asked in turn over one set of evidence", (1,)
    ),
    Unread("balance", _NO_LESSONS, "only lessons are drawn by what they are about", (0,)),
    Unread("lora.dropout", ("ppo",), "answers are read as they were sampled, without dropout"),
    Unread("policy", SCORERS, "a reward model goes on from a copy of its parent's adapter"),
)
"""Values of a recipe for all its rounds; those that say what is measured are none of them."""

OF_ROUNDS: tuple[Unread, ...] = (
    Unread("uncovered", ("pretrain",), "texts are learned without evidence beside them", (0.0,)),
    Unread("uncovered", _PAIRS, "both answers of a pair stand over their evidence", (0.0,)),
    Unread(
        "questions", _NO_LESSONS, "only lessons are asked in turn over one set of evidence", (1,)
    ),
    Unread("balance", _NO_LESSONS, "only lessons are drawn by what they are about", (0,)),
    Unread(
        "batch_tokens",
        REINFORCEMENT,
        "a step takes as many answers as settings.questions and settings.samples say",
    ),
)
"""Values of a round of its own."""

BESIDE_CLOSED: tuple[Unread, ...] = (
    Unread("distractors", (), "a row is shown as it stands", (0,)),
    Unread("uncovered", (), "a row is shown as it stands", (0.0,)),
    Unread("questions", (), "a row is shown as it stands", (1,)),
)
"""Values that say what stands beside a row, and nothing where evidence is closed."""

_SECOND = "trl would take the start, which is a second adapter, for the parent"
STARTED_BARE: Mapping[str, str] = {
    "reward": "its head is trained beside one adapter, and a start is a second one",
    "grpo": _SECOND,
    "rloo": _SECOND,
}
"""Objectives that `lora.start: pissa` does not go with on the bare base, and why."""


def refuse(recipe: Recipe) -> None:
    """Raise FinetuneError where a value is set that no round of the recipe reads."""
    for one in OF_RECIPES:
        if one.is_set_in(recipe, _UNSET) and all(
            each.objective in one.by for each in recipe.rounds
        ):
            raise FinetuneError(
                f"The recipe key {one.key} is set, and no round of the recipe reads it: "
                f"{one.reason}.",
                where=one.key,
                remedy="Leave it out, or add a round of another objective.",
            )
    for number, plan in enumerate(recipe.rounds, 1):
        for one in OF_ROUNDS:
            if plan.objective in one.by and _own(plan, one):
                raise FinetuneError(
                    f"The recipe key {one.key} is set in round {number}, whose objective "
                    f"{plan.objective} does not read it: {one.reason}.",
                    where=one.key,
                    remedy="Leave it out.",
                )
    if recipe.evidence == "closed":
        for key, reason in _shown_beside(recipe):
            raise FinetuneError(
                f"The recipe key {key} is set beside evidence: closed, where {reason}.",
                where=key,
                remedy="Leave it out, or write evidence: open.",
            )


def refuse_start(recipe: Recipe, number: int, *, new: bool) -> None:
    """Raise FinetuneError where a round cannot start as its recipe says.

    A `new` adapter is one on the bare base; others go on from a parent's.
    """
    objective = recipe.round(number).objective
    if new and recipe.lora.start == "pissa" and objective in STARTED_BARE:
        raise FinetuneError(
            f"The recipe's lora.start: pissa does not go with a round of {objective} on the bare "
            f"base: {STARTED_BARE[objective]}.",
            where="lora.start",
            remedy="Leave it out, or let the round go on from one of sft.",
        )
    if not new and recipe.policy != "continue" and objective in ("grpo", "rloo"):
        raise FinetuneError(
            f"Reinforcement by {objective} trains one adapter, and the policy {recipe.policy} lays "
            "a new one on the parent.",
            where="policy",
            remedy="Write policy: continue, or objective: ppo.",
        )


def _own(plan: RoundPlan, one: Unread) -> bool:
    return one.is_set_in(plan, _UNSET.rounds[0])


def _shown_beside(recipe: Recipe) -> Iterator[tuple[str, str]]:
    for one in BESIDE_CLOSED:
        rounds = (getattr(plan, one.key, None) for plan in recipe.rounds)
        if one.is_set_in(recipe, _UNSET) or any(own not in (None, *one.off) for own in rounds):
            yield one.key, one.reason
