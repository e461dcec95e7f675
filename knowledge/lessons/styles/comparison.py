"""Compare two conditions, or two medicines: what both have, what only one has (style comparison).

    page + one like it -> what they are -> what they share -> relation by relation, each side

What is told of one side alone the graph does not hold of the other. Side effects and
contraindications are told of each plainly, since no list of them is whole. What a program gathered
is not compared: what its lists lack says nothing. What decides between two conditions is told
wherever both have it: findings, tests or causes, and treatment. Forms: `full` says what the two are
first, `brief` goes straight to what they share, but for medicines.
"""

import random
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from knowledge.lessons.facts import (
    case_fitness,
    compared_relations,
    exam_rules,
    likeness,
    urgent_flags,
)
from knowledge.lessons.facts.compared_relations import CONTRASTED, LISTED
from knowledge.lessons.facts.fact_page import FactPage, PageFact, first_of
from knowledge.lessons.realize import case_plan, patient_profiles, realizer, topic_answer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import overview
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ComparisonWords
from knowledge.records import Lesson
from knowledge.vocabulary import TREATING

NAME = "comparison"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)

TOPIC = "comparison"
"""What the rows are about: no single relation."""

_MOST = 5
_SHARED = 3
"""So many names stand in one sentence, and so many relations are told as shared, at most."""

_FINDINGS = compared_relations.FINDINGS
_SHARED_FIRST = ("first_line", "medicine")
_FIRST, _USES = "first_line~", "medicine~"
_CLOSE_FROM = 2
"""From so many findings that two conditions share on, or uses of two medicines, somebody may
confuse the two, or choose between them."""

_CLOSE_SHARE = 0.25
"""Such a share of the findings of one of them at least."""

_JOINED = re.compile("[与和及、]| and |, ")
"""A name that is a list: two of them read as three."""

_FEWEST_WORDS = {"en": 45, "zh": 70}


class _Compared(NamedTuple):
    """What two pages have of one relation: both, the first alone, the second alone."""

    relation: str
    both: list[tuple[PageFact, PageFact]]
    first: list[PageFact]
    second: list[PageFact]


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the one topic of a page that may have another like it."""
    order = compared_relations.ORDER.get(page.entity.kind, ())
    told = [each for each in order if page.written_facts(each)]
    if len(told) < 2 or not patient_profiles.is_illness(page):
        return {}
    return {TOPIC: ("full", "brief")}


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one comparison, or none where nothing is shared or nothing differs."""
    rivals = list(page.find_similar(page))
    pick.shuffle(rivals)
    rows = (_beside(page, rival, form, pick) for rival in rivals)
    return next((row for row in rows if row), None)


def _beside(page: FactPage, rival: FactPage, form: str, pick: random.Random) -> Lesson | None:
    """Compare two pages, or return none where that tells nobody anything."""
    if _JOINED.search(page.name) or _JOINED.search(rival.name):
        return None
    if not compared_relations.are_compared(page.name, rival.name):
        return None
    grave = [one for one in (page, rival) if urgent_flags.is_grave(one)]
    if case_fitness.are_kin(page, rival) or len(grave) > 1:
        return None  # one of a kind, or two of which a single one would be warned of
    if grave and not (grave[0] is page and case_plan.urgent_warning(page, TOPIC)):
        return None  # whoever may have the one that cannot wait is told so
    order = compared_relations.ORDER[page.entity.kind]
    order = tuple(each for each in order if each != "department")  # which depends on the case
    every = [_compare(page, rival, each) for each in order]
    compared = _told_once(every)
    shared = [each for each in compared if each.both]
    apart = [each for each in compared if each.first and each.second]
    if _leaves_out_first(page, rival, apart):
        apart = [each for each in apart if each.relation != "medicine"]
    contrasted = any(each.relation in CONTRASTED for each in apart)
    if not contrasted or not _are_close(page, rival, shared):
        return None
    if page.entity.kind == "condition" and not _tells_them_apart(page, rival, apart):
        return None
    answer = AnswerBuilder(page, pick, levels=False)
    if form == "full" or page.entity.kind == "medicine":
        _say_what_they_are(page, rival, answer, pick)
    few = [each for each in shared if each.relation in _SHARED_FIRST or each in shared[:_SHARED]]
    for each in few:
        _say_shared(page, rival, each, answer, pick)
    told = _chosen(apart, page.entity.kind, pick)
    for place, each in enumerate(told):
        _say_apart(page, rival, each, answer, pick)
        if each.relation in LISTED and not any(
            late.relation in LISTED for late in told[place + 1 :]
        ):
            answer.add(grammar.draw(load(ComparisonWords, page.language).lists_open, pick))
    if grave:
        topic_answer.warn(page, TOPIC, answer)
    words = load(ComparisonWords, page.language)
    if closing := grammar.draw(words.closing[page.entity.kind], pick):
        answer.add(closing)
    size = len(answer.text.split()) if page.language == "en" else len(answer.text)
    if size < _FEWEST_WORDS[page.language]:
        return None
    # two forms of a pair may come to the same facts, so that each has its own questions
    asked = grammar.draw(words.question[page.entity.kind][form == "brief" :: 2], pick)
    question = realizer.fill(asked, page.language, 1, s=page.said, r=rival.said)
    return answer.build(NAME, question, TOPIC, meta={"versus": rival.id})


