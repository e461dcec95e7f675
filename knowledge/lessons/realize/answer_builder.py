"""Build a lesson from sentences and the facts that prove them.

    sentence + facts, one after the other -> text, sources with quotes, support of each sentence

An answer is about one page; where it compares, it may also state facts of a neighbouring page.
"""

import random
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from knowledge.datasets import reasoning
from knowledge.datasets.row_ids import lesson_id
from knowledge.graph import verbalize
from knowledge.lessons.facts import fact_fitness, source_notes, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import (
    articles,
    case_plan,
    list_cautions,
    open_lists,
    pair_advice,
    realizer,
    stock_fitness,
)
from knowledge.lessons.realize.stock_fitness import Asker, Occasion
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ConsultationWords
from knowledge.records import Lesson, LessonMessage, LessonSource, Passage
from knowledge.text.citations import cite
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import INVERSE, TREATING

_ITS = re.compile(r"\bits?\b", re.IGNORECASE)
"""Words for one thing, which do not stand for a name of several."""

StatedFacts = tuple[FactPage, str, Sequence[PageFact]]
"""Facts of one relation, and the page that they stand on."""

_SUPPOSES = re.compile(
    "(?:如果|若|要是|假如|一旦)(?:是|确|得了|患|罹患)|怀疑|疑似|排查|诊断|判断是否|查清|"
    "考虑[^，。]*的话"
)
_FALLS_ILL = re.compile("得了|患上|患有|罹患|确诊|怀疑|患者|病人")
"""How a sentence speaks of what somebody has, which nobody says of a time of life."""

_DRAWS = 16
"""How a sentence speaks to somebody who is not diagnosed yet, and how often another is drawn."""

LessonMeta = dict[str, str | int | list[int] | list[str] | list[list[int]] | list[list[str]]]


@dataclass(slots=True)
class _Used:
    """What a row rests on: an item of a page, or words quoted from a passage."""

    page: FactPage
    relation: str
    item: PageFact
    passage: str = ""

    @property
    def group(self) -> tuple[str, str]:
        """Return the page and the relation of the line of evidence that states it."""
        return self.page.id, self.relation


