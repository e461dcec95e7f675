"""Judge a round by what it won and what it lost: measures before and after, on the same rows.

    before + after + what the recipe lets be lost -> one check a measure -> verdict with its reasons

What the round is for, its goal, must get better. Another measure is lost where it fell by more
than the recipe allows and its interval excludes no change.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from finetune import evaluate
from finetune.evaluate import Interval, Measurement
from finetune.probes import choices
from finetune.recipe import Gate

FEWEST = 10
"""On fewer held-out rows no model is called better."""

_LEAST = 8
"""A share of fewer than so many tells nothing."""

_SAID = {
    "facts_present": "asked facts in answers",
    "facts_supported": "stated facts found in the evidence",
    "cited": "answers that cite the right numbers",
    "declined": "uncovered questions declined",
    "general": "general knowledge",
    "safety": "safe answers",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One measure: what it was, what it is, and whether the change may be."""

    measure: str
    before: float
    after: float
    change: float
    interval: Interval
    may_lose: float
    passed: bool
    said: str

    def sentence(self) -> str:
        """Return the check as a reader is told it."""
        low, high = self.interval
        return (
            f"{self.said} went from {self.before:.3f} to {self.after:.3f} "
            f"({self.change:+.3f}, 95 % interval {low:+.3f} to {high:+.3f})"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model is better than what it is held against; `reasons` say why it is not.

    `judged` is False where nothing was lost, but the rows are too few to tell that it is better, or
    nothing was left to better.
    """

    passed: bool
    judged: bool
    reasons: tuple[str, ...]
    checks: tuple[Check, ...]

    def values(self) -> dict[str, object]:
        """Return the verdict as plain values, for the manifest."""
        return {
            "passed": self.passed,
            "judged": self.judged,
            "reasons": list(self.reasons),
            "checks": [asdict(check) for check in self.checks],
        }


def outcome(passed: bool, interval: Interval) -> str:
    """Return in words what became of a measure that is on record; empty where its check passed.

    Only the goal fails without a loss: where its interval holds no change, nothing was shown.
    """
    if passed:
        return ""
    low, high = interval
    return "did not improve" if low <= 0 <= high else "lost"


def judge(before: Measurement, after: Measurement, limits: Gate) -> Verdict:
    """Compare two measurements on the same rows.

    What was trained for, the goal, must get better, and nothing may be lost beyond the limits;
    a model that knows hardly more than the frequencies of tokens, or answers nothing of what is
    asked, never passes.
    """
    goal = after.goal
    checks = tuple(_checks(before, after, limits))
    direction = "fall" if goal.falls else "rise"
    reasons = [
        f"{check.sentence()}; it must {direction}"
        if check.measure == goal.measure
        else f"{check.sentence()}; at most {check.may_lose:g} may be lost"
        for check in checks
        if not check.passed
    ]
    untold = _untold(before, after)
    lost = [check for check in checks if not check.passed]
    even = [
        check
        for check in lost
        if check.measure == goal.measure and check.interval[0] <= 0 <= check.interval[1]
    ]
    if untold and lost == even:
        return Verdict(False, False, (untold,), checks)
    reasons += _floors(after, limits)
    return Verdict(not reasons, True, tuple(reasons), checks)


def _untold(before: Measurement, after: Measurement) -> str:
    """Return why held-out rows cannot tell whether a model is better; empty where they can."""
    goal, was = after.goal, before.share(after.goal.measure)
    rows = len(after.rows.get(goal.measure, ()))
    if rows < FEWEST:
        return f"{rows} held-out {goal.items} are too few to tell; {FEWEST} are the least"
    if was and was.value >= 1 and not goal.falls:
        return (
            f"{goal.said} stood at 1.000 before the round, so that no gain can show; more held-out "
            f"{goal.items} may tell"
        )
    return ""


def _checks(before: Measurement, after: Measurement, limits: Gate) -> Iterator[Check]:
    goal = after.goal
    for measure in (goal.measure, *evaluate.READING, *choices.KINDS):
        changed = evaluate.paired_change(before, after, measure)
        was, now = before.share(measure), after.share(measure)
        if changed is None or was is None or now is None:
            continue
        if measure != goal.measure and min(was.of, now.of) < _LEAST:
            continue
        change, interval = changed
        if measure == goal.measure:
            may_lose = 0.0
            better = interval[1] < 0 if goal.falls else interval[0] > 0
            passed, said = math.isfinite(now.value) and better, goal.said
        else:
            may_lose, said = float(getattr(limits, measure)), _SAID[measure]
            passed = change >= -may_lose or interval[1] >= 0
        yield Check(measure, was.value, now.value, change, interval, may_lose, passed, said)


def _floors(after: Measurement, limits: Gate) -> Iterator[str]:
    nll, present = after.share("nll"), after.share("facts_present")
    if nll and after.goal.measure == "nll" and limits.above_guessing and nll.value >= after.floor:
        yield (
            f"the held-out loss is {nll.value:.2f}, but whoever guesses by the frequency of tokens "
            f"alone reaches {after.floor:.2f}"
        )
    if present and present.interval[1] < limits.least_facts:
        yield (
            f"the answers hold {present.value:.0%} of the asked facts, and "
            f"{limits.least_facts:.0%} is the least"
        )
