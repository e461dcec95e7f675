"""What is asked: the language, the relation, and what a follow-up leaves out."""

from functools import partial

import pytest

from knowledge.graph.linker import KnownName, Linker
from knowledge.search.query_parser import parse_query
from knowledge.text.names import language_of, normalise
from medchat.answering.understanding import understand_question, widen

NAMES = {
    "condition:t2d": ("Type 2 diabetes", "2型糖尿病"),
    "condition:htn": ("Hypertension", "高血压"),
    "medicine:metformin": ("metformin", "二甲双胍"),
    "symptom:thirst": ("thirst", "口渴"),
    "symptom:chronic": ("chronic thirst", "慢性口渴"),
    "condition:severe": ("severe hypertension", "重度高血压"),
}
LINKER = Linker(
    KnownName(id, id.partition(":")[0], name, normalise(name), language_of(name), True)
    for id, names in NAMES.items()
    for name in names
)
ask = partial(understand_question, parse=partial(parse_query, linker=LINKER))

ALONE = [
    ("What are the symptoms of type 2 diabetes?", "en", {"condition:t2d"}, ("symptom",)),
    ("2型糖尿病的一线治疗是什么？", "zh", {"condition:t2d"}, ("first_line",)),
    ("metformin的副作用", "zh", {"medicine:metformin"}, ("side_effect",)),
    ("What does 口渴 mean in hypertension?", "en", {"symptom:thirst", "condition:htn"}, ()),
    ("Who won the cup?", "en", set(), ()),
    ("What is metformin?", "en", {"medicine:metformin"}, ("description",)),
    ("What is thirst linked to?", "en", {"symptom:thirst"}, ("associated_with",)),
    ("什么是高血压", "zh", {"condition:htn"}, ("description",)),
]
FOLLOWING = [
    ("What is metformin?", "and its side effects?", "Metformin's side effects?", "en"),
    (
        "What is metformin?",
        "What are its side effects?",
        "What are metformin's side effects?",
        "en",
    ),
    ("Tell me about hypertension.", "What causes it?", "What causes Hypertension?", "en"),
    ("Tell me about hypertension.", "complications?", "Complications of Hypertension?", "en"),
    ("What is metformin?", "What about hypertension?", None, "en"),
    ("What are the symptoms of hypertension?", "And type 2 diabetes?", "symptoms", "en"),
    ("高血压有哪些症状？", "那怎么预防？", "高血压怎么预防？", "zh"),
    ("高血压有哪些症状？", "它的并发症呢？", "高血压的并发症？", "zh"),
    ("高血压有哪些症状？", "那2型糖尿病呢？", "2型糖尿病的症状是什么？", "zh"),
]
STANDING = [
    ("What is metformin?", "Who won the cup?"),
    ("What is metformin?", "How is zorblatosis treated?"),
    ("高血压有哪些症状？", "左布洛病怎么治疗？"),
    ("What is metformin?", "What are the symptoms of type 2 diabetes?"),
]


@pytest.mark.parametrize(("question", "language", "entities", "relations"), ALONE)
def test_a_question_by_itself(question, language, entities, relations):
    asked = ask(question, [])
    assert (asked.language, asked.entities, asked.relations) == (language, entities, relations)
    assert not asked.follows


@pytest.mark.parametrize(("before", "question", "completed", "language"), FOLLOWING)
def test_a_follow_up_is_completed(before, question, completed, language):
    asked = ask(question, [before])
    if completed is None:
        assert asked.entities == {"condition:htn"}
        return
    assert asked.follows
    assert completed.casefold() in asked.question.casefold()
    assert asked.entities and asked.relations and asked.language == language


@pytest.mark.parametrize(("before", "question"), STANDING)
def test_a_question_that_stands_alone_is_left_alone(before, question):
    asked = ask(question, [before])
    assert not asked.follows
    assert asked.question == question


def test_the_subject_is_the_last_condition_or_medicine_that_was_named():
    earlier = ["What is hypertension?", "Does metformin cause thirst?", "and then?"]
    assert "metformin" in ask("and its side effects?", earlier).question.casefold()


@pytest.mark.parametrize(
    ("question", "wider"),
    [
        ("How is severe hypertension treated?", "How is hypertension treated?"),
        ("重度高血压怎么治疗？", "高血压怎么治疗？"),
        ("How is hypertension treated?", None),
        ("What causes chronic thirst?", None),
        ("How is severe zorblatosis treated?", None),
    ],
)
def test_a_question_on_a_course_of_a_condition_is_widened_to_the_condition(question, wider):
    found = widen(ask(question, []), partial(parse_query, linker=LINKER))
    assert (found and found.question) == wider
    assert not found or found.entities == {"condition:htn"}


@pytest.mark.parametrize(
    ("question", "permission"),
    [
        ("Can a patient with hypertension take metformin?", True),
        ("Is metformin safe in hypertension?", True),
        ("高血压患者能吃二甲双胍吗？", True),
        ("可以给糖尿病患者用二甲双胍吗", True),
        ("Can metformin cause thirst?", False),
        ("What can I take for hypertension?", False),
        ("二甲双胍能治什么病？", False),
        ("metformin and hypertension", False),
    ],
)
def test_whether_somebody_may_have_a_medicine_is_a_question_of_its_own(question, permission):
    assert ask(question, []).permission is permission


@pytest.mark.parametrize(
    ("question", "relations"),
    [
        ("How is hypertension caused by metformin treated?", ("treatment",)),
        ("How is hypertension of unknown cause treated?", ("treatment",)),
        ("二甲双胍引起的高血压怎么治疗？", ("treatment",)),
        (
            "What are the causes and symptoms of hypertension due to metformin?",
            ("cause", "symptom"),
        ),
    ],
)
def test_what_names_a_disease_by_its_cause_asks_for_none(question, relations):
    assert set(ask(question, []).relations) == set(relations)
