"""Coverage: what of a question a passage must speak of, in Chinese as in English."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from toy_knowledge import ToyEmbedding, fill

from knowledge.index import lexical
from knowledge.search.query_parser import parse_query
from knowledge.search.searcher import Search, open_search
from knowledge.search.term_coverage import measure_coverage, query_topics


@pytest.fixture
def toy(engine: Engine, home: Path, tmp_path: Path) -> Search:
    fill(engine, home, tmp_path)
    return open_search(engine, home, ToyEmbedding())


HELD = {"急性": 2.0, "发作": 2.0, "治疗": 1.5, "手术": 2.0, "降低": 2.5}


def _rarity(term: str) -> float:
    return HELD.get(term, 5.0)


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("哮喘急性发作", "哮喘常急性发作", 1.0),
        ("哮喘期怎么办", "哮喘常急性发作", 1.0),  # 期 is left over and says nothing
        ("哮喘要做手术吗", "哮喘无需手术", 1.0),  # 做手 crosses a border
        ("哮喘怎么治疗", "哮喘用什么疗法", 1.0),  # another word for what is asked
        ("哮喘霍乱", "哮喘常急性发作", 0.5),  # a word that nothing holds
        ("哮喘可用维A酸吗", "哮喘可用A药", 1 / 3),  # parts of one word
    ],
)
def test_a_chinese_text_is_measured_by_words(
    toy: Search, question: str, text: str, share: float
) -> None:
    asked = query_topics(parse_query(question, toy.linker), "zh", toy.graph, _rarity)
    assert measure_coverage(lexical.distinct_terms(text), asked).share == pytest.approx(share)


def test_a_cue_that_says_nothing_is_not_held_by_every_text(toy: Search) -> None:
    asked = query_topics(
        parse_query("哮喘是什么病？有哪些治疗", toy.linker), "zh", toy.graph, _rarity
    )
    assert all(each for topic in asked for each in topic.alternatives)
    assert measure_coverage(lexical.distinct_terms("无关的话"), asked).share == 0.0
