"""Sentences that ask for a calculation, in wordings of our own, with the right result."""

import random
from collections.abc import Iterator

from knowledge.calculators import arithmetic
from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.records import Language
from knowledge.text import units

FRAMES: dict[Language, tuple[str, ...]] = {
    "en": (
        "{name} for {inputs}",
        "What is the {name}? {inputs_capital}.",
        "{inputs_capital}. Please calculate the {name}.",
        "Can you work out the {name} of my patient: {inputs}",
        "{inputs_capital} - what's the patient's {name}?",
    ),
    "zh": (
        "{inputs}，{name}是多少？",
        "请计算{name}：{inputs}",
        "患者{inputs}。{name}多少？",
        "帮我算一下{name}，{inputs}。",
    ),
}


def sentences(
    formula: Formula, language: Language, rng: random.Random, count: int
) -> Iterator[tuple[str, str]]:
    """Yield messages that ask for a formula, each with its result."""
    for frame in FRAMES[language]:
        made = 0
        while made < count:
            given = {one.key: _draw(one, rng) for one in formula.inputs}
            try:
                result = formula.result(given)
            except ValueError:
                continue
            if result.startswith("-") and not formula.terms:
                continue
            made += 1
            told = _told(formula, given, language, rng)
            name = rng.choice([each for each in formula.names(language)])
            yield (
                frame.format(name=name, inputs=told, inputs_capital=told[0].upper() + told[1:]),
                (result),
            )


def _draw(one: Input, rng: random.Random) -> str:
    if one.choices:
        return rng.choice([each.key for each in one.choices])
    return arithmetic.round_half_up(rng.uniform(one.low, one.high), one.places)


def _told(formula: Formula, given: dict[str, str], language: Language, rng: random.Random) -> str:
    parts = [_part(one, given[one.key], language, rng) for one in formula.inputs]
    rng.shuffle(parts)
    return (", " if language == "en" else "，").join(parts)


def _part(one: Input, value: str, language: Language, rng: random.Random) -> str:
    name = rng.choice(one.names(language))
    if one.key == "sex":
        word = next(each for each in one.choices if each.key == value).names(language)[0]
        return word if language == "en" else f"{word}性"
    if one.is_finding:
        if language == "en":
            return rng.choice([name, f"{name}: yes"]) if value == "yes" else f"no {name}"
        return name if value == "yes" else f"无{name}"
    if one.choices:
        word = next(each for each in one.choices if each.key == value).names(language)[0]
        if language == "en":
            return {"ascites": f"{word} ascites"}.get(one.key, f"{name} {word}")
        return f"{name}{word}"
    if one.key == "age":
        return f"{value}-year-old" if language == "en" else f"{value}岁"
    spelling = rng.choice(units.spellings(one.unit, language) or ("",))
    joined = units.join_quantity(value, spelling)
    if language == "en":
        return rng.choice([f"{name} {joined}", f"{name} of {joined}", f"{name} is {joined}"])
    return rng.choice([f"{name}{joined}", f"{name}为{joined}", f"{name}：{joined}"])
