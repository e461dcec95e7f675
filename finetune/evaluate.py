"""Score a model on rows that it never trained on, and on fixed probes.

    held-out examples -> loss on their answers -> greedy answers -> facts, citations, declining
    fixed questions   -> likelihoods           -> general knowledge, safe answers

Shares carry 95 % intervals by bootstrap over rows.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from finetune.inference import batch_writing
from finetune.model import Student
from finetune.probes import choices, stated
from finetune.recipe import Evaluation, Precision
from finetune.rows.examples import Example
from finetune.scoring import held_out_loss
from finetune.scoring.goals import LOSS, Goal
from finetune.templates.rendering import Rendered
from finetune.text_tools import TextTools
from finetune.training.round_progress import Progress, Tick, silent

Interval = tuple[float, float]
Pair = tuple[float, float]
"""What one row adds to a ratio: its numerator and its denominator."""

READING = ("facts_present", "facts_supported", "cited", "declined")
"""What is counted in answers: the share of asked facts present, of stated facts that stand in the
evidence, of answers that cite just the right numbers, of uncovered questions declined."""

_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Share:
    """A share of what was counted, with its interval; `of` is what it was divided by."""

    value: float
    interval: Interval
    of: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """What each row adds to each measure, so that two measurements can be compared in pairs.

    `rows` maps `nll`, the names of READING, of `choices.KINDS` and of further metrics to one pair a
    row, `languages` to the language of each, `ids` to the name of each held-out row. `texts` are
    the answers that were written, None where a prompt did not fit. `floor` is the loss of whoever
    knows only how frequent the tokens of the held-out answers are. `own` names the measures of the
    objective's own, and `goal` the one that a round is for.
    """

    rows: Mapping[str, tuple[Pair, ...]]
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: int = 0
    floor: float = math.inf
    texts: tuple[str | None, ...] = ()
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    goal: Goal = LOSS
    own: tuple[str, ...] = ()

    def share(self, name: str, language: str | None = None) -> Share | None:
        """Return a measure over all rows, or those of a language; None where nothing counts."""
        pairs = self.rows.get(name, ())
        if language:
            spoken = self.languages.get(name) or ("",) * len(pairs)
            pairs = tuple(pair for pair, one in zip(pairs, spoken, strict=True) if one == language)
        value = ratio(pairs)
        interval = bootstrap_interval(pairs)
        if value is None or interval is None:
            return None
        return Share(value, interval, round(sum(pair[1] for pair in pairs)))

    def values(self) -> dict[str, object]:
        """Return all measures as plain values, by language first, then together."""
        nll = self.share("nll")
        loss = nll.value if nll else 0.0
        values: dict[str, object] = {
            "by_language": {
                language: self._shares(language)
                for language in sorted(set(self.languages.get("nll", ())))
            },
            "rows": len(self.rows.get("nll", ())),
            "answer_tokens": nll.of if nll else 0,
            "nll": loss,
            "nll_interval": nll.interval if nll else (0.0, 0.0),
            "perplexity": math.exp(min(loss, 700.0)),
            "answers": self.answers,
        }
        own = {name: self.share(name) for name in self.own}
        if own:
            values["own"] = {name: share and asdict(share) for name, share in own.items()}
        return values | self._shares(None)

    def _shares(self, language: str | None) -> dict[str, object]:
        values: dict[str, object] = {}
        nll = self.share("nll", language) if language else None
        if nll:
            values = {
                "nll": nll.value,
                "nll_interval": nll.interval,
                "rows": self._rows_in(language),
            }
        for name in dict.fromkeys([*READING, *choices.KINDS, *self.rows]):
            if name == "nll" or name in self.own:
                continue
            share = self.share(name, language)
            values[name] = share.value if share else None
            values[f"{name}_interval"] = share.interval if share else None
            values[f"{name}_of"] = share.of if share else 0
        return values

    def _rows_in(self, language: str | None) -> int:
        return sum(one == language for one in self.languages.get("nll", ()))


def measure(
    student: Student,
    examples: Sequence[Example],
    plan: Evaluation,
    tools: TextTools,
    *,
    losses_on: Sequence[Rendered] | None = None,
    precision: Precision = "auto",
    wording: stated.Wording | None = None,
    progress: Progress = silent,
) -> Measurement:
    """Score a student; `wording` tells which sentences state facts, and by which names.

    The loss is that on the examples' answers, or on `losses_on` where an objective learns others.
    """
    student.model.eval()
    learned = [one.tokens for one in examples] if losses_on is None else losses_on
    losses = held_out_loss.of_texts(
        student,
        learned,
        precision,
        lambda done: progress(Tick("score", done, len(learned))),
    )
    spoken = tuple(one.language for one in examples)
    chosen = examples[: plan.answers]
    rows: dict[str, tuple[Pair, ...]] = {"nll": tuple(losses)}
    languages = {"nll": spoken if losses_on is None else ("",) * len(losses)}
    written = batch_writing.write_answers(
        student,
        [one.prompt for one in chosen],
        plan.max_new_tokens,
        precision,
        lambda done: progress(Tick("answer", done, len(chosen))),
    )
    known = wording or stated.Wording()
    counts = [_read(one, text, known, tools) for one, text in zip(chosen, written, strict=True)]
    for place, name in enumerate(READING):
        rows[name] = tuple(one[place] for one in counts)
        languages[name] = spoken[: len(chosen)]
    for kind in choices.KINDS if plan.probes else ():
        progress(Tick(kind, 0, None))
        answered = choices.measure(student, kind, precision)
        rows[kind] = tuple((right, 1.0) for _, right in answered)
        languages[kind] = tuple(language for language, _ in answered)
    said = sum(text is not None for text in written)
    names = tuple(one.id for one in examples)
    ids = {name: names[: len(rows[name])] for name in ("nll", *READING)}
    if losses_on is not None:
        del ids["nll"]
    return Measurement(rows, languages, said, _frequency_loss(learned), tuple(written), ids)


def bootstrap_interval(pairs: Sequence[Pair], seed: int = 0) -> Interval | None:
    """Return the 95 % bootstrap interval of a ratio of sums; None where there is no ratio."""
    if not sum(below for _, below in pairs):
        return None
    pick = random.Random(seed)
    drawn = [ratio(pick.choices(pairs, k=len(pairs))) for _ in range(_DRAWS)]
    return _middle([one for one in drawn if one is not None])


def paired_change(
    before: Measurement, after: Measurement, name: str
) -> tuple[float, Interval] | None:
    """Return by how much a measure changed on the same rows, with the interval of the change.

    None where either did not measure it, or not on as many rows.
    """
    return change_between(before.rows.get(name, ()), after.rows.get(name, ()))


def change_between(early: Sequence[Pair], late: Sequence[Pair]) -> tuple[float, Interval] | None:
    """Return by how much a ratio changed, with the interval of the change; rows stand in pairs."""
    was, now = ratio(early), ratio(late)
    if was is None or now is None or len(early) != len(late):
        return None
    both = list(zip(early, late, strict=True))
    pick = random.Random(0)
    drawn = []
    for _ in range(_DRAWS):
        sample = pick.choices(both, k=len(both))
        first, second = ratio([one for one, _ in sample]), ratio([one for _, one in sample])
        if first is not None and second is not None:
            drawn.append(second - first)
    return now - was, _middle(drawn) if drawn else (now - was, now - was)


def ratio(pairs: Sequence[Pair]) -> float | None:
    """Return the ratio of the sums; None where nothing counts."""
    below = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / below if below else None


def _middle(drawn: list[float]) -> Interval:
    drawn.sort()
    return drawn[round(0.025 * (len(drawn) - 1))], drawn[round(0.975 * (len(drawn) - 1))]


def _frequency_loss(learned: Sequence[Rendered]) -> float:
    """Return the mean loss of a guess by nothing but the frequencies of the learned tokens."""
    counts: dict[int, int] = {}
    for one in learned:
        for token, counted in zip(one.ids[1:], one.learn[1:], strict=True):
            if counted:
                counts[token] = counts.get(token, 0) + 1
    total = sum(counts.values())
    return -sum(one * math.log(one / total) for one in counts.values()) / total if total else 0.0


def _read(
    example: Example, text: str | None, wording: stated.Wording, tools: TextTools
) -> tuple[Pair, ...]:
    """Return what an answer adds to each measure of READING; nothing where none was written."""
    nothing = 0.0, 0.0
    if text is None:
        return (nothing,) * len(READING)
    supported = stated.supported(example, text, wording, tools)
    if not example.covered:
        return nothing, supported, nothing, (float(stated.declined(example, text)), 1.0)
    wanted = stated.citations(example.answer)
    cited = (float(stated.citations(text) == wanted), 1.0) if wanted else nothing
    return stated.present(example, text, tools), supported, cited, nothing
