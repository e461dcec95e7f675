"""What a writer reads: pieces on the subject, cut to what answers, with exact offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_questions import ask, fact, find, passage

from medchat.answering import prompts, relevance
from medchat.answering.prompts import PromptLimits
from medchat.answering.retriever import KnowledgeRetriever, to_evidence

TEXT = (
    "Gout is common in men. Allopurinol is the usual first medicine for gout, started at 100 mg. "
    "It is taken daily. Asthma is another disease.\nFever has many causes."
)


def test_a_passage_is_cut_to_the_sentences_that_answer():
    piece = prompts.narrow_to_answer(
        passage(TEXT, "Gout"), ask("Which medicine is used for gout?"), 1, find
    )
    assert piece.quote == "Allopurinol is the usual first medicine for gout, started at 100 mg."
    assert piece.text == TEXT


@given(st.text(max_size=400), st.integers(1, 4))
def test_a_cut_is_always_a_span_of_the_text(text, most):
    piece = passage(text)
    cut = prompts.narrow_to_answer(piece, ask("What causes gout?"), most, find)
    assert cut.text == text
    assert 0 <= cut.start <= cut.end <= len(text)
    assert cut.quote == text[cut.start : cut.end]


def test_pieces_are_in_the_questions_language_where_there_are_any():
    pieces = [passage("痛风常见。"), passage("Gout is common.")]
    picked = prompts.select_pieces(pieces, ask("What is gout?"), PromptLimits(), find)
    assert [piece.language for piece in picked] == ["en"]
    only = prompts.select_pieces(pieces[:1], ask("What is gout?"), PromptLimits(), find)
    assert [piece.language for piece in only] == ["zh"]


def test_the_fact_asked_for_comes_first_and_nothing_twice():
    pieces = [
        passage("Gout hurts.", "Asthma", "a"),
        passage("Gout hurts.", "Gout", "b"),
        fact("condition:gout", "symptom", "Gout — symptoms: joint pain."),
    ]
    picked = prompts.select_pieces(
        pieces, ask("What are the symptoms of gout?"), PromptLimits(), find
    )
    assert [piece.id for piece in picked] == ["condition:gout#symptom", "b"]
    assert len(prompts.select_pieces(pieces, ask("gout?"), PromptLimits(pieces=1), find)) == 1


@pytest.mark.parametrize(
    ("piece", "line"),
    [
        (fact("x", "symptom", "Gout — symptoms: pain."), "Gout — symptoms: pain."),
        (passage("It\nhurts.", "Gout."), "Gout: It hurts."),
        (passage("很痛。", "痛风"), "痛风：很痛。"),
        (passage("It hurts."), "It hurts."),
        (passage("Yes.", "T" * 80), "T" * 59 + "…: Yes."),
    ],
)
def test_a_piece_is_one_line(piece, line):
    assert prompts.write_line(piece) == line


def test_a_prompt_loses_history_before_evidence():
    sizes = []

    def fits(messages):
        sizes.append(len(messages))
        return len(sizes) == 3

    history = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    pieces = [passage("One."), passage("Two.")]
    _, kept = prompts.compose_messages(ask("gout?"), pieces, PromptLimits(fits=fits), history)
    assert sizes == [4, 2, 2]
    assert [piece.text for piece in kept] == ["One."]


RELEVANT = [
    ("What are the symptoms of gout?", passage("Gout presents with joint pain."), True),
    ("What are the symptoms of gout?", passage("Joint pain suggests it.", "Gout"), True),
    ("What are the symptoms of gout?", passage("Gout is treated with allopurinol."), False),
    ("What are the symptoms of gout?", passage("Asthma presents with wheeze."), False),
    ("What are the symptoms of gout?", fact("condition:gout", "symptom", "x"), True),
    ("What are the symptoms of gout?", fact("condition:gout", "sign", "x"), True),
    ("What are the symptoms of gout?", fact("condition:gout", "associated_with", "x"), True),
    ("What are the symptoms of gout?", fact("condition:gout", "cause", "x"), False),
    ("What are the symptoms of gout?", fact("condition:asthma", "symptom", "x"), False),
    ("How is gout treated?", fact("condition:gout", "medicine", "x"), True),
    ("What dose of allopurinol?", passage("Allopurinol is started at 100 mg."), True),
    ("When must allopurinol not be used?", passage("Do not start allopurinol in a flare."), True),
    ("Tell me about gout", fact("condition:gout", "cause", "x"), True),
    ("Does zorblatosis itch?", passage("Gout hurts."), False),
    ("Is cycling to school healthy?", passage("Cycling to school is healthy."), True),
    ("痛风有哪些症状？", passage("痛风的典型表现为关节痛。"), True),
    ("痛风有哪些症状？", passage("痛风可用别嘌醇。"), False),
]


@pytest.mark.parametrize(("question", "piece", "answers"), RELEVANT)
def test_what_answers_a_question(question, piece, answers):
    assert bool(relevance.select_relevant([piece], ask(question), find)) is answers


def test_where_the_very_facts_are_known_other_facts_stay_away():
    facts = [
        fact("condition:gout", "first_line", "a"),
        fact("condition:gout", "treatment", "b"),
        fact("condition:gout", "symptom", "c"),
    ]
    kept = relevance.select_relevant(facts, ask("What is the first-line treatment of gout?"), find)
    assert [piece.relation for piece in kept] == ["first_line"]
    kept = relevance.select_relevant(facts, ask("How is gout treated?"), find)
    assert [piece.relation for piece in kept] == ["treatment", "first_line"]


@pytest.mark.parametrize(
    ("question", "patients"),
    [
        ("How is gout treated in pregnancy?", ["pregnancy"]),
        ("Ibuprofen for a breastfeeding mother with gout?", ["breastfeeding"]),
        ("儿童哮喘怎么治疗？", ["children"]),
        ("孕妇痛风怎么治疗？", ["pregnancy"]),
        ("What are the symptoms of pregnancy?", []),
        ("How is gout treated?", []),
    ],
)
def test_for_which_patients_a_question_asks(question, patients):
    assert relevance.find_patients(ask(question)) == patients


GENERAL = fact("condition:gout", "first_line", "Gout — first-line treatment: ibuprofen.")
SPECIAL = passage("Gout in pregnancy is treated with rest.", "Gout")


@pytest.mark.parametrize(
    ("question", "found", "kept"),
    [
        ("First-line treatment of gout in pregnancy?", [GENERAL, SPECIAL], [SPECIAL]),
        ("First-line treatment of gout in pregnancy?", [GENERAL], []),
        ("First-line treatment of gout?", [GENERAL, SPECIAL], [GENERAL, SPECIAL]),
        ("First-line treatment of gout in children?", [GENERAL], [GENERAL]),
    ],
)
def test_what_is_given_in_general_does_not_answer_for_a_pregnancy(question, found, kept):
    assert relevance.select_relevant(found, ask(question), find) == kept


def test_facts_that_tie_two_entities_of_a_question_answer_it():
    tie = fact("medicine:ibuprofen", "contraindication", "Ibuprofen — contraindications: asthma.")
    loose = fact("medicine:ibuprofen", "drug_class", "Ibuprofen — drug class: NSAID.")
    question = ask("Can ibuprofen be given to a patient with asthma?")
    assert relevance.is_exact(tie, question, find)
    assert not relevance.is_exact(loose, question, find)
    assert prompts.select_pieces([loose, tie], question, PromptLimits(), find)[0] == tie
    other = ask("Tell me about ibuprofen and gout.")
    assert not relevance.is_exact(tie, other, find)
    asks_else = ask("What are the side effects of ibuprofen in asthma?")
    assert relevance.is_exact(tie, asks_else, find)  # a danger is never beside the point


@pytest.mark.parametrize(
    ("question", "entities"),
    [
        ("What are the symptoms of Kawabunga fever?", set()),
        ("What are the symptoms of fever?", {"condition:fever"}),
        ("What are the symptoms of Dengue fever?", {"condition:fever"}),
        ("Does Fever hurt?", {"condition:fever"}),
        ("Treat gout", {"condition:gout"}),
    ],
)
def test_a_part_of_an_unknown_name_is_not_meant(question, entities):
    known = [passage("Dengue is a fever.")]
    assert relevance.drop_partial_names(ask(question), known).entities == entities


def test_the_retriever_is_langchains(engine, home):
    from toy_home import fill

    from knowledge.search.searcher import open_search

    fill(engine, home)
    retriever = KnowledgeRetriever(search=open_search(engine, home), top=3)
    documents = retriever.invoke("metformin and contrast")
    assert documents and len(documents) <= 3
    for document, piece in zip(documents, to_evidence(documents), strict=True):
        assert document.page_content == piece.text == piece.quote
        assert piece.kind == "passage" or piece.id == f"{piece.subject}#{piece.relation}"
    late = KnowledgeRetriever(search=open_search(engine, home), year_from=2027)
    assert late.invoke("metformin and contrast") == []
