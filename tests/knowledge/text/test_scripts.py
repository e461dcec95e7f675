"""Scripts: traditional and simplified Chinese are compared as one, and places stay."""

import pytest

from knowledge.text import names, scripts
from knowledge.vocabulary import RELATIONS


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("頭髮與發燒", "头发与发烧"),
        ("內臟、骯髒", "内脏、肮脏"),
        ("癒合；複方；復發", "愈合；复方；复发"),
        ("乾燥與幹細胞", "干燥与干细胞"),
        ("顯著", "显著"),
        ("TNF-α 與 5 µg", "TNF-α 与 5 µg"),
    ],
)
def test_characters_fold_in_place(written: str, folded: str) -> None:
    assert scripts.fold_script(written) == folded
    assert len(folded) == len(written)
    assert scripts.fold_script(folded) == folded


def test_the_words_of_relations_are_left_as_they_are() -> None:
    for relation in RELATIONS.values():
        for word in (relation.zh, *relation.cues_zh):
            assert scripts.fold_script(word) == word


def test_a_name_is_compared_alike_in_both_scripts_and_its_id_keeps_its_script() -> None:
    assert names.normalise("腎病症候群") == names.normalise("肾病综合征")
    assert names.normalise_as_written("高血壓") == "高血壓"
    assert {"高血壓", "高血压"} <= names.stored_forms("高血压")


def test_regions_say_some_names_differently() -> None:
    assert scripts.regional_wordings("阿斯匹靈") == ("阿司匹林",)
    assert scripts.regional_wordings("痛風") == ()
    assert scripts.reword(["gout"]) == [()]
