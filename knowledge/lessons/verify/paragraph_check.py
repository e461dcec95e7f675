"""Check that a paragraph on an entity is whole: named first, in order, of its length.

row + its facts -> relations sentence by sentence -> what is wrong, or nothing
"""

from collections.abc import Callable, Sequence

from knowledge.lessons.facts import paragraph_order
from knowledge.lessons.verify.name_masks import blank, has_any
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans

STYLE = "overview"


def fault(
    lesson: Lesson, held: Sequence[SourceContent], names: Callable[[str], tuple[str, ...]]
) -> str:
    """Return the first thing that is wrong with a paragraph, or an empty text."""
    answer, support = lesson.messages[-1].content, lesson.meta.get("support")
    spans = sentence_spans(answer)
    if not isinstance(support, list) or len(support) != len(spans):
        return "the support is not parallel to the sentences of the answer"
    first = answer[spans[0][0] : spans[0][1]]
    begins = support[0] if isinstance(support[0], list) else []
    rests_on = [held[int(place)] for place in begins]
    if not _names_subject(first, rests_on, lesson.split_key, names):
        return "a paragraph does not begin with what it is about"
    told: list[str] = []
    for places in support:
        for place in places if isinstance(places, list) else ():
            relation = held[int(place)].relation_from(lesson.split_key)
            if not told or told[-1] != relation:
                told.append(relation)
    kind = lesson.split_key.partition(":")[0]
    if not paragraph_order.is_in_order(told, kind):
        return "a paragraph tells its facts in another order"
    if len(told) < paragraph_order.FEWEST:
        return "a paragraph tells too little"
    described = [fact.value.get(lesson.language, "") for fact in held if _describes(fact)]
    if lack := paragraph_order.lack(kind, told, described):
        return f"a paragraph does not tell {lack}"
    fits = paragraph_order.fits(answer, lesson.language)
    return "" if fits else "a paragraph is too short or too long"


def _describes(fact: SourceContent) -> bool:
    return fact.relation == "description"


def _names_subject(
    sentence: str,
    facts: Sequence[SourceContent],
    subject: str,
    names: Callable[[str], tuple[str, ...]],
) -> bool:
    """Say whether a sentence names a subject, and not only within a longer name of its facts."""
    own = names(subject)
    ends = {end for fact in facts for end in (fact.subject, fact.object)} - {subject, ""}
    longer = {
        name
        for end in ends
        for name in names(end)
        if any(each.lower() in name.lower() and len(each) < len(name) for each in own)
    }
    left = blank(sentence, longer, sentence.lower())
    return has_any(own, left, left.lower())
