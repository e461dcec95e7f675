"""Segments: pairs that cross a border of words do not count, words that nothing holds do."""

import pytest

from knowledge.text.segmentation import segment

HELD = {"纠正": 2.0, "速度": 2.5, "正速": 8.0, "手术": 1.0, "高压": 3.0, "压氧": 8.0, "抗病": 4.0,
        "病毒": 3.0, "综合": 2.0, "合征": 2.0}  # fmt: skip
UNKNOWN = 9.0


@pytest.mark.parametrize(
    ("run", "pairs"),
    [
        ("纠正速度", ["纠正", "速度"]),  # a pair across the border, though some text holds it
        ("做手术", ["手术"]),  # a word of one character
        ("做高压氧", ["高压", "压氧"]),
        ("吃抗病毒", ["抗病", "病毒"]),
        ("霍乱", ["霍乱"]),  # what nothing holds must be missed
        ("佐凡尼克综合征", ["佐凡", "尼克", "综合", "合征"]),
        ("药", ["药"]),
        ("", [""]),
    ],
)
def test_a_run_is_cut_into_the_pairs_that_are_words(run: str, pairs: list[str]) -> None:
    assert segment(run, lambda pair: HELD.get(pair, UNKNOWN), UNKNOWN) == pairs


def test_where_nothing_is_known_of_words_every_character_still_counts() -> None:
    assert "".join(segment("高血压病", lambda pair: 1.0, 1.0)) == "高血压病"
