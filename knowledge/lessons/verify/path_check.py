"""Check that the facts of a multi-hop row make a path, and that it leads to what the row concludes.

facts in their order -> each begins where an earlier one led -> the choice, and what was looked up

Of the medicine that is left, the graph is asked anew whether it records anything against it.
"""

import re
from collections.abc import Callable, Collection, Sequence

from knowledge.lessons.facts import recorded_warnings
from knowledge.lessons.facts.recorded_warnings import RecordedWarnings
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import MultiHopWords
from knowledge.lessons.verify.name_masks import form_of, has_any, where
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans

STYLE = "multi-hop"

_LISTED = ("first_line", "medicine")
_FOLLOWED, _WARNED = {"symptom", "test"}, {"red_flag"}
_SEVERE = ("contraindicated", "major")
_OF_BIRTH = {"pregnancy": ("pregnan", "妊娠"), "breastfeeding": ("breastfeed", "哺乳")}

_REASONS = {"contraindication": "precaution", "interaction": "interaction_advice"}

Names = Callable[[str], Collection[str]]


def unconnected(subject: str, facts: Sequence[SourceContent]) -> str:
    """Return what is wrong where a fact begins at nothing that the facts before it led to."""
    reached = {subject}
    for fact in facts:
        if fact.subject not in reached and (not fact.object or fact.object not in reached):
            return "a fact does not go on from those before it"
        reached |= {fact.subject, fact.object} - {""}
    return ""


def fault(
    lesson: Lesson, facts: Sequence[SourceContent], names: Names, warnings: RecordedWarnings
) -> str:
    """Return what is wrong with the path of a row, or an empty text."""
    if lesson.style != STYLE:
        return ""
    if found := unconnected(lesson.split_key, facts):
        return found
    if lesson.meta.get("relation") == "complication":
        return _wrong_following(lesson, facts, names)
    return _wrong_choice(lesson, facts, names, warnings)


def _wrong_following(lesson: Lesson, facts: Sequence[SourceContent], names: Names) -> str:
    """A finding that is asked about leads to one complication, and from there to what is done."""
    listed = {
        fact.object
        for fact in facts
        if fact.relation == "complication" and fact.subject == lesson.split_key
    }
    rest = [fact for fact in facts if fact.relation != "complication"]
    followed = {fact.subject for fact in rest}
    if len(followed) != 1 or not followed <= listed:
        return "the path does not go on from one complication"
    relations = {fact.relation for fact in rest}
    if relations - _WARNED != _FOLLOWED:
        return "the path does not lead from a finding to tests"
    asked = lesson.messages[0].content
    if not has_any(names(lesson.split_key), asked, asked.lower()):
        return "the question does not name where the path begins"
    for fact in rest:
        if fact.relation == "symptom" and not has_any(names(fact.object), asked, asked.lower()):
            return "the answer explains a finding that was not asked about"
    return ""


def _wrong_choice(
    lesson: Lesson, facts: Sequence[SourceContent], names: Names, warnings: RecordedWarnings
) -> str:
    """Of two medicines of one list a warning rules one out, and nothing recorded the other."""
    kind = lesson.meta.get("relation")
    listed = [f for f in facts if f.relation in _LISTED and f.subject == lesson.split_key]
    against = [f for f in facts if f.relation == kind]
    members = [f for f in facts if f.relation == "member"]
    telling = [f for f in facts if f.relation in _OF_BIRTH]
    reasons = [f for f in facts if f.relation == _REASONS.get(str(kind))]
    both = {fact.object for fact in listed}
    one_of_each = len(listed) == len(both) == 2 and len(against) == 1 and len(members) <= 1
    if not one_of_each or len({fact.relation for fact in listed}) != 1:
        return "the path does not choose between two medicines of one list"
    if len(facts) != 3 + len(members) + len(telling) + len(reasons) or len(telling) > 1:
        return "the path has facts that it does not need"
    warning = against[0]
    if not all(_gives_reason(each, warning, names) for each in reasons) or len(reasons) > 1:
        return "a reason is given that is not the one for what is ruled out"
    ruled_out = {warning.subject} if not members else {members[0].object}
    if (members and members[0].subject != warning.subject) or not ruled_out <= both:
        return "the warning is about none of the two medicines"
    if kind == "interaction" and warning.level not in _SEVERE:
        return "an interaction that is not severe rules a medicine out"
    (left,), (out,) = both - ruled_out, both & ruled_out
    birth = state_of_birth(names(warning.object))
    suits = warnings.are_alternatives if birth else warnings.may_replace
    if not suits(names(lesson.split_key), left, out):
        return "the two medicines do not serve one purpose"
    return (
        _undecided(lesson)
        or _turned_round(lesson, facts, names(out), names(left))
        or _untold(lesson, facts, left, warning.object, names)
        or _wrong_in_birth(lesson, telling, left, warning.object, names)
        or _recorded(left, warning.object, names, warnings)
    )


