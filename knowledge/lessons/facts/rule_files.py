"""Read the rule files that lie beside this module."""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import yaml


def read(name: str) -> Any:  # noqa: ANN401
    """Return what a rule file holds, by its name without ending."""
    text = files("knowledge.lessons.facts").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)


def pattern_pairs(
    rows: Iterable[Mapping[str, str]], one: str, other: str
) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return two patterns of each row, by their keys; both read capitals as small letters.

    >>> [(of, rival)] = pattern_pairs([{"of": "gout", "rival": "sepsis|septic"}], "of", "rival")
    >>> bool(of.search("Gout")), rival.pattern
    (True, 'sepsis|septic')
    """
    return tuple(
        (re.compile(row[one], re.IGNORECASE), re.compile(row[other], re.IGNORECASE)) for row in rows
    )
