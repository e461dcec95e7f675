"""Say what a medication check found: the verdict first, each with the facts that carry it.

findings -> sentences with citations, the most severe first -> alerts
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.records import Language
from knowledge.text.citations import cite
from medchat.answering.answer import Alert, Evidence, Sentence
from medchat.answering.answer_check import CheckedAnswer, number_citations
from medchat.answering.medication.medication_findings import Finding
from medchat.answering.medication.medication_rules import Rule
from medchat.answering.medication.medicine_wording import say

MOST = 4
"""So many findings are told at most; the alerts hold all."""

_TITLES = 4
"""So many sources are named at most where they hold nothing."""

_STRICT = {"interaction": "avoid_pair", "duplicate": "avoid_both"}
_AVOID = ("contraindicated", "contraindication", "avoid", "not recommended")


class Telling:
    """Collects what is said, and the evidence for it."""

    def __init__(self, graph: KnowledgeGraph, language: Language) -> None:
        self._graph = graph
        self._language = language
        self._evidence: list[Evidence] = []
        self._sentences: list[Sentence] = []

    def finding(self, finding: Finding, *, also: bool = False) -> None:
        """Say a finding with its citations; `also` one that was not asked for."""
        numbers = self._numbers(finding.shown)
        text = verdict(finding, self._language)
        text = say("also", self._language, text=text) if also else text
        self._sentences.append(
            Sentence(cite(text, numbers), numbers, "supported", 1.0)
            if numbers
            else Sentence(text, (), "none", 0.0)
        )

    def rule(self, text: str, *rules: Rule) -> None:
        """Say a sentence that the facts of rules carry; those of one subject are one line."""
        numbers = self._numbers(rules)
        self._sentences.append(Sentence(cite(text, numbers), numbers, "supported", 1.0))

    def together(self, text: str, rules: Sequence[Rule]) -> None:
        """Say a sentence that the facts of rules carry together; those of a line are cited once."""
        numbers = tuple(dict.fromkeys(n for n in self._numbers_in_lines(rules) if n))
        self._sentences.append(Sentence(cite(text, numbers), numbers, "supported", 1.0))

    def listed(self, head: str, items: Sequence[tuple[str, Rule]], rest: str) -> None:
        """Say a list, each item with its fact; `rest` counts what is left out."""
        chinese = self._language == "zh"
        numbers = self._numbers_in_lines([rule for _, rule in items])
        shown: list[str] = []
        for (name, _), number, after in zip(items, numbers, [*numbers[1:], 0], strict=True):
            sign = f"[{number}]" if number != after else ""  # once for several in a row
            shown.append(name + (" " if sign and not chinese else "") + sign)
        cited = [number for number in numbers if number]
        text = ("、" if chinese else ", ").join(shown)
        if rest:
            text = say("and_more", self._language, titles=text, n=rest)
        said = say("list", self._language, head=head, items=text)
        self._sentences.append(Sentence(said, tuple(dict.fromkeys(cited)), "supported", 1.0))

    def plain(self, text: str) -> None:
        """Say a sentence that no evidence carries: that nothing is recorded, or not known."""
        self._sentences.append(Sentence(text, (), "none", 0.0))

    def told(self) -> CheckedAnswer | None:
        """Return what was said, or None where that is nothing."""
        if not self._sentences:
            return None
        return CheckedAnswer(
            tuple(self._sentences), number_citations(self._evidence), verbatim=True
        )

    def _numbers_in_lines(self, rules: Sequence[Rule]) -> list[int]:
        """Return a number for each rule; rules of one subject and relation share a line."""
        lines: dict[tuple[str, str], list[Rule]] = {}
        for rule in rules:
            if rule.fact is not None:
                lines.setdefault((rule.fact.subject, rule.fact.relation), []).append(rule)
        numbers: dict[str, int] = {}
        for together in lines.values():
            shown = _line(together, self._graph, self._language)
            if shown is not None:
                if shown not in self._evidence:
                    self._evidence.append(shown)
                number = self._evidence.index(shown) + 1
                numbers.update({rule.fact.id: number for rule in together if rule.fact})
        return [numbers.get(rule.fact.id, 0) if rule.fact else 0 for rule in rules]

    def _numbers(self, rules: Sequence[Rule]) -> tuple[int, ...]:
        numbers = []
        for evidence in _evidence_of(rules, self._graph, self._language):
            if evidence not in self._evidence:
                self._evidence.append(evidence)
            numbers.append(self._evidence.index(evidence) + 1)
        return tuple(dict.fromkeys(numbers))


def verdict(finding: Finding, language: Language, *, short: bool = False) -> str:
    """Return the verdict on a finding: how it is judged, what it is about, and the words."""
    if finding.missing:
        text = say("no_value", language, a=finding.about, value=finding.missing, words=finding.said)
        return text.strip()
    how = _how(finding)
    if finding.kind == "dose":
        how = "too_high" if finding.severity == "serious" else "within"
    said = "" if short else finding.said
    return say(how, language, about=finding.about, words=said).strip()


def alert(finding: Finding, graph: KnowledgeGraph, language: Language, *, asked: bool) -> Alert:
    """Return a finding as an alert: in short where the answer says it in full."""
    text = verdict(finding, language, short=asked)
    stated = [
        title
        for rule in finding.shown
        if rule.fact is not None
        for title in graph.titles(rule.fact)
    ]
    return Alert(finding.kind, finding.severity, text, titles(stated, language))


def titles(found: Sequence[str], language: Language) -> str:
    """Return the titles of sources in short, the rest counted."""
    short = list(dict.fromkeys(title.split(":")[0].strip() for title in found))
    joint = "、" if language == "zh" else ", "
    shown = joint.join(short[:_TITLES])
    if len(short) <= _TITLES:
        return shown
    return say("and_more", language, titles=shown, n=str(len(short) - _TITLES))


def join_same(found: Iterable[tuple[Finding, str]], language: Language) -> list[Finding]:
    """Return findings on medicines, each with a name: those of which the same is said as one."""
    same: dict[tuple[str, ...], tuple[Finding, dict[str, None]]] = {}
    for each, name in found:
        key = (each.kind, each.said, each.missing, each.about.replace(name, "", 1))
        same.setdefault(key, (each, {}))[1][name] = None
    return [_joined(finding, list(names), language) for finding, names in same.values()]


def _joined(finding: Finding, names: Sequence[str], language: Language) -> Finding:
    return replace(finding, about=finding.about.replace(names[0], list_names(names, language), 1))


def list_names(names: Sequence[str], language: Language) -> str:
    """Return names as a list in a sentence."""
    said = ("、" if language == "zh" else ", ").join(names[:-1])
    return say("and", language, a=said, b=names[-1]) if said else names[0]


def _how(finding: Finding) -> str:
    if finding.severity == "serious":
        strict = _STRICT.get(finding.kind, "avoid")
        return strict if finding.rule.level in _AVOID else "avoid_if_possible"
    if finding.rule.level == "another time":
        return "another_time"
    return "caution" if finding.severity == "caution" else "note"


def _evidence_of(
    rules: Sequence[Rule], graph: KnowledgeGraph, language: Language
) -> Iterator[Evidence]:
    """Yield the facts of rules as lines of evidence: one for each, members of a class in one."""
    members = [rule for rule in rules if rule.fact and rule.fact.relation == "member"]
    alone = [[rule] for rule in rules if rule not in members]
    for together in [members, *alone] if members else alone:
        line = _line(together, graph, language)
        if line is not None:
            yield line


def _line(rules: Sequence[Rule], graph: KnowledgeGraph, language: Language) -> Evidence | None:
    """Return facts of one subject and one relation as a line of evidence."""
    facts = [rule.fact for rule in rules if rule.fact is not None]
    if not facts:
        return None
    only = tuple(fact.id for fact in facts)
    line = graph.evidence(facts[0].subject, facts[0].relation, language, only=only)
    if line is None:
        return None
    return Evidence(
        kind="fact",
        id=line.id,
        title=line.entity.name(language),
        text=line.text,
        start=0,
        end=len(line.text),
        language=language,
        facts=tuple(fact.id for fact in line.facts),
        subject=line.entity.id,
        relation=line.relation,
    )
