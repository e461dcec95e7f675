"""Write exam questions with their answer and the fact that decides it (style exam).

    page + relation + form -> question with options, statement or blank -> answer, its reason

Forms: `which` has one right option of four, `which-not` one wrong one; `right` and `wrong` are
statements to judge; `gap` leaves out the only name of a relation, or a value. What is offered as
wrong is what the graph holds of others and not of the subject (germs and first choices of
conditions that look alike first, findings only of those that others treat); `meta.answer` is the
letter, the judgement or the missing name, `meta.accepted` all names that fill a blank. Of lists
that a program gathered only some are asked about, and as what a source says.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from knowledge.datasets.row_ids import lesson_id
from knowledge.lessons.facts import exam_rules, urgent_flags
from knowledge.lessons.facts.exam_rules import BLANK, LETTERS
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.false_objects import can_stand_as_wrong, names_of
from knowledge.lessons.realize import articles, patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ExamWords, Lines
from knowledge.records import Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans

NAME = "exam"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)

_NUMBER = re.compile(r"(?<![\d.,])\d+(?:\.\d+)?(?![\d.,]*\d)")
_TEXTS = ("drug_class", "dose_limit")
"""Relations whose text has a gap."""

_FINDINGS = ("symptom", "sign")

_OF_SOURCE = re.compile("source|资料|记载")
"""Words of the questions and answers that tell what a source holds."""

_STATED = 3
"""So many further facts the reason names at most."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations of a page that questions can be about, and their forms."""
    if not patient_profiles.is_illness(page):
        return {}
    relations = (*exam_rules.ASKED, "dose_limit")
    return {each: forms for each in relations if (forms := _forms(page, each))}


def _forms(page: FactPage, relation: str) -> tuple[str, ...]:
    named = page.entity_facts(relation)
    if relation in _TEXTS:
        told = [item for item in page.text_facts(relation) if not item.scraped]
        return ("gap",) if told and not named else ()
    if not named:
        return ()
    if _is_gathered(page, relation):
        return _forms_of_source(page, relation)
    if relation == "cause" and not all(exam_rules.is_germ(item.text) for item in named):
        return ()
    forms = []
    if relation in exam_rules.DENIABLE:  # else every statement to judge would be right
        forms += ["which", "right", "which", "wrong"]
        forms += ["which-not"] if len(named) >= 3 else []
    return (*forms, *(("gap",) if exam_rules.can_be_filled(relation, len(named)) else ()))


def _is_gathered(page: FactPage, relation: str) -> bool:
    """Say whether a program gathered a list, which then lacks what it lacks."""
    return len(page.written_facts(relation)) < len(page.entity_facts(relation))


