"""No list that a doctor tells reads as the whole, and one sentence leaves all of them open."""

import random
import re

import pytest

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import open_lists
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import chatdoctor, huatuo, safety
from knowledge.lessons.templates.loader import LANGUAGES, load, texts
from knowledge.lessons.templates.tables import OpenListsWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name
from knowledge.text.sentences import split_sentences

MANNERS = [Manner("plain", length) for length in ("short", "medium", "long")]


def page(name, language, kind="medicine", **groups):
    entity = Entity(f"{kind}:x", kind, (Name(name, language),))
    held = {relation: tuple(items) for relation, items in groups.items()}
    return FactPage(entity, language, name, name, held)


def named(kind, *names, **more):
    return [PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind, **more) for each in names]


def text(words):
    return PageFact(f"f:{words}", words, words)


def closers(said, language):
    pattern = re.compile(any_of(tuple(texts(load(OpenListsWords, language))), language, {}))
    return [each for each in split_sentences(said) if pattern.fullmatch(each.strip().lower())]


WARNED = ("interaction", "contraindication", "monitoring")
TOLD = [(style, each) for style in (chatdoctor, huatuo, safety) for each in WARNED]
TOLD += [(chatdoctor, "medicine"), (huatuo, "medicine")]

WORDS = {
    "en": ("ritonavir", "zinc", "gout", "liver function", "nausea", "sore eye", "redness"),
    "zh": ("利托那韦", "硫酸锌", "痛风", "肝功能", "恶心", "眼痛", "眼红"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("style", "relation"), TOLD)
def test_a_list_is_left_open_once(language, relation, style):
    name, drug, ill, check, effect, sore, red = WORDS[language]
    own = page(
        name, language, interaction=named("medicine", drug, level="major"),
        contraindication=named("condition", ill), monitoring=[text(check)],
        side_effect=named("symptom", effect),
    )  # fmt: skip
    if relation == "medicine":
        felt = named("symptom", red, effect)
        own = page(
            sore, language, "condition", symptom=felt, medicine=named("medicine", name, drug)
        )
    form = {chatdoctor: "told" if relation == "medicine" else "taking", huatuo: "all"}
    told = 0
    for seed in range(24):
        pick = random.Random(seed)
        row = style.write(own, relation, form.get(style, "alike"), pick, MANNERS[seed % 3])
        said = row.messages[-1].content
        told += len(closers(said, language)) == 1
    assert told == 24


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_child_is_given_is_for_a_doctor(language):
    name, drug, *_, red = WORDS[language]
    croup = "croup" if language == "en" else "小儿喉炎"
    own = page(
        croup, language, "condition", symptom=named("symptom", red, "x"),
        first_line=named("medicine", name, drug),
    )  # fmt: skip
    young = re.compile(
        any_of(load(OpenListsWords, language).for_child, language, {}), re.IGNORECASE
    )
    for seed in range(9):
        row = huatuo.write(own, "first_line", "all", random.Random(seed), MANNERS[seed % 3])
        assert young.search(row.messages[-1].content)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2])
def test_uses_are_told_as_some_of_them(language, count):
    name, drug, ill, *_ = WORDS[language]
    own, whole = page(name, language), "is used for|are used for|a medicine for|用途(?:是|在于)"
    items = named("condition", ill, drug)[:count]
    for seed in range(80):
        answer = AnswerBuilder(own, random.Random(seed))
        answer.state("medicine~", items, briefly=0.5)
        assert not re.search(whole, answer.text), answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_tells_nobody_of_more_uses(language):
    name, _, ill, *_ = WORDS[language]
    own = page(name, language, **{"medicine~": named("condition", ill, scraped=True)})
    for seed in range(12):
        row = safety.write(own, "medicine~", "harm", random.Random(seed))
        assert closers(row.messages[-1].content, language) == []


def test_evidence_that_is_shown_speaks_for_itself():
    own = page("zinc", "en", monitoring=[text("liver function")])
    answer = AnswerBuilder(own, random.Random(2), levels=False)
    answer.state("monitoring", own.text_facts("monitoring"))
    before = answer.text
    answer.close_lists()
    assert answer.text == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_first_choices_are_never_told_as_all(language):
    name, drug, ill, *_ = WORDS[language]
    own = page(ill, language, "condition")
    items = named("medicine", name, drug)
    whole = r"is with|choices are|are first-line\b" if language == "en" else "首选的是|方案是"
    for seed in range(80):
        answer = AnswerBuilder(own, random.Random(seed))
        answer.state("first_line", items, briefly=0.5)
        assert not re.search(whole, answer.text), answer.text


def test_what_advice_was_written_on_is_not_all_that_interacts():
    own = page(
        "ritonavir", "en",
        interaction=[*named("medicine", "zinc", level="major"), *named("medicine", "iron")],
        interaction_advice=[text("iron: take it two hours apart.")],
    )  # fmt: skip
    for seed in range(6):
        row = huatuo.write(own, "interaction_advice", "all", random.Random(seed), MANNERS[0])
        said = row.messages[-1].content
        assert "zinc" in said.lower() and closers(said, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_checked_is_told_in_one_sentence(language):
    name, *_ = WORDS[language]
    checks = ("blood count", "liver function") if language == "en" else ("血常规", "肝功能")
    own = page(name, language, monitoring=[text(each) for each in checks])
    for seed in range(8):
        for style, form in ((huatuo, "all"), (chatdoctor, "taking"), (safety, "alike")):
            row = style.write(own, "monitoring", form, random.Random(seed), MANNERS[0])
            said = [
                each
                for each in split_sentences(row.messages[-1].content)
                if any(check in each for check in checks)
            ]
            assert len(said) == 1 and all(check in said[0] for check in checks)
            assert len(row.meta["support"][0]) == len(checks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_medicines_are_spoken_of_next_to_the_list_of_them(language):
    name, drug, _, _, effect, sore, red = WORDS[language]
    own = page(
        sore, language, "condition", symptom=named("symptom", red, effect),
        medicine=named("medicine", name, drug), complication=named("condition", "x1", "x2"),
    )  # fmt: skip
    for seed in range(24):
        for style, form in ((huatuo, "all"), (chatdoctor, "told")):
            row = style.write(own, "medicine", form, random.Random(seed), MANNERS[2])
            said = split_sentences(row.messages[-1].content)
            [closer] = closers(row.messages[-1].content, language)
            assert drug in said[said.index(closer) - 1]


@pytest.mark.parametrize(
    ("language", "essential", "harmless"),
    [("en", "human insulin", "saline gargle"), ("zh", "门冬胰岛素", "生理盐水漱口液")],
)
def test_nobody_is_led_to_stop_what_must_not_be_stopped(language, essential, harmless):
    ill = page("x", language, kind="condition")
    kinds = [
        open_lists.kind_of(ill, "medicine", named("medicine", each))
        for each in (essential, harmless)
    ]
    assert kinds == [open_lists.NOT_STOPPED, "medicine"]
    put_on = {"en": "tacrolimus cream", "zh": "他克莫司软膏"}[language]
    assert open_lists.kind_of(ill, "medicine", named("medicine", put_on)) == "medicine"
    said = open_lists.sentences(ill, [*kinds])
    warns = re.compile("stop|without a gap|goes on as|prescriber|停药|间断|减量")
    assert said and all(map(warns.search, said))
    others = open_lists.sentences(ill, ["medicine"])
    assert not any(re.search(r"\bprefer\b|which one fits", each) for each in others)
