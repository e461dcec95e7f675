"""What was read otherwise, and of what else an answer speaks, is told first."""

import pytest
from toy_questions import LINKER, ask, passage

from knowledge.graph.linker import KnownName, Linker
from knowledge.search.query_parser import parse_query
from knowledge.text.names import language_of, normalise
from medchat.answering.answer import Answer, Citation, Model, Sentence
from medchat.answering.readings import tell_readings
from medchat.answering.relevance import find_episode, find_unanswered_words, tells_of_episode
from medchat.answering.understanding import Question, understand_question

NSAIDS = (("medicine:ibuprofen", "non-steroidal anti-inflammatory drug"),)


def _answer(question: Question, cited: str = "condition:gout#treatment") -> Answer:
    citation = Citation(1, "fact", cited, "Gout", None, "", 0, 0)
    told = Sentence("Rest is a treatment [1].", (1,), "supported", 1.0)
    return Answer(told.text, question.language, (told,), (citation,), False, Model("quote"), 1)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("symtoms of gout", "Read “symtoms” as “symptoms”."),
        ("side efects of colchicin", "Read “side efects” as “side effects”, “colchicin” as "),
        ("布洛分的副作用", "已将“布洛分”读作“布洛芬”。"),
        ("布洛芬的付作用", "已将“付作用”读作“副作用”。"),
        ("Motrin and asthma", "Read “Motrin” as “ibuprofen”."),
    ],
)
def test_what_was_read_otherwise_is_told_first(question: str, first: str) -> None:
    asked = ask(question)
    said = tell_readings(_answer(asked), asked)
    assert said.text.startswith(first)
    assert said.text.endswith("Rest is a treatment [1].")
    assert said.sentences[0].citations == ()


def test_nothing_is_told_where_a_question_is_read_as_it_stands() -> None:
    asked = ask("What is the treatment of gout?")
    assert tell_readings(_answer(asked), asked) == _answer(asked)
    dosed = ask("colchicine 0.5 mg bid in gout")
    assert tell_readings(_answer(dosed), dosed) == _answer(dosed)


def test_it_is_said_that_the_answer_is_of_kinds_and_not_of_the_name() -> None:
    linker = Linker(
        KnownName(id, id.partition(":")[0], name, normalise(name), language_of(name), True)
        for id, name in (("condition:arthritis", "arthritis"), ("condition:ra", "septic arthritis"))
    )
    asked = understand_question("symptoms of arthritis", [], lambda q: parse_query(q, linker))
    assert asked.members == ("condition:ra",)
    said = tell_readings(_answer(asked, "condition:ra#symptom"), asked)
    assert said.text.startswith("Nothing of this is recorded for “arthritis” as such; of “Gout”:")
    own = tell_readings(_answer(asked, "condition:arthritis#symptom"), asked)
    assert own.text.startswith("Rest")


@pytest.mark.parametrize(
    ("question", "episode"),
    [
        ("How do you treat an acute flare of gout?", "acute flare"),
        ("treatment of asthma", ""),
        ("What are the symptoms of an asthma attack?", ""),
        ("哮喘急性发作怎么治疗", "急性发作"),
    ],
)
def test_a_turn_for_the_worse_is_known_where_treatment_is_asked_for(
    question: str, episode: str
) -> None:
    assert find_episode(ask(question)) == episode


def test_a_passage_answers_for_an_attack_that_tells_what_is_given_in_it() -> None:
    asked = ask("How do you treat an acute flare of gout?")
    assert tells_of_episode(passage("Gout flares are treated with colchicine."))
    assert not tells_of_episode(passage("Flares hurt. Allopurinol is given for life."))
    assert find_unanswered_words(asked, "Gout is treated with allopurinol.") == "acute flare"
    assert not find_unanswered_words(asked, "A flare of gout is treated with colchicine.")


def test_a_class_without_a_name_in_the_base_is_no_medicine_of_the_question() -> None:
    classed = LINKER.related_by(
        lambda one, other: {},
        lambda: NSAIDS,
    )
    asked = understand_question(
        "Which NSAIDs should be avoided in asthma?", [], lambda q: parse_query(q, classed)
    )
    assert [mention.text for mention in asked.mentions] == ["asthma"]
    assert asked.classes == ("NSAIDs",)
    assert asked.members == ("medicine:ibuprofen",)
    assert asked.relations == ("contraindication",)
