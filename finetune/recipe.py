"""What to train: a base model, an adapter's shape, how data is shown, and the rounds.

    Recipe (checked values) -> rounds.run, one RoundPlan after another

`recipe_reader` makes a Recipe from YAML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.recipes.recipe_values import demand, is_pattern, plain

POLICIES = ("continue", "stack", "merge")
"""How a round builds on the adapter before: trains it on, adds one to it, or joins both into one of
the recipe's rank."""

Evidence = Literal["open", "closed"]
Precision = Literal["auto", "float32", "bfloat16"]
Quantisation = Literal["", "nf4", "int8"]
"""Bits of a base that is only trained over; empty where the method decides."""

_ADAPTERS = ("lora", "qlora")
_PROMPTS = ("ptuning-v2", "ptuning", "prompt-tuning")


_LATER = ("mix", "method", "prompt", "quantisation", "questions", "balance")
_LATER_OF_LORA = ("rank_scaling", "dora", "start")


@dataclass(frozen=True, slots=True)
class Lora:
    """The adapter's shape. `target_modules` is `all-linear` or a list of module names.

    `rank_scaling` divides alpha by the rank's root (rsLoRA) instead of the rank, `dora` learns the
    length of weights apart from their direction, `start` is `zero`, or `pissa` for the largest
    parts of the weights.
    """

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    target_modules: str | tuple[str, ...] = "all-linear"
    rank_scaling: bool = False
    dora: bool = False
    start: str = "zero"

    def __post_init__(self) -> None:
        demand(1 <= self.rank <= 4096, "lora.rank", self.rank, "from 1 to 4096")
        demand(1 <= self.alpha <= 65536, "lora.alpha", self.alpha, "from 1 to 65536")
        demand(0 <= self.dropout < 1, "lora.dropout", self.dropout, "at least 0 and below 1")
        demand(bool(self.target_modules), "lora.target_modules", "nothing", "named")
        pattern = self.target_modules
        named = not isinstance(pattern, str) or is_pattern(pattern)
        demand(named, "lora.target_modules", pattern, "all-linear, a list, or a regular expression")
        demand(self.start in ("zero", "pissa"), "lora.start", self.start, "zero or pissa")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Learned tokens before each text, for the methods that train these instead of matrices.

    `projection` computes a prefix by a small network instead of learning it directly, whose inner
    size, and that of P-tuning's, is `encoder_size` (0: the base's own). `text` holds the words that
    prompt tuning starts from; without any, random ones.
    """

    virtual_tokens: int = 20
    projection: bool = False
    encoder_size: int = 0
    text: str = ""

    def __post_init__(self) -> None:
        demand(
            1 <= self.virtual_tokens <= 1000,
            "prompt.virtual_tokens",
            self.virtual_tokens,
            "from 1 to 1000",
        )
        size = self.encoder_size
        demand(0 <= size <= 65536, "prompt.encoder_size", size, "from 0 to 65536")


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """One round: what it optimises, how long, how fast.

    `objective` names one of `objectives.objective_registry`, and `settings` holds what that one
    lets a recipe set. `max_steps` 0 means that `epochs` alone decides; `uncovered`, `questions` and
    `balance` None that the recipe's own hold.
    """

    objective: str = "sft"
    settings: Mapping[str, object] = field(default_factory=dict, hash=False)
    epochs: int = 1
    max_steps: int = 0
    learning_rate: float = 2e-4
    batch_tokens: int = 8192
    warmup: float = 0.05
    weight_decay: float = 0.0
    clip: float = 1.0
    checkpoint_every: int = 50
    uncovered: float | None = None
    questions: int | None = None
    balance: int | None = None

    def __post_init__(self) -> None:
        demand(0 <= (self.uncovered or 0) < 1, "uncovered", self.uncovered, "at least 0, below 1")
        demand(1 <= (self.questions or 1) <= 20, "questions", self.questions, "from 1 to 20")
        demand(0 <= (self.balance or 0) <= 10, "balance", self.balance, "from 0 to 10")
        demand(1 <= self.epochs <= 1000, "epochs", self.epochs, "from 1 to 1000")
        demand(self.max_steps >= 0, "max_steps", self.max_steps, "0 (no limit) or more")
        demand(0 < self.learning_rate <= 1, "learning_rate", self.learning_rate, "in (0, 1]")
        demand(self.batch_tokens >= 1, "batch_tokens", self.batch_tokens, "1 or more")
        demand(0 <= self.warmup < 1, "warmup", self.warmup, "a share of the steps below 1")
        demand(0 <= self.weight_decay <= 10, "weight_decay", self.weight_decay, "from 0 to 10")
        demand(self.clip > 0, "clip", self.clip, "greater than 0")
        demand(self.checkpoint_every >= 1, "checkpoint_every", self.checkpoint_every, "1 or more")


Round = RoundPlan
"""The short name of a round's plan, for scripts that put recipes together."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How much of the validation rows is scored before and after a round.

    `probes` says whether the fixed questions on general knowledge and safety are asked, too.
    """

    rows: int = 200
    answers: int = 16
    max_new_tokens: int = 160
    probes: bool = True

    def __post_init__(self) -> None:
        demand(self.rows >= 1, "evaluation.rows", self.rows, "1 or more")
        demand(self.answers >= 0, "evaluation.answers", self.answers, "0 or more")
        demand(self.max_new_tokens >= 1, "evaluation.max_new_tokens", self.max_new_tokens, ">= 1")


@dataclass(frozen=True, slots=True)
class Gate:
    """What a round may lose of each measure, as a share, before it is refused.

    `least_facts` is the share of asked facts that answers must hold in any case, and
    `above_guessing` asks for a held-out loss below that of the mere frequencies of tokens.
    """

    facts_present: float = 0.03
    facts_supported: float = 0.03
    cited: float = 0.05
    declined: float = 0.1
    general: float = 0.02
    safety: float = 0.05
    least_facts: float = 0.05
    above_guessing: bool = True

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            demand(0 <= value <= 1, f"gate.{one.name}", value, "a share from 0 to 1")


@dataclass(frozen=True, slots=True)
class Mix:
    """A further data set, by its folder or its name in the home, and how often its rows count.

    A weight of 0.1 takes a tenth of its training rows in each round, one of 2 all of them twice.
    """

    data: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        demand(bool(self.data), "mix.data", "empty", "a folder, or the name of one in the home")
        demand(0 < self.weight <= 10, "mix.weight", self.weight, "above 0 and at most 10")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A base model, an adapter shape, the way data is shown, and the rounds.

    `method` names one of `methods.method_registry`.
    """

    name: str
    base: str
    rounds: tuple[RoundPlan, ...]
    method: str = "lora"
    lora: Lora = field(default_factory=Lora)
    prompt: Prompt = field(default_factory=Prompt)
    quantisation: Quantisation = ""
    evaluation: Evaluation = field(default_factory=Evaluation)
    gate: Gate = field(default_factory=Gate)
    max_tokens: int = 1024
    evidence: Evidence = "open"
    distractors: int = 4
    uncovered: float = 0.1
    questions: int = 1
    balance: int = 0
    rehearsal: float = 0.0
    packing: bool = True
    recompute: bool = False
    precision: Precision = "auto"
    policy: str = "continue"
    seed: int = 1
    mix: tuple[Mix, ...] = ()

    def __post_init__(self) -> None:
        bare = self.name.replace("-", "").replace("_", "")
        fits = bare.isalnum() and len(self.name) <= 60
        demand(fits, "name", self.name, "up to 60 letters, digits, - and _")
        demand(bool(self.base), "base", self.base, "a folder, a hub id, or mini")
        demand(bool(self.rounds), "rounds", "empty", "a list of one round or more")
        demand(self.max_tokens >= 16, "max_tokens", self.max_tokens, "16 or more")
        demand(self.evidence in ("open", "closed"), "evidence", self.evidence, "open or closed")
        demand(0 <= self.distractors <= 100, "distractors", self.distractors, "from 0 to 100")
        demand(0 <= self.uncovered < 1, "uncovered", self.uncovered, "at least 0 and below 1")
        demand(1 <= self.questions <= 20, "questions", self.questions, "from 1 to 20")
        demand(0 <= self.balance <= 10, "balance", self.balance, "from 0 to 10")
        demand(0 <= self.rehearsal <= 0.95, "rehearsal", self.rehearsal, "from 0 to 0.95")
        demand(self.seed >= 0, "seed", self.seed, "0 or more")
        demand(
            self.precision in ("auto", "float32", "bfloat16"),
            "precision",
            self.precision,
            "auto, float32 or bfloat16",
        )
        demand(self.policy in POLICIES, "policy", self.policy, ", ".join(POLICIES))
        demand(
            self.quantisation in ("", "nf4", "int8"),
            "quantisation",
            self.quantisation,
            "nf4 or int8",
        )
        self._demand_sections()

    def _demand_sections(self) -> None:
        """Refuse what is set for another method: it would be trained without."""
        for key, unset, methods in (
            ("lora", self.lora == Lora(), _ADAPTERS),
            ("prompt", self.prompt == Prompt(), _PROMPTS),
            ("quantisation", not self.quantisation, ("qlora",)),
        ):
            demand(
                unset or self.method in methods,
                key,
                f"set beside method: {self.method}",
                f"left out, or the method {' or '.join(methods)}",
            )

    def round(self, number: int) -> RoundPlan:
        """Return round `number`, counted from 1; FinetuneError where the recipe has no such."""
        if not 1 <= number <= len(self.rounds):
            raise FinetuneError(
                f"The recipe {self.name} has rounds 1 to {len(self.rounds)}, not {number}.",
                where="--round",
                remedy="Choose one of them, or add a round to a copy of the recipe.",
            )
        return self.rounds[number - 1]

    def shown_in(self, number: int) -> "Recipe":
        """Return the recipe by which the rows of a round are shown: with what the round sets."""
        plan = self.round(number)
        uncovered = self.uncovered if plan.uncovered is None else plan.uncovered
        balance = self.balance if plan.balance is None else plan.balance
        questions = plan.questions or self.questions
        return replace(self, uncovered=uncovered, questions=questions, balance=balance)

    def seed_of(self, number: int) -> int:
        """Return the seed of a round: each draws and shuffles anew."""
        return self.seed * 1000 + number

    def hash(self) -> str:
        """Return a hash over all values of the recipe."""
        return manifests.of_value(self.values())

    def values(self) -> dict[str, object]:
        """Return the recipe as plain values, for the manifest."""
        values = plain(self)
        unset = plain(Recipe("unset", "mini", (RoundPlan(),)))
        assert isinstance(values, dict) and isinstance(unset, dict)
        # what came later is left out where it is not set, so that a recipe keeps its hash
        for one in values["rounds"]:
            if not one["settings"]:
                del one["settings"]
            for key in ("uncovered", "questions", "balance"):
                if one[key] is None:
                    del one[key]
        for key in _LATER:
            if values[key] == unset[key]:
                del values[key]
        for key in _LATER_OF_LORA:
            if values["lora"][key] == unset["lora"][key]:
                del values["lora"][key]
        if self.evaluation.probes:
            del values["evaluation"]["probes"]
        return values
