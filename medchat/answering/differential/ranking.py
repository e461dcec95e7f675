"""Rank the conditions of a graph by how well they fit what is reported, and what is denied.

    Reported + the conditions' findings -> Fit(condition, for, against, score), the best first

A finding that few conditions have says more than one that many have. Statistical associations take
no part: they hold between any two things that are common.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.lessons.realize.patient_profiles import Sex, fits_patient
from medchat.answering.differential.reported import Finding, Reported, sayings_of

_NAMED, _SAID, _BROADER, _TOLD = 1.0, 0.9, 0.6, 0.4
"""How well a finding of a graph meets a reported one: by name; by what people say; where the graph
has a narrower one; where a text on the condition has it. Chosen on a half of open vignettes."""

_TEXTS = ("description", "red_flag", "population", "course")

_DENIED = 0.3
_COVERED = 0.35
"""How much of the score hangs on the share of a condition's own findings that are reported."""

_FEWEST = 3
"""A condition is taken to have at least so many findings, of which a graph may hold fewer."""


_AT_RISK: Mapping[str, float] = {"cause": 1.5, "risk_factor": 1.25}
"""How much better a condition fits whose cause or risk factor a patient has. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class Known:
    """One finding of a condition: its entity, what people say of it, the fact that states it."""

    entity: str
    sayings: frozenset[str]
    fact: str
    relation: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How a condition fits: the reported findings for it with its facts, those denied, a score."""

    condition: str
    score: float
    supporting: tuple[tuple[Finding, Known], ...]
    opposing: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FindingsIndex:
    """The findings and names of all conditions of a generation.

    `told` are sayings in their texts, `risks` their causes and risk factors with the facts of
    these.
    """

    known: Mapping[str, tuple[Known, ...]]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)
    risks: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: KnowledgeGraph) -> "FindingsIndex":
        """Read the findings of every condition of a graph; seconds for a hundred thousand facts."""
        rows = graph.findings()
        names = graph.entities(sorted({object for _, _, object, _ in rows}))
        said = {
            id: sayings_of([name.text for name in entity.names]) for id, entity in names.items()
        }
        known: dict[str, list[Known]] = defaultdict(list)
        for fact, subject, object, relation in rows:
            known[subject].append(Known(object, said.get(object, frozenset()), fact, relation))
        told: dict[str, frozenset[str]] = defaultdict(frozenset)
        for condition, text in graph.texts(_TEXTS):
            told[condition] |= sayings_of([text])
        of_condition = {condition: tuple(each) for condition, each in known.items()}
        called = {
            id: tuple(name.text for name in condition.names)
            for id, condition in graph.entities(sorted(of_condition)).items()
        }
        return cls(of_condition, called, told, _risks(graph, of_condition))


def rank(
    reported: Reported,
    index: FindingsIndex,
    sex: Sex = "",
    age: float | None = None,
    risks: Sequence[Finding] = (),
) -> list[Fit]:
    """Return the conditions that share a finding with what is reported, the best fit first.

    Those that sex or age (in years) rule out are left out; `risks` are risk factors that the
    patient has, which stand with the findings of the conditions that they raise the risk of.
    """
    weights = {finding: _specificity(finding, index) for finding in reported.present}
    denied = {finding: _specificity(finding, index) for finding in reported.absent}
    fits = []
    for condition, known in index.known.items():
        fitting = fits_patient(index.names.get(condition, ()), sex, age)
        if not fitting:
            continue
        met = [(finding, *_met(finding, known)) for finding in reported.present]
        supporting = tuple((finding, each) for finding, each, share in met if each is not None)
        if not supporting:
            continue
        score = sum(share * weights[finding] for finding, _, share in met)
        told = index.told.get(condition, frozenset())
        score += sum(
            _TOLD * weights[finding]
            for finding, each, _ in met
            if each is None and finding.sayings & told
        )
        opposing = []
        for finding in reported.absent:
            each, share = _met(finding, known)
            if each is not None and share > _BROADER:
                opposing.append(finding)
                score -= _DENIED * share * denied[finding]
        covered = len({each.entity for _, each in supporting}) / max(len(known), _FEWEST)
        score *= fitting * (1 - _COVERED + _COVERED * covered)
        exposed = _exposed(risks, index.risks.get(condition, ()))
        if exposed and score > 0:
            score *= max(_AT_RISK[each.relation] for _, each in exposed)
            supporting += exposed
        fits.append(Fit(condition, score, supporting, tuple(opposing)))
    return sorted(fits, key=lambda fit: (-fit.score, fit.condition))


def _risks(
    graph: KnowledgeGraph, conditions: Mapping[str, Sequence[Known]]
) -> dict[str, tuple[Known, ...]]:
    """Return the risk factors of conditions by the names that the graph has for them."""
    return {
        condition: tuple(
            Known(fact.object, frozenset(), fact.id, relation)
            for relation in _AT_RISK
            for fact in graph.facts(condition, relation)
            if fact.object
        )
        for condition in conditions
    }


def _exposed(risks: Sequence[Finding], known: Sequence[Known]) -> tuple[tuple[Finding, Known], ...]:
    """Return the risk factors of a condition that a patient has."""
    return tuple((risk, each) for risk in risks for each in known if each.entity in risk.entities)


def _met(finding: Finding, known: Sequence[Known]) -> tuple[Known | None, float]:
    """Return the finding of a condition that meets a reported one best, and how well."""
    best, most = None, 0.0
    for each in known:
        share = 0.0
        if each.entity in finding.entities:
            share = _NAMED
        elif each.sayings & finding.sayings:
            share = _SAID if each.sayings <= finding.sayings else _BROADER
        if share > most:
            best, most = each, share
    return best, most


def _specificity(finding: Finding, index: FindingsIndex) -> float:
    having = sum(_met(finding, known)[1] > 0 for known in index.known.values())
    return math.log((len(index.known) + 1) / (having + 0.5))
