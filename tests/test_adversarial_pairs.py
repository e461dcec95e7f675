"""One table of claims and evidence, put to both checkers: that of answers and that of rows."""

from collections import Counter

import pytest
from adversarial_pairs import answer_supports, pairs, row_fault

PAIRS = pairs()
KINDS = {
    *("polarity", "subject", "dose", "unit", "direction", "exception", "hybrid", "number"),
    *("range", "comparator", "frequency", "route", "population", "time"),
}


def named(pair):
    return f"{pair.id}-{'sound' if pair.sound else pair.kind}"


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_the_check_of_answers_tells_sound_from_unsound(pair):
    assert answer_supports(pair) == pair.sound, pair.note


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_the_check_of_rows_tells_sound_from_unsound(pair):
    fault = row_fault(pair)
    assert (not fault) == pair.sound, f"{pair.note}: {fault}"


def test_the_table_has_enough_of_every_kind_in_both_languages():
    unsound = [pair for pair in PAIRS if not pair.sound]
    sound = [pair for pair in PAIRS if pair.sound]
    assert len(unsound) >= 300 and len(sound) >= 80
    for part in (unsound, sound):
        languages = Counter(pair.language for pair in part)
        assert min(languages.values()) > 0.4 * len(part)
    of_each = Counter((pair.kind, pair.language) for pair in unsound)
    assert all(of_each[kind, language] >= 2 for kind in KINDS for language in ("en", "zh"))


def test_no_pair_stands_twice_and_ids_are_unique():
    assert len({(pair.evidence, pair.claim) for pair in PAIRS}) == len(PAIRS)
    assert len({pair.id for pair in PAIRS}) == len(PAIRS)
