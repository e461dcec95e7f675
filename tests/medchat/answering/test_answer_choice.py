"""What an answer says first of its own limits: only the highest dose is held."""

import pytest
from toy_questions import ask, fact, find

from medchat.answering import answer_choice, prompts, relevance

HIGHEST = fact(
    "medicine:allopurinol", "dose_limit", "allopurinol — dose limit: The maximum is 900 mg a day."
)
USUAL = fact(
    "medicine:allopurinol",
    "dose_limit",
    "allopurinol — dose limit: The usual dose is 100 mg a day.",
)
HIGHEST_ZH = fact("medicine:allopurinol", "dose_limit", "别嘌醇——剂量上限：每日最大剂量为900 mg。")


def answer(question, *pieces):
    asked = ask(question)
    read = prompts.select_pieces(
        relevance.select_relevant(pieces, asked, find), asked, prompts.PromptLimits(), find
    )
    return answer_choice.state_limits(
        answer_choice.quote(read, asked, find), asked, read
    ).text  # fmt: skip


@pytest.mark.parametrize(
    ("question", "piece", "said"),
    [
        ("What is the dose of allopurinol?", HIGHEST, True),
        ("What is the maximum dose of allopurinol?", HIGHEST, False),
        ("What is the dose of allopurinol?", USUAL, False),
        ("别嘌醇的剂量是多少？", HIGHEST_ZH, True),
        ("别嘌醇每天最大剂量是多少？", HIGHEST_ZH, False),
    ],
)
def test_the_highest_dose_is_not_taken_for_the_usual_one(question, piece, said):
    text = answer(question, piece)
    assert "100 mg" in text or "900 mg" in text
    opening = ("The sources hold only the highest dose of ", "资料中只有")
    assert text.startswith(opening) is said
