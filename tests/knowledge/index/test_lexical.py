"""Lexical search: English endings, Chinese pairs, segments that are shared but never changed."""

from pathlib import Path

import pytest

from knowledge.index import lexical
from knowledge.index.indexed_passages import IndexedPassage
from knowledge.index.lexical import TantivyIndex

PIECES = [
    IndexedPassage("a#1", "a", "Asthma", "Inhaled steroids control wheezing at night.", "en"),
    IndexedPassage("b#1", "b", "Gout", "Colchicine treats acute attacks of gout.", "en"),
    IndexedPassage("c#1", "c", "痛风的治疗", "痛风急性发作可用秋水仙碱治疗。", "zh"),
    IndexedPassage("d#1", "d", "Ｗｉｄｔｈ", "ＨｂＡ１ｃ measured with vitamin B12.", "en"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fever in 2型糖尿病", ["fever", "in", "2", "型糖", "糖尿", "尿病"]),
        ("咳", ["咳"]),
        ("ＨｂＡ１ｃ", ["hba1c"]),
        ("H. pylori-positive", ["h", "pylori", "positive"]),
        ("", []),
    ],
)
def test_words_are_words_and_pairs_of_characters(text: str, expected: list[str]) -> None:
    assert lexical.split_words(text) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What are the symptoms of asthma?", ["symptom", "asthma"]),
        ("Which treatments are used for treating gout?", ["treatment", "treat", "gout"]),
        ("请问痛风的症状有哪些？", ["痛风", "症状"]),
        ("What is it?", []),
    ],
)
def test_a_question_asks_for_the_words_that_say_something(
    question: str, expected: list[str]
) -> None:
    assert lexical.query_terms(question) == expected


@pytest.fixture
def index(tmp_path: Path) -> Path:
    lexical.build(tmp_path / "one", None, PIECES)
    return tmp_path / "one"


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Does a steroid control wheeze?", "a#1"),
        ("attacks treated with colchicine", "b#1"),
        ("秋水仙碱能治痛风吗", "c#1"),
        ("hba1c", "d#1"),
        ("width", "d#1"),
    ],
)
def test_words_find_their_passage(index: Path, question: str, best: str) -> None:
    assert TantivyIndex(index).find(lexical.query_terms(question), 3, 0.6)[0].id == best


@pytest.mark.parametrize("question", ["", "bicycle chain", "自行车"])
def test_nothing_shared_is_nothing_found(index: Path, question: str) -> None:
    assert TantivyIndex(index).find(lexical.query_terms(question), 3, 0.6) == []


def test_a_rare_term_says_more_than_a_common_or_empty_one(index: Path) -> None:
    found = TantivyIndex(index)
    assert found.rarity("zorvanex") > found.rarity("colchicin") > 0


def test_a_child_index_adds_and_takes_away_and_leaves_its_parent_alone(
    index: Path, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in index.iterdir()}
    new = IndexedPassage("e#1", "e", "Migraine", "Triptans stop migraine.", "en")
    lexical.build(tmp_path / "two", index, [new], removed_documents={"b"})

    child = TantivyIndex(tmp_path / "two")
    assert [match.id for match in child.find(lexical.query_terms("migraine triptan"), 3, 0.6)] == [
        "e#1"
    ]
    assert child.find(lexical.query_terms("colchicine"), 3, 0.6) == []
    assert child.size == 4
    for lock in lexical.LOCKS:
        (index / lock).unlink(missing_ok=True)
    assert {path.name: path.read_bytes() for path in index.iterdir()} == before
    assert TantivyIndex(index).find(lexical.query_terms("colchicine"), 3, 0.6)[0].id == "b#1"


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    lexical.build(tmp_path / "empty", None, [])
    assert TantivyIndex(tmp_path / "empty").find(["fever"], 3, 0.6) == []


def test_distinct_terms_are_those_of_the_index() -> None:
    text = "Wheezing at night; 2型糖尿病 and wheezes of " + "x" * 61
    assert lexical.distinct_terms(text) == set(lexical.terms(text))


def test_a_passage_is_also_about_its_title_unless_that_stands_in(tmp_path: Path) -> None:
    pieces = [
        IndexedPassage("a#1", "a", "Gout", "Colchicine treats acute attacks.", "en"),
        IndexedPassage(
            "b#1", "b", "Attacks", "Colchicine and gout, and gout attacks of panic.", "en"
        ),
        IndexedPassage("c#1", "c", "Fever in small children is …", "Paracetamol lowers it.", "en"),
    ]
    lexical.build(tmp_path / "titled", None, pieces)
    found = TantivyIndex(tmp_path / "titled")
    assert found.find(lexical.query_terms("colchicine for gout"), 3, 0.6)[0].id == "a#1"
    assert not found.holds("fever")
    # a title counts where it is asked how many passages hold a word
    assert found.rarity("gout") < found.rarity("paracetamol")
