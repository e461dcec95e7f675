"""Compute BLEU of a corpus by sacrebleu, with an interval by bootstrap over its rows.

    answers + references of one language -> n-gram counts of each row -> their sums -> BLEU

Chinese is split into characters (sacrebleu's `zh`), English by its standard `13a`. BLEU of two
languages together means nothing, so it is given for each alone.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from finetune.templates.rendering import Language

_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Bleu:
    """BLEU from 0 to 100 with its 95 % interval, over so many rows."""

    value: float
    interval: tuple[float, float]
    of: int


@dataclass(frozen=True, slots=True)
class _Counts:
    """What a row adds: matched and possible n-grams by length, and the lengths of both texts."""

    matched: tuple[int, ...]
    possible: tuple[int, ...]
    said: int
    wanted: int


def corpus(answers: Sequence[str], references: Sequence[str], language: Language) -> Bleu | None:
    """Return the BLEU of answers against one reference each; None where there are none."""
    from sacrebleu.metrics.bleu import BLEU

    if not answers:
        return None
    scorer = BLEU(tokenize="zh" if language == "zh" else "13a")
    rows = []
    for answer, reference in zip(answers, references, strict=True):
        one = scorer.corpus_score([answer], [[reference]])
        rows.append(_Counts(tuple(one.counts), tuple(one.totals), one.sys_len, one.ref_len))
    pick = random.Random(0)
    drawn = sorted(_score(pick.choices(rows, k=len(rows))) for _ in range(_DRAWS))
    low, high = drawn[round(0.025 * (_DRAWS - 1))], drawn[round(0.975 * (_DRAWS - 1))]
    return Bleu(_score(rows), (low, high), len(rows))


def _score(rows: Sequence[_Counts]) -> float:
    from sacrebleu.metrics.bleu import BLEU

    matched = [sum(each) for each in zip(*(one.matched for one in rows), strict=True)]
    possible = [sum(each) for each in zip(*(one.possible for one in rows), strict=True)]
    said, wanted = sum(one.said for one in rows), sum(one.wanted for one in rows)
    return float(BLEU.compute_bleu(matched, possible, said, wanted, smooth_method="exp").score)
