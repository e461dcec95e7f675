from dataclasses import replace

import pytest

from finetune import gate
from finetune.evaluate import Measurement
from finetune.recipe import Gate
from finetune.scoring.goals import Goal


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


def rows_of(loss, count, **right):
    """Return a measurement of so many rows, and of ten answers of which so many are right."""
    rows = {"nll": tuple((loss + 0.01 * (n % 3), 1.0) for n in range(count))}
    rows |= {
        name: tuple((float(n < one), 1.0) for n in range(of)) for name, (one, of) in right.items()
    }
    return Measurement(rows)


@pytest.mark.parametrize(("right", "counted"), [(0, 7), (9, 10)])
def test_a_loss_within_chance_is_no_loss(right, counted):
    was = rows_of(2.0, 12, cited=(counted, counted))
    assert gate.judge(was, rows_of(1.0, 12, cited=(right, counted)), Gate()).passed


def test_a_handful_of_rows_tells_nothing_but_what_is_lost():
    few = gate.judge(rows_of(2.0, 6), rows_of(1.0, 6), Gate())
    assert (few.passed, few.judged) == (False, False)
    assert "6 held-out rows are too few" in few.reasons[0]
    assert gate.judge(rows_of(2.0, 6), rows_of(2.0, 6), Gate()).judged is False
    worse = gate.judge(rows_of(2.0, 6), rows_of(3.0, 6), Gate())
    assert (worse.passed, worse.judged) == (False, True)


@pytest.mark.parametrize(
    ("before", "right", "judged", "told"),
    [
        (16, 16, False, "unseen pairs stood at 1.000 before the round, so that no gain can show"),
        (16, 9, True, "it must rise"),
        (15, 15, True, "it must rise"),
    ],
)
def test_what_cannot_get_better_is_not_judged_unless_it_got_worse(before, right, judged, told):
    goal = Goal("ordered", "unseen pairs", items="pairs", alone=True)
    was, now = (
        replace(measured(1.0), rows={"ordered": tuple((float(n < many), 1.0) for n in range(16))})
        for many in (before, right)
    )
    verdict = gate.judge(was, replace(now, goal=goal), Gate())
    assert (verdict.passed, verdict.judged) == (False, judged)
    assert told in verdict.reasons[0]


def test_answers_that_hold_nothing_never_pass():
    nothing = measured(3.0, facts_present=0)
    verdict = gate.judge(nothing, measured(2.0, facts_present=0), Gate())
    assert "hold 0% of the asked facts" in verdict.reasons[0]
    assert gate.judge(nothing, measured(2.0, facts_present=0), Gate(least_facts=0.0)).passed


def test_nothing_measured_is_no_pass():
    assert not gate.judge(Measurement({}), Measurement({}), Gate()).passed


@pytest.mark.parametrize(
    ("before", "right", "told"),
    [(10, 10, "did not improve"), (10, 11, "did not improve"), (16, 2, "lost"), (4, 16, "")],
)
def test_a_goal_that_did_not_change_is_not_called_lost(before, right, told):
    goal = Goal("reward", "the mean reward by the proof", items="questions")
    was, now = (
        replace(measured(1.0), rows={"reward": tuple((float(n < many), 1.0) for n in range(20))})
        for many in (before, right)
    )
    (check,) = gate.judge(was, replace(now, goal=goal), Gate()).checks
    assert gate.outcome(check.passed, check.interval) == told


def test_a_share_below_its_limit_is_lost():
    checks = gate.judge(BEFORE, measured(1.0, general=10, safety=30), Gate()).checks
    told = {one.measure: gate.outcome(one.passed, one.interval) for one in checks}
    assert told == {"nll": "", "general": "lost", "safety": ""}
