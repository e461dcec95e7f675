"""Tell a calculation: the result first, then what it rests on, or what is missing or impossible.

Inputs -> sentences, CalculationResult
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from knowledge.calculators import arithmetic
from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.calculators.worked_steps import show_working
from knowledge.text import units
from medchat.answering.answer import CalculationResult, Language, Sentence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.calculation.input_wording import quantities_of
from medchat.answering.calculation.inputs import Inputs, own_unit, rounded
from medchat.answering.calculation.measured_quantities import Reading
from medchat.answering.leads import Lead

_ADULT = 18
_BOTH_UNITS = frozenset({"average-glucose"})
"""Formulas whose input does not tell the unit that is wanted."""


def tell(found: Inputs, language: Language) -> tuple[list[str], CalculationResult]:
    """Return the sentences of one calculation, and its record."""
    if found.impossible:
        return _tell_impossible(found, language)
    outside = _outside(found, language)
    if outside:
        said = _say("outside", language, name=_capital(_name(found.formula, language)), why=outside)
        return [said], _record(found, language, refused=said)
    if not found.complete:
        return _tell_missing(found, language)
    limit = found.formula.limit(found.given)
    if limit is not None:
        said = _say(
            "limit", language, name=_capital(_name(found.formula, language)),
            why=limit.why(language), instead=limit.instead(language),
        )  # fmt: skip
        return [said], _record(found, language, refused=said)
    return _tell_result(found, language)


def join_told(sentences: Sequence[str]) -> CheckedAnswer:
    """Return sentences as a part of an answer; they rest on a formula and cite nothing."""
    parts = tuple(Sentence(text, (), "none", 0.0) for text in dict.fromkeys(sentences))
    return CheckedAnswer(parts, (), verbatim=True)


def say_unknown(name: str, language: Language) -> str:
    """Return that a score is not here."""
    return _say("unknown", language, name=name)


def say_animal(language: Language) -> str:
    """Return that formulas are made for people."""
    return _say("animal", language)


def say_choose(formulas: Sequence[Formula], language: Language) -> str:
    """Return the question which of several formulas is meant."""
    names = (" or " if language == "en" else "还是").join(
        _name(each, language) for each in formulas
    )
    return _say("choose", language, names=names)


def say_both(language: Language) -> str:
    """Return why there are two results."""
    return _say("both", language)


def tell_equation(
    kind: str,
    steps: Sequence[tuple[str, str]],
    inputs: Sequence[str],
    language: Language,
    *,
    caution: bool = False,
) -> Lead:
    """Return equations with their results, each with the expression that was worked out."""
    name = _say(kind, language)
    signs = [(_signs(expression), result) for expression, result in steps]
    sentences = [_say("equation", language, working=one, result=result) for one, result in signs]
    if caution:
        sentences.append(_say("arithmetic", language))
    records = tuple(
        CalculationResult(
            name=name,
            inputs=tuple((name, each) for each in inputs),
            formula=one,
            result=result,
            source=_say("arithmetic_source", language),
        )
        for one, result in signs
    )
    return Lead(told=join_told(sentences), calculations=records, complete=True)


def is_equation(result: CalculationResult) -> bool:
    """Say whether a result is of plain arithmetic."""
    return result.source in cast(dict[str, str], _words()["arithmetic_source"]).values()


def unit_name(unit: str, language: Language) -> str:
    """Return a unit as it is shown."""
    return _unit_name(unit, language)


def drops(language: Language) -> str:
    """Return the unit of drops in a minute."""
    return _say("drops", language)


def _signs(expression: str) -> str:
    return expression.replace("*", "×").replace("/", "÷")


def add_weight(led: Lead, kind: str, language: Language) -> Lead:
    """Return a calculation that says which weight it was worked out with."""
    said = Sentence(_say(f"{kind}_weight", language), (), "none", 0.0)
    if led.told is None:
        return led
    told = replace(led.told, sentences=(*led.told.sentences, said))
    return replace(led, told=told)


def _outside(found: Inputs, language: Language) -> str:
    """Return why a formula was not made for somebody of this age, or pregnant; else nothing."""
    people = cast(dict[str, Any], _words()["people"])
    youngest = next(
        (int(years) for years, ids in people["from_age"].items() if found.formula.id in ids), 0
    )
    if found.age is not None and found.age < youngest:
        return _say("too_young", language, youngest=str(youngest))
    if found.age is None and found.child and youngest >= _ADULT:
        return _say("too_young", language, youngest=str(youngest))
    if found.pregnant and found.formula.id in people["not_pregnant"]:
        return _say("pregnant", language)
    return ""


def _tell_result(found: Inputs, language: Language) -> tuple[list[str], CalculationResult]:
    formula = found.formula
    number = formula.result(found.given)
    plausible = cast(dict[str, list[float]], _words()["plausible"]).get(formula.id)
    if plausible and not plausible[0] <= float(number) <= plausible[1]:
        written = units.format_quantity(number, formula.unit, language)
        values = _joined([f"{n} {v}" for n, v in _inputs(found, language)], language)
        name = _capital(_name(formula, language))
        said = _say("implausible", language, name=name, result=written, inputs=values)
        return [said], _record(found, language, refused=said)
    result = units.format_quantity(number, formula.unit, language)
    place = formula.band(number)
    band = formula.bands[place].label(language) if place >= 0 else ""
    adult = _is_adult_only(found)
    shown = _say("band", language, band=band) if band and not adult else ""
    name = _capital(_name(formula, language))
    also = _in_other_unit(found)
    parts = (result, also) if formula.id in _BOTH_UNITS else (also, result)
    whole = " = ".join(part for part in parts if part)
    sentences = [_say("result", language, name=name, result=whole, band=shown)]
    working = _working(found, language)
    told = _inputs(found, language)
    sentences.append(
        _say("working", language, inputs=_joined([f"{n} {v}" for n, v in told], language),
             working=working)
        if not formula.terms
        else _say("points", language, working=working)
    )  # fmt: skip
    if adult:
        age = units.format_quantity(f"{found.age:.3g}", "years", language)
        sentences.append(_say("child_band", language, age=age))
    note = cast(dict[str, dict[Language, str]], _words()["notes"]).get(formula.id)
    if note and note[language] and not adult:
        sentences.append(note[language])
    if found.absent:
        items = _joined([each.names(language)[0] for each in found.absent], language)
        sentences.append(_say("absent", language, items=items))
    sentences += [_tell_competing(found, key, others, language)
                  for key, others in found.competing.items()]  # fmt: skip
    if formula.source:
        sentences.append(_say("source", language, source=formula.source))
    record = CalculationResult(
        name=_name(formula, language), inputs=tuple(told), formula=working, result=whole,
        band="" if adult else band,
        source=formula.source or _say("no_source", language),
    )  # fmt: skip
    return sentences, record


def _tell_missing(found: Inputs, language: Language) -> tuple[list[str], CalculationResult]:
    name = _name(found.formula, language)
    items = [_wanted(each, language) for each in found.missing if not each.is_finding]
    listed = [each.names(language)[0] for each in found.missing if each.is_finding]
    if listed:
        items.append(_say("findings", language, items=_joined(listed, language)))
    sentences = []
    if items:
        how = "missing" if found.given else "missing_all"
        sentences.append(_say(how, language, name=name, items=_joined(items, language)))
    for key, reading in found.readings.items():
        if reading in found.unclear:
            one = found.formula.input(key)
            names = " / ".join(_unit_name(unit, language) for unit in reading.quantity.usual)
            sentences.append(
                _say("unclear", language, name=one.names(language)[0], number=reading.number,
                     units=names)
            )  # fmt: skip
    told = _inputs(found, language)
    if told:
        shown = _joined([f"{n} {v}" for n, v in told], language)
        sentences.append(_say("got", language, inputs=shown))
    return sentences, _record(found, language)


def _tell_impossible(found: Inputs, language: Language) -> tuple[list[str], CalculationResult]:
    sentences = []
    for key, reading in found.readings.items():
        if reading.fault == "reversed" and reading in found.impossible:
            sentences.append(_say("reversed", language))
        elif reading in found.impossible:
            low, high = reading.quantity.possible
            unit = _unit_name(reading.quantity.unit, language)
            sentences.append(
                _say("impossible", language, name=found.formula.input(key).names(language)[0],
                     written=_written(reading, language), low=units.join_quantity(f"{low:g}", unit),
                     high=units.join_quantity(f"{high:g}", unit))
            )  # fmt: skip
    return list(dict.fromkeys(sentences)), _record(found, language, refused=sentences[0])


def _tell_competing(found: Inputs, key: str, others: Sequence[Reading], language: Language) -> str:
    used = found.readings[key]
    every = dict.fromkeys(_written(each, language) for each in (used, *others))
    return _say(
        "competing", language, name=_capital(found.formula.input(key).names(language)[0]),
        others=_joined(list(every), language), used=_written(used, language),
    )  # fmt: skip


def _record(found: Inputs, language: Language, refused: str = "") -> CalculationResult:
    unclear = [key for key, reading in found.readings.items() if reading in found.unclear]
    missing = [
        *(each.names(language)[0] for each in found.missing),
        *(found.formula.input(key).names(language)[0] for key in unclear),
    ]
    return CalculationResult(
        name=_name(found.formula, language), inputs=tuple(_inputs(found, language)),
        source=found.formula.source, missing=tuple(missing), refused=refused,
    )  # fmt: skip


def _inputs(found: Inputs, language: Language) -> list[tuple[str, str]]:
    """Return the inputs with their values as they are read: "height", "175 cm (1.75 m)"."""
    told = []
    for one in found.formula.inputs:
        if one.key not in found.given:
            continue
        if one.is_finding and one in found.absent:
            continue
        told.append((one.names(language)[0], _value(found, one, language)))
    return told


def _value(found: Inputs, one: Input, language: Language) -> str:
    value = found.given[one.key]
    if one.choices:
        return next(each for each in one.choices if each.key == value).names(language)[0]
    own = units.format_quantity(rounded(value), one.unit, language)
    reading = found.readings.get(one.key)
    if reading is None or reading.unit == own_unit(one, reading):
        return own
    written = _written(reading, language)
    if written == own:
        return own
    return f"{written} ({own})" if language == "en" else f"{written}（{own}）"


def _written(reading: Reading, language: Language) -> str:
    unit = _unit_name(reading.unit, language)
    return units.join_quantity(reading.number, unit)


def _wanted(one: Input, language: Language) -> str:
    """Return an input that is asked for, with its units or its choices."""
    name = one.names(language)[0]
    if one.choices:
        listed = (" / " if language == "en" else "/").join(
            each.names(language)[0] for each in one.choices
        )
        return f"{name} ({listed})" if language == "en" else f"{name}（{listed}）"
    every = [unit for each in quantities_of(one.en[0]) for unit in each.usual] or [one.unit]
    written = [_unit_name(unit, language) for unit in dict.fromkeys(every)]
    listed = (" or " if language == "en" else "或").join(each for each in written if each)
    if not listed:
        return name
    return f"{name} ({listed})" if language == "en" else f"{name}（{listed}）"


def _working(found: Inputs, language: Language) -> str:
    given = {
        one.key: rounded(found.given[one.key]) if not one.choices else found.given[one.key]
        for one in found.formula.inputs
    }
    return show_working(found.formula, given, language)


def _in_other_unit(found: Inputs) -> str:
    """Return the result in the SI unit, where an input of the same kind was given in it."""
    also = cast(dict[str, tuple[str, float, int]], _words()["also"]).get(found.formula.id)
    if also is None:
        return ""
    unit, factor, places = also
    if found.formula.id not in _BOTH_UNITS and not any(
        each.unit == unit for each in found.readings.values()
    ):
        return ""
    number = arithmetic.round_half_up(found.formula.exact(found.given) * factor, places)
    return units.join_quantity(number, unit)


def _is_adult_only(found: Inputs) -> bool:
    return found.formula.id == "bmi" and found.age is not None and found.age < _ADULT


def _name(formula: Formula, language: Language) -> str:
    return formula.names(language)[0]


def _capital(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def _unit_name(unit: str, language: Language) -> str:
    own = cast(dict[str, dict[Language, str]], _words()["units"])
    return own[unit][language] if unit in own else unit


def _joined(items: Sequence[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(items)


def _say(key: str, language: Language, **values: str) -> str:
    return str(_words()[key][language]).format(**values)


@cache
def _words() -> dict[str, Any]:
    path = files("medchat.answering.calculation").joinpath("telling.yaml")
    return cast(
        dict[str, Any], yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    )
