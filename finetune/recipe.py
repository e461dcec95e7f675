"""Recipes: what to train, on which base, how, in how many rounds.

    YAML -> checked, frozen Recipe -> the same Recipe with overrides from the command line

A recipe holds values only. It does not know where the home or the data is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal, TypeVar, get_type_hints

from finetune import manifests
from finetune.errors import FinetuneError

Objective = Literal["sft", "pretrain"]
Evidence = Literal["open", "closed"]
Precision = Literal["auto", "float32", "bfloat16"]

_FOLDER = Path(__file__).resolve().parent / "recipes"


@dataclass(frozen=True, slots=True)
class Lora:
    """The adapter's shape. `target_modules` is `all-linear` or a list of module names."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    target_modules: str | tuple[str, ...] = "all-linear"

    def __post_init__(self) -> None:
        _demand(self.rank >= 1, "lora.rank", self.rank, "1 or more")
        _demand(self.alpha >= 1, "lora.alpha", self.alpha, "1 or more")
        _demand(0 <= self.dropout < 1, "lora.dropout", self.dropout, "at least 0 and below 1")
        _demand(bool(self.target_modules), "lora.target_modules", "nothing", "named")


@dataclass(frozen=True, slots=True)
class Round:
    """One round: how long, how fast. `max_steps` 0 means that `epochs` alone decides."""

    objective: Objective = "sft"
    epochs: int = 1
    max_steps: int = 0
    learning_rate: float = 2e-4
    batch_tokens: int = 8192
    warmup: float = 0.05
    weight_decay: float = 0.0
    clip: float = 1.0
    checkpoint_every: int = 50

    def __post_init__(self) -> None:
        _demand(self.objective in ("sft", "pretrain"), "objective", self.objective, "sft, pretrain")
        _demand(self.epochs >= 1, "epochs", self.epochs, "1 or more")
        _demand(self.max_steps >= 0, "max_steps", self.max_steps, "0 (no limit) or more")
        _demand(0 < self.learning_rate <= 1, "learning_rate", self.learning_rate, "in (0, 1]")
        _demand(self.batch_tokens >= 1, "batch_tokens", self.batch_tokens, "1 or more")
        _demand(0 <= self.warmup < 1, "warmup", self.warmup, "a share of the steps below 1")
        _demand(self.weight_decay >= 0, "weight_decay", self.weight_decay, "0 or more")
        _demand(self.clip > 0, "clip", self.clip, "greater than 0")
        _demand(self.checkpoint_every >= 1, "checkpoint_every", self.checkpoint_every, "1 or more")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How much of the validation rows is scored before and after a round."""

    rows: int = 200
    answers: int = 16
    max_new_tokens: int = 160

    def __post_init__(self) -> None:
        _demand(self.rows >= 1, "evaluation.rows", self.rows, "1 or more")
        _demand(self.answers >= 0, "evaluation.answers", self.answers, "0 or more")
        _demand(self.max_new_tokens >= 1, "evaluation.max_new_tokens", self.max_new_tokens, ">= 1")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A base model, an adapter shape, the way data is shown, and the rounds."""

    name: str
    base: str
    rounds: tuple[Round, ...]
    lora: Lora = field(default_factory=Lora)
    evaluation: Evaluation = field(default_factory=Evaluation)
    max_tokens: int = 1024
    evidence: Evidence = "open"
    distractors: int = 4
    uncovered: float = 0.1
    rehearsal: float = 0.0
    packing: bool = True
    recompute: bool = False
    precision: Precision = "auto"
    policy: str = "continue"
    seed: int = 1

    def __post_init__(self) -> None:
        plain = self.name.replace("-", "").replace("_", "")
        _demand(plain.isalnum(), "name", self.name, "letters, digits, - and _")
        _demand(bool(self.base), "base", self.base, "a folder, a hub id, or mini")
        _demand(bool(self.rounds), "rounds", "empty", "a list of one round or more")
        _demand(self.max_tokens >= 16, "max_tokens", self.max_tokens, "16 or more")
        _demand(self.evidence in ("open", "closed"), "evidence", self.evidence, "open or closed")
        _demand(self.distractors >= 0, "distractors", self.distractors, "0 or more")
        _demand(0 <= self.uncovered < 1, "uncovered", self.uncovered, "at least 0 and below 1")
        _demand(0 <= self.rehearsal < 1, "rehearsal", self.rehearsal, "at least 0 and below 1")
        _demand(
            self.precision in ("auto", "float32", "bfloat16"),
            "precision",
            self.precision,
            "auto, float32 or bfloat16",
        )
        _demand(self.policy == "continue", "policy", self.policy, "continue")

    def round(self, number: int) -> Round:
        """Return round `number`, counted from 1; FinetuneError where the recipe has no such."""
        if not 1 <= number <= len(self.rounds):
            raise FinetuneError(
                f"The recipe {self.name} has rounds 1 to {len(self.rounds)}, not {number}.",
                where="--round",
                remedy="Choose one of them, or add a round to a copy of the recipe.",
            )
        return self.rounds[number - 1]

    def seed_of(self, number: int) -> int:
        """Return the seed of a round: each draws and shuffles anew."""
        return self.seed * 1000 + number

    def hash(self) -> str:
        """Return a hash over all values of the recipe."""
        return manifests.of_value(self.values())

    def values(self) -> dict[str, object]:
        """Return the recipe as plain values, for the manifest."""
        plain = _plain(self)
        assert isinstance(plain, dict)
        return plain


