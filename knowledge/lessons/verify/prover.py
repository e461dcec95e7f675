"""Prove rows against the facts and passages of the catalog.

    rows -> facts and passages of the catalog -> fact check and behaviour checks -> faults

Every fact must hold and every quotation stand in its passage; the rest is up to `fact_check`,
`behaviour_checks` and, for calculators, `calculation_check`.
"""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine

from knowledge.calculators.formulas import formula_registry
from knowledge.datasets.imports import imported_rows
from knowledge.graph import linker
from knowledge.graph.linker import Linker
from knowledge.lessons.facts.compared_relations import CONTRASTED
from knowledge.lessons.facts.recorded_warnings import RecordedWarnings
from knowledge.lessons.facts.urgent_words import UrgencyRules
from knowledge.lessons.verify import (
    appraisal_check,
    comparison_check,
    exam_check,
    form_check,
    paragraph_check,
    path_check,
    person_check,
    shown_passages,
    trace_check,
    two_papers_check,
    urgency_check,
)
from knowledge.lessons.verify.behaviour_checks import BehaviourChecks
from knowledge.lessons.verify.calculation_check import CalculationCheck
from knowledge.lessons.verify.catalog_checks import CatalogChecks
from knowledge.lessons.verify.comparison_check import ComparisonCheck
from knowledge.lessons.verify.content_reader import ContentReader
from knowledge.lessons.verify.document_reader import DocumentReader
from knowledge.lessons.verify.exam_check import ExamCheck
from knowledge.lessons.verify.fact_check import FactCheck
from knowledge.lessons.verify.recorded_facts import FactRecords, RecordedFacts
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Language, Lesson
from knowledge.text.citations import numbered_lines
from knowledge.text.names import normalise
from knowledge.vocabulary import RELATIONS

