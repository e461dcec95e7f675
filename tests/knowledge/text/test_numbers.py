"""Quantities: numbers with units, comparisons, ranges, rates, words for numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.numbers import blank_quantities, find_quantities


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Give 2.50 g", ["2.5g"]),
        ("1,000 mg and 1000毫克", ["1000mg", "1000mg"]),
        ("7–10 days", ["7-10d"]),
        ("HbA1c above 48", [">48"]),
        ("每日2次，共7天", ["/d", "2x", "7d"]),
        ("≥65岁", ["≥65y"]),
        ("type", []),
        ("10 mg/day", ["10mg", "/d"]),
        ("5 mg/kg/day", ["5mg/kg", "/d"]),
        ("below 140/90 mmHg", ["<140/90mmhg"]),
        ("an eGFR below 30 mL/min/1.73 m²", ["<30ml/min/1.73m²"]),
        ("three times daily for five days", ["3x", "/d", "5d"]),
        ("another day", []),
        ("每三个月监测一次", ["3mo", "1x"]),
        ("三十天", ["30d"]),
        ("半片", ["0.5tablets"]),
        ("80岁以下，80岁及以上", ["<80y", "≥80y"]),
    ],
)
def test_quantities_have_one_spelling(text, values):
    assert [found.value for found in find_quantities(text)] == values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.5 mg", "500 micrograms"),
        ("4 g", "四克"),
        ("4 grams", "4000毫克"),
        ("at least 6 hours", "no less than six hours"),
        ("up to 10 mg", "不超过10毫克"),
        ("a maximum of 10 mg", "最多10 mg"),
        ("less than 7%", "<7.0%"),
        ("65 years or older", "65岁及以上"),
        ("2.0 to 3.0", "2-3"),
        ("between 2.0 and 3.0", "2~3"),
        ("once weekly", "one time a week"),
        ("每周1次", "每周一次"),
    ],
)
def test_equal_amounts_are_equal(one, other):
    ours, theirs = find_quantities(one), find_quantities(other)
    assert [found.canonical for found in ours] == [found.canonical for found in theirs]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4 g", "4 mg"),
        ("5 mg", "500 mcg"),
        ("up to 10 mg", "10 mg"),
        ("at least 6 h", "at most 6 h"),
        ("不低于30", "低于30"),
        ("below 30", "above 30"),
        ("2.0 to 3.0", "20 to 30"),
        ("once daily", "once weekly"),
        ("2 to 3", "2"),
        ("5 mg/kg", "5 mg"),
    ],
)
def test_other_amounts_differ(one, other):
    ours, theirs = find_quantities(one), find_quantities(other)
    assert [found.canonical for found in ours] != [found.canonical for found in theirs]


@given(st.text(max_size=60))
def test_any_text_is_read_and_keeps_its_length(text):
    found = find_quantities(text)
    assert all(text[each.start : each.end] for each in found)
    assert len(blank_quantities(text)) == len(text)