def _leaves_out_first(page: FactPage, rival: FactPage, apart: Sequence[_Compared]) -> bool:
    """Say whether medicines would be listed without those that are tried first."""
    told = any(each.relation == "first_line" for each in apart)
    return not told and any(one.written_facts("first_line") for one in (page, rival))


def _tells_them_apart(page: FactPage, rival: FactPage, apart: Sequence[_Compared]) -> bool:
    """Say whether findings set two conditions apart, and treatment where both have any."""
    told = {each.relation for each in apart}
    treated = all(any(each.written_facts(r) for r in TREATING) for each in (page, rival))
    return bool(told & {*_FINDINGS}) and (
        bool(told & {*compared_relations.DECIDING[-1]}) or not treated
    )


def _chosen(apart: Sequence[_Compared], kind: str, pick: random.Random) -> list[_Compared]:
    """Return what to tell of one alone: one of each line that decides, and of medicines all."""
    if kind == "medicine":
        return list(apart)
    told = {
        next((each.relation for each in apart if each.relation in line), "")
        for line in compared_relations.DECIDING
    }
    rest = [each.relation for each in apart if each.relation not in told]
    told |= {*pick.sample(rest, min(len(rest), pick.choice((0, 1))))}
    return [each for each in apart if each.relation in told]


def _told_once(compared: Sequence[_Compared]) -> list[_Compared]:
    """Leave out what an earlier relation tells: a first-line treatment is no further treatment."""
    seen: set[str] = set()
    kept = []
    for relation, both, first, second in compared:
        both = [pair for pair in both if pair[0].object not in seen]
        seen |= {mine.object for mine, _ in both}
        first, second = (
            [item for item in items if item.object not in seen] for items in (first, second)
        )
        seen |= {item.object for item in (*first, *second)}
        kept.append(_Compared(relation, both, first, second))
    return kept


def _are_close(page: FactPage, rival: FactPage, shared: Sequence[_Compared]) -> bool:
    """Say whether two share so much that somebody may confuse them, or choose between them."""
    told = {
        each.relation: [mine for mine, _ in each.both if not exam_rules.is_too_general(mine.text)]
        for each in shared
    }
    if page.entity.kind == "medicine":
        enough = told.get(_FIRST) or len(told.get(_USES, ())) >= _CLOSE_FROM
        return bool(enough) and _serve_one_purpose(page, rival, shared)
    paces = {each.cached("profile", patient_profiles.profile_of).pace for each in (page, rival)}
    if paces == {"sudden", "lasting"}:
        return False
    common = sum(len(told.get(each, ())) for each in _FINDINGS)
    fewest = min(_count_findings(page), _count_findings(rival))
    return common >= max(_CLOSE_FROM, _CLOSE_SHARE * fewest)


def _count_findings(page: FactPage) -> int:
    return sum(len(page.written_facts(each)) for each in _FINDINGS)


