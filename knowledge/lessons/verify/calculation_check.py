"""Check a row that calculates by computing its results again from the formulas.

    facts are computed again; calls and results are compared with them; then inputs and words

Every result is computed anew, every input must have been told, every number of an answer with its
unit is an input, the result, or part of what the registry of formulas states.
"""

import re
from collections.abc import Callable, Collection, Iterator

from knowledge.calculators import calls
from knowledge.calculators.calls import Calculation, Call, Equation
from knowledge.calculators.formulas import formula_registry
from knowledge.calculators.formulas.formula import Input
from knowledge.calculators.worked_steps import show_working
from knowledge.graph.linker import Linker
from knowledge.lessons.verify import calculation_wording, foreign_mentions
from knowledge.lessons.verify.input_extraction import StatedInputs, masked, names_one, occurrences
from knowledge.records import FORMULA, Language, Lesson
from knowledge.text import units
from knowledge.text.denial import KINDS, DenialKind, is_denied
from knowledge.text.sentences import sentence_spans

_DENYING_A_REQUEST: frozenset[DenialKind] = frozenset(KINDS) - {"lack"}
"""What denies where an answer asks for an input: that it "is missing" is what it has to say."""

_CALLING = re.compile(r"(?:calculate|equation)\(")


_SAID_TWICE = re.compile(r"([^\n]{10,}[.。])\s?\1")
"""A sentence right behind itself; a unit's stop may hide where it ends."""


