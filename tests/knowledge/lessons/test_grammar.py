"""Test the notation of alternatives, and the sentences of relations that use it."""

import random
import string

import pytest

from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.realize.realizer import state_briefly, state_facts
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import RelationSentencesWords
from knowledge.vocabulary import INVERSE, RELATIONS

TABLES = {language: load(RelationSentencesWords, language) for language in ("en", "zh")}


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("plain", {"plain"}),
        ("(a|b)", {"a", "b"}),
        ("x(|y)z", {"xz", "xyz"}),
        ("(a|b(c|d))e", {"ae", "bce", "bde"}),
        ("[one|(two|three)] of {s}", {"[one|two] of {s}", "[one|three] of {s}"}),
        ("<is|are> (a|b)", {"<is|are> a", "<is|are> b"}),
        ("(«a|b»|c)", {"«a|b»", "c"}),
    ],
)
def test_a_template_stands_for_its_texts(template, texts):
    assert {grammar.vary(template, random.Random(n)) for n in range(60)} == texts
    assert grammar.count_texts(template) == len(texts)


@pytest.mark.parametrize("template", ["(a|b", "a)b", "((a)", "[one|many of {s}", "<is|are", "a {s"])
def test_what_does_not_close_is_refused(template):
    with pytest.raises(ValueError, match="close"):
        grammar.vary(template, random.Random(0))


def test_the_same_chance_gives_the_same_text():
    template = "(a|b)(c|d)(e|f)(g|h)"
    said = [grammar.vary(template, random.Random(5)) for _ in range(3)]
    assert len(set(said)) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_names_what_it_states(language):
    for relation, templates in TABLES[language].with_subject.items():
        assert relation.removesuffix(INVERSE) in RELATIONS
        for template in templates:
            keys = {key for _, key, _, _ in string.Formatter().parse(template) if key}
            assert "s" in keys and keys & {"a", "o"}, template
    for relation, templates in TABLES[language].without_subject.items():
        for template in templates:
            assert "{a}" in template or "{o}" in template, (relation, template)
            assert "{s}" not in template, (relation, template)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_relation_fills_without_a_mark_left(language, count):
    names = {
        "en": ["fever", "dry cough", "rash", "chest pain", "nausea"],
        "zh": ["发热", "干咳", "皮疹", "胸痛", "恶心"],
    }[language]
    items = [PageFact("fact:1", name, name, "symptom:1") for name in names[:count]]
    subject = "gout" if language == "en" else "痛风"
    for relation in TABLES[language].with_subject:
        for seed in range(30):
            pick = random.Random(seed)
            for text in (
                state_facts(subject, relation, items, language, pick),
                state_briefly(relation, items, language, pick),
            ):
                assert not set("()[]<>«»{}|") & set(text), text
                assert all(name in text.lower() for name in names[:count] if text)


def test_sentences_of_a_relation_seldom_repeat():
    for table in TABLES.values():
        for relation in ("symptom", "test", "treatment", "complication"):
            assert sum(map(grammar.count_texts, table.with_subject[relation])) > 20
