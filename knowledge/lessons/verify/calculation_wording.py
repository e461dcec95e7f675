"""Check that the words around a calculation are those of its templates.

message, names of formula and inputs, numbers, working, source masked -> templates of the style
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache

from knowledge.calculators.formulas import formula_registry
from knowledge.calculators.formulas.formula import Formula
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ToolsWords
from knowledge.lessons.verify.template_patterns import NAME, any_of, either, marked
from knowledge.records import Language
from knowledge.text import units

_NUMBER = r"(?<![A-Za-z0-9.])-?\d+(?:[.,]\d+)*(?:/\d+)?"
_WANTED = {
    "en": f"(?:the )?{NAME}(?: in [^,.?]{{1,30}}?)?",
    "zh": f"{NAME}(?:（[^）]*）)?",
}
_ARTICLE = re.compile(rf"\b(?:an?|the) (?={NAME})")
_BEFORE_SLOT = re.compile(r"\b(?:an?|the) (?=\{)", re.IGNORECASE)
_ENDS_IN_ARTICLE = re.compile(r"\(([^()]*\bthe(?:\|[^()]*)?)\) (?=\{)", re.IGNORECASE)
_LAST_ARTICLE = re.compile(r"\b(?:an?|the)$", re.IGNORECASE)
_SIDE_BY_SIDE = re.compile(r"(\{[nvcxufFrbBs]\})(?:\{[nvcxufFrbBs]\})+")
_SEXES = {"en": ("female", "male"), "zh": ("女性", "男性", "女", "男")}
_YEARS = {"en": (" years", "( years| year|)"), "zh": ("岁", "(岁|)")}


def masked(text: str, blocks: Iterable[str], names: Iterable[str], formula: Formula,
           language: Language) -> str:  # fmt: skip
    """Return a message with all that a calculation fills in as marks."""
    for block in blocks:
        if block:
            text = text.replace(block, "\0")
    text = _named(tuple(sorted(set(names), key=lambda each: (-len(each), each)))).sub("\0", text)
    return _ARTICLE.sub("", marked(_quantity(formula.id, language).sub("\0", text)))


def asks(told: str, language: Language, *, first: bool) -> bool:
    """Say whether a user asks for a calculation, or goes on, in words of a template."""
    return _fits(_question if first else _further, told, language)


def answers(told: str, language: Language) -> bool:
    """Say whether an answer around a calculation has only sentences of templates."""
    return _fits(_answer, told, language)


@lru_cache(maxsize=1 << 12)
def _fits(made: Callable[[Language], re.Pattern[str]], told: str, language: Language) -> bool:
    return made(language).fullmatch(told) is not None


@lru_cache(maxsize=1 << 10)
def _named(names: tuple[str, ...]) -> re.Pattern[str]:
    every = "|".join(
        (r"(?<![A-Za-z0-9])" if each[:1].isascii() and each[:1].isalnum() else "")
        + re.escape(each)
        + _what_ends(each)
        for each in names
        if each
    )
    return re.compile(every or "(?!)", re.IGNORECASE)


def _what_ends(name: str) -> str:
    """Return what tells that a name ends: no letter goes on, and no figure where it has one."""
    if name[-1].isascii() and name[-1].isdigit():
        return "(?![A-Za-z0-9])"
    return "(?![A-Za-z])" if name[-1].isascii() and name[-1].isalpha() else ""


@cache
def _quantity(id: str, language: Language) -> re.Pattern[str]:
    formula = formula_registry.FORMULAS[id]
    kinds = {formula.unit, *(each.unit for each in formula.inputs)}
    kinds |= {other.unit for each in formula.inputs for other in each.others}
    spelled = {spelling for kind in kinds if kind for spelling in units.spellings(kind, language)}
    spelled |= {units.unit_symbol(kind, language) for kind in kinds if kind}
    every = either(tuple(spelled)) if spelled else "(?!)"
    return re.compile(rf"{_NUMBER}(?: ?{every}(?![A-Za-z0-9-]))?", re.IGNORECASE)


@cache
def _slots(language: Language) -> dict[str, str]:
    words = load(ToolsWords, language)
    kin = either(tuple(row[0] for row in words.relative))
    whose = either(tuple(row[1] for row in words.relative))
    value = {each: NAME for each in ("n", "v", "c", "x", "u", "f", "F", "r", "b", "B", "s")}
    sex = either((_SEXES[language], words.sex_noun))
    value |= dict.fromkeys(("c", "x"), f"(?:{NAME}|{sex})")
    value |= {
        "k": f"(?:{NAME}|{kin})",
        "p": whose,
        "woman": f"(?:a )?{either(words.sex_noun)}",
        "a": NAME,
    }
    value |= {"bay": either(words.bay), "bed": NAME, "be": "(?:is|are)"}
    value |= {"m": _WANTED[language], "M": _WANTED[language]}
    value |= {each: NAME for each in ("why", "Why", "instead", "Instead")}
    old, new = _YEARS[language]
    patient = tuple(
        each.replace(f"{{a}}{old}", f"{{a}}{new}")
        for held in words.patient.values()
        for each in held
    )
    who = _any(patient, language, value)
    told = (
        words.value, words.own_value, words.own_special, words.kin_special, words.pressure,
        words.present, words.absent, words.nothing_else, words.chosen,
    )  # fmt: skip
    item = _any(told, language, value)
    joint = _any(tuple(f"{each.strip()}" for each in words.separator), language, {})
    item = f"(?:{item}|(?:my )?{NAME} (?:are|were) {NAME}|{NAME}\\s?{NAME}|{NAME}{sex})"
    listed = rf"(?:{item}(?:(?:\s?{joint}\s?|, ){item})*)"
    reason = _any(words.reason, language, {})
    return value | {"w": who, "W": who, "l": listed, "L": listed, "y": reason}


def _any(held: object, language: Language, slots: Mapping[str, str]) -> str:
    return any_of(tuple(_prepared(held)), language, slots)


def _prepared(held: object) -> Iterator[str]:
    """Yield templates as their texts are masked: no articles, one mark for names side by side."""
    if isinstance(held, str):
        bare = _ENDS_IN_ARTICLE.sub(_without_articles, _BEFORE_SLOT.sub("", held))
        bare = bare.replace("{n} {v}", "{n}( {v}|)")  # a unit may be in the name, too
        yield _SIDE_BY_SIDE.sub(r"\1", bare)
    elif isinstance(held, Mapping):
        for each in held.values():
            yield from _prepared(each)
    elif isinstance(held, tuple):
        for each in held:
            yield from _prepared(each)


def _without_articles(found: re.Match[str]) -> str:
    bare = [_LAST_ARTICLE.sub("", each).strip() for each in found[1].split("|")]
    return f"({'|'.join(f'{each} ' if each else '' for each in bare)})"


@cache
def _question(language: Language) -> re.Pattern[str]:
    words, slots = load(ToolsWords, language), _slots(language)
    lead = _any((words.opening, words.greeting), language, slots)
    asked = (
        words.question, words.question_without_values, words.own_question, words.kin_question,
    )  # fmt: skip
    tail = _any((words.show_working, words.category_wanted), language, slots)
    return re.compile(rf"(?:{lead}\s?)?{_any(asked, language, slots)}(?:\s?{tail})?")


@cache
def _further(language: Language) -> re.Pattern[str]:
    words = load(ToolsWords, language)
    told = (words.category_question, words.supplied, words.changed)
    return re.compile(_any(told, language, _slots(language)))


@cache
def _answer(language: Language) -> re.Pattern[str]:
    words, slots = load(ToolsWords, language), _slots(language)
    told = (
        words.result, words.own_result, words.kin_result, words.category, words.working,
        words.points, words.source, words.converted, words.missing, words.changed_result,
        words.beyond,
    )  # fmt: skip
    one = _any(told, language, slots)
    return re.compile(rf"{one}(?:\s?{one})*")
