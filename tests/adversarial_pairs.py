"""Put the pairs of tests/cases/adversarial_pairs.jsonl to the two checkers.

`answer_supports` asks the check of answers, `row_holds` that of training rows. A pair whose
evidence is a line of facts ("Gout — medicines: colchicine; allopurinol.") is the row of those facts
that the claim names, with the claim as its answer. Prose is the text of a fact: the row quotes it,
which is sound, and then says the claim, which rests on the same text.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.graph import verbalize
from knowledge.graph.linker import KnownName, Linker
from knowledge.lessons.verify.fact_check import FactCheck
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Language, Lesson, LessonMessage, LessonSource
from knowledge.text.names import language_of, normalise
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import RELATIONS
from medchat.answering import answer_check
from medchat.answering.answer import Evidence

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Pair:
    id: str
    language: Language
    kind: str
    evidence: str
    claim: str
    sound: bool
    note: str


@cache
def pairs() -> tuple[Pair, ...]:
    text = (CASES / "adversarial_pairs.jsonl").read_text(encoding="utf-8")
    return tuple(Pair(**json.loads(line)) for line in text.splitlines())


@cache
def names() -> dict[str, tuple[str, ...]]:
    text = (CASES / "adversarial_names.yaml").read_text(encoding="utf-8")
    return {id: tuple(each) for id, each in yaml.safe_load(text).items()}


@cache
def linker() -> Linker:
    return Linker(
        KnownName(id, id.partition(":")[0], name, normalise(name), language_of(name), True)
        for id, each in names().items()
        for name in each
    )


@cache
def facts_of(evidence: str, language: Language) -> tuple[SourceContent, ...]:
    """Return the facts that a line of evidence states, or nothing for prose."""
    dash, colon, stop = ("——", "：", "；") if language == "zh" else (" — ", ": ", "; ")
    if dash not in evidence:
        return ()
    ids = {name.casefold(): id for id, each in names().items() for name in each}
    subject, _, rest = evidence.rstrip(".。").partition(dash)
    label, _, listed = rest.partition(colon)
    relation = next(id for id, each in RELATIONS.items() if each.label(language) == label)
    return tuple(
        SourceContent(
            f"fact:{place}", ids[subject.casefold()], relation, ids[object.casefold()], {}
        )
        for place, object in enumerate(listed.split(stop))
    )


def answer_supports(pair: Pair) -> bool:
    """Say whether the check of answers finds the claim supported by the evidence."""
    facts = facts_of(pair.evidence, pair.language)
    text = pair.evidence
    evidence = Evidence(
        "fact" if facts else "passage", "evidence:1", "", text, 0, len(text), pair.language,
        subject=facts[0].subject if facts else "", relation=facts[0].relation if facts else "",
    )  # fmt: skip
    checked = answer_check.check_draft(pair.claim, [evidence], linker().find)
    return [one.support for one in checked.sentences] == ["supported"]


def row_fault(pair: Pair) -> str:
    """Return what the check of rows finds wrong with a row that says the claim."""
    facts = facts_of(pair.evidence, pair.language)
    lesson, held = _of_facts(pair, facts) if facts else _of_prose(pair)
    return FactCheck(lesson, held, names(), linker(), frozenset()).fault()


def _of_facts(pair: Pair, facts: tuple[SourceContent, ...]) -> tuple[Lesson, list[SourceContent]]:
    claim = pair.claim.casefold()
    said = [
        fact for fact in facts if any(name.casefold() in claim for name in names()[fact.object])
    ]
    held = said or list(facts)
    subject, relation = held[0].subject, held[0].relation
    place = pair.language == "zh"
    objects = [names()[fact.object][place] for fact in held]
    line = verbalize.evidence_line(names()[subject][place], relation, objects, pair.language)
    return _lesson(pair, pair.claim, held, line, [list(range(len(held)))], objects), held


def _of_prose(pair: Pair) -> tuple[Lesson, list[SourceContent]]:
    spoken = [id for span in linker().find(pair.evidence) for id in span.entities]
    subject = next(iter(spoken), "medicine:metformin")
    held = [SourceContent("fact:0", subject, "monitoring", "", {pair.language: pair.evidence})]
    gap = "" if pair.language == "zh" else " "
    answer = f"{pair.evidence}{gap}{pair.claim}"
    name = names()[subject][pair.language == "zh"]
    line = verbalize.evidence_line(name, "monitoring", [pair.evidence.rstrip(".。")], pair.language)
    return _lesson(pair, answer, held, line, [[0] for _ in sentence_spans(answer)], []), held


def _lesson(
    pair: Pair,
    answer: str,
    held: list[SourceContent],
    line: str,
    support: list[list[int]],
    objects: list[str],
) -> Lesson:
    subject = held[0].subject
    name = names()[subject][pair.language == "zh"]
    return Lesson(
        id=pair.id,
        messages=(LessonMessage("user", name), LessonMessage("assistant", answer)),
        language=pair.language,
        style="huatuo",
        sources=tuple(LessonSource("fact", fact.id, line) for fact in held),
        entities=tuple(dict.fromkeys(id for fact in held for id in (subject, fact.object) if id)),
        split_key=subject,
        licence="CC0-1.0",
        meta={"relation": held[0].relation, "support": support, "objects": objects},
    )
