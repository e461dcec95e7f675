"""Lists of warnings: the most severe first, told whole, or with the remark that there are more."""

import random
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from toy_lessons import opened_with

from knowledge.lessons.facts import whole_lists
from knowledge.lessons.facts.fact_fitness import is_lifelong
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.fact_store import FactStore
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.facts.source_notes import LEVELS
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.realize import (
    case_answer,
    case_plan,
    patient_profiles,
    realizer,
    topic_answer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import chatdoctor, huatuo, safety
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import ChatdoctorWords, OpenListsWords, SafetyWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name

OWN = next(f"medicine:{n}" for n in range(99) if not is_validation(f"medicine:{n}"))
HELD = next(f"medicine:{n}" for n in range(99) if is_validation(f"medicine:{n}"))
AT_LENGTH = Manner("plain", "long")
SHORT = Manner("plain", "short")


def partner(name, level=""):
    return PageFact(f"fact:{name}", name, name, f"medicine:{name}", "medicine", level=level)


def text(words):
    return PageFact(f"fact:{words[:20]}", words, words[:1].lower() + words[1:])


def page(name, language="en", kind="medicine", **groups):
    entity = Entity(f"{kind}:{name}", kind, (Name(name, language),))
    held = {relation: tuple(items) for relation, items in groups.items()}
    return FactPage(entity, language, name, name, held)


def told(own, relation, manner=SHORT, seed=0):
    pick = random.Random(seed)
    answer = AnswerBuilder(own, pick)
    topic_answer.tell(own, relation, manner, answer, pick)
    return answer.text


def texts_of(templates):
    """Return every text that some templates stand for, as far as many draws find them."""
    lines = (
        [each for held in templates.values() for each in held]
        if isinstance(templates, Mapping)
        else templates
    )
    return {grammar.vary(line, random.Random(seed)) for line in lines for seed in range(40)}


NAMES = [f"drug{letter}" for letter in "abcdefghi"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(4))
def test_a_list_of_interactions_says_that_there_may_be_more(language, seed):
    more = load(OpenListsWords, language).more["interaction"]
    many = page("ritonavir", language, interaction=[partner(each, "major") for each in NAMES])
    said = told(many, "interaction", seed=seed)
    assert len(re.findall(any_of(more, language, {}), said.lower())) == 1
    few = page("ritonavir", language, interaction=[partner(each, "major") for each in NAMES[:1]])
    said = told(few, "interaction", seed=seed).lower()
    assert len(re.findall(any_of(more, language, {}), said)) == 1


def test_lines_that_are_shown_are_told_as_they_are():
    answer = AnswerBuilder(
        page("ritonavir", interaction=map(partner, NAMES)), random.Random(1), levels=False
    )
    answer.state("interaction", [partner("druga")])
    answer.close_lists()
    assert not any(line in answer.text for line in texts_of(load(OpenListsWords, "en").more))


@pytest.mark.parametrize("seed", range(6))
def test_contraindications_are_never_cut(seed):
    listed = [partner(each) for each in NAMES]
    own = page("ritonavir", contraindication=listed, interaction=[partner("zinc", "major")])
    said = told(own, "contraindication", seed=seed).lower()
    assert all(each in said for each in NAMES)
    beside = told(own, "interaction", AT_LENGTH, seed)
    assert "contraindic" not in beside or all(each in beside for each in NAMES)


@pytest.mark.parametrize(
    ("items", "untold", "left_out"),
    [
        ([partner(each) for each in NAMES], 0, False),
        ([partner(f"drug{n}") for n in range(11)], 0, True),
        ([partner("a")], 1, True),  # one has no name in the language
        ([partner("a"), text("Not in shock.")], 0, True),
        ([text("Not in shock."), text("Not in gout.")], 0, True),
        ([text("Not in shock or gout.")], 0, False),
    ],
)
def test_contraindications_are_told_whole_or_not_at_all(items, untold, left_out):
    found = whole_lists.partial(OWN, {"contraindication": items}, {"contraindication": untold}, ())
    assert ("contraindication" in found) is left_out


@pytest.mark.parametrize(
    ("id", "hidden", "left_out"),
    [
        (OWN, [], False),
        (OWN, ["moderate"], False),
        (OWN, ["major"], False),  # there is one as severe, and more are spoken of
        (OWN, ["contraindicated"], True),
        (HELD, [], False),
        (HELD, ["moderate"], True),
    ],
)
def test_a_list_that_lacks_its_gravest_or_is_held_out_is_not_told(id, hidden, left_out):
    groups = {"interaction": [partner("a", "major"), partner("b", "moderate")]}
    found = whole_lists.partial(id, groups, {"contraindication": 0}, hidden)
    assert ("interaction" in found) is left_out


def test_a_milder_list_without_the_major_one_is_not_told():
    groups = {"interaction": [partner("b", "moderate")]}
    assert whole_lists.partial(OWN, groups, {}, ["major"]) == {"interaction"}


PAIRS = ["Drug_A,Drug_B,Level"]
PAIRS += [f"Quinidine,Medicine {letter},Moderate" for letter in "ABCDEFGHIJKL"]
PAIRS += [f"Partner {letter},Quinidine,Major" for letter in "ABCDEFGHIJKLMNOPQRST"]


def test_the_most_severe_come_first_and_those_of_the_other_part_are_hidden(tmp_path):
    (tmp_path / "pairs.csv").write_text("\n".join(PAIRS) + "\n", encoding="utf-8")
    engine, generation = opened_with(tmp_path, tmp_path / "pairs.csv")
    pages = PageSources(engine, generation).entity_pages
    own = next(each for each in pages.pages(pages.ids("en"), "en") if each.name == "Quinidine")
    every = own.as_evidence().entity_facts("interaction")
    with engine.connect() as connection:
        facts = FactStore(engine, generation).read(connection, [own.id])[own.id]
    engine.dispose()
    ranks = [LEVELS.index(item.level) for item in every]
    assert ranks == sorted(ranks)
    hidden = {fact.id for fact in facts if fact.hidden}
    assert len(facts) == 32 and hidden.isdisjoint(item.fact for item in every)
    across = [fact for fact in facts if is_validation(fact.other) != is_validation(own.id)]
    assert hidden == {fact.id for fact in across if fact.level == "major"}
    assert len(every) == 32 - len(hidden)


@pytest.mark.parametrize("language", LANGUAGES)
def test_harm_to_the_unborn_is_told_whatever_is_asked(language):
    harm = "It causes birth defects." if language == "en" else "妊娠期禁用：可致胎儿畸形。"
    own = page(
        "acitretin", language, pregnancy=[text(harm)], side_effect=[partner("a"), partner("b")]
    )
    word = "birth defects" if language == "en" else "畸形"
    assert word in told(own, "side_effect")
    harmless = page("acitretin", language, side_effect=own.groups["side_effect"])
    assert word not in told(harmless, "side_effect")


@pytest.mark.parametrize(
    ("name", "lifelong"),
    [
        ("Down syndrome", True),
        ("色盲", True),
        ("孤独症谱系障碍", True),
        ("哮喘", False),
        ("gout", False),
    ],
)
def test_what_one_is_born_with_does_not_get_worse(name, lifelong):
    assert is_lifelong(name) is lifelong
    language = "en" if name.isascii() else "zh"
    own, said = page(name, language, kind="condition"), set()
    for seed in range(30):
        answer = AnswerBuilder(own, random.Random(seed))
        closings = load(ChatdoctorWords, language).closing
        case_answer.draw_stock(closings, own, answer)
        said.add(answer.text)
    alarming = any("worse" in each or "突然" in each or "加重" in each for each in said)
    assert alarming is not lifelong


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("verb", ["Neutralises heparin.", "Inhibits renin.", "Dilates arteries."])
def test_a_text_that_begins_with_a_verb_goes_on_from_the_name(verb, seed):
    said = realizer.state_facts("remedy", "description", [text(verb)], "en", random.Random(seed))
    assert said == f"Remedy {verb[0].lower()}{verb[1:]}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", ["", "contraindicated", "major", "moderate"])