class AnswerBuilder:
    """Collects the sentences of an answer about one page, and the facts that prove them.

    `levels` says whether interactions are told with their level: shown evidence does not name it.
    `asker` is who asks, and `asked` the question as far as it stands: sentences that rest on no
    fact must fit them; whoever is `diagnosed` is not told what holds "if it is that".
    """

    def __init__(
        self,
        page: FactPage,
        pick: random.Random,
        *,
        levels: bool = True,
        asker: Asker = "patient",
        asked: str = "",
        diagnosed: bool = False,
    ) -> None:
        self._page = page
        self._asker: Asker = asker
        self._diagnosed = diagnosed
        self.may_be_pregnant = stock_fitness.may_be_pregnant(asked, page.language)
        """Whether a pregnancy may concern whom the question is about."""
        self._told: tuple[str, Sequence[PageFact]] = ("", ())
        self._counted = [0, 0]
        self._levels = levels
        self._pick = pick
        self._text = ""
        self._spans: list[tuple[int, int, tuple[str, ...]]] = []
        self._used: dict[str, _Used] = {}
        self._open: list[str] = []
        self._closed: set[str] = set()
        self._treatments: list[str] = []
        self._cautioned: list[str] = []
        self.names_pair = False
        """Whether two medicines are spoken of from the start, so that "it" would be either."""
        self.heeds = False
        """Whether it was said that some of the symptoms do not wait."""
        self.presses = False
        """Whether it was said that this cannot wait."""

    @property
    def asker(self) -> Asker:
        """Return who asks."""
        return self._asker

    @property
    def has_begun(self) -> bool:
        """Say whether there is a sentence yet, so that the subject need not be named again."""
        return bool(self._text)

    @property
    def text(self) -> str:
        """Return what was said so far."""
        return self._text

    @property
    def is_about_one_page(self) -> bool:
        """Say whether no other page was mentioned, so that a sentence may leave the name out."""
        return not self.names_pair and all(
            used.page.id == self._page.id for used in self._used.values()
        )

    def states(self, relation: str) -> bool:
        """Say whether the row rests on facts of a relation."""
        return any(used.relation == relation for used in self._used.values())

    def mentions(self, items: Sequence[PageFact]) -> bool:
        """Say whether the text names all of some entities already, in whatever sentence."""
        said = self._text.casefold()
        return bool(items) and all(
            item.object and any(name.casefold() in said for name in (item.text, *item.names))
            for item in items
        )

    def stated(self, relation: str) -> list[PageFact]:
        """Return the facts of a relation that the row rests on."""
        return [used.item for used in self._used.values() if used.relation == relation]

    @property
    def has_closed_lists(self) -> bool:
        """Say whether it was said that lists may lack some."""
        return bool(self._closed)

    def names(self, object: str) -> bool:
        """Say whether the row rests on a fact about an entity."""
        return any(used.item.object == object for used in self._used.values())

    def state(self, relation: str, items: Sequence[PageFact], briefly: float = 0.0) -> None:
        """Add a sentence in any of the forms that a relation has.

        `briefly` is the chance of a short one without the name, if no other page was mentioned.
        Treatment is never told from memory without what a condition is treated with first.
        """
        if relation == pair_advice.ADVICE:  # a list may have brought some of it
            items = [each for each in items if each not in self.stated(relation)]
            if not items:
                return
        firsts = case_plan.first_choices(self._page, relation, items) if self._levels else ()
        if firsts and not any(self.names(item.object) for item in firsts):
            first = "first_line" if self._page.entity_facts("first_line") else "medicine"
            self._state(first, firsts, briefly)
        if not self._levels:
            items = [replace(item, level="") if item.level else item for item in items]
        for same in realizer.split_by_level(items) if relation == "interaction" else (items,):
            self._state(relation, same, briefly)
        met = {item.level for item in items if item.level in source_notes.LEVELS}
        if relation == "interaction" and met and self._levels:
            self.add_stock(list_cautions.handling(self._page, met), at_any_rate=True)
            for advice in pair_advice.on_alcohol(self._page, items):
                self.state(pair_advice.ADVICE, [advice])

    def _state(self, relation: str, items: Sequence[PageFact], briefly: float) -> None:
        page, text = self._page, ""
        if relation == "red_flag" and self.states("red_flag"):
            body = items[0].text
            if not urgent_flags.is_sign(body, page.language):  # one more needs no introduction
                self.add(
                    body.rstrip(".。") + {"en": ".", "zh": "。"}[page.language], relation, items
                )
                return
        if briefly and self.is_about_one_page and self._pick.random() < briefly:
            text = self.suited(
                lambda: realizer.state_briefly(relation, items, page.language, self._pick)
            )
            if page.language == "en" and realizer.is_plural(page.said) and _ITS.search(text):
                text = ""
        text = text or self.suited(
            lambda: realizer.state_facts(page.said, relation, items, page.language, self._pick)
        )
        self.add_list(text, relation, items)

    def suited(self, draw: Callable[[], str]) -> str:
        """Return a sentence, drawn again while it supposes what somebody is diagnosed with.

        Nor is a time of life told as what somebody fell ill with.
        """
        supposes = _SUPPOSES if self._diagnosed else None
        if fact_fitness.is_natural(self._page.name):
            supposes = _FALLS_ILL
        text = draw()
        for _ in range(_DRAWS if supposes else 0):
            if supposes is None or not supposes.search(text.replace(self._page.said, "")):
                break
            text = draw()
        return text

    def add_stock(self, templates: Sequence[str], *, at_any_rate: bool = False) -> None:
        """Add a sentence that rests on no fact, if one fits the occasion and it is drawn.

        There is one of them to two sentences of facts, unless it is said `at_any_rate`.
        """
        stating, stock = self._counted
        if not at_any_rate and stating and stock >= (stating + 1) // 2:
            return
        lines = stock_fitness.fitting(templates, Occasion(self._asker, self._page, *self._told))
        if at_any_rate and not any(lines):
            lines = tuple(templates)
        if lines and (text := grammar.draw(lines, self._pick)):
            self._add(realizer.fill(text, self._page.language, 1), [])
            self._counted[1] += not at_any_rate

    def add(self, text: str, relation: str = "", items: Sequence[PageFact] = ()) -> None:
        """Add a sentence, and the facts of one relation that prove it."""
        if items:
            self._told = (relation, items)
        self.add_stating(text, (self._page, relation, items))
        if relation == "red_flag" and self._levels:
            self._say_what_to_do(items)

    def add_list(self, text: str, relation: str, items: Sequence[PageFact]) -> None:
        """Add a sentence that lists facts, which may lack some that matter."""
        self.add(text, relation, items)
        self.leave_open(relation, items)

    def close_lists(self) -> None:
        """Say once of the lists told so far that there may be more, and what to beware of."""
        if kinds := [each for each in dict.fromkeys(self._open) if each not in self._closed]:
            self.add_stock(open_lists.sentences(self._page, kinds), at_any_rate=True)
            self._counted[1] += 1
            self._closed.update(kinds)
        due = list_cautions.due(
            self._page, self._treatments, self._cautioned, may_be_pregnant=self.may_be_pregnant
        )
        for key in due:
            self.add_stock(list_cautions.sentences(self._page, key), at_any_rate=True)
            self._cautioned.append(key)

    def leave_open(self, relation: str, items: Sequence[PageFact]) -> None:
        """Note that a list was told that need not be whole; shown evidence is all there is."""
        if self._levels and relation in TREATING:
            self._treatments += [item.text for item in items]
        kind = open_lists.kind_of(self._page, relation, items) if self._levels else ""
        given_at_once = self._asker == "reader" and urgent_flags.is_grave(self._page)
        if kind == open_lists.NOT_STOPPED and (self._asker == "colleague" or given_at_once):
            kind = relation if relation == "medicine" else ""  # nobody takes it yet
        if kind:
            self._open.append(kind)

    def add_stating(self, text: str, *told: StatedFacts) -> None:
        """Add a sentence that facts of several relations or pages prove."""
        self._counted[0] += 1
        self._add(text, self.rest_on(*told))

    def quote(self, text: str, passage: Passage, words: str) -> None:
        """Add a sentence that quotes a passage."""
        self._add(text, [self.rest_on_quotation(passage, words)])

    def rest_on_quotation(self, passage: Passage, words: str) -> str:
        """Let the row rest on words of a passage that an earlier turn quotes; return the key."""
        key = f"{passage.id}|{words}"
        item = PageFact(passage.id, words, words, licence=self._page.licence)
        self._used.setdefault(key, _Used(self._page, "", item, passage.id))
        return key

    def rest_on(self, *told: StatedFacts) -> list[str]:
        """Let the row rest on facts that an earlier turn names; return their keys."""
        for page, relation, items in told:
            for item in items:
                self._used.setdefault(item.fact, _Used(page, relation, item))
        return [item.fact for _, _, items in told for item in items]

    def evidence_lines(self) -> list[str]:
        """Return the lines of evidence that the row rests on, each once."""
        return list(dict.fromkeys(self._lines()))

    def build(
        self,
        style: str,
        question: str,
        topic: str,
        *,
        before: Sequence[LessonMessage] = (),
        turns: Sequence[Sequence[str]] = (),
        lines: Sequence[str] = (),
        meta: LessonMeta | None = None,
    ) -> Lesson:
        """Return the lesson that asks a question and gives this answer.

        `before` are earlier messages, `turns` the keys of what each answer among them rests on.
        `lines` is numbered evidence: each sentence then cites the lines that prove it.
        """
        if style in open_lists.STYLES:
            self.close_lists()
        page = self._page
        every = list(self._used.values())
        quotes = self._lines()
        places = {key: place for place, key in enumerate(self._used)}
        spans = sentence_spans(self._text)
        support = [[places[key] for key in self._proving(start, end)] for start, end in spans]
        said = self._cited(lines, spans, support, quotes) if lines else self._text
        messages = (*before, LessonMessage("user", question), LessonMessage("assistant", said))
        stated = {index for indices in support for index in indices}
        licences = {used.item.licence or page.licence for used in every}
        meta_of: LessonMeta = {
            "relation": topic,
            "support": support,
            "objects": [
                used.item.text
                if page.language == "zh"
                else articles.without_article(used.item.said)
                for place, used in enumerate(every)
                if used.item.object and place in stated
            ],
        }
        if style in reasoning.STYLES:
            meta_of["trace"] = [_step(used) for used in every if used.item.object]
        if turns:
            meta_of["turns"] = [[places[key] for key in one] for one in turns]
        return Lesson(
            id=lesson_id(style, page.language, messages, list(places)),
            messages=messages,
            language=page.language,
            style=style,
            sources=tuple(
                [
                    LessonSource("passage", used.passage, quote)
                    if used.passage
                    else LessonSource("fact", used.item.fact, quote)
                    for used, quote in zip(every, quotes, strict=True)
                ]
            ),
            entities=self._entities([used for used in every if used.item.object]),
            split_key=page.id,
            licence=licences.pop() if len(licences) == 1 else " AND ".join(sorted(licences)),
            meta={**meta_of, **(meta or {})},
        )

    def _say_what_to_do(self, flags: Sequence[PageFact]) -> None:
        """Say when and where to go with a warning sign whose text does not say it."""
        told = [item.text for item in flags]
        if not told or not all(
            urgent_flags.leaves_open_what_to_do(each, self._page.language) for each in told
        ):
            return
        words = load(ConsultationWords, self._page.language)
        pressing = any(map(urgent_flags.means_danger, told))
        pressing = pressing or urgent_flags.is_grave(self._page)
        self.add_stock(words.at_once if pressing else words.soon_seen, at_any_rate=True)

    def _add(self, text: str, keys: Sequence[str]) -> None:
        joint = " " if self._text and self._page.language == "en" else ""
        start = len(self._text) + len(joint)
        self._text += joint + text
        self._spans.append((start, len(self._text), tuple(keys)))

    def _entities(self, named: Sequence[_Used]) -> tuple[str, ...]:
        poles = [self._page, *(used.page for used in self._used.values())]
        own = [page.id for page in poles if not page.passages]
        ends = [used.item.object for used in named]
        return tuple(dict.fromkeys((*own[:1], *ends, *own[1:])))

    def _lines(self) -> list[str]:
        """Return the line of evidence, or the quoted words, of each fact that the row rests on."""
        every = list(self._used.values())
        keys = [("", used.item.text) if used.passage else used.group for used in every]
        groups: dict[tuple[str, str], tuple[_Used, set[str]]] = {}
        for key, used in zip(keys, every, strict=True):
            if not used.passage:
                groups.setdefault(key, (used, set()))[1].add(used.item.fact)
        lines = {key: _line(*group) for key, group in groups.items()}
        return [lines.get(key, key[1]) for key in keys]

    def _proving(self, start: int, end: int) -> list[str]:
        """Return the facts that prove the text between two offsets."""
        found = [
            fact
            for begin, finish, facts in self._spans
            if begin < end and start < finish
            for fact in facts
        ]
        return list(dict.fromkeys(found))

    def _cited(
        self,
        lines: Sequence[str],
        spans: Sequence[tuple[int, int]],
        support: Sequence[Sequence[int]],
        quotes: Sequence[str],
    ) -> str:
        text = ""
        place = 0
        for (start, end), indices in zip(spans, support, strict=True):
            proving = {quotes[index] for index in indices}
            numbers = [number for number, line in enumerate(lines, 1) if line in proving]
            text += self._text[place:start]
            text += cite(self._text[start:end], numbers)
            place = end
        return text + self._text[place:]