class CalculationCheck:
    """The proof of one row."""

    def __init__(self, lesson: Lesson, linker: Linker) -> None:
        self._lesson = lesson
        self._language: Language = lesson.language
        self._linker = linker
        self._facts: list[Call] = []

    def fault(self) -> str:
        """Return the first thing that is wrong, or an empty text."""
        id = self._lesson.split_key.removeprefix(FORMULA)
        if id not in formula_registry.FORMULAS or self._lesson.split_key == id:
            return "the row is about no formula"
        self._formula = formula_registry.FORMULAS[id]
        inputs = [name for each in self._formula.inputs for name in each.names(self._language)]
        own = [*self._formula.names(self._language), *inputs]
        self._own = {name.casefold() for name in own}
        steps: tuple[Callable[[], str], ...] = (
            self._wrong_row,
            self._wrong_facts,
            self._wrong_calls,
            self._wrong_inputs,
            self._wrong_answers,
            self._wrong_wording,
        )
        return next((found for step in steps if (found := step())), "")

    # what the row names

    def _wrong_row(self) -> str:
        lesson = self._lesson
        if {source.id for source in lesson.sources} != {lesson.split_key}:
            return "the row names another formula than it is about"
        if lesson.entities or lesson.meta.get("relation") != self._formula.id:
            return "the row is not only about its formula"
        if not isinstance(lesson.meta.get("support"), list):
            return "the row does not say what its answer rests on"
        return ""

    def _wrong_facts(self) -> str:
        for source in self._lesson.sources:
            found = calls.parse_call_with_result(source.quote, self._language)
            if not source.calculated or found is None:
                return "a fact of the row is no call in the grammar"
            call, result = found
            if isinstance(call, Calculation) and call.formula is not self._formula:
                return "a fact of the row is of another formula"
            if isinstance(call, Equation) and not self._turning(call):
                return "an equation of the row is no conversion of an input"
            if not _same(call, result, self._language):
                return "the result of a fact is not what the formula gives"
            self._facts.append(call)
        if len(self._facts) > len(
            {calls.call_with_result(each, self._language) for each in self._facts}
        ):
            return "a fact is named twice"
        return "" if self._calculations() else "the row calculates nothing"

    def _calculations(self) -> list[Calculation]:
        return [each for each in self._facts if isinstance(each, Calculation)]

    def _turning(self, call: Equation) -> tuple[Input, str, str] | None:
        """Return the input whose conversion an equation is, the number, and the unit it is in."""
        for one in self._formula.inputs:
            if one.names(self._language)[0] != call.name:
                continue
            for other in one.others:
                for number in re.findall(r"\d+(?:\.\d+)?", call.expression):
                    if calls.conversion_equation(one, number, other.unit, self._language) == call:
                        return one, number, other.unit
        return None

    # the calls in the talk

    def _wrong_calls(self) -> str:
        messages = self._lesson.messages
        made: list[Call] = []
        for place, message in enumerate(messages):
            if message.role != "assistant":
                continue
            if not calls.is_call(message.content):
                if _CALLING.search(message.content):
                    return "a call stands among other words"
                continue
            call = calls.parse_call(message.content, self._language)
            if call is None:
                return "a call is not in its grammar, or its result is wrong"
            behind = messages[place + 1].content if place + 1 < len(messages) else ""
            if not self._answers(call, behind):
                return "the result of a call is not what it gives"
            made.append(self._meant(call))
            if made[-1] not in self._facts:
                return "a call is none of the facts of the row"
            if any(self._feeds(each, made[-1]) and each not in made for each in self._facts):
                return "a calculation comes before the conversion that it uses"
        due = [each for each in self._facts if _gives(each)]
        if len(due) < len(self._facts) and made:
            return "the row calls what gives no result"
        if not all(each in made for each in due):
            return "a fact of the row is never called"
        return "" if self._tells_result() else "the answer does not tell the result of the call"

    def _tells_result(self) -> bool:
        """Say whether an answer behind the result of a call tells its number."""
        mark = calls.RESULT[self._language]
        said, answer = (message.content for message in self._lesson.messages[-2:])
        number = re.search(r"\d+(?:\.\d+)?", said.rpartition(" = ")[2])
        return not said.startswith(mark) or number is None or number[0] in answer

    def _feeds(self, conversion: Call, call: Call) -> bool:
        """Say whether a call takes what a conversion gives."""
        if not isinstance(conversion, Equation) or not isinstance(call, Calculation):
            return False
        turning = self._turning(conversion)
        given = call.given.get(turning[0].key) if turning else None
        return given is not None and given == conversion.answer(self._language)

    def _answers(self, call: Call, text: str) -> bool:
        name = call.name if isinstance(call, Equation) else call.formula.names(self._language)[0]
        try:
            return text == f"{calls.RESULT[self._language]}{name} = {call.answer(self._language)}"
        except ValueError:
            return False

    def _meant(self, call: Call) -> Call:
        """Return the fact that an equation with the formula's numbers stands for."""
        if isinstance(call, Equation) and self._formula.expression:
            for each in self._calculations():
                plain = _gives(each)
                if (
                    plain
                    and calls.substitute_values(self._formula, each.given, self._language) == call
                ):
                    return each
        return call

    # what the user told

    def _asked(self) -> str:
        mark = calls.RESULT[self._language]
        return "\n".join(
            message.content
            for message in self._lesson.messages
            if message.role == "user" and not message.content.startswith(mark)
        )

    def _wrong_inputs(self) -> str:
        asked = self._asked()
        names = self._formula.names(self._language)
        if not names_one(asked, names):
            return "the question does not name the formula"
        if foreign_mentions.another_formula(asked, self._own, self._language):
            return "the question names another formula"
        bare = masked(asked, names)
        told = StatedInputs(bare, self._formula, self._language)
        for call in self._calculations():
            for one in self._formula.inputs:
                if not self._given(told, one, call.given[one.key]):
                    return f"the question does not give the {one.key} of the call"
        return ""

    def _given(self, told: StatedInputs, one: Input, value: str) -> bool:
        if value == calls.MISSING:
            return not told.any_of(one)
        if one.choices:
            return told.choice(one, value)
        if told.number(one, value, one.unit):
            return True
        for each in self._facts:
            turning = self._turning(each) if isinstance(each, Equation) else None
            if turning and turning[0] is one and each.answer(self._language) == value:
                return told.number(one, turning[1], turning[2])
        return False

    # how it is worded

    def _wrong_wording(self) -> str:
        """Hold the words around calls, names and numbers against the templates of the style."""
        roles = [message.role for message in self._lesson.messages]
        if self._lesson.style != "tools" or roles != ["user", "assistant"] * (len(roles) // 2):
            return "the row is not of the style that calculates, or its turns are not in order"
        mark = calls.RESULT[self._language]
        for place, message in enumerate(self._lesson.messages):
            text = message.content
            if message.role == "user":
                if text.startswith(mark):
                    continue
                told = self._masked(text)
                if not calculation_wording.asks(told, self._language, first=place == 0):
                    return "the question is worded as no template"
                continue
            line, _, rest = text.partition("\n")
            text = rest if calls.is_call(line) else text
            if text and not calculation_wording.answers(self._masked(text), self._language):
                return "the answer is worded as no template"
        if _SAID_TWICE.search(self._lesson.messages[-1].content):
            return "a sentence of the answer is said twice"
        spans = sentence_spans(self._lesson.messages[-1].content)
        right = [list(range(len(self._lesson.sources))) for _ in spans]
        return "" if self._lesson.meta.get("support") == right else "the support is another"

    def _masked(self, text: str) -> str:
        formula, language = self._formula, self._language
        blocks = [formula.source]
        for call in self._calculations():
            if _gives(call):
                blocks.append(show_working(formula, call.given, language))
            elif not call.missing and (limit := formula.limit(call.given)):
                blocks += [limit.why(language), limit.instead(language)]
        blocks += [f"{block[:1].upper()}{block[1:]}" for block in blocks]
        names = [*self._own, *(band.label(language) for band in formula.bands)]
        for one in formula.inputs:
            if one.key != "sex" and not one.is_finding:
                names += [name for choice in one.choices for name in choice.names(language)]
        return calculation_wording.masked(text, blocks, names, formula, language)

    # what the answers say

    def _wrong_answers(self) -> str:
        """Hold each answer against the call before it, or what comes before any call."""
        current: Calculation | None = None
        text = ""
        for message in self._lesson.messages:
            if message.role != "assistant":
                continue
            text = ""
            if calls.is_call(message.content):
                call = calls.parse_call(message.content, self._language)
                meant = self._meant(call) if call else None
                current = meant if isinstance(meant, Calculation) else current
                continue
            text = message.content
            fault = self._wrong_answer(text, current)
            if fault:
                return fault
        return "" if text else "the row ends with a call"

    def _wrong_answer(self, text: str, current: Calculation | None) -> str:
        if current is not None:
            return self._wrong_result(text, current)
        first = self._calculations()[0]
        if not first.missing and not _gives(first):
            return self._wrong_limit(text, first)
        return self._wrong_asking(text, first)

    def _wrong_result(self, text: str, call: Calculation) -> str:
        """Hold an answer behind a call against what it gives."""
        formula, language = self._formula, self._language
        result = formula.result(call.given)
        place = formula.band(result)
        left, said = text, False
        if place >= 0:
            label = formula.bands[place].label(language)
            said = names_one(left, [label])
            left = masked(left, [label])
            if names_one(left, [each.label(language) for each in formula.bands]):
                return "the answer tells another meaning of the result"
        for block in (show_working(formula, call.given, language), formula.source):
            left = _without(left, block)
        fault = self._wrong_words(left)
        if fault:
            return fault
        numbers = [(number, unit) for _, number, unit in units.find_quantities(self._blank(left))]
        right = {(result, each) for each in _spelled(formula.unit, language)}
        allowed = {one.key: set(self._allowed(call, one)) for one in formula.inputs}
        wrong = next((each for each in numbers if each not in right.union(*allowed.values())), None)
        if wrong:
            return f"the number {' '.join(wrong).strip()} of the answer is none of its facts"
        told = StatedInputs(masked(left, formula.names(language)), formula, language)
        if any(not told.behind(key) <= values for key, values in allowed.items()):
            return "the answer gives an input the value of another"
        return "" if said or right & set(numbers) else "the answer does not tell the result"

    def _allowed(self, call: Calculation, one: Input) -> Iterator[tuple[str, str]]:
        """Yield the numbers with their units that an answer may repeat of an input."""
        if one.choices:
            return
        for spelling in _spelled(one.unit, self._language):
            yield call.given[one.key], spelling
        for each in self._facts:
            turning = self._turning(each) if isinstance(each, Equation) else None
            if turning and turning[0] is one:
                for spelling in _spelled(turning[2], self._language):
                    yield turning[1], spelling

    def _wrong_limit(self, text: str, call: Calculation) -> str:
        """Hold an answer that gives no result against why there is none."""
        limit = self._formula.limit(call.given)
        assert limit is not None
        why, instead = limit.why(self._language), limit.instead(self._language)
        if not names_one(text, [why]) or not names_one(text, [instead]):
            return "the answer does not say why the formula does not apply"
        return self._wrong_rest(masked(text, [why, instead]), ())

    def _wrong_asking(self, text: str, call: Calculation) -> str:
        """Hold an answer that asks for an input against what was told before."""
        left = masked(text, self._formula.names(self._language))
        keys = {key for _, _, key in occurrences(left, self._formula.inputs, self._language)}
        asked = [each for each in self._formula.inputs if each.key in keys]
        wanted = list(call.missing) or asked[:1]
        if not wanted or any(each not in asked for each in wanted):
            return "the answer does not ask for what is missing"
        first = masked(self._lesson.messages[0].content, self._formula.names(self._language))
        told = StatedInputs(first, self._formula, self._language)
        if any(told.any_of(each) for each in wanted):
            return "the answer asks for what was told"
        for sign in (units.unit_symbol(each.unit, self._language) for each in wanted):
            text = masked(text, [sign]) if sign else text
        return self._wrong_rest(text, _DENYING_A_REQUEST)

    def _wrong_rest(self, text: str, wrong: Collection[DenialKind]) -> str:
        """Hold words that state no result against numbers, names and some kinds of denial."""
        fault = self._wrong_words(text, wrong)
        if fault:
            return fault
        number = next(units.find_quantities(self._blank(text)), None)
        return f"the number {number[1]} of the answer is none of its facts" if number else ""

    def _wrong_words(self, text: str, wrong: Collection[DenialKind] = KINDS) -> str:
        if foreign_mentions.another_formula(text, self._own, self._language):
            return "the answer names another formula"
        left = self._blank(text)
        if is_denied(left, wrong):
            return "the answer denies what is true"
        found = foreign_mentions.entity(text, left, self._linker, self._language)
        return f"the answer names {found!r}, which its facts do not" if found else ""

    def _blank(self, text: str) -> str:
        """Return a text without the names of the formula and its inputs."""
        return masked(text, sorted(self._own))


def _gives(call: Call) -> bool:
    """Say whether a call gives a result."""
    return isinstance(call, Equation) or not (call.missing or call.formula.limit(call.given))


def _same(call: Call, result: str, language: Language) -> bool:
    try:
        return call.answer(language) == result
    except ValueError:
        return False


def _without(text: str, block: str) -> str:
    """Return a text without a block, where it does not go on as another figure or word."""
    place = text.find(block) if block else -1
    if place < 0 or re.match(r"[A-Za-z0-9]|\.\d", text[place + len(block) :]):
        return text
    return f"{text[:place]} {text[place + len(block) :]}"


def _spelled(unit: str, language: Language) -> tuple[str, ...]:
    return units.spellings(unit, language) or ("",)