def shipped() -> list[str]:
    """Return the names of the recipes that ship."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def text(name: str) -> str:
    """Return a recipe's YAML with its comments."""
    path = _find(name)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FinetuneError(
            f"The recipe {path} cannot be read.", where=str(path), remedy="Write it as UTF-8 YAML."
        ) from error


def load(name: str, *, base: str | None = None, max_steps: int | None = None) -> Recipe:
    """Load a shipped recipe or a YAML file; `base` and `max_steps` override its values."""
    import yaml

    where = str(_find(name))
    try:
        values = yaml.safe_load(text(name))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        place = f", line {line + 1}" if isinstance(line, int) else ""
        raise FinetuneError(
            f"The recipe {where} is not valid YAML{place}.",
            where=where,
            remedy="Compare it with a shipped one: medchat recipes show mini.",
        ) from error
    try:
        recipe = _build(Recipe, values, "")
        return override(recipe, base=base, max_steps=max_steps)
    except FinetuneError as error:
        raise FinetuneError(
            error.what, where=f"{where}: {error.where}", remedy=error.remedy
        ) from error


def override(recipe: Recipe, *, base: str | None = None, max_steps: int | None = None) -> Recipe:
    """Return the recipe with another base, or with every round cut to `max_steps`."""
    if base is not None:
        recipe = replace(recipe, base=base)
    if max_steps is not None:
        rounds = tuple(replace(plan, max_steps=max_steps) for plan in recipe.rounds)
        recipe = replace(recipe, rounds=rounds)
    return recipe


def _find(name: str) -> Path:
    if name in shipped():
        return _FOLDER / f"{name}.yaml"
    path = Path(name).expanduser()
    if path.is_file():
        return path
    raise FinetuneError(
        f"There is no recipe {name}.",
        where="--recipe",
        remedy=f"Name a YAML file, or one of: {', '.join(shipped())}.",
    )


Part = TypeVar("Part", Recipe, Round, Lora, Evaluation)


def _build(kind: type[Part], values: object, path: str) -> Part:
    """Make a dataclass from a mapping; unknown, missing and mistyped keys are named."""
    if not isinstance(values, Mapping):
        raise FinetuneError(
            f"{path or 'The recipe'} must be a mapping of keys to values.",
            where=path,
            remedy="Compare it with a shipped one: medchat recipes show mini.",
        )
    known = {one.name for one in fields(kind)}
    for key in values:
        if key not in known:
            raise FinetuneError(
                f"The recipe key {path}{key} is unknown.",
                where=f"{path}{key}",
                remedy=f"Known here: {', '.join(sorted(known))}.",
            )
    required = {"name", "base", "rounds"} if kind is Recipe else set()
    for key in sorted(required - set(values)):
        raise FinetuneError(
            f"The recipe key {key} is missing.", where=key, remedy=f"Add a line with {key}:."
        )
    hints = get_type_hints(kind)
    made = {str(key): _value(hints[key], value, f"{path}{key}") for key, value in values.items()}
    return kind(**made)  # type: ignore[arg-type]  # _value has checked each against its hint


def _value(hint: object, value: object, path: str) -> object:
    if hint is Lora:
        return _build(Lora, value, f"{path}.")
    if hint is Evaluation:
        return _build(Evaluation, value, f"{path}.")
    if path == "rounds":
        if not isinstance(value, list):
            raise _mistyped(path, "a list of rounds")
        return tuple(_build(Round, one, f"{path}[{n}].") for n, one in enumerate(value, 1))
    if isinstance(value, list):
        value = tuple(str(one) for one in value)
        if not path.endswith("target_modules"):
            raise _mistyped(path, "one value")
        return value
    convert = _SCALARS.get(hint, _text) if isinstance(hint, type) else _text
    return convert(value, path)


def _whole(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mistyped(path, "a whole number")
    return value


def _number(value: object, path: str) -> float:
    # YAML 1.1 reads 2e-4 as a text, because it has no dot
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError as error:
            raise _mistyped(path, "a number") from error
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mistyped(path, "a number")
    return float(value)


def _claim(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _mistyped(path, "true or false")
    return value


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _mistyped(path, "a text")
    return value


_SCALARS: dict[type, Callable[[object, str], object]] = {
    int: _whole,
    float: _number,
    bool: _claim,
    str: _text,
}


def _mistyped(path: str, wanted: str) -> FinetuneError:
    return FinetuneError(
        f"The recipe key {path} must be {wanted}.", where=path, remedy="Correct the value."
    )


def _demand(holds: bool, key: str, value: object, wanted: str) -> None:
    if not holds:
        raise FinetuneError(
            f"The recipe key {key} is {value}, but must be {wanted}.",
            where=key,
            remedy="Correct the value.",
        )


def _plain(value: object) -> object:
    if isinstance(value, Recipe | Round | Lora | Evaluation):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
