"""Say which conditions fit, what is for and against each, and the test that tells them apart.

fits, the best first -> what must not be missed -> the others -> what the list is, with citations
"""

from collections.abc import Iterable, Mapping, Sequence

from knowledge.graph.knowledge_graph import EvidenceLine, KnowledgeGraph
from knowledge.records import Entity, Language
from knowledge.text.citations import cite
from knowledge.text.sentence_support import FindEntities
from medchat.answering import telling
from medchat.answering.answer import Evidence, Sentence
from medchat.answering.answer_check import CheckedAnswer, number_citations
from medchat.answering.differential.ranking import Fit
from medchat.answering.differential.reported import Finding, saying_name

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "urgent": {"en": "Not to be missed: {name} — ", "zh": "不可漏诊：{name}——"},
    "fits": {"en": "{name} — ", "zh": "{name}——"},
    "for": {"en": "for it: {found}", "zh": "支持：{found}"},
    "against": {"en": "against it: no {denied}", "zh": "不支持：没有{denied}"},
    "tests": {"en": "tests: {tests}", "zh": "检查：{tests}"},
    "narrower": {"en": "{said} (described as {known})", "zh": "{said}（该病为{known}）"},
    "scope": {
        "en": "This compares the findings with the {count} conditions that the knowledge base "
        "describes; it is not a diagnosis.",
        "zh": "以上只是把所述表现与知识库中的{count}种疾病比较，不是诊断。",
    },
}
_TESTS = 2
"""At most this many tests are named for a condition."""


def tell(
    fits: Sequence[Fit],
    urgent: frozenset[str],
    graph: KnowledgeGraph,
    language: Language,
    count: int,
    find: FindEntities,
) -> CheckedAnswer:
    """Return the differential as sentences in the order given; those of `urgent` say so.

    The red flags of the best fit stand behind it, by the names that `find` finds.
    """
    evidence: list[Evidence] = []
    sentences: list[Sentence] = []
    for fit in fits:
        entity = graph.entity(fit.condition)
        if entity is not None:
            how = "urgent" if fit.condition in urgent else "fits"
            opening = _WORDS[how][language].format(name=_name(entity, language))
            opening = opening[:1].upper() + opening[1:]
            sentences.append(_sentence(opening, fit, fits, graph, language, evidence))
    sentences += _red_flags(fits[0].condition, graph, language, find, evidence)
    scope = _WORDS["scope"][language].format(count=f"{count:,}")
    sentences.append(Sentence(scope, (), "none", 0.0, "note"))
    return CheckedAnswer(tuple(sentences), number_citations(evidence), verbatim=True)


def _sentence(
    opening: str,
    fit: Fit,
    fits: Sequence[Fit],
    graph: KnowledgeGraph,
    language: Language,
    evidence: list[Evidence],
) -> Sentence:
    """Return what is for and against a condition and how it is tested; evidence grows by it."""
    words = {name: said[language] for name, said in _WORDS.items()}
    first = len(evidence) + 1

    def cited(text: str, lines: Sequence[EvidenceLine]) -> str:
        numbers = range(len(evidence) + 1, len(evidence) + len(lines) + 1)
        evidence.extend(_evidence(line, language) for line in lines)
        return cite(text, tuple(numbers))

    found = _joined(_found(fit, graph, language), language)
    parts = [cited(words["for"].format(found=found), _lines(fit, graph, language))]
    if fit.opposing:
        denied = [_said(each, graph, language) for each in fit.opposing]
        parts.append(words["against"].format(denied=_joined(denied, language, "or")))
    line = _test_line(fit.condition, _tests(fit, fits, graph), graph, language)
    if line is not None:
        named = _joined(_objects(line, graph, language), language)
        parts.append(cited(words["tests"].format(tests=named), [line]))
    text = opening + ("；" if language == "zh" else "; ").join(parts)
    text += "。" if language == "zh" else "."
    numbers = tuple(range(first, len(evidence) + 1))
    return Sentence(text, numbers, "supported", 1.0, "candidate")


def _red_flags(
    condition: str,
    graph: KnowledgeGraph,
    language: Language,
    find: FindEntities,
    evidence: list[Evidence],
) -> list[Sentence]:
    """Return the sentence on when the best fit is urgent, where the graph says so."""
    line = graph.evidence(condition, "red_flag", language)
    if line is None or line.language != language:
        return []
    evidence.append(_evidence(line, language))
    number = (len(evidence),)
    text = cite(telling.tell(evidence[-1], find), number)
    return [Sentence(text, number, "supported", 1.0, "escalation")]


def _lines(fit: Fit, graph: KnowledgeGraph, language: Language) -> list[EvidenceLine]:
    """Return the lines of the graph that state the findings for a condition, and no others."""
    facts: dict[str, set[str]] = {}
    for _, known in fit.supporting:
        facts.setdefault(known.relation, set()).add(known.fact)
    lines = (
        graph.evidence(fit.condition, relation, language, only=only)
        for relation, only in facts.items()
    )
    return [line for line in lines if line is not None]


def _tests(fit: Fit, fits: Iterable[Fit], graph: KnowledgeGraph) -> list[str]:
    """Return the facts of tests of a condition that the others do not have, else its first."""
    shared = {
        fact.object
        for other in fits
        if other.condition != fit.condition
        for fact in graph.facts(other.condition, "test")
    }
    own = graph.facts(fit.condition, "test")
    apart = [fact for fact in own if fact.object not in shared]
    return [fact.id for fact in (apart or own)[:_TESTS]]


def _test_line(
    condition: str, facts: Sequence[str], graph: KnowledgeGraph, language: Language
) -> EvidenceLine | None:
    return graph.evidence(condition, "test", language, only=facts) if facts else None


def _evidence(line: EvidenceLine, language: Language) -> Evidence:
    title = _name(line.entity, language)
    return Evidence(
        kind="fact",
        id=line.id,
        title=title,
        text=line.text,
        start=0,
        end=len(line.text),
        language=line.language,
        facts=tuple(fact.id for fact in line.facts),
        subject=line.entity.id,
        relation=line.relation,
    )


def _found(fit: Fit, graph: KnowledgeGraph, language: Language) -> list[str]:
    """Return the findings for a condition by the graph's names, a narrower one as such."""
    names: dict[str, str] = {}
    for finding, known in fit.supporting:
        entity = graph.entity(known.entity)
        if entity is None:
            continue
        name = _name(entity, language)
        if not (known.entity in finding.entities or known.sayings <= finding.sayings):
            said = _said(finding, graph, language)
            name = _WORDS["narrower"][language].format(said=said, known=name)
        names.setdefault(known.entity, name)
    return list(names.values())


def _objects(line: EvidenceLine, graph: KnowledgeGraph, language: Language) -> list[str]:
    entities = (graph.entity(fact.object) for fact in line.facts if fact.object)
    return [_name(entity, language) for entity in entities if entity is not None]


def _said(finding: Finding, graph: KnowledgeGraph, language: Language) -> str:
    entities = (graph.entity(id) for id in sorted(finding.entities))
    own = next((_name(one, language) for one in entities if one is not None), "")
    return own or saying_name(finding, language) or finding.text


def _name(entity: Entity, language: Language) -> str:
    """Return an entity's first name in a language, or in the other."""
    own = next((name.text for name in entity.names if name.language == language), None)
    return own or entity.names[0].text


def _joined(names: Sequence[str], language: Language, word: str = "and") -> str:
    if language == "zh":
        return "、".join(names)
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
