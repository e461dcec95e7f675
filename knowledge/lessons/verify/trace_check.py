"""Check the reasoning of a row, step by step: its fact, its sentence, its order, its connection.

facts of the row that name entities, in their order -> one step each -> the graph's own wording
"""

from collections.abc import Callable, Collection, Sequence

from knowledge.datasets import reasoning
from knowledge.graph import verbalize
from knowledge.lessons.verify import path_check
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Language, Lesson

Names = Callable[[str], Collection[str]]


def misplaced(lesson: Lesson) -> str:
    """Return what is wrong where a row has reasoning that its style has not."""
    wrong = "trace" in lesson.meta and lesson.style not in reasoning.STYLES
    return "the row has a reasoning that its style has not" if wrong else ""


def fault(lesson: Lesson, facts: Sequence[SourceContent], names: Names) -> str:
    """Return what is wrong with the reasoning of a row, or an empty text."""
    if lesson.style not in reasoning.STYLES:
        return ""
    steps = reasoning.steps(lesson)
    trace = lesson.meta.get("trace")
    told = [fact for fact in facts if fact.object]
    if not isinstance(trace, list) or len(steps) != len(trace):
        return "the reasoning is no list of facts and sentences"
    if [id for id, _ in steps] != [fact.id for fact in told]:
        return "the steps of the reasoning are not the row's facts in their order"
    for (_, sentence), fact in zip(steps, told, strict=True):
        if not _is_worded(sentence, fact, names, lesson.language):
            return "a step of the reasoning does not state its fact"
    if found := path_check.unconnected(lesson.split_key, told):
        return found
    return ""


def _is_worded(sentence: str, fact: SourceContent, names: Names, language: Language) -> bool:
    """Say whether a sentence is the graph's own wording of a fact; names may begin small in it."""
    wanted = sentence.casefold()
    for many, one in _OF_MANY.items():
        wanted = wanted.replace(many, one, 1)
    begun = language == "zh" or sentence[:1] == sentence[:1].upper()
    inverse = fact.relation in reasoning.FROM_OBJECT
    return begun and any(
        wanted == _worded(subject, fact.relation, object, language, inverse)
        for subject in names(fact.subject)
        for object in names(fact.object)
    )


def _worded(subject: str, relation: str, object: str, language: Language, inverse: bool) -> str:
    ends = (object, subject) if inverse else (subject, object)
    said = verbalize.fact_sentence(ends[0], relation, [ends[1]], language, inverse=inverse)
    return said.casefold()


_OF_MANY = {
    " are symptoms of ": " is a symptom of ",
    " are signs of ": " is a sign of ",
    " are contraindications to ": " is a contraindication to ",
    " belong to the class ": " belongs to the class ",
    " interact with ": " interacts with ",
}
"""How the wording of a fact differs where a name is a plural."""
