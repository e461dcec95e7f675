"""Parts of an answer joined: citations numbered anew, nothing said twice, markers kept in place."""

from medchat.answering.answer import Citation, Sentence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.answer_parts import join_parts


def part(*sentences, ids, dropped=0):
    citations = tuple(
        Citation(n, "fact", id, id, None, f"{id}.", 0, len(id) + 1) for n, id in enumerate(ids, 1)
    )
    told = tuple(
        Sentence(text, tuple(n for m in Sentence(text, (), "none", 0).markers() for n in m.numbers),
                 "supported", 1.0)
        for text in sentences
    )  # fmt: skip
    return CheckedAnswer(told, citations, dropped=dropped, verbatim=True)


def test_citations_of_each_part_are_numbered_on():
    joined = join_parts(
        [part("Avoid both [1].", ids="a"), part("Bleeding [1]; INR [2].", ids="bc")]
    )
    assert joined.text == "Avoid both [1]. Bleeding [2]; INR [3]."
    assert [(one.n, one.id) for one in joined.citations] == [(1, "a"), (2, "b"), (3, "c")]
    assert joined.verbatim


def test_one_piece_of_evidence_is_cited_once():
    joined = join_parts([part("Avoid [1].", ids="a"), part("Monitor [1]. ", "Ask [2].", ids="ba")])
    assert joined.text.split() == ["Avoid", "[1].", "Monitor", "[2].", "Ask", "[1]."]
    assert [one.id for one in joined.citations] == ["a", "b"]


def test_what_was_said_is_not_said_again_and_its_citation_goes():
    joined = join_parts(
        [part("避免合用[1]。", ids="a"), part("避免合用[1]。", "监测[2]。", ids="bc")]
    )
    assert joined.text == "避免合用[1]。监测[2]。"
    assert [(one.n, one.id) for one in joined.citations] == [(1, "a"), (2, "c")]


def test_what_the_checks_left_out_is_counted_together():
    assert join_parts([part(ids="", dropped=2), part(ids="", dropped=1)]).dropped == 3


def test_citations_are_numbered_as_the_sentences_use_them():
    joined = join_parts([part("Rest [2].", "Ice [3].", "Walk [1].", ids="abc")])
    assert joined.text == "Rest [1]. Ice [2]. Walk [3]."
    assert [(one.n, one.id) for one in joined.citations] == [(1, "b"), (2, "c"), (3, "a")]
