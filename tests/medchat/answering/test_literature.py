"""Literature: the paper that a question is about, and where it tells its result."""

from dataclasses import replace

import pytest
from toy_questions import ask, fact, find, passage

from medchat.answering import literature

QUESTION = ask("Does cherry juice reduce nightly gout attacks in sailors?")
AIM = "To assess whether cherry juice reduces nightly gout attacks in sailors."
METHOD = "Eighty sailors were randomized to cherry juice or water."
RESULT = "Attacks were less common with juice (12% vs 31%, P = 0.01)."
END = "Juice may be useful at sea."


def paper(*texts, id="pmid:1", cosine=0.6):
    return [
        replace(passage(text, id=f"{id}#{place}"), cosine=cosine)
        for place, text in enumerate(texts, 1)
    ]


def papers(found, question=QUESTION):
    def whole(id):
        return [piece for piece in found if literature.document_of(piece) == id]

    return [each[0].id for each in literature.find_papers(found, question, find, whole)]


def test_the_paper_that_holds_the_words_of_a_question_is_found():
    other = paper("Gout is common in divers.", id="pmid:2", cosine=0.3)
    assert papers([*other, *paper(AIM, RESULT)]) == ["pmid:1#1"]


def test_a_paper_that_is_only_near_is_not_asked_about():
    assert papers(paper("Gout is common in divers.", cosine=0.4)) == []
    assert papers(paper(AIM), ask("How is gout treated?")) == []


def test_a_general_note_is_no_paper():
    assert papers([replace(each, type="note") for each in paper(AIM)]) == []


def test_without_vectors_the_words_alone_decide():
    assert papers(paper(AIM, cosine=0.0)) == ["pmid:1#1"]
    assert papers(paper("Gout attacks.", cosine=0.0)) == []


@pytest.mark.parametrize("texts", [(AIM, METHOD, RESULT, END), (" ".join([AIM, METHOD, RESULT]),)])
def test_a_result_is_told_and_neither_aim_nor_method(texts):
    told = literature.tell_result(paper(*texts), QUESTION, find)
    assert told and all(piece.asked for piece in told)
    quotes = " ".join(piece.quote for piece in told)
    assert "12% vs 31%" in quotes and "To assess" not in quotes and "randomized" not in quotes


def test_a_paper_that_tells_no_result_is_not_quoted_for_one():
    assert literature.tell_result(paper(AIM, METHOD), QUESTION, find) == []


def test_what_is_told_is_not_of_another_number_than_the_question():
    asked = ask("What dose of cherry juice reduced gout attacks in sailors aged 60?")
    told_of_90 = "Attacks were less common with 20 mL in those aged 90 (P = 0.01)."
    of_60 = "Sailors aged 60: 50 mL."
    assert literature.tell_result(paper(of_60, told_of_90), asked, find) == []
    assert literature.tell_result(paper("Aged 60 or less.", told_of_90), QUESTION, find)


def test_sections_say_what_they_tell():
    parts = [
        replace(passage("Cherry juice and gout.", id="pmid:1#1"), section="OBJECTIVE"),
        replace(passage("Fewer attacks with juice.", id="pmid:1#2"), section="CONCLUSIONS"),
    ]
    (told,) = literature.tell_result(parts, QUESTION, find)
    assert told.quote == "Fewer attacks with juice."


def test_what_answers_speaks_of_enough_of_the_question():
    general = fact("condition:gout", "treatment", "gout — treatments: rest.")
    assert literature.covering([general, *paper(AIM)], QUESTION, find) == paper(AIM)
    asked = ask("How is gout treated at sea by sailors?")
    assert literature.covering([general], asked, find) == [general]
    # who asks yes or no of a study wants no list of facts on its disease
    of_study = ask("Is gout treated better at sea by tall sailors?")
    assert literature.covering([general], of_study, find) == []


def test_a_question_that_asks_yes_or_no_of_others_may_be_about_a_study():
    assert literature.may_be_study(ask("Do symptoms predict gout in sailors?"))
    assert not literature.may_be_study(ask("Is gout treated?"))
    assert not literature.may_be_study(ask("Is my gout common?"))


def test_what_is_told_stands_behind_the_beginning_of_an_abstract():
    begin = "Juice was found useful in sailors with nightly gout attacks years ago (P = 0.04)."
    asked_of = paper(" ".join([begin, AIM, METHOD, RESULT, END]))
    quotes = " ".join(p.quote for p in literature.tell_result(asked_of, QUESTION, find))
    assert "12% vs 31%" in quotes and "years ago" not in quotes


def test_a_name_and_its_short_form_are_one_where_only_one_stands():
    asked = ask("Is the forced oscillation technique (FOT) repeatable?")
    one = "FOT was repeatable in sailors."
    none = "Spirometry was repeatable in sailors."
    assert literature.share_spoken(asked, one, find) == 1.0
    assert literature.share_spoken(asked, none, find) < 0.5


def test_a_digit_in_a_name_is_no_number_that_a_result_must_hold():
    asked = ask("Does interleukin-6 predict nightly gout attacks in sailors?")
    held = paper("We gave interleukin-6 to 80 sailors.", METHOD, RESULT)
    assert any("12% vs 31%" in piece.quote for piece in literature.tell_result(held, asked, find))