@pytest.mark.parametrize("relation", ["interaction", "contraindication"])
def test_who_reviews_what_others_take_is_not_told_whom_to_ask(language, level, relation):
    item = partner("drugb", level if relation == "interaction" else "")
    own = page("druga", language, **{relation: [item]})
    asked = load(SafetyWords, language).review_question[relation]
    starts = tuple(each.split("{")[0] for each in asked if each.split("{")[0])
    reviewed = 0
    for seed in range(60):
        row = safety.write(own, relation, "meets", random.Random(seed), SHORT)
        question, answer = (each.content for each in row.messages)
        if question.startswith(starts):
            reviewed += 1
            told = answer.replace("prescriber has to decide", "")
            assert not re.search("pharmac|prescriber|next dose|药师|问医生|下次用药", told)
    assert reviewed


@pytest.mark.parametrize(
    ("complaint", "sex"),
    [
        ("heavy periods", "f"),
        ("bleeding between periods", "f"),
        ("missed period", "f"),
        ("cough", ""),
    ],
)
def test_complaints_of_periods_are_those_of_women(complaint, sex):
    own = page("thyroid trouble", kind="condition")
    assert patient_profiles.profile_of(own, [text(complaint)]).sex == sex


@pytest.mark.parametrize(
    ("about", "told"),
    [("A sedative antihistamine.", 1), ("A short tablet for hay fever.", 2)],
)
def test_a_class_that_is_named_already_is_not_told_again(about, told):
    own = page("remedy", description=[text(about)], drug_class=[text("sedative antihistamine")])
    pick = random.Random(3)
    assert len(case_plan.plan_meaning(own, "side_effect", AT_LENGTH, pick)) == told


@pytest.mark.parametrize(
    ("language", "scraped", "count", "asked"),
    [
        ("en", 1, 1, 0),
        ("en", 1, 2, 1),
        ("en", 0, 1, 1),
        ("zh", 1, 2, 0),
        ("zh", 1, 3, 1),
        ("zh", 0, 1, 1),
    ],  # fmt: skip
)
def test_nobody_asks_for_all_of_what_a_program_gathered_one_of(language, scraped, count, asked):
    items = [replace(partner(each), scraped=bool(scraped)) for each in NAMES[:count]]
    felt = [partner("redness"), partner("itching")]
    own = page("sore eye", language, kind="condition", medicine=items, symptom=felt)
    assert ("all" in huatuo.topics(own).get("medicine", ())) is bool(asked)
    assert ("medicine" in chatdoctor.topics(own)) is bool(asked)


def test_a_class_that_acts_on_two_things_is_a_plural():
    assert realizer.is_plural("serotonin and dopamine reuptake inhibitors")
    assert not realizer.is_plural("cough and fever")