def _step(used: _Used) -> list[str]:
    """Return a fact and the sentence by which it stands in the reasoning of a row."""
    page, item = used.page, used.item
    name, object = page.name, item.text
    if page.language == "en":
        name, object = (articles.without_article(each) for each in (page.said, item.said))
    bare = used.relation.removesuffix(INVERSE)
    inverse = bare != used.relation
    if not inverse and bare in reasoning.FROM_OBJECT:
        name, object, inverse = object, name, True
    said = verbalize.fact_sentence(name, bare, [object], page.language, inverse=inverse)
    if page.language == "zh":
        return [item.fact, said]
    if realizer.is_plural(name):
        for one, many in _OF_ONE.items():
            said = said.replace(one, many, 1)
    return [item.fact, said[:1].upper() + said[1:]]


_OF_ONE = {
    " is a symptom of ": " are symptoms of ",
    " is a sign of ": " are signs of ",
    " is a contraindication to ": " are contraindications to ",
    " belongs to the class ": " belong to the class ",
    " interacts with ": " interact with ",
}
"""How a step on one thing is worded where its name is a plural."""


def _line(one: _Used, facts: Collection[str]) -> str:
    """Return the line of evidence of some facts of a page that are of one relation."""
    page, relation = one.page, one.relation
    texts = [item.text for item in page.groups[relation] if item.fact in facts]
    bare = relation.removesuffix(INVERSE)
    return verbalize.evidence_line(page.name, bare, texts, page.language, inverse=bare != relation)