_SHOWING = "grounded"
"""The style whose rows show lines beside those of their facts."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
"""Signs without width, that turn the direction of writing, or that mark where to hyphenate."""

_OF_OTHERS = {"declined", "partly", "refused", "conflict", "turns"}
"""Keys of the meta of rows that decline, refuse, weigh or talk, which rows on papers never do."""


class Prover:
    """Proves lessons against one generation of the graph; `rules` say which words are urgent."""

    def __init__(self, engine: Engine, generation: int, rules: UrgencyRules | None = None) -> None:
        self._rules = rules
        self._engine = engine
        self._generation = generation
        self._linker: Linker = linker.load(engine, generation)
        self._contents = ContentReader(engine, generation)
        self._catalog = CatalogChecks(engine, generation)
        self._warnings = RecordedWarnings(engine, generation)
        self._records = FactRecords(engine, generation)
        self._documents = DocumentReader(engine, generation)
        self._papers: shown_passages.PaperPassages = {}
        self._common = frozenset(
            normalise(cue)
            for relation in RELATIONS.values()
            for cue in (*relation.cues_en, *relation.cues_zh, relation.en, relation.zh)
        )

    def read_ahead(self) -> None:
        """Read all facts and names at once, where they can be kept: many rows name most of them."""
        self._contents.read_ahead()

    def faults(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return for each lesson what is wrong with it, or an empty text."""
        sources = [source for lesson in lessons for source in lesson.sources]
        facts = self._contents.facts({source.id for source in sources if source.kind == "fact"})
        passages = self._contents.passages(
            {source.id for source in sources if source.kind == "passage"}
        )
        records = self._records_of(lessons)  # before the names are copied that it reads
        known = self._contents.names({lesson.split_key for lesson in lessons})
        if passages:
            known = {**known, **{id: (title,) for id, title, _ in passages.values()}}
        licences = self._catalog.licences(
            {source.id for source in sources if source.kind == "fact" and not source.calculated},
            {document for document, _, _ in passages.values()},
        )
        further = self._catalog.untrue([line for lesson in lessons for line in _further(lesson)])
        on_papers = [each for each in lessons if each.style == appraisal_check.STYLE]
        self._documents.read([(each.split_key, each.language) for each in on_papers])
        talks = {each.split_key for each in lessons if each.style == shown_passages.STYLE}
        self._papers = shown_passages.read_passages(self._engine, self._generation, talks)
        return [
            self._fault(lesson, facts, passages, known, records)
            or _wrong_licence(lesson, passages, licences)
            or ("a line beside the evidence does not hold" if further & _further(lesson) else "")
            for lesson in lessons
        ]

    def sentence_faults(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return what is wrong with answers alone, whatever their questions ask."""
        found = []
        for lesson, held in zip(lessons, self.contents(lessons), strict=True):
            proof = FactCheck(
                lesson, held or [], self._contents.names(()), self._linker, self._common
            )
            found.append(proof.fault() or proof.wording_fault(answer_alone=True))
        return found

    def contents(self, lessons: Sequence[Lesson]) -> list[list[SourceContent] | None]:
        """Return the facts of each row, or None where one is not in the graph; names are read."""
        held = self._contents.facts({source.id for each in lessons for source in each.sources})
        self._contents.names({each.split_key for each in lessons})
        found = []
        for lesson in lessons:
            facts = [held.get(source.id) for source in lesson.sources]
            known = [fact for fact in facts if fact is not None]
            found.append(known if len(known) == len(facts) else None)
        return found

    def names(self, id: str) -> tuple[str, ...]:
        """Return the names of an entity of a row whose contents were read."""
        return self._contents.names((id,))[id]

    def _records_of(self, lessons: Sequence[Lesson]) -> Mapping[str, RecordedFacts]:
        """Return all that the graph holds of what exams ask about, and read the names of that."""
        asked = [lesson for lesson in lessons if lesson.style == exam_check.STYLE]
        ids = {id for lesson in asked for id in exam_check.ids_needed(lesson)}
        pairs = [lesson for lesson in lessons if lesson.style == comparison_check.STYLE]
        two = {id for each in pairs for id in (each.split_key, comparison_check.versus(each))}
        ids |= two
        if not ids:
            return {}
        records = self._records.read(ids)
        options = {str(id) for lesson in asked for id in _listed(lesson.meta.get("options"))}
        right = {
            id
            for lesson in asked
            for id in records[lesson.split_key].objects.get(str(lesson.meta.get("relation")), ())
        }
        contrasted = {
            id
            for each in two
            for relation in CONTRASTED
            for id in records[each].objects.get(relation, ())
        }
        self._contents.names(options | right | two | contrasted)
        return self._records.read(exam_check.linked(right))

    def _paper_fault(self, lesson: Lesson, passages: dict[str, tuple[str, str, str]]) -> str:
        """Return the first thing that is wrong with a row on papers."""
        if lesson.meta.keys() & _OF_OTHERS:
            return "the row claims what rows of its style never do"
        if lesson.style == appraisal_check.STYLE:
            ids = [lesson.split_key]
        else:
            ids = [passages[each.id][0] for each in lesson.sources if each.id in passages]
        keys = [(id, lesson.language) for id in ids]
        held = self._documents.read(keys)
        papers = [held.get(key) for key in keys]
        if lesson.style == appraisal_check.STYLE:
            return appraisal_check.fault(lesson, papers[0])
        return two_papers_check.fault(lesson, papers, self._linker)

    def _fault(
        self,
        lesson: Lesson,
        facts: dict[str, SourceContent],
        passages: dict[str, tuple[str, str, str]],
        known: dict[str, tuple[str, ...]],
        records: Mapping[str, RecordedFacts],
    ) -> str:
        """Return the first thing that is wrong."""
        if lesson.imported:
            return imported_rows.find_fault(lesson)
        if len(lesson.messages) < 2 or lesson.messages[-1].role != "assistant":
            return "the row has no question with an answer"
        if not lesson.sources:
            return "the row names no fact"
        if any(_UNSEEN.search(message.content) for message in lesson.messages):
            return "a message holds a sign that nobody sees"
        if misplaced := trace_check.misplaced(lesson):
            return misplaced

        def names(id: str) -> tuple[str, ...]:
            return known.get(id, ())

        if malformed := form_check.fault(lesson, names):
            return malformed
        if nobody := person_check.fault(lesson, names):
            return nobody
        lesson, late = urgency_check.take_opening(lesson, self._rules)
        if late or (late := form_check.letter_fault(lesson, names)):
            return late
        if lesson.style in (appraisal_check.STYLE, two_papers_check.STYLE):
            return self._paper_fault(lesson, passages)
        if any(source.calculated for source in lesson.sources):
            return CalculationCheck(lesson, self._linker).fault()
        if lesson.style == shown_passages.STYLE:
            lesson, fault = shown_passages.take_shown(lesson, self._papers)
            if fault:
                return fault
        held: list[SourceContent] = []
        for source in lesson.sources:
            if source.kind == "passage" and source.id in passages:
                document, _, text = passages[source.id]
                if not source.quote or source.quote not in text:
                    return "the quote is not in its passage"
                value: dict[str, str] = {lesson.language: source.quote}
                held.append(SourceContent(f"{source.id}|{source.quote}", document, "", "", value))
            elif source.kind == "fact" and source.id in facts:
                held.append(facts[source.id])
            else:
                return f"the {source.kind} {source.id} is not in the graph"
        if len({fact.id for fact in held}) < len(held):
            return "a fact is named twice"
        if lesson.style == exam_check.STYLE:
            exam = ExamCheck(lesson, held, records, names)
            lesson, fault = exam.take_reason()
            if fault:
                return fault
        proof = FactCheck(lesson, held, known, self._linker, self._common)
        behaviour = BehaviourChecks(lesson, held, names)
        if fault := proof.fault() or behaviour.fault() or proof.wording_fault():
            return fault
        if lesson.style == comparison_check.STYLE:
            fault = ComparisonCheck(lesson, held, records, names).fault()
        elif lesson.style == paragraph_check.STYLE:
            fault = paragraph_check.fault(lesson, held, names)
        else:
            fault = path_check.fault(lesson, held, names, self._warnings)
        return fault or trace_check.fault(lesson, held, names)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _further(lesson: Lesson) -> set[tuple[str, Language]]:
    """Return the numbered lines that a row shows beside those of its facts."""
    if lesson.imported or lesson.style != _SHOWING:
        return set()
    own = {source.quote for source in lesson.sources}
    lines = numbered_lines(lesson.messages[0].content).values()
    return {(line, lesson.language) for line in lines if line not in own}


def _wrong_licence(
    lesson: Lesson, passages: dict[str, tuple[str, str, str]], licences: dict[str, str]
) -> str:
    if lesson.imported:
        return ""
    right = {
        formula_registry.LICENCE
        if source.calculated
        else licences.get(passages[source.id][0] if source.kind == "passage" else source.id, "")
        for source in lesson.sources
    }
    told = " AND ".join(sorted(right))
    return "" if lesson.licence == told else "the licence is not that of the row's sources"
