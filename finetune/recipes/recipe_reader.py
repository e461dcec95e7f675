"""Read recipes: those that ship, by name, and YAML files.

name or file -> YAML -> checked Recipe -> overrides from the command line
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from finetune.errors import FinetuneError
from finetune.methods.method_registry import method_of
from finetune.objectives.objective_registry import objective_of
from finetune.recipe import Recipe
from finetune.recipes import unread_values
from finetune.recipes.recipe_values import build

_FOLDER = Path(__file__).resolve().parent


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
    where = str(_find(name))
    values = _parsed(text(name), where)
    try:
        recipe = override(build(Recipe, values), base=base, max_steps=max_steps)
        method_of(recipe)
        for plan in recipe.rounds:
            objective_of(plan)
        unread_values.refuse(recipe)
        return recipe
    except FinetuneError as error:
        raise FinetuneError(
            error.what, where=": ".join(filter(None, (where, error.where))), remedy=error.remedy
        ) from error


def recorded(values: object) -> Recipe:
    """Return the recipe that a round's manifest records."""
    if isinstance(values, dict):
        known = {one.name for one in fields(Recipe)}
        return build(Recipe, {key: one for key, one in values.items() if key in known})
    raise FinetuneError(
        "The manifest of the adapter records no recipe.",
        where="--adapter",
        remedy="Run its round again.",
    )


def override(recipe: Recipe, *, base: str | None = None, max_steps: int | None = None) -> Recipe:
    """Return the recipe with another base, or with every round cut to `max_steps`."""
    if base is not None:
        recipe = replace(recipe, base=base)
    if max_steps is not None:
        rounds = tuple(replace(plan, max_steps=max_steps) for plan in recipe.rounds)
        recipe = replace(recipe, rounds=rounds)
    return recipe


def _parsed(source: str, where: str) -> object:
    """Return what YAML says; FinetuneError where it is none, or gives a key twice."""
    import yaml

    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        values = yaml.safe_load(source)
        twice = next(_keys_twice(node, set()), None)
    # values that read as dates or numbers and are none raise ValueError
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        place = f", line {line + 1}" if isinstance(line, int) else ""
        raise FinetuneError(
            f"The recipe {where} is not valid YAML{place}.",
            where=where,
            remedy="Compare it with a shipped one: medchat recipes show mini.",
        ) from error
    if twice:
        raise FinetuneError(
            f"The recipe key {twice[0]} is given twice, again in line {twice[1]}.",
            where=where,
            remedy="Leave one of them out.",
        )
    return values


def _keys_twice(node: object, seen: set[int]) -> Iterator[tuple[str, int]]:
    """Yield keys of a tree of YAML that one mapping has more than once, with their lines."""
    below = getattr(node, "value", None)
    if not isinstance(below, list) or id(node) in seen:
        return
    seen.add(id(node))
    keys: set[str] = set()
    for one in below:
        if isinstance(one, tuple):
            name = str(one[0].value)
            if name in keys:
                yield name, one[0].start_mark.line + 1
            keys.add(name)
        yield from _keys_twice(one[1] if isinstance(one, tuple) else one, seen)


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
