"""Answer a message that asks for a calculation, or that completes one.

Turn -> request, or what was asked for just before -> inputs -> Lead
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.calculators.formulas import formula_registry
from knowledge.calculators.formulas.formula import Formula
from knowledge.records import Language
from medchat.answering.answer import CalculationResult
from medchat.answering.calculation import calculation_telling as telling
from medchat.answering.calculation.body_weights import choose_weight
from medchat.answering.calculation.equations import solve
from medchat.answering.calculation.input_wording import asking
from medchat.answering.calculation.inputs import Inputs, read_inputs
from medchat.answering.calculation.recognise import Request, recognise
from medchat.answering.leads import Lead, Turn
from medchat.answering.patient_state import PatientState
from medchat.answering.screening.statements import fold

_CORRECTS = re.compile(
    r"^\W*(?:no\b|actually|sorry|correction|i mean|and (?:if|in|for|with|at)\b|what if|if|but|"
    r"make (?:it|that)|instead|oops|wait|不对|不是|更正|应该是|改成|如果|要是|那如果|换成|其实|"
    r"说错|错了|记错|搞错|抱歉|若)"
)
_TAKEN_BACK = re.compile(
    r",? ?\b(?:and )?(?:not|instead of|rather than) \d+(?:\.\d+)?(?: ?[a-z%/]+)?|"
    r"(?:,|，)?(?:而)?不是\d+(?:\.\d+)?[^\d,，。]{0,4}"
)
_REPLY = 70
"""A message of so many characters may add to the calculation before it."""

_WORDS = 2
_NUMBER_ALONE = re.compile(r"^\W*\d+(?:\.\d+)?\W*$")


def calculation(turn: Turn) -> Lead | None:
    """Return what a message asks to be worked out, or None where it asks for no calculation."""
    led = calculate(turn.message, turn.language, turn.patient, turn.earlier, turn.calculations)
    named = any(id.startswith("medicine:") for each in turn.asked.mentions for id in each.entities)
    reckoned = led is not None and any(telling.is_equation(each) for each in led.calculations)
    told = {each.name for each in turn.calculations}
    again = led is not None and bool(told & {each.name for each in led.calculations})
    if led is not None and named and (reckoned or again):
        return replace(led, complete=False)  # the medicine is still to be checked and looked up
    return led


def calculate(
    message: str,
    language: Language,
    patient: PatientState,
    earlier: Sequence[str] = (),
    before: Sequence[CalculationResult] = (),
) -> Lead | None:
    """Return the calculation of a message; `before` are those of the answer before it."""
    text = fold(message)
    request = recognise(text, lambda formula, told: read_inputs(formula, [told], patient))
    if request is not None:
        return _answer(request, message, text, language, patient)
    continued = _continued(text, language, patient, [fold(each) for each in earlier], before)
    return continued or solve(text, language)


def _answer(
    request: Request, message: str, text: str, language: Language, patient: PatientState
) -> Lead:
    if request.animal:
        return Lead(told=telling.join_told([telling.say_animal(language)]), complete=True)
    if request.unknown:
        written = re.search(re.escape(request.unknown), message, re.IGNORECASE)
        said = telling.say_unknown(written[0] if written else request.unknown, language)
        return Lead(told=telling.join_told([said]), complete=True)
    if request.choose:
        said = telling.say_choose(request.formulas, language)
        return Lead(told=telling.join_told([said]), complete=True)
    found = [read_inputs(each, [request.text], patient) for each in request.formulas]
    kind = choose_weight(found[0], text)
    led = _lead(found, language, complete=not asks_more(request.text))
    return telling.add_weight(led, kind, language) if kind else led


def asks_more(text: str) -> bool:
    """Say whether a message asks for something beside its calculation."""
    return bool(asking("more").search(text))


def _lead(found: Sequence[Inputs], language: Language, *, complete: bool) -> Lead:
    sentences: list[str] = []
    results: list[CalculationResult] = []
    every = [telling.tell(each, language) for each in found]
    if len(every) > 1 and all(not record.result for _, record in every):
        every = every[:1]
    for place, (said, record) in enumerate(every):
        sentences[place:place] = said[:1]  # results first, then what they rest on
        sentences += said[1:]
        results.append(record)
    if len(every) > 1:
        sentences.append(telling.say_both(language))
    done = complete or any(not record.result for record in results)
    return Lead(told=telling.join_told(sentences), calculations=tuple(results), complete=done)


def _continued(
    text: str,
    language: Language,
    patient: PatientState,
    earlier: Sequence[str],
    before: Sequence[CalculationResult],
) -> Lead | None:
    """Return the calculation asked for before, where this message gives what was missing."""
    formulas = [formula for each in before if (formula := _named(each.name))]
    if not formulas:
        return None
    text = _TAKEN_BACK.sub(" ", text)
    open_, asks = any(not each.result for each in before), bool(re.search(r"[?？]", text))
    corrects = bool(_CORRECTS.match(text))
    if (open_ and asks) or not (open_ or corrects or (len(text) <= _REPLY and not asks)):
        return None
    told, awaited, last = _replay(formulas[0], _since_asked(formulas[0], earlier, patient), patient)
    alone = read_inputs(formulas[0], [text], PatientState())
    if not awaited and corrects and not alone.readings:
        awaited = last
    alone = read_inputs(formulas[0], [text], PatientState(), awaited)
    stated = set(alone.given) - {each.key for each in alone.absent}
    if not (stated or alone.readings):
        return None
    if len(re.findall("[a-z]{4,}", text)) < _WORDS and re.search("[\u4e00-\u9fff]", before[0].name):
        language = "zh"  # "AST 44" is no sentence of either language
    found = [read_inputs(each, [*told, text], patient, awaited) for each in formulas]
    return _lead(found, language, complete=not asks_more(text))


def answers_with_number(message: str, before: Sequence[CalculationResult]) -> bool:
    """Say whether a message is the number alone that a calculation before it asked for."""
    return bool(_NUMBER_ALONE.match(message)) and any(each.missing for each in before)


def _replay(
    formula: Formula, turns: Sequence[str], patient: PatientState
) -> tuple[list[str], list[str], list[str]]:
    """Return messages with numbers alone under their names, what is awaited, what was told last."""
    told: list[str] = []
    awaited: list[str] = []
    last: list[str] = []
    for turn in turns:
        alone = read_inputs(formula, [turn], PatientState(), awaited)
        last = [one.key for one in formula.inputs if one.key in alone.given and not one.choices]
        named = [fold(_named_again(alone, key)) for key in last if key in awaited]
        told.append(" . ".join([turn, *named]) if len(awaited) == 1 else turn)
        awaited = _awaited(formula, told, patient)
    return told, awaited, last if len(last) == 1 else []


def _named_again(found: Inputs, key: str) -> str:
    reading, name = found.readings.get(key), found.formula.input(key).en[0]
    if reading is None:
        return f"{name} {found.given[key]}"
    return f"{name} {reading.number} {reading.unit.replace('none', '')}".strip()


def _named(name: str) -> Formula | None:
    return formula_registry.named(name, "en") or formula_registry.named(name, "zh")


def _since_asked(formula: Formula, earlier: Sequence[str], patient: PatientState) -> list[str]:
    """Return the messages since a formula was last asked for, its names taken out."""
    for place in range(len(earlier) - 1, -1, -1):
        request = recognise(
            earlier[place], lambda formula, told: read_inputs(formula, [told], patient)
        )
        if request is not None and formula in request.formulas:
            return [request.text, *earlier[place + 1 :]]
    return []


def _awaited(formula: Formula, turns: Sequence[str], patient: PatientState) -> list[str]:
    found = read_inputs(formula, turns, patient)
    unclear = [key for key, each in found.readings.items() if each in found.unclear]
    return [*(each.key for each in found.missing), *unclear]
