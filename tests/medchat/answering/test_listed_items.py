"""The first one: what a message counts is the item of the last answer."""

import pytest
from toy_questions import LINKER, find

from knowledge.search.query_parser import parse_query
from medchat.answering.answer import Answer, Model, Sentence
from medchat.answering.listed_items import name_listed

TOLD = "Treatments for gout include rest, colchicine, ibuprofen and allopurinol [1]."


def parse(text):
    return parse_query(text, LINKER)


def answer(*, abstained=False):
    sentence = Sentence(TOLD, (1,), "supported", 1.0)
    return Answer(TOLD, "en", (sentence,), (), abstained, Model("quote"), 1)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ("side effects of the first one?", "side effects of colchicine?"),
        ("And the dose of the second drug?", "And the dose of ibuprofen?"),
        ("Is the last of these safe?", "Is allopurinol safe?"),
        ("第一个药的副作用是什么？", "colchicine的副作用是什么？"),
        ("最后一种药怎么吃？", "allopurinol怎么吃？"),
    ],
)
def test_an_item_of_the_last_answer_is_named(message, read):
    listed = name_listed(message, answer(), parse, find)
    assert listed is not None and listed.text == read


@pytest.mark.parametrize(
    "message",
    [
        "What is the first drug for asthma?",  # names something of its own
        "side effects of the fourth one?",  # there is none
        "What is the first-line treatment?",
        "第一次发作怎么办？",
    ],
)
def test_what_counts_nothing_of_the_last_answer_stands(message):
    assert name_listed(message, answer(), parse, find) is None


def test_nothing_is_counted_where_nothing_was_listed():
    assert name_listed("the dose of the first one?", None, parse, find) is None
    assert name_listed("the dose of the first one?", answer(abstained=True), parse, find) is None