def _serve_one_purpose(page: FactPage, rival: FactPage, shared: Sequence[_Compared]) -> bool:
    """Say whether two medicines are of one kind, or choices for the same in an illness."""
    if page.links is None:
        return True
    known = page.links.warnings
    if known.is_class(page.id) != known.is_class(rival.id):
        return False  # a medicine and a class of them are no choice
    if known.are_of_one_kind(page.id, rival.id):
        return True
    uses = [mine for each in shared if each.relation in (_FIRST, _USES) for mine, _ in each.both]
    return any(known.are_alternatives(use.names, page.id, rival.id) for use in uses)


def _compare(page: FactPage, rival: FactPage, relation: str) -> _Compared:
    """Sort the facts of two pages; what is like something of the other is left out."""
    ends = (page.id, rival.id)
    mine, theirs = (
        [item for item in each.written_facts(relation) if item.object not in ends]
        for each in (page, rival)
    )
    other = {item.object: item for item in theirs}
    both = [(item, other[item.object]) for item in mine if item.object in other]
    first, second = _alone(mine, theirs, rival), _alone(theirs, mine, page)
    if relation not in CONTRASTED:
        both = [pair for pair in both if compared_relations.says_something(pair[0].text)]
        first, second = (_plain(items, both) for items in (mine, theirs))
    shared = first_of(relation, both, _MOST)
    own, others = (list(first_of(relation, each, _MOST)) for each in (first, second))
    return _Compared(relation, list(shared), own, others)


def _plain(items: Sequence[PageFact], both: Sequence[tuple[PageFact, PageFact]]) -> list[PageFact]:
    """Return what is told of one plainly: nothing that the sentence on both says, or is like."""
    said = [(*mine.names, mine.text) for mine, _ in both]
    return [
        item
        for item in items
        if compared_relations.says_something(item.text)
        and not any(likeness.are_alike((*item.names, item.text), each) for each in said)
    ]


def _alone(
    items: Sequence[PageFact], others: Sequence[PageFact], other: FactPage
) -> list[PageFact]:
    """Return what one page has and the other has nothing like; nothing too general."""
    related = {item.object for items in other.groups.values() for item in items}
    named = [(*each.names, each.text) for each in others]
    named.append(tuple(name.text for name in other.entity.names))
    return [
        item
        for item in items
        if item.object not in related
        and not compared_relations.is_too_general((*item.names, item.text))
        and not any(likeness.are_alike((*item.names, item.text), each) for each in named)
    ]


def _say_what_they_are(
    page: FactPage, rival: FactPage, answer: AnswerBuilder, pick: random.Random
) -> None:
    pair = (page, rival)
    texts = [each.text_facts("description")[:1] for each in pair]
    if not all(texts):
        return
    told = [
        overview.describe(each, items[0], pick) for each, items in zip(pair, texts, strict=True)
    ]
    if not all(
        text.casefold().startswith(each.said.casefold())
        for text, each in zip(told, pair, strict=True)
    ):
        return
    for text, each, items in zip(told, pair, texts, strict=True):
        answer.add_stating(text, (each, "description", items))


def _say_shared(
    page: FactPage, rival: FactPage, told: _Compared, answer: AnswerBuilder, pick: random.Random
) -> None:
    table = load(ComparisonWords, page.language).both[told.relation]
    mine = [item for item, _ in told.both]
    theirs = [item for _, item in told.both]
    text = realizer.fill_with_items(table, page.said, mine, page.language, pick, r=rival.said)
    answer.add_stating(text, (page, told.relation, mine), (rival, told.relation, theirs))


def _say_apart(
    page: FactPage, rival: FactPage, told: _Compared, answer: AnswerBuilder, pick: random.Random
) -> None:
    words, relation = load(ComparisonWords, page.language), told.relation
    if relation not in CONTRASTED:
        for each, items in ((page, told.first), (rival, told.second)):
            text = realizer.state_facts(each.said, relation, items, page.language, pick)
            answer.add_stating(text, (each, relation, items))
        return
    text = realizer.fill_with_items(
        words.apart[relation], page.said, told.first, page.language, pick, r=rival.said
    )
    answer.add_stating(text, (page, relation, told.first))
    text = realizer.fill_with_items(
        words.whereas[relation], rival.said, told.second, page.language, pick
    )
    answer.add_stating(text, (rival, relation, told.second))