def _forms_of_source(page: FactPage, relation: str) -> tuple[str, ...]:
    """Return the forms of questions on what a source lists of a familiar condition.

    Its symptoms beside those of conditions of other departments and other parts of the body, and
    the only department that it gives; nothing of what cannot wait.
    """
    if not page.is_familiar or page.is_lone(relation) or urgent_flags.is_grave(page):
        return ()
    named = page.entity_facts(relation)
    if relation == "symptom" and page.entity_facts("department"):
        return ("which", "right", "which", "wrong")
    if (
        relation == "department"
        and len(named) == 1
        and not exam_rules.is_too_general(named[0].text)
    ):
        return ("gap",)
    return ()


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one question, or none where neighbours give too few options."""
    return _Exam(page, relation, pick).write(form)


class _Exam:
    """One question in the making."""

    def __init__(self, page: FactPage, relation: str, pick: random.Random) -> None:
        self._page = page
        self._relation = relation
        self._pick = pick
        self._words = load(ExamWords, page.language)
        self._items = page.entity_facts(relation)
        self._gathered = relation not in _TEXTS and _is_gathered(page, relation)
        role = self._words.role.get(relation, "")
        role = exam_rules.TYPICAL.sub("", role) if self._gathered else role
        self._role = realizer.fill(role, page.language, 1, clause=True, s=page.said)

    def write(self, form: str) -> Lesson | None:
        """Write a form of it."""
        writers = {
            "which": self._which,
            "which-not": self._which_not,
            "right": self._right,
            "wrong": self._wrong,
            "gap": self._gap,
        }
        return writers[form]()

    def _which(self) -> Lesson | None:
        wrong = self._wrong_items(3)
        if len(wrong) < 3:
            return None
        right = self._pick.choice(self._items[:8])
        options, letter = self._mixed(right, wrong)
        asked = f"{self._say(self._words.which)}\n{_listed(options, self._page)}"
        head = self._say(self._words.chosen, l=letter, o=_alone(right, self._page))
        reason = self._reason([right, *self._some(self._items[:8], right)])
        rest = "" if self._gathered else self._say(self._words.others_wrong)
        return self._lesson("which", asked, (head, "\n", rest), reason, options, letter)

    def _which_not(self) -> Lesson | None:
        wrong = self._wrong_items(1)
        if not wrong:
            return None
        right = self._pick.sample(self._items[:8], 3)
        options, letter = self._mixed(wrong[0], right)
        asked = f"{self._say(self._words.which_not)}\n{_listed(options, self._page)}"
        head = self._say(self._words.chosen, l=letter, o=_alone(wrong[0], self._page))
        rest = self._say_of(self._words.not_recorded, wrong[0])
        return self._lesson(
            "which-not", asked, (head, "\n", rest), self._reason(right), options, letter
        )

    def _right(self) -> Lesson | None:
        if self._gathered and not self._wrong_items(1):
            return None  # else every statement on what a source lists would be right
        item = self._pick.choice(self._items[:8])
        reason = self._reason([item, *self._some(self._items[:8], item)])
        head = self._say(self._words.right)
        return self._lesson("right", self._judge(item), (head, "", ""), reason, [item], "right")

    def _wrong(self) -> Lesson | None:
        wrong = self._wrong_items(1)
        if not wrong:
            return None
        reason = self._reason(self._items[: self._pick.choice((3, 4, 5))])
        rest = self._say_of(self._words.not_recorded, wrong[0])
        head = self._say(self._words.wrong)
        return self._lesson(
            "wrong", self._judge(wrong[0]), (head, "", rest), reason, wrong, "wrong"
        )

    def _gap(self) -> Lesson | None:
        if self._relation in _TEXTS:
            return self._gap_in_text()
        (item,) = self._items
        asked = self._say(self._words.gap)
        name = _alone(item, self._page)
        head = self._say(self._words.filled, o=name)
        reason = self._reason([item])
        return self._lesson("gap", asked, (head, "\n", ""), reason, [item], name, item.names)

    def _gap_in_text(self) -> Lesson | None:
        item = self._pick.choice(self._page.text_facts(self._relation))
        body = item.text.rstrip(" .。")
        if self._relation == "drug_class":
            asked, name = self._say(self._words.gap), body
        else:
            numbers = [found for found in _NUMBER.finditer(body) if body.count(found[0]) == 1]
            if not numbers:
                return None
            found = self._pick.choice(numbers)
            name = found[0]
            text = body[: found.start()] + BLANK + body[found.end() :]
            asked = self._say(self._words.gap_in_text, v=text)
        head = self._say(self._words.filled, o=name)
        return self._lesson("gap", asked, (head, "\n", ""), self._reason([item]), [], name, (name,))

    def _wrong_items(self, count: int) -> list[PageFact]:
        """Choose what neighbours have by the same relation and the subject by none."""
        page, relation = self._page, self._relation
        own = [item for items in page.groups.values() for item in items if item.object]
        related = {item.object for item in own} | {page.id}
        right = [names_of(item) for item in self._items]
        names = tuple(name.text for name in page.entity.names)
        kinds = {item.kind for item in self._items}
        offered = self._offered()
        often = Counter(item.object for item in offered)
        found: list[PageFact] = []
        for item in offered:
            taken = [*right, names, *map(names_of, found)]
            if (
                (often[item.object] == 1 or relation == "cause")
                and item.object not in {each.object for each in found}
                and can_stand_as_wrong(item, related, kinds, taken)
            ):
                found.append(item)
            if len(found) == count:
                break
        return found

    def _offered(self) -> list[PageFact]:
        """Return what may stand as wrong, that of conditions that look alike first.

        Findings are those of conditions that others treat: of one that looks alike each may be
        seen, whether a source lists it or not.
        """
        page, relation = self._page, self._relation
        like = page.find_similar(page)
        near = [each for each in page.neighbours if each not in like]
        if relation in _FINDINGS:
            own = {item.object for item in page.entity_facts("department")}
            near = [
                each
                for each in near
                if own and own.isdisjoint(item.object for item in each.entity_facts("department"))
            ]
            like = ()
        if self._gathered:
            parts = _parts(page)
            near = [each for each in near if parts.isdisjoint(_parts(each))]
        offered: list[PageFact] = []
        for pages in (like, near):
            part = [
                item
                for each in pages
                if each.entity.kind == page.entity.kind
                for item in self._known(each)[:6]
                if self._is_apart(each, item)
            ]
            offered += self._pick.sample(part, len(part))
        return offered

    def _known(self, other: FactPage) -> Sequence[PageFact]:
        """Return the facts of another page that may be offered."""
        held = other.entity_facts if self._gathered else other.written_facts
        return held(self._relation)

    def _is_apart(self, other: FactPage, item: PageFact) -> bool:
        """Say whether a fact is one that tells another condition from most."""
        if self._relation == "symptom":
            return item.object in other.find_telling(other)
        return self._relation != "cause" or exam_rules.is_germ(item.text)

    def _mixed(self, asked: PageFact, others: Sequence[PageFact]) -> tuple[list[PageFact], str]:
        """Return options in a mixed order, and the letter of the one that is asked for."""
        options = self._pick.sample(others, len(others))
        place = self._pick.randrange(len(LETTERS))
        options.insert(place, asked)
        return options, LETTERS[place]

    def _some(self, items: Sequence[PageFact], but: PageFact) -> list[PageFact]:
        others = [item for item in items if item.object != but.object]
        return self._pick.sample(others, min(len(others), self._pick.choice((0, 1, 2, _STATED))))

    def _judge(self, item: PageFact) -> str:
        claim = self._say_of(self._words.claim, item)
        template = grammar.draw(self._fitting(self._words.judge), self._pick)
        plain = template.startswith("{C}") and self._page.language == "en"
        large = claim[:1].upper() + claim[1:] if plain else claim
        text = template.replace("{C}", large).replace("{c}", claim)
        return text[:1].upper() + text[1:]

    def _fitting(self, templates: Lines) -> Lines:
        """Return the templates that say that a source holds it, or those that do not."""
        told = tuple(each for each in templates if bool(_OF_SOURCE.search(each)) == self._gathered)
        return told or templates

    def _say(self, templates: Lines, **parts: str) -> str:
        templates = self._fitting(templates)
        if not (template := grammar.draw(templates, self._pick)):
            return ""
        language, begins = self._page.language, template.startswith(("{o}", "{l}"))
        given = {"s": self._page.said, "role": self._role, **parts}
        return realizer.fill(template, language, 1, clause=begins, **given)

    def _say_of(self, templates: Lines, item: PageFact) -> str:
        """Return a clause or sentence on a name."""
        template = grammar.draw(self._fitting(templates), self._pick)
        given = {"s": self._page.said, "role": self._role, "o": item.said}
        return realizer.fill(template, self._page.language, 1, clause=True, **given)

    def _reason(self, items: Sequence[PageFact]) -> AnswerBuilder:
        """State the facts that decide."""
        answer = AnswerBuilder(self._page, self._pick, levels=False)
        ordered = [item for item in self._page.groups[self._relation] if item in items]
        answer.state(self._relation, ordered)
        return answer

    def _lesson(
        self,
        form: str,
        asked: str,
        around: tuple[str, str, str],
        reason: AnswerBuilder,
        options: Sequence[PageFact],
        right: str,
        accepted: Sequence[str] = (),
    ) -> Lesson:
        """Put the answer before its reason, and what is wrong behind it."""
        head, joint, rest = around
        space = " " if self._page.language == "en" else ""
        plain = reason.build(NAME, asked, self._relation)
        said = f"{head}{joint or space}{plain.messages[-1].content}{space if rest else ''}{rest}"
        messages = (plain.messages[0], LessonMessage("assistant", said))
        support = plain.meta["support"]
        assert isinstance(support, list)
        before: list[list[int]] = [[] for _ in sentence_spans(head)]
        after: list[list[int]] = [[] for _ in sentence_spans(rest)] if rest else []
        meta: dict[str, object] = {
            **plain.meta,
            "support": [*before, *support, *after],
            "form": form,
            "answer": right,
            "options": [item.object for item in options],
        }
        if accepted:
            meta["accepted"] = list(accepted)
        facts = [source.id for source in plain.sources]
        return replace(
            plain,
            id=lesson_id(NAME, plain.language, messages, facts),
            messages=messages,
            meta=meta,  # type: ignore[arg-type]
        )


def _parts(page: FactPage) -> set[str]:
    """Return the parts of the body that a condition is of, as far as a source says."""
    return {item.object for item in page.as_evidence().entity_facts("body_part")}


def _alone(item: PageFact, page: FactPage) -> str:
    """Return a name as it stands alone on a line."""
    return item.text if page.language == "zh" else articles.without_article(item.said)


def _listed(options: Sequence[PageFact], page: FactPage) -> str:
    """Return options under their letters, one a line."""
    named = [_alone(item, page) for item in options]
    return "\n".join(f"{letter}. {name}" for letter, name in zip(LETTERS, named, strict=True))
