"""Say which templates word the sentences of answers: those that state facts, and the stock ones.

relations of a sentence -> keys of templates that may word it -> the key whose pattern it fits

A sentence that rests on no fact must be one of the stock sentences of its style, which
`templates/stock.yaml` lists with what was reviewed of them: whatever they advise is advised to
everyone, so no one else may write one.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

import yaml

from knowledge.graph import verbalize
from knowledge.lessons.templates import tables
from knowledge.lessons.templates.loader import load
from knowledge.lessons.verify.template_patterns import any_of, either, frame
from knowledge.records import Language
from knowledge.vocabulary import INVERSE, RELATIONS, base_relation

STATING = (
    "relation_sentences.with_subject",
    "relation_sentences.without_subject",
    "relation_sentences.further",
    "relation_sentences.told",
    "chatdoctor.spoken",
    "huatuo.yes_or_no_answer",
    "vignette.both",
    "vignette.supports",
    "vignette.rival_supports",
    "vignette.third",
    "vignette.urgent_third",
    "vignette.excluded_by",
    "dialogue.summary",
    "dialogue.both",
    "dialogue.absent",
    "safety.combination_warning",
    "safety.review_finding",
    "multi_hop.verdict",
    "multi_hop.thought_of",
    "multi_hop.no_contraindication",
    "multi_hop.no_interaction",
    "grounded.attributed",
    "safety.rightful",
    "safety.helping",
    "comparison.both",
    "comparison.apart",
    "comparison.whereas",
    "overview.opening",
    "overview.sentence",
)
"""Tables by relation whose templates state facts of entities."""

STATING_ONE = {
    "patients.likely": "symptom",
    "interactions.with_subject": "interaction",
    "interactions.without_subject": "interaction",
    "interactions.warning": "interaction",
    "interactions.finding": "interaction",
    "interactions.answer": "interaction",
    "vignette.background": "risk_factor",
}
"""Tables of one relation, or of any where it is empty."""

TELLING = {
    "relation_sentences.before_text": "",
    "relation_sentences.before_advice": "red_flag",
    "relation_sentences.before_sign": "red_flag",
    "overview.told": "",
}
"""Tables whose templates introduce a text; the empty relation is that of each key."""

Origins = frozenset[tuple[str, str]]
"""Tables that hold a sentence, by key, and the entry of each."""

_GLUE = {
    "en": ("{v}.", "{s} {v}.", "with {s}, {v}.", "{s}: {v}.", "{s} (is|are) (|a |an ){v}."),
    "zh": (
        "{v}。",
        "{s}(|的|是|能|是指|可见于|的传播方式是|：|，){v}。",
        "用{s}的人要注意，{v}。",
        "用{s}期间要做{v}。",
        "用{s}{v}。",
        "就好发人群而言，{s}{v}。",
        "{v}{s}。",
        "{v}禁用{s}。",
        "{s}多见于{v}的人。",
        "{s}的发病特点是{v}。",
        "{s}以{v}。",
        "对于{s}，{v}。",
        "{s}的发病与{v}有关。",
        "{s}属于{v}。",
        "{s}会传染，(|传播方式是){v}。",
        "{s}可以传播，传播方式是{v}。",
        "使用{s}时，{v}。",
        "(妊娠期|哺乳期|肾功能不全时|肝功能不全时)，{s}{v}。",
        "使用{s}时要注意{v}。",
        "关于{s}与{v}。",
    ),
}
"""How a text is told that needs no introduction."""

_BY_FILE = {
    re.sub(r"(?<=[a-z])(?=[A-Z])", "_", table.__name__.removesuffix("Words")).lower(): table
    for table in tables.TABLES
}


@cache
def stock() -> Mapping[str, tuple[str, ...]]:
    """Return the tables of stock sentences of each style."""
    return {style: tuple(keys) for style, keys in _listed_stock()["styles"].items()}


def unreviewed(language: Language) -> list[str]:
    """Return stock templates that direct somebody and were not reviewed as they are written."""
    held = _listed_stock()
    directing = re.compile(cast(Any, held["directing"])[language], re.IGNORECASE)
    read = set(held["reviewed"][language])
    every = (each for keys in stock().values() for key in keys for each in templates(key, language))
    return [each for each in dict.fromkeys(every) if directing.search(each) and each not in read]


@cache
def plain_words(language: Language) -> tuple[str, ...]:
    """Return words that a reworded sentence may have whatever it states."""
    return tuple(word for line in _listed_stock()["plain"][language] for word in line.split())


def table(key: str, language: Language) -> object:
    """Return what a file of words holds under a name: `chatdoctor.spoken`, by relation or not."""
    file, _, name = key.partition(".")
    return cast(object, getattr(load(_BY_FILE[file], language), name))


def templates(key: str, language: Language, relation: str = "") -> tuple[str, ...]:
    """Return the templates of a table, or those of one relation."""
    held = table(key, language)
    if isinstance(held, Mapping):
        if relation:
            held = held.get(relation, ())
        else:
            return tuple(text for each in held.values() for text in _as_lines(each))
    return _as_lines(held)


def _as_lines(held: object) -> tuple[str, ...]:
    return (held,) if isinstance(held, str) else cast(tuple[str, ...], held)


@lru_cache(maxsize=1 << 16)
def key_of(told: str, named: frozenset[str], texts: frozenset[str], language: Language) -> str:
    """Return which table words a sentence that states some relations, or an empty text.

    `told` is the sentence with its names as marks; `named` are relations of entities, seen from
    the object where they end with the sign for that, `texts` those of which it tells a text.
    """
    shown = frame(told, language)
    for relation in sorted(named):
        for key in _stating(relation):
            if _fits(key, relation, language, shown):
                return key
    for relation in sorted(texts):
        if _telling(relation, language).fullmatch(shown):
            return "told"
    if len(named) > 1 and _is_joined(told, named, language):
        return "joined"
    return ""


def stating_templates(relation: str, language: Language) -> list[str]:
    """Return all templates that may state or tell facts of a relation."""
    keys = [*_stating(relation), *(key for key, one in TELLING.items() if one in ("", relation))]
    found = [*_plainly(relation, language), *_GLUE[language]]
    for key in keys:
        if key != "plain":
            found += _of(key, relation, language)
    return found


@lru_cache(maxsize=1 << 14)
def is_stock(shown: str, style: str, language: Language) -> bool:
    """Say whether a sentence is a stock sentence of a style."""
    return _stock_pattern(style, language).fullmatch(shown) is not None


@lru_cache(maxsize=1 << 14)
def origins(shown: str, style: str, language: Language) -> Origins:
    """Return the tables that hold a stock sentence, each with the entry of it or an empty text."""
    return frozenset(each for each, found in _by_entry(style, language) if found.fullmatch(shown))


@cache
def _by_entry(
    style: str, language: Language
) -> tuple[tuple[tuple[str, str], re.Pattern[str]], ...]:
    """Return a pattern for each entry of the tables of a style."""
    found = []
    for key in stock().get(style, ()):
        held = table(key, language)
        entries = held if isinstance(held, Mapping) else {"": held}
        for entry, lines in entries.items():
            if every := tuple(filter(None, _as_lines(lines))):
                found.append(((key, str(entry)), re.compile(any_of(every, language, {}))))
    return tuple(found)


def _is_joined(told: str, named: frozenset[str], language: Language) -> bool:
    """Say whether a sentence states several relations, one clause each."""
    stop, apart = (".", "; ") if language == "en" else ("。", "；")
    clauses = [frame(each, language) for each in told.rstrip(stop).split(apart)]
    return len(clauses) > 1 and all(
        any(
            _fits(key, relation, language, clause + stop)
            for relation in named
            for key in _stating(relation)
        )
        for clause in clauses
    )


def _stating(relation: str) -> Iterable[str]:
    yield from STATING
    yield from (key for key, one in STATING_ONE.items() if one in ("", relation))
    yield "plain"


def _of(key: str, relation: str, language: Language) -> tuple[str, ...]:
    """Return the templates by which a table states or tells a relation."""
    whole = key in STATING_ONE or TELLING.get(key)
    return templates(key, language, "" if whole else relation)


def _fits(key: str, relation: str, language: Language, shown: str) -> bool:
    return _compiled(key, relation, language).fullmatch(shown) is not None


@cache
def _compiled(key: str, relation: str, language: Language) -> re.Pattern[str]:
    held = _plainly(relation, language) if key == "plain" else _of(key, relation, language)
    lead = ""
    if key in ("relation_sentences.with_subject", "relation_sentences.without_subject"):
        leads = load(tables.HuatuoWords, language).further_lead_in
        lead = f"(?:{any_of(leads, language, {})})?" if leads else ""
    return re.compile(lead + any_of(held, language, {}))


@cache
def _telling(relation: str, language: Language) -> re.Pattern[str]:
    stop = "." if language == "en" else "。"
    space = " " if language == "en" else ""
    found = list(_GLUE[language])
    for key, one in TELLING.items():
        if one in ("", relation):
            for each in _of(key, relation, language):
                found.append(each if "{v}" in each else f"{each}{space}{{v}}{stop}")
    if not templates("relation_sentences.before_text", language, relation):
        label = RELATIONS[base_relation(relation)]
        found.append(f"{label.en} of {{s}}: {{v}}." if space else f"{{s}}的{label.zh}：{{v}}。")
    return re.compile(any_of(tuple(found), language, {}))


@cache
def _stock_pattern(style: str, language: Language) -> re.Pattern[str]:
    every = tuple(
        each for key in stock().get(style, ()) for each in templates(key, language) if each
    )
    return re.compile(any_of(every, language, {}))


def _plainly(relation: str, language: Language) -> tuple[str, ...]:
    """Return the plain sentences and lines of a relation, as evidence words them."""
    bare, inverse = base_relation(relation), relation.endswith(INVERSE)
    label = RELATIONS[bare].label(language)
    found = [f"{label} of {{s}}: {{a}}." if language == "en" else f"{{s}}的{label}：{{a}}。"]
    for names in (["\3"], ["\3", "\3"]):
        said = verbalize.fact_sentence("{s}", bare, names, language, inverse=inverse)
        found.append(re.sub("\3(?:.*\3)?", "{a}", said))
    line = verbalize.evidence_line("{s}", bare, ["\3"], language, inverse=inverse)
    stop = "." if language == "en" else "。"
    found += [line.replace("\3", "{a}"), f"“{line}”".replace("\3", "{a}"), f"{{v}}{stop}", "“{v}”"]
    return tuple(found)


def _listed_stock() -> dict[str, dict[str, list[str]]]:
    text = files("knowledge.lessons.templates").joinpath("stock.yaml").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, list[str]]], yaml.safe_load(text))


@cache
def _quoting(language: Language) -> re.Pattern[str]:
    words = load(tables.LiteratureWords, language)
    told = (words.quotation, words.named_part, words.another_quotation)
    agreed = any_of(words.agreement, language, {})
    return re.compile(rf"(?:{agreed}\s?)?{any_of(told, language, {'p': '[^“”]+'})}")


def quotes(shown: str, language: Language) -> bool:
    """Say whether a sentence introduces a quotation of a paper."""
    return _quoting(language).fullmatch(shown) is not None


@cache
def _declining(language: Language) -> re.Pattern[str]:
    words = load(tables.GroundedWords, language)
    labels = {*words.label.values(), *(each.label(language) for each in RELATIONS.values())}
    named = either(tuple(labels))
    if language == "en":
        named = f"the {named} {either((*words.preposition.values(), 'of'))}"
    else:
        named = f"(?:{named})?"
    return re.compile(any_of(words.not_covered, language, {"r": named}))


@cache
def _leaving_open(language: Language, topic: str) -> re.Pattern[str]:
    named = load(tables.AttributeQuestionsWords, language).topic_name.get(topic, "\0")
    theirs = re.sub(r"\bits\b", "their", re.sub(r"\bit\b", "them", named))
    words = load(tables.GroundedWords, language).half_covered
    return re.compile(any_of(words, language, {"t": either((named, theirs))}), re.IGNORECASE)


def leaves_open(shown: str, topic: str, language: Language) -> bool:
    """Say whether a sentence says that the lines do not tell a second thing asked for."""
    return _leaving_open(language, topic).fullmatch(shown) is not None


def declines(shown: str, language: Language) -> bool:
    """Say whether an answer declines in the words of a template."""
    return _declining(language).fullmatch(shown) is not None
