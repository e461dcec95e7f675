"""Load the cues and the sentences of the medication check from YAML.

cues.yaml -> how a message asks, and what it tells of the patient
sentences.yaml -> how a verdict is said, in both languages
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from medchat.answering.answer import Language


@cache
def cue(name: str) -> re.Pattern[str]:
    """Return one expression of `cues.yaml`."""
    return re.compile(_read("cues")[name], re.IGNORECASE | re.VERBOSE | re.ASCII)


@cache
def everyday() -> Mapping[str, re.Pattern[str]]:
    """Return by which everyday words substances are named."""
    return _patterns("everyday")


@cache
def people() -> Mapping[str, re.Pattern[str]]:
    """Return by which words people with a condition are named."""
    return _patterns("people")


@cache
def allergens() -> Mapping[str, re.Pattern[str]]:
    """Return by which words the substances of an allergy are named."""
    return _patterns("allergens")


@cache
def edible() -> tuple[str, ...]:
    """Return the names of food, drink and herbs among the medicines."""
    return tuple(_read("cues")["edible"])


@cache
def topics() -> Mapping[str, re.Pattern[str]]:
    """Return by which words the classes of one effect are asked about."""
    return _patterns("topics")


@cache
def aims() -> Mapping[str, re.Pattern[str]]:
    """Return by which words conditions are named as what a medicine is to change."""
    return _patterns("aims")


@cache
def unknown_conditions() -> tuple[re.Pattern[str], ...]:
    """Return where the name of a condition stands that no source may know."""
    return tuple(re.compile(text, re.IGNORECASE) for text in _read("cues")["unknown_condition"])


@cache
def ages() -> Mapping[str, float]:
    """Return what each unit of an age is in years, by the letters it begins with."""
    return cast(Mapping[str, float], _read("cues")["age_units"])


@cache
def number_words() -> Mapping[str, int]:
    """Return the numbers that a message may write in words."""
    return cast(Mapping[str, int], _read("cues")["number_words"])


def say(name: str, language: Language, **values: str) -> str:
    """Return a sentence of `sentences.yaml` with its values."""
    return str(_read("sentences")[name][language]).format(**values)


def _patterns(table: str) -> Mapping[str, re.Pattern[str]]:
    """Return the expressions of a table of `cues.yaml`, by what each of them finds."""
    return {
        name: re.compile(text, re.IGNORECASE | re.ASCII)
        for name, text in _read("cues")[table].items()
    }


@cache
def _read(name: str) -> Mapping[str, Any]:
    path = files("medchat.answering.medication").joinpath(f"{name}.yaml")
    return cast(
        Mapping[str, Any], yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    )
