"""Load how people write formulas, quantities, units and findings, from the YAML beside it.

names.yaml -> by what words a formula is asked for     asking.yaml -> whether one is asked for
quantities.yaml, units.yaml -> numbers     findings.yaml, choices.yaml -> what scores count
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from medchat.answering.screening.rules import pattern, split_alternatives

_NEVER = re.compile("(?!)")


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """One quantity: its names, what its units are in the first of them, and what is possible."""

    id: str
    inputs: tuple[str, ...]
    names: re.Pattern[str]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    units: Mapping[str, float]
    usual: Mapping[str, tuple[float, float]]
    possible: tuple[float, float]
    bare: tuple[str, ...]
    loose: bool

    @property
    def unit(self) -> str:
        """Return the unit of `possible`."""
        return next(iter(self.units))


@dataclass(frozen=True, slots=True)
class Wording:
    """How a finding or a choice is stated, and by what words alone it is said to be absent.

    `above` is the quantity whose value decides. With `must` a note has to tell it, unless it has
    the words of `unless`: who describes the throat would have told of pus.
    """

    present: tuple[re.Pattern[str], ...]
    absent: re.Pattern[str]
    above: tuple[str, float] | None = None
    must: bool = False
    unless: re.Pattern[str] = _NEVER


@cache
def quantities() -> tuple[Quantity, ...]:
    """Return all quantities; those without inputs are read only to be told apart."""
    return tuple(_quantity(each) for each in cast(list[Mapping[str, Any]], _read("quantities")))


@cache
def quantities_of(input_name: str) -> tuple[Quantity, ...]:
    """Return the quantities that fill an input."""
    return tuple(each for each in quantities() if input_name in each.inputs)


@cache
def unit_patterns() -> Mapping[str, re.Pattern[str]]:
    """Return how each unit is written, with what may stand between it and its number."""
    written = cast(Mapping[str, str], _read("units"))
    return {
        unit: re.compile(
            rf"[ \u2009\u00a0-]{{0,2}}(?:{text})"
            r"(?:(?<=[\u4e00-\u9fff])|(?![a-z0-9]|/[a-z0-9](?!\d*(?:\.\d+)?\s*%)))"
        )
        for unit, text in written.items()
    }


@cache
def findings() -> Mapping[str, Wording]:
    """Return how each finding is stated, by the first English name of its input."""
    return {
        name: _wording(entry) for name, entry in cast(Mapping[str, Any], _read("findings")).items()
    }


@cache
def choices() -> Mapping[str, Mapping[str, Wording]]:
    """Return how each choice is stated, by the first English name of its input and its key."""
    return {
        name: {str(key): _wording(each) for key, each in entry.items() if isinstance(each, dict)}
        for name, entry in cast(Mapping[str, Any], _read("choices")).items()
    }


@cache
def default_choice(input_name: str) -> str:
    """Return the choice that holds where nothing is said of it, or nothing."""
    return str(cast(Mapping[str, Any], _read("choices")).get(input_name, {}).get("default", ""))


@cache
def formula_names() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Return the names by which formulas are asked for, each with the ids that it means."""
    read = cast(Mapping[str, Any], _read("names"))
    found = [((id,), entry) for id, entry in read["formulas"].items()]
    found += [(tuple(entry["formulas"]), entry) for entry in read["several"]]
    return tuple((ids, _both({lang: entry[lang]})) for ids, entry in found for lang in ("en", "zh"))


@cache
def needs() -> Mapping[str, re.Pattern[str]]:
    """Return what is asked for without the name of its formula."""
    read = cast(Mapping[str, Any], _read("names"))
    return {id: _both(entry) for id, entry in read["needs"].items()}


@cache
def for_whom() -> Mapping[str, re.Pattern[str]]:
    """Return of what a message must speak for a need to mean its formula."""
    read = cast(Mapping[str, Any], _read("names"))["for_whom"]
    return {id: re.compile(text) for id, text in read.items()}


@cache
def telling_words() -> Mapping[str, re.Pattern[str]]:
    """Return the words that tell formulas of one name apart."""
    read = cast(Mapping[str, Any], _read("names"))
    return {id: _both(entry) for id, entry in read["tell"].items()}


@cache
def children() -> Mapping[str, str]:
    """Return the formulas that answer for a child in the place of another."""
    return cast(Mapping[str, str], cast(Mapping[str, Any], _read("names"))["children"])


@cache
def unknown() -> tuple[re.Pattern[str], ...]:
    """Return the names of scores that are not here, by language."""
    names = cast(Mapping[str, Any], _read("names"))["unknown"]
    return tuple(_both({language: names[language]}) for language in ("en", "zh"))


@cache
def asking(name: str) -> re.Pattern[str]:
    """Return one expression of `asking.yaml`."""
    return re.compile(cast(Mapping[str, str], _read("asking"))[name])


@cache
def ages() -> tuple[re.Pattern[str], ...]:
    """Return how an age is written: the number, and its unit where that is not years."""
    return tuple(re.compile(each) for each in cast(list[str], _read("ages")))


@cache
def _read(name: str) -> object:
    path = files("medchat.answering.calculation").joinpath(f"{name}.yaml")
    return cast(object, yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def _both(entry: Mapping[str, str]) -> re.Pattern[str]:
    """Return one expression of both languages: words of the one begin and end as words do."""
    english, chinese = entry.get("en", "(?!)"), entry.get("zh", "(?!)")
    return re.compile(
        rf"(?<![a-z0-9])(?:{english})(?![a-z0-9])|(?<![a-z0-9])(?:{chinese})(?![a-z])"
    )


def _quantity(entry: Mapping[str, Any]) -> Quantity:
    return Quantity(
        id=entry["id"],
        inputs=tuple(entry["inputs"]),
        names=re.compile(
            rf"(?<![a-z0-9])(?:{entry['en']})(?![a-z])|(?<![a-z0-9])(?:{entry['zh']})(?![a-z])"
        ),
        not_before=_optional(entry.get("not_before"), r"(?:{})$"),
        not_after=_optional(entry.get("not_after"), r"(?:{})"),
        units={unit: float(factor) for unit, factor in entry["units"].items()},
        usual={unit: (float(low), float(high)) for unit, (low, high) in entry["usual"].items()},
        possible=(float(entry["possible"][0]), float(entry["possible"][1])),
        bare=tuple(entry.get("bare", ())),
        loose=bool(entry.get("loose", False)),
    )


def _optional(text: str | None, form: str) -> re.Pattern[str]:
    return re.compile(form.format(text)) if text else _NEVER


def _wording(entry: Mapping[str, Any]) -> Wording:
    above = entry.get("above")
    return Wording(
        present=tuple(pattern(entry[language]) for language in ("en", "zh")),
        absent=_either(entry["absent"]) if "absent" in entry else _NEVER,
        above=(above["quantity"], float(above["limit"])) if above else None,
        must=bool(entry.get("must", False)),
        unless=_either(entry["unless"]) if "unless" in entry else _NEVER,
    )


def _either(text: str) -> re.Pattern[str]:
    """Return an expression of alternatives, each of its own language."""
    chinese = re.compile("[\u4e00-\u9fff]")
    parts = split_alternatives(text)
    english = "|".join(part for part in parts if not chinese.search(part))
    other = "|".join(part for part in parts if chinese.search(part))
    sides = [pattern(side).pattern for side in (english, other) if side]
    return re.compile("|".join(sides))
