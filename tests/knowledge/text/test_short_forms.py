"""Short forms: names that a text spells out and then shortens."""

import pytest

from knowledge.text.short_forms import find_shortened


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        (
            "Is the forced oscillation technique (FOT) repeatable?",
            "forced oscillation technique",
            "FOT",
        ),
        ("range of motion (ROM) in knees", "range of motion", "ROM"),
        ("After Quality of life (QL) fell", "Quality of life", "QL"),
    ],
)
def test_a_long_form_is_found_by_first_letters(text, long, short):
    (found,) = find_shortened(text)
    assert (found.long, found.short) == (long, short)
    assert text[found.start : found.end].startswith(long) and text[found.end - 1] == ")"


@pytest.mark.parametrize(
    "text",
    ["gout (acute) in men", "a dose (max) of it", "severe pain (VAS)", "(FOT)", "five of (NO)"],
)
def test_other_brackets_hold_no_short_form(text):
    assert list(find_shortened(text)) == []
