"""Carry out the calls that a draft holds: formulas, arithmetic, look-ups of the graph.

    draft -> sentences with calls, in the grammar of the lessons -> checked against what was told
          -> worked out here -> results, facts | the rest of the draft

A call only asks for a result. Its inputs must be those that the conversation tells, what it looks
up must be spoken of, and what it gives is said by us; a sentence with a call is never shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from knowledge.calculators import calls
from knowledge.calculators.calls import Calculation, Equation
from knowledge.calculators.formulas import formula_registry
from knowledge.datasets import lookup_calls
from knowledge.graph.knowledge_graph import EvidenceLine
from knowledge.records import Language
from knowledge.text.sentences import split_draft
from knowledge.vocabulary import INVERSE, RELATIONS
from medchat.answering.answer import CalculationResult, Evidence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.answer_parts import join_parts
from medchat.answering.calculation import calculation_telling as telling
from medchat.answering.calculation.inputs import read_inputs
from medchat.answering.leads import Turn
from medchat.answering.retriever import facts_as_evidence
from medchat.answering.screening.statements import fold
from medchat.answering.understanding import Question

_CALL = re.compile(r'\b[A-Za-z_]\w*\(\s*["“]')
"""How a call begins, whatever it is called."""

_HELD = "\ue000{}\ue001"
_PLACE = re.compile("\ue000(\\d+)\ue001")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What calls are checked against: the question, the turn that it is of, the evidence given."""

    asked: Question
    turn: Turn
    given: tuple[Evidence, ...]

    @property
    def language(self) -> Language:
        """Return the language of the question."""
        return self.asked.language

    @property
    def messages(self) -> list[str]:
        """Return the messages of the conversation, this one last."""
        return [fold(each) for each in (*self.turn.earlier, self.turn.message)]


@dataclass(slots=True)
class Used:
    """What came of a draft's calls: its other sentences, results, facts, and how many failed.

    `told` are sentences of ours, `answers` what each call that was carried out gives, as the writer
    is told it.
    """

    rest: str
    told: list[str] = field(default_factory=list)
    calculations: list[CalculationResult] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    failed: int = 0

    def add(self, later: "Used") -> "Used":
        """Return this with what came of a later draft, whose other sentences count."""
        return Used(
            later.rest,
            self.told + later.told,
            self.calculations + later.calculations,
            self.evidence + [piece for piece in later.evidence if piece not in self.evidence],
            self.answers + later.answers,
            self.failed + later.failed,
        )


def use_tools(draft: str, context: ToolContext) -> Used:
    """Carry out the calls of a draft; sentences that hold one are left out of the rest."""
    found = list(_calls(draft))
    if not found:
        return Used(draft)
    text, last = "", 0
    for number, (start, end) in enumerate(found):
        text += draft[last:start] + _HELD.format(number)
        last = end
    sentences = split_draft(text + draft[last:])
    used = Used("\n".join(one for one in sentences if not _PLACE.search(one)))
    for sentence in sentences:
        places = [int(match[1]) for match in _PLACE.finditer(sentence)]
        carried = [_carry_out(draft[slice(*found[place])], context, used) for place in places]
        used.failed += not all(carried)
    return used


def add_results(answer: CheckedAnswer | None, used: Used) -> CheckedAnswer | None:
    """Return an answer with what its calls gave before it, and those counted that failed."""
    if used.told:
        told = replace(telling.join_told(used.told), calculations=tuple(used.calculations))
        answer = join_parts([told, answer] if answer is not None else [told])
    return replace(answer, dropped=answer.dropped + used.failed) if answer is not None else None


def _calls(draft: str) -> Iterator[tuple[int, int]]:
    """Yield where calls stand in a draft; one that does not end goes on to the end of its line."""
    last = 0
    for match in _CALL.finditer(draft):
        if match.start() < last:
            continue
        end = draft.find("\n", match.start())
        end = len(draft) if end < 0 else end
        depth, quoted = 0, False
        for place in range(match.start(), end):
            sign = draft[place]
            quoted ^= sign == '"'
            depth += 0 if quoted else (sign == "(") - (sign == ")")
            if sign == ")" and depth == 0 and not quoted:
                end = place + 1
                break
        last = end
        yield match.start(), end


