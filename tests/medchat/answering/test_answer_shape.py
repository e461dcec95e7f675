"""The order of an answer's sentences, and what is not said twice."""

from collections import namedtuple
from dataclasses import replace

import pytest

from medchat.answering import answer_choice
from medchat.answering.answer import Answer, Evidence, Model
from medchat.answering.understanding import Question

Mention = namedtuple("Mention", "start end text entities")


def find(text):
    start = text.casefold().find("anaphylaxis")
    return [Mention(start, start + 11, "anaphylaxis", ("condition:a",))] if start >= 0 else []


def fact(relation, label, listed):
    text = f"Anaphylaxis — {label}: {listed}."
    return Evidence(
        "fact", f"condition:a#{relation}", "", text, 0, len(text), "en",
        subject="condition:a", relation=relation,
    )  # fmt: skip


def passage(id, title, text):
    return Evidence("passage", id, title, text, 0, len(text), "en", context=title)


TREATMENT = fact("treatment", "treatments", "oxygen therapy; lying flat")
FIRST = fact("first_line", "first-line treatment", "adrenaline")
MEDICINE = fact("medicine", "medicines", "adrenaline")
ON_IT = passage(
    "d#1", "Anaphylaxis",
    "Give adrenaline into the thigh. Stridor in anaphylaxis is an emergency and needs urgent help.",
)  # fmt: skip
ELSEWHERE = passage("d#2", "Headache", "Anaphylaxis is rare with triptans.")


def asked(*relations):
    mention = Mention(0, 11, "anaphylaxis", ("condition:a",))
    return Question("anaphylaxis treatment?", "en", (mention,), relations)


def told(evidence, question):
    return answer_choice.quote(evidence, question, find)


def test_the_first_line_stands_before_other_treatment_and_is_not_said_again():
    answer = told([TREATMENT, MEDICINE, FIRST], asked("treatment"))
    assert [one.text for one in answer.sentences] == [
        "The first-line treatment for anaphylaxis is adrenaline [1].",
        "Other treatments for anaphylaxis include oxygen therapy and lying flat [2].",
    ]
    assert [one.part for one in answer.sentences] == ["answer", "answer"]


@pytest.mark.parametrize(("rest", "first"), [((), "description"), (("antibiotic",), "symptom")])
def test_what_a_thing_is_leads_where_nothing_else_is_asked(rest, first):
    question = replace(asked(), rest=rest)
    about = fact("description", "description", "A sudden severe allergic reaction")
    answer = told([about, fact("symptom", "symptoms", "weals; wheezing")], question)
    assert answer.citations[0].id == f"condition:a#{first}"


def test_what_is_urgent_stands_under_its_own_part():
    answer = told([FIRST, ON_IT], asked("first_line"))
    assert [one.part for one in answer.sentences] == ["answer", "escalation", "evidence"]
    assert [one.citations for one in answer.sentences] == [(1,), (2,), (2,)]


def test_a_passage_on_another_subject_is_left_out_where_one_is_on_it():
    answer = told([ELSEWHERE, ON_IT], asked())
    assert {citation.id for citation in answer.citations} == {"d#1"}
    alone = told([ELSEWHERE], asked())
    assert [one.part for one in alone.sentences] == ["answer"]


def test_what_a_fact_says_is_not_quoted_again():
    again = passage("d#3", "Anaphylaxis", "Anaphylaxis is treated with adrenaline.")
    answer = told([FIRST, again], asked("first_line"))
    assert [citation.id for citation in answer.citations] == [FIRST.id]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_paragraphs_follow_the_parts(language):
    shown = told([FIRST, ON_IT], asked("first_line"))
    answer = Answer("", language, shown.sentences, shown.citations, False, Model("quote"), 1)
    assert [part for part, _ in answer.paragraphs()] == ["answer", "escalation", "evidence"]
