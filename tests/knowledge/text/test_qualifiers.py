"""Words that narrow or widen a statement, and sentences that exchange the ends of a fact."""

import pytest

from knowledge.text.fact_direction import NamedSide, is_turned_round, shows_direction
from knowledge.text.qualifiers import find_qualifiers


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("used in children", ["population"]),
        ("used twice daily", ["frequency", "frequency"]),
        ("taken at bedtime", ["time"]),
        ("given intravenously", ["route"]),
        ("always used", ["certainty"]),
        ("at the maximum", ["amount"]),
        ("儿童每日口服", ["population", "frequency", "route"]),
        ("可能性最大", []),
        ("用药前请先问医生", []),
        ("before you combine them", []),
        ("仅凭这一表现", []),
        ("", []),
    ],
)
def test_qualifiers_are_found_by_kind(text, kinds):
    assert [found.kind for found in find_qualifiers(text)] == kinds


@pytest.mark.parametrize(
    ("text", "relation", "subject", "turned"),
    [
        ("A can lead to B.", "complication", "A", False),
        ("A can lead to B.", "complication", "B", True),
        ("B is a complication of A.", "complication", "A", False),
        ("B is a complication of A.", "complication", "B", True),
        ("A is caused by B.", "cause", "A", False),
        ("B, which A can cause, came first.", "symptom", "A", False),
        ("A causes B.", "cause", "B", False),
        ("A causes B.", "cause", "A", True),
        ("A is used for B.", "medicine", "B", False),
        ("A is used for B.", "medicine", "A", True),
        ("A is contraindicated in B.", "contraindication", "A", False),
        ("A is contraindicated in B.", "contraindication", "B", True),
        ("A可引起B。", "side_effect", "A", False),
        ("A可引起B。", "side_effect", "B", True),
        ("B是A的并发症。", "complication", "A", False),
        ("B是A的并发症。", "complication", "B", True),
        ("由A引起B。", "complication", "B", False),
        ("A用于B。", "medicine", "B", False),
        ("A interacts with B.", "interaction", "B", False),
    ],
)
def test_a_fact_that_is_turned_round_is_seen(text, relation, subject, turned):
    sides = [
        NamedSide(text.index(name), text.index(name) + 1, name == subject) for name in ("A", "B")
    ]
    assert is_turned_round(text, relation, sides) == turned
    assert shows_direction(text) or not turned