def _carry_out(text: str, context: ToolContext, used: Used) -> bool:
    """Carry out one call and note what it gives; False where it is none that may be."""
    languages: tuple[Language, ...] = (context.language, "zh" if context.language == "en" else "en")
    call = next((found for each in languages if (found := calls.parse_call(text, each))), None)
    if isinstance(call, Calculation):
        return _calculate(call, context, used)
    if isinstance(call, Equation):
        return _reckon(call, context, used)
    asked = lookup_calls.read_call(text)
    return asked is not None and _look_up(*asked, context, used)


def _calculate(call: Calculation, context: ToolContext, used: Used) -> bool:
    """Work a formula out with what the conversation tells, if the call says nothing else."""
    found = read_inputs(call.formula, context.messages, context.turn.patient)
    for key, value in call.given.items():
        if value != calls.MISSING and not _same(value, found.given.get(key, "")):
            return False  # an input that nobody told
    sentences, record = telling.tell(found, context.language)
    used.told += [one for one in sentences if one not in used.told]
    used.calculations += [record] if record not in used.calculations else []
    used.answers.append(calls.RESULT[context.language] + (record.result or sentences[0]))
    return True


def _reckon(call: Equation, context: ToolContext, used: Used) -> bool:
    """Work out an expression whose numbers were told, or stand in evidence or in a formula."""
    said = "\n".join([*context.messages, *(piece.quote for piece in context.given)])
    known = {float(number) for number in _NUMBER.findall(said)} | _constants()
    if any(float(number) not in known for number in _NUMBER.findall(call.expression)):
        return False
    try:
        result = call.answer(context.language)
    except (ValueError, ZeroDivisionError, OverflowError):
        return False
    led = telling.tell_equation(
        "sum", [(call.expression, result)], (), context.language, caution=True
    )
    used.told += [one.text for one in led.told.sentences] if led.told else []
    used.calculations += led.calculations
    used.answers.append(calls.RESULT[context.language] + result)
    return True


def _look_up(entity: str, attribute: str, context: ToolContext, used: Used) -> bool:
    """Look up facts of an entity that the question or its evidence speaks of."""
    linker, graph = context.turn.search.linker, context.turn.search.graph
    spoken = set(context.asked.subjects) | {piece.subject for piece in context.given}
    for piece in context.given:
        spoken.update(
            id for each in linker.find(piece.quote, correct=False) for id in each.entities
        )
    lines: list[EvidenceLine] = []
    for id in linker.bearers(entity):
        for relation, inverse in _relations(attribute) if id in spoken else ():
            line = graph.evidence(id, relation, context.language, inverse)
            lines += [line] if line is not None else []
    for line in lines[:1]:
        piece = facts_as_evidence(line)
        if piece.id not in {each.id for each in (*context.given, *used.evidence)}:
            used.evidence.append(piece)
        used.answers.append(lookup_calls.RESULT[context.language] + " ".join(line.text.split()))
    return bool(lines)


def _relations(attribute: str) -> Iterator[tuple[str, bool]]:
    """Yield the relations that an attribute names, and whether seen from the object."""
    for relation in RELATIONS:
        for seen, inverse in ((relation, False), (relation + INVERSE, True)):
            names = {lookup_calls.attribute_name(seen, each).casefold() for each in _LANGUAGES}
            if attribute.casefold() in names - {""}:
                yield relation, inverse


_LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def _constants() -> frozenset[float]:
    """Return the numbers that formulas and conversions of units are written with."""
    texts = [f"{each.expression} {each.steps}" for each in formula_registry.FORMULAS.values()]
    texts += [
        other.turn
        for each in formula_registry.FORMULAS.values()
        for one in each.inputs
        for other in one.others
    ]
    return frozenset(float(number) for text in texts for number in _NUMBER.findall(text))


def _same(written: str, told: str) -> bool:
    """Say whether two inputs are the same number, rounded as units are turned, or choice."""
    try:
        one, other = float(written), float(told)
    except ValueError:
        return written == told
    return abs(one - other) <= 0.006 * max(abs(one), abs(other))
