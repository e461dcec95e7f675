"""Write paragraphs that tell what is known of a condition or medicine (style overview).

    page -> "Tell me about X." -> what it is, how it shows, how it is found, treated, what follows

A paragraph has 60 to 200 words (90 to 400 Chinese characters), one sentence for each relation, in
one order for all. Forms: `whole` takes all relations that there is room for, `part` fewer.
"""

import random
import re
from collections.abc import Sequence
from itertools import islice
from typing import Literal

from knowledge.lessons.facts import case_fitness, paragraph_order, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import case_plan, patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.chinese_texts import is_measured
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import OverviewWords
from knowledge.records import Lesson
from knowledge.vocabulary import TREATING

NAME = "overview"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)

TOPIC = "overview"
"""What the rows are about: no single relation."""

_EMPTY = re.compile("^(?:所有|一般|任何|无|不限|各)|^(?:无|没有)传染性|(?<!不)无传染性$")
"""Texts of tables that say nothing of anybody."""

_NOT_PASSED = re.compile(
    r"\b(?:not|never|cannot|no risk)\b|不(?:会|具|能|是)?[^，。]{0,4}传|[无非]传染", re.IGNORECASE
)
_FRAGMENT = re.compile("among ", re.IGNORECASE)
"""What says that an illness is not catching, and a text that is no sentence after a name."""

_TITLED = re.compile(": |：").search

_EXPECTING = re.compile("pregnan|妊娠|怀孕")
"""A contraindication that says already what a text on the use in pregnancy would."""

_REPEATS = {"medicine~": "first_line~"}
_DEFINES_ZH = re.compile(
    "(?!可(?!.*(?:药|剂|素|苗|物|病|症)(?:，|；|$))|能|用于|对)[^，。；]*的[^的，。；]{1,14}(?=，|；|$)"
)
"""A Chinese text that says what something is by a noun: "X是...的药"."""

_CAUTIONS = (
    "side_effect", "contraindication", "interaction", "precaution", "monitoring", "pregnancy",
)  # fmt: skip
_USES = ("medicine~", "first_line~")
_USED = re.compile(r"用于|治疗|首选|\bused (?:for|to|in|as)\b|\btreat", re.IGNORECASE)

_ASPECTS: tuple[tuple[re.Pattern[str], Sequence[str], re.Pattern[str] | None], ...] = (
    (re.compile(r"用途|用在哪里|\buses\b|\bis \{s\} for\b"), ("medicine~", "first_line~"), _USED),
    (re.compile("禁忌"), ("contraindication",), None),
    (re.compile(r"风险|注意|留意|\brisks\b|\bwatch for\b|\bkept in mind\b"), _CAUTIONS, None),
    (re.compile("表现|症状|signs to|its picture"), ("symptom", "sign"), None),
    (re.compile(r"到治疗|\bto (?:its )?treatment"), TREATING, None),
)
"""Aspects that a request names, and the relations of which one tells them, or words that do."""

_DRAWS = 12
_MOST_DEPARTMENTS = 2
_MOST_NAMED = 6
_MOST_CHECKS = 4
_MOST_FLAGS = 3
_NAMED_AGAIN = 0.15
"""How often a later sentence names the subject once more."""

_TOLD_BY_OTHERS = ("cause", "risk_factor", "complication", "medicine~", "first_line~")
"""Relations that say nothing new of names that an earlier sentence had, as "caused by" them."""

_Groups = list[tuple[str, Sequence[PageFact]]]
"""Relations in the order in which they are told, each with its facts."""

