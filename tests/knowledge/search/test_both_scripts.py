"""Search and linking find across scripts and regions, in indexes of early versions too."""

import pytest

from knowledge.graph.linker import KnownName, Linker
from knowledge.index import lexical
from knowledge.index.indexed_passages import IndexedPassage
from knowledge.text.names import normalise_as_written


def _linker(*known: str) -> Linker:
    return Linker(
        KnownName(f"condition:{name}", "condition", name, normalise_as_written(name), "zh", True)
        for name in known
    )


@pytest.mark.parametrize(
    ("known", "asked", "text"),
    [
        ("高血压", "老人的高血壓怎麼辦", "高血壓"),
        ("高血壓", "老人的高血压怎么办", "高血压"),
        ("急性心肌梗死", "急性心肌梗塞的症狀", "急性心肌梗塞"),
        ("前列腺增生", "攝護腺增生會怎樣", "攝護腺增生"),
        ("白血球減少", "白细胞减少的原因", "白细胞减少"),
    ],
)
def test_a_name_is_found_where_it_stands(known: str, asked: str, text: str) -> None:
    (mention,) = _linker(known).find(asked)
    assert mention.text == text == asked[mention.start : mention.end]


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("asked", ["血糖監測", "血糖监测"])
def test_words_find_passages_in_either_script(tmp_path, monkeypatch, early, asked) -> None:
    with monkeypatch.context() as patch:
        if early:
            patch.setattr(lexical, "fold_script", lambda text: text)
        passages = [
            IndexedPassage("p1", "d1", "糖尿病照護", "應定期監測血糖。", "zh"),
            IndexedPassage("p2", "d2", "痛风", "应定期检查尿酸。", "zh"),
        ]
        lexical.build(tmp_path / "words", None, passages)
    index = lexical.TantivyIndex(tmp_path / "words")
    found = index.find(lexical.query_terms(asked), 5, 0.6)
    assert found[0].id == "p1"
    assert index.holds("监测")
    assert index.rarity("监测") == index.rarity("尿酸")
