"""Answer a message that reports findings and names no disease: which conditions fit.

Turn -> asked for? -> findings of the message and the patient -> rank -> tell -> Lead
"""

import re
from functools import lru_cache

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.graph.linker import Linker
from knowledge.lessons.realize.patient_profiles import Sex
from medchat.answering.differential.differential_telling import tell
from medchat.answering.differential.ranking import FindingsIndex, Fit, rank
from medchat.answering.differential.reported import (
    Finding,
    Reported,
    read_findings,
    read_risks,
    sayings_of,
)
from medchat.answering.leads import Lead, Turn
from medchat.answering.patient_state import NamedThing
from medchat.answering.screening import patient_facts, rules
from medchat.answering.screening.statements import fold

MOST = 4
"""At most this many conditions are named beside those that must not be missed."""

_LEAST = 3
"""So many are named where they share two findings, however well the first fits."""

_LEAST_WORTH = 0.2
"""Those have at least this share of the best score: a child's thirst is no myeloma."""

_URGENT, _WITHIN, _WORTH = 2, 8, 0.4
"""So many urgent conditions are added at most, of the first so many, with this share of the best
score."""

_LEADS = 0.6
"""An urgent condition with this share of the best score is named before it."""

_ASKED_FOR = 2
_UNASKED = 3
"""How many findings there must be, where a differential is asked for, and where it is not: two of
them present."""

_ASKS = re.compile(
    r"differential|\bddx\b|what (?:else )?(?:could|might|can|may) (?:it|this|that|he|she|i|they)\b|"
    r"what(?:'s| is| are) (?:wrong|(?:the|my|his|her) (?:most )?(?:likely |possible |probable )*"
    r"diagnos|(?:the )?(?:likely|possible|probable) (?:diagnos|causes?))|diagnos(?:is|es|e)\s*\?|"
    r"what (?:do|does) (?:i|he|she|they|my \w+) have|which (?:conditions?|diseases?|diagnos\w+) |"
    r"what (?:conditions?|diseases?|illness(?:es)?) |what (?:should|do) (?:i|we|you) "
    r"(?:consider|think of|suspect)|what (?:causes|is causing|could cause|would cause)|"
    r"likely diagnos|most likely cause|must (?:i |we |you )?not (?:be )?miss|not to (?:be )?miss|"
    r"what (?:fits|explains|would explain|accounts for)|漏诊|漏掉|不能错过|"
    r"鉴别|(?:可能|会)是(?:得了)?(?:什么|哪|啥)|(?:什么|哪些|哪种|啥)(?:疾病|病)|是不是得了|"
    r"(?:考虑|怀疑)(?:是)?(?:什么|哪些|哪种|啥)|诊断(?:是|为|考虑)?(?:什么|哪)|怎么回事|"
    r"(?:什么|啥)(?:原因|问题|毛病)|可能的(?:诊断|疾病|病因)"
)
_SUBJECTS = ("condition:", "medicine:", "treatment:", "test:")


def differential(turn: Turn) -> Lead | None:
    """Return the conditions that fit, or None where the message is another matter."""
    asks = bool(_ASKS.search(fold(turn.message)))
    if not asks and (turn.urgent or turn.asked.relations or _names_a_subject(turn)):
        return None
    reported = _reported(turn, asked=asks)
    risks = read_risks(turn.message, turn.search.linker)
    found = len(reported.present)
    if found < _ASKED_FOR or (not asks and found + len(reported.absent) + len(risks) < _UNASKED):
        return None
    index = _index_of(turn.search.graph)
    who = patient_facts.read(fold(turn.message))
    female = turn.patient.sex == "female" or (not turn.patient.sex and "female" in who.findings)
    male = turn.patient.sex == "male" or (not turn.patient.sex and "male" in who.findings)
    sex: Sex = "" if female == male else "f" if female else "m"
    age = turn.patient.age if turn.patient.age is not None else _years(who.months)
    fits = rank(reported, index, sex, age, risks)
    shown, urgent = _chosen(fits, _urgent(turn.search.linker))
    if not shown:
        return None
    find, count = turn.search.linker.find, len(index.known)
    told = tell(shown, urgent, turn.search.graph, turn.language, count, find)
    return Lead(told=told, complete=True)


def _reported(turn: Turn, *, asked: bool) -> Reported:
    """Return the findings of the message, then those that are known of the patient."""
    read = read_findings(turn.message, turn.search.linker, asked=asked)
    known = [_finding(each) for each in turn.patient.findings]
    denied = [_finding(each) for each in turn.patient.absent]
    present = _distinct([*read.present, *known])
    absent = _distinct([*read.absent, *denied])
    kept = [each for each in absent if not any(_same(each, other) for other in present)]
    return Reported(tuple(present), tuple(kept))


def _finding(named: NamedThing) -> Finding:
    return Finding(named.text, frozenset(named.entities), sayings_of([named.text]))


def _distinct(findings: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in findings:
        if not any(_same(finding, other) for other in kept):
            kept.append(finding)
    return kept


def _same(one: Finding, other: Finding) -> bool:
    return bool(one.sayings & other.sayings or one.entities & other.entities)


def _names_a_subject(turn: Turn) -> bool:
    """Say whether a message names a disease, medicine or test: it is about that one."""
    return any(
        all(id.startswith(_SUBJECTS) for id in mention.entities) for mention in turn.asked.mentions
    )


def _chosen(fits: list[Fit], urgent: frozenset[str]) -> tuple[list[Fit], frozenset[str]]:
    """Return what must not be missed and fits about as well, the first fits, then other urgent."""
    if not fits or fits[0].score <= 0:
        return [], frozenset()
    worth = [
        fit
        for place, fit in enumerate(fits[:_WITHIN])
        if fit.score >= _WORTH * fits[0].score
        or (
            place < _LEAST and len(fit.supporting) > 1 and fit.score >= _LEAST_WORTH * fits[0].score
        )
    ]
    first = worth[:MOST]
    more = [fit for fit in worth[MOST:] if fit.condition in urgent][:_URGENT]
    leading = [
        fit
        for fit in first + more
        if fit.condition in urgent and fit.score >= _LEADS * fits[0].score
    ]
    shown = leading + [fit for fit in first + more if fit not in leading]
    return shown, frozenset(fit.condition for fit in shown) & urgent


@lru_cache(maxsize=2)
def _urgent(linker: Linker) -> frozenset[str]:
    """Return the conditions that the screen knows as emergencies."""
    names = {
        name
        for emergency in rules.load().emergencies
        for name in (*emergency.condition.values(), *emergency.name.values())
    }
    return frozenset(
        id
        for name in names
        for mention in linker.find(name, correct=False)
        if len(mention.text) == len(name)
        for id in mention.entities
        if id.startswith("condition:")
    )


@lru_cache(maxsize=1)
def _index_of(graph: KnowledgeGraph) -> FindingsIndex:
    """Return the findings of the generation that is searched, read when they are first needed."""
    return FindingsIndex.of(graph)


def _years(months: float | None) -> float | None:
    return None if months is None else months / 12
