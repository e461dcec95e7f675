"""Load the words by which a message tells of its patient, and how measurements are written.

cues.yaml, measurements.yaml -> compiled expressions
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.records import Language


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured: how it is found and shown; `bare` gives a number without unit its unit."""

    name: str
    label: Mapping[Language, str]
    names: re.Pattern[str]
    units: Mapping[str, re.Pattern[str]]
    bare: tuple[tuple[float, float, str], ...]
    alone: re.Pattern[str] | None


def cue(name: str) -> re.Pattern[str]:
    """Return one expression of `cues.yaml`."""
    return _compiled()[name]


@cache
def allergies() -> tuple[re.Pattern[str], ...]:
    """Return the expressions whose first group is what somebody is allergic to."""
    return tuple(re.compile(each) for each in _document("cues.yaml")["allergy"])


@cache
def trimesters() -> Mapping[int, re.Pattern[str]]:
    """Return how each trimester is written."""
    written = _document("cues.yaml")["trimester"]
    return {int(number): re.compile(text) for number, text in written.items()}


@cache
def removable() -> Mapping[str, re.Pattern[str]]:
    """Return how the facts that are no names are called where they are removed."""
    written = _document("cues.yaml")["remove_group"]
    return {str(name): re.compile(text) for name, text in written.items()}


@cache
def labels() -> Mapping[str, Mapping[Language, str]]:
    """Return how each measurement and vital sign is called where it is shown."""
    signs: Mapping[str, Mapping[Language, str]] = _document("cues.yaml")["signs"]
    return {**{name: each.label for name, each in measured().items()}, **signs}


@cache
def called() -> Mapping[str, re.Pattern[str]]:
    """Return how each measurement and vital sign may be called where it is removed."""
    signs = _document("cues.yaml")["signs"]
    shown = {
        name: "|".join(re.escape(label.casefold()) for label in each.label.values())
        for name, each in measured().items()
    }
    return {
        **{
            name: re.compile(f"{each.names.pattern}|{shown[name]}")
            for name, each in measured().items()
        },
        **{name: re.compile(row["called"]) for name, row in signs.items()},
    }


@cache
def measured() -> Mapping[str, Measured]:
    """Return what may be measured, by its name in a state."""
    return {name: _measured(name, row) for name, row in _document("measurements.yaml").items()}


@cache
def _compiled() -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(re.sub(r"\n\s*", "", text))
        for name, text in _document("cues.yaml").items()
        if isinstance(text, str)
    }


def _measured(name: str, row: Mapping[str, Any]) -> Measured:
    return Measured(
        name,
        {"en": row["label"]["en"], "zh": row["label"]["zh"]},
        re.compile(rf"(?:{row['names']})"),
        {unit: re.compile(text) for unit, text in row["units"].items()},
        tuple((float(low), float(high), str(unit)) for low, high, unit in row["bare"]),
        re.compile(row["alone"]) if "alone" in row else None,
    )


@cache
def _document(name: str) -> Mapping[str, Any]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    document: Mapping[str, Any] = yaml.safe_load(text)
    return document
