import pytest

from finetune import gate
from finetune.evaluate import Measurement
from finetune.recipe import Gate


def measured(loss, floor=9.0, **shares):
    """Return a measurement of 40 rows: a loss each, and how many of 40 were right."""
    rows = {"nll": tuple((loss + 0.01 * (n % 3), 1.0) for n in range(40))}
    for name, right in shares.items():
        rows[name] = tuple((float(n < right), 1.0) for n in range(40))
    return Measurement(rows, {}, 40, floor)


BEFORE = measured(2.0, facts_present=20, general=30, safety=30)


def test_what_learned_and_lost_nothing_passes():
    verdict = gate.judge(BEFORE, measured(1.0, facts_present=30, general=30, safety=31), Gate())
    assert verdict.passed
    assert verdict.reasons == ()
    assert {check.measure for check in verdict.checks} == {
        "nll", "facts_present", "general", "safety",
    }  # fmt: skip
    assert all(
        low <= check.change <= high for check in verdict.checks for low, high in [check.interval]
    )


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (measured(2.0, facts_present=20, general=30, safety=30), "loss"),
        (measured(float("nan"), facts_present=20, general=30, safety=30), "loss"),
        (measured(1.0, facts_present=8, general=30, safety=30), "asked facts"),
        (measured(1.0, facts_present=20, general=15, safety=30), "general knowledge"),
        (measured(1.0, facts_present=20, general=30, safety=10), "safe answers"),
        (measured(1.0, floor=0.5, facts_present=20, general=30, safety=30), "frequency"),
    ],
)
def test_what_lost_is_refused_and_says_what(after, said):
    verdict = gate.judge(BEFORE, after, Gate())
    assert not verdict.passed
    assert len(verdict.reasons) == 1
    assert said in verdict.reasons[0]


def test_a_recipe_says_what_may_be_lost():
    after = measured(1.0, facts_present=20, general=15, safety=30)
    assert gate.judge(BEFORE, after, Gate(general=0.5)).passed


@pytest.mark.parametrize(("counted", "wrong"), [(7, 7), (10, 1)])
def test_a_loss_within_chance_is_no_loss(counted, wrong):
    was = {"nll": ((2.0, 1.0), (2.1, 1.0)), "cited": ((1.0, 1.0),) * counted}
    left = ((1.0, 1.0),) * (counted - wrong) + ((0.0, 1.0),) * wrong
    now = {"nll": ((1.0, 1.0), (1.1, 1.0)), "cited": left}
    assert gate.judge(Measurement(was), Measurement(now), Gate()).passed


def test_answers_that_hold_nothing_never_pass():
    nothing = measured(3.0, facts_present=0)
    verdict = gate.judge(nothing, measured(2.0, facts_present=0), Gate())
    assert "hold 0% of the asked facts" in verdict.reasons[0]
    assert gate.judge(nothing, measured(2.0, facts_present=0), Gate(least_facts=0.0)).passed


def test_nothing_measured_is_no_pass():
    assert not gate.judge(Measurement({}), Measurement({}), Gate()).passed