def _gives_reason(reason: SourceContent, warning: SourceContent, names: Names) -> bool:
    """A text that says why begins with what it is about: one of the names of what is warned of."""
    known = {name.casefold() for name in names(warning.object)}
    titles = [re.split("[:：]", text, maxsplit=1)[0] for text in reason.value.values()]
    return reason.subject == warning.subject and any(
        title.strip().casefold() in known for title in titles
    )


def _undecided(lesson: Lesson) -> str:
    """The answer must leave the choice to a clinician in its last sentence."""
    answer = lesson.messages[-1].content
    start, end = sentence_spans(answer)[-1]
    words = load(MultiHopWords, lesson.language).closing
    closing = re.fullmatch(any_of(words, lesson.language, {}), answer[start:end].lower())
    return "" if closing else "the answer does not leave the choice to a clinician"


def _turned_round(
    lesson: Lesson, facts: Sequence[SourceContent], out: Collection[str], left: Collection[str]
) -> str:
    """The first sentence on both names the medicine that is ruled out before the one left."""
    answer, support = lesson.messages[-1].content, lesson.meta.get("support")
    spans = sentence_spans(answer)
    for (start, end), places in zip(
        spans, support if isinstance(support, list) else (), strict=False
    ):
        listed = isinstance(places, list) and [facts[int(each)].relation for each in places]
        if listed and len(listed) == 2 and set(listed) <= {*_LISTED}:
            text = answer[start:end]
            lower = text.lower()
            first = [
                min((at for name in each for at in where(form_of(name), text, lower)), default=-1)
                for each in (out, left)
            ]
            turned = not 0 <= first[0] < first[1]
            return "the answer rules the wrong medicine out" if turned else ""
    return "the answer does not begin with what is ruled out"


def _untold(
    lesson: Lesson, facts: Sequence[SourceContent], left: str, other: str, names: Names
) -> str:
    """The question names all; one sentence says that nothing is recorded of what is left."""
    asked = lesson.messages[0].content
    every = {lesson.split_key, other, *(f.object for f in facts if f.relation in _LISTED)}
    if not all(has_any(names(id), asked, asked.lower()) for id in every):
        return "the question does not name all that the path leads over"
    answer, support = lesson.messages[-1].content, lesson.meta.get("support")
    single = []
    spans = sentence_spans(answer)
    for (start, end), places in zip(
        spans, support if isinstance(support, list) else (), strict=False
    ):
        if isinstance(places, list) and len(places) == 1:
            fact = facts[int(places[0])]
            if fact.relation in _LISTED:
                single.append((answer[start:end], fact.object))
    if len(single) != 1 or single[0][1] != left:
        return "the answer does not say which medicine is left"
    text = single[0][0]
    return "" if has_any(names(other), text, text.lower()) else "the answer leaves open in what"


def _wrong_in_birth(
    lesson: Lesson, telling: Sequence[SourceContent], left: str, other: str, names: Names
) -> str:
    """In pregnancy and breast-feeding a source must speak for the medicine, and is quoted."""
    birth = state_of_birth(names(other))
    if not birth:
        return "the path has facts that it does not need" if telling else ""
    if [(f.subject, f.relation) for f in telling] != [(left, birth)]:
        return "no source speaks for the medicine that is left"
    value = telling[0].value.get(lesson.language, "")
    allowed = recorded_warnings.allows(value, lesson.language)
    return "" if allowed else "no source speaks for the medicine that is left"


def _recorded(left: str, other: str, names: Names, warnings: RecordedWarnings) -> str:
    birth = state_of_birth(names(other))
    speaks = warnings.is_class(left) or warnings.speak_against(left, other, but=birth)
    return "something that is recorded speaks against the medicine that is left" if speaks else ""


def state_of_birth(names: Collection[str]) -> str:
    """Return which relation tells of pregnancy or breast-feeding, where names mean one of them."""
    for relation, words in _OF_BIRTH.items():
        if any(name.casefold().startswith(words) for name in names):
            return relation
    return ""