_ONE_OF = ("prevention", "red_flag", "precaution")
"""Relations of which one text of several is told."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the one topic of a page that has enough to tell, and its forms."""
    told = _told(page)
    if len(told) < paragraph_order.FEWEST or not patient_profiles.is_illness(page):
        return {}
    return {TOPIC: ("whole", "part") if len(told) > paragraph_order.FEWEST + 1 else ("whole",)}


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one paragraph, or none where the page fills too few lines."""
    groups = _groups(page, form, pick)
    answer = _tell(page, groups, pick)
    for spared in (*paragraph_order.SPARED, "red_flag"):
        if not paragraph_order.is_too_long(answer.text, page.language):
            break
        if any(each == spared for each, _ in groups):
            groups = _shortened(groups, spared)
            answer = _tell(page, groups, pick)
    told = [each for each, _ in groups if answer.states(each)]
    described = [item.text for item in answer.stated("description")]
    if paragraph_order.lack(page.entity.kind, told, described):
        return None
    if urgent_flags.is_grave(page) and not answer.states("red_flag"):
        return None
    if case_fitness.lacks_grave_effect(page.name, answer.text):
        return None
    if not paragraph_order.fits(answer.text, page.language):
        return None
    words = load(OverviewWords, page.language)
    asked = _asked(page, form, answer, pick)
    if closing := grammar.draw(words.closing, pick):
        text = realizer.fill(closing, page.language, 1)
        if paragraph_order.fits(f"{answer.text} {text}", page.language):
            answer.add(text)
    question = realizer.fill(asked, page.language, 1, s=page.said)
    return answer.build(NAME, question, TOPIC)


def _shortened(groups: _Groups, spared: str) -> _Groups:
    """Leave a relation out, but of red flags the first, which no paragraph lacks."""
    if spared == "red_flag":
        return [(each, items[:1] if each == spared else items) for each, items in groups]
    return [(each, items) for each, items in groups if each != spared]


def _tell(page: FactPage, groups: _Groups, pick: random.Random) -> AnswerBuilder:
    """Return the sentences on some relations; what is not always kept only while there is room."""
    answer = AnswerBuilder(page, pick, asker="reader")
    for each, items in groups:
        if each in _TOLD_BY_OTHERS and answer.mentions(items):
            continue
        if page.entity.kind == "condition" and each not in TREATING:
            answer.close_lists()  # "there may be others" follows the medicines
        if _is_kept(each, items) or paragraph_order.has_room(answer.text, page.language):
            _state(page, each, items, answer, pick)
    answer.close_lists()
    return answer


def _is_kept(relation: str, items: Sequence[PageFact]) -> bool:
    """Say whether a paragraph tells a relation wherever it is known: combinations that may kill."""
    barred = relation == "interaction" and any(each.level == "contraindicated" for each in items)
    return barred or relation in paragraph_order.KEPT


def _asked(page: FactPage, form: str, answer: AnswerBuilder, pick: random.Random) -> str:
    """Return a template of a request: it names no aspect that the paragraph does not tell.

    Each form has its own, since two forms of a page may come to the same facts.
    """
    templates = load(OverviewWords, page.language).question[page.entity.kind][form == "part" :: 2]
    for _ in range(_DRAWS):
        asked = grammar.draw(templates, pick)
        if all(_tells(answer, *aspect) for aspect in _ASPECTS if aspect[0].search(asked)):
            return asked
    plain = [each for each in templates if not any(aspect[0].search(each) for aspect in _ASPECTS)]
    return grammar.draw(plain, pick)


def _tells(
    answer: AnswerBuilder,
    asked: re.Pattern[str],
    relations: Sequence[str],
    words: re.Pattern[str] | None,
) -> bool:
    stated = any(answer.states(relation) for relation in relations)
    return stated or (words is not None and words.search(answer.text) is not None)


def _told(page: FactPage) -> list[str]:
    """Return the relations that a paragraph on a page can tell, in their order.

    Where nobody wrote what a thing is, a table was scraped: of that no paragraph is made.
    """
    begins = ("description", "symptom", "cause", "medicine~", "first_line~")
    known = page.groups.keys() & (set(begins) if _is_written(page) else {"description"})
    if not known:
        return []
    left_out = set() if _is_written(page) else {"medicine", "population"}
    if case_plan.names_class(page):
        left_out.add("drug_class")
    if any(_EXPECTING.search(item.text) for item in page.groups.get("contraindication", ())):
        left_out.add("pregnancy")
    return [
        each
        for each in paragraph_order.ORDER.get(page.entity.kind, ())
        if each not in left_out and (page.entity_facts(each) or _texts(page, each))
    ]


def _is_written(page: FactPage) -> bool:
    """Say whether somebody wrote of a page, rather than a program that gathered lists."""
    return any(not item.scraped for items in page.groups.values() for item in items)


def _texts(page: FactPage, relation: str) -> list[PageFact]:
    """Return the texts of a relation that say something, without a title of their own."""
    texts = page.text_facts(relation)
    whole = [item for item in texts if not _EMPTY.search(item.text) and not _TITLED(item.text)]
    if relation == "transmission":  # nobody asks whether a stone is catching
        whole = [item for item in whole if not _NOT_PASSED.search(item.text)]
    if relation == "pregnancy":
        whole = [item for item in whole if not _FRAGMENT.match(item.text)]
    if relation == "population":
        whole = [item for item in whole if "。" not in item.text.rstrip("。")]
    return whole


def _groups(page: FactPage, form: str, pick: random.Random) -> _Groups:
    """Return the relations of a paragraph in their order, each with the facts to tell."""
    order = _told(page)
    departments = len(page.entity_facts("department"))
    spared = len(order) > paragraph_order.FEWEST
    # whoever cannot wait is not sent to an appointment
    left_out = departments > _MOST_DEPARTMENTS or urgent_flags.is_grave(page)
    if spared and (left_out or pick.random() < 0.5):
        order = [each for each in order if each != "department"]
    if form == "part":
        spare = [each for each in order if not _is_kept(each, page.entity_facts(each))]
        left = pick.sample(spare, min(len(spare), len(order) - paragraph_order.FEWEST))
        some = {each for each in left if pick.random() < 0.5}
        order = [each for each in order if each not in some]
    most = pick.choice((4, 5, _MOST_NAMED))
    named = ((each, page.entity_facts(each)) for each in order if page.entity_facts(each))
    kept = dict(realizer.drop_repeated_treatments(named, most))
    for each, before in _REPEATS.items():
        said = {item.object for item in kept.get(before, ())}
        if each in kept:
            kept[each] = [item for item in kept[each] if item.object not in said]
    groups: _Groups = []
    for each, items in kept.items():
        kept[each] = _drop_kinds(each, items)
    for each in order:
        if kept.get(each):
            groups.append((each, kept[each]))
        elif each not in kept:
            texts = _texts(page, each)
            if each in case_plan.TOLD_TOGETHER:
                groups.append((each, texts[:_MOST_CHECKS]))
                continue
            one = pick.choice(texts) if each in _ONE_OF else texts[0]
            told = [one]
            if each == "red_flag":  # whoever reads of one must know all that cannot wait
                one = urgent_flags.first_told(texts) or one
                others = (text for text in texts if text is not one)
                signs = (text for text in others if not urgent_flags.names_no_sign(text))
                told = [one, *islice(signs, _MOST_FLAGS - 1)]
            groups.append((each, told))
    return groups


def _drop_kinds(relation: str, items: Sequence[PageFact]) -> list[PageFact]:
    """Leave out a name that another holds: of uses the wider, of all else the narrower one."""
    names = [item.text.casefold() for item in items]
    held = [(one, two) for one in names for two in names if one != two and one.endswith(two)]
    narrow = relation in _USES
    dropped = {two if narrow else one for one, two in held}
    return [item for item in items if item.text.casefold() not in dropped]


def _state(
    page: FactPage,
    relation: str,
    items: Sequence[PageFact],
    answer: AnswerBuilder,
    pick: random.Random,
) -> None:
    """State the facts of a relation; later sentences mostly leave the name out."""
    words = load(OverviewWords, page.language)
    named = not answer.has_begun or pick.random() < _NAMED_AGAIN
    item = items[0]
    if relation in case_plan.TOLD_TOGETHER and len(items) > 1:
        answer.state(relation, items)
        return
    if not item.object:
        text = _text(page, relation, item, pick, named=named)
        # A text that leaves the name out cannot begin a paragraph.
        if answer.has_begun or page.name.casefold() in text.casefold():
            answer.add(text, relation, items[:1])
        for other in items[1:]:
            answer.state(relation, [other])
        return
    table = () if named else words.sentence.get(relation, ())
    if not answer.has_begun:
        table = words.opening.get(relation, ())
    if not table or any(each.level for each in items):
        answer.state(relation, items)
    else:
        text = realizer.fill_with_items(table, page.said, items, page.language, pick)
        answer.add_list(text, relation, items)


def _text(
    page: FactPage, relation: str, item: PageFact, pick: random.Random, *, named: bool
) -> str:
    """Return a sentence that tells a text."""
    told = load(OverviewWords, page.language).told.get(relation, ())
    if relation == "pregnancy" and page.language == "en" and _EXPECTING.search(item.text):
        named = True  # "in pregnancy" would be said twice
    if relation == "red_flag" and urgent_flags.is_sign(item.text, page.language):
        named = True  # the name stands in the sentence that says to seek help
    if relation == "monitoring" and page.language == "zh" and not is_measured(item.text):
        named = True
    if told and not named:
        body = item.said if page.language == "en" else item.text
        return realizer.fill(grammar.draw(told, pick), page.language, 1, v=body.rstrip(" .。"))
    if relation == "description":
        return describe(page, item, pick)
    return realizer.state_facts(page.said, relation, [item], page.language, pick)


def describe(page: FactPage, item: PageFact, pick: random.Random) -> str:
    """Return a sentence that says what a condition or medicine is."""
    body = item.text.rstrip("。")
    defines = page.language == "zh" and _DEFINES_ZH.match(body)
    if defines and not body.startswith(page.name):
        return f"{page.said}是{body}。"
    return realizer.state_facts(page.said, "description", [item], page.language, pick)
