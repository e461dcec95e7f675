"""Read the rule files that lie beside this module."""

from importlib.resources import files
from typing import Any

import yaml


def read(name: str) -> Any:  # noqa: ANN401
    """Return what a rule file holds, by its name without ending."""
    text = files("knowledge.lessons.facts").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)
