"""Measure how well the quality score tells rows that were read and found trainable from others.

python benchmarks/quality_score.py [--write] [--held-out FILE.jsonl ...]

Rows of the starter were read and labelled (`reviewed_rows.jsonl`): trainable as they are, to be
mended, or not at all, with the reason. The regression is fitted to them anew; its figures are of a
cross-validation, and of other reviewed rows where files of these are named. `--write` puts its
weights into `knowledge/datasets/quality.yaml`. Also told: what n-grams of characters would add.
Needs scikit-learn, which sentence-transformers brings.
"""

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from machine import table
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from knowledge.datasets import quality
from knowledge.records import Lesson, LessonMessage, LessonSource

REVIEWED = Path(__file__).parent / "reviewed_rows.jsonl"
_WEIGHTS = Path(quality.__file__).parent / "quality.yaml"
_DRAWS = 1000

Places = NDArray[np.int64]
Shares = NDArray[np.float64]


def main() -> None:
    """Fit, measure, print, and write the weights where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights")
    parser.add_argument("--held-out", type=Path, nargs="*", default=[], help="other reviewed rows")
    chosen = parser.parse_args()
    own = _Reviewed(REVIEWED)
    lines = [("reviewed rows, trainable", f"{len(own.fit)}, {own.fit.mean():.0%}")]
    for text in (False, True):
        found = np.zeros(len(own.fit))
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        for known, asked in folds.split(own.seen, own.fit):
            found[asked] = _predicted(own, known, own, asked, text)
        lines += _lines(f"cross-validated{', with n-grams' * text}", own, found)
    for path in chosen.held_out:
        other, every = _Reviewed(path), np.arange(len(own.fit))
        for text in (False, True):
            found = _predicted(own, every, other, np.arange(len(other.fit)), text)
            lines += _lines(f"{path.stem}{', with n-grams' * text}", other, found)
    table(lines)
    if chosen.write:
        _write(_regression().fit(own.seen, own.fit))


def lesson_of(row: dict[str, Any]) -> Lesson:
    """Return the lesson of a reviewed row, which keeps only what is rated."""
    messages = tuple(LessonMessage(each["role"], each["content"]) for each in row["messages"])
    sources = tuple(LessonSource("fact", "", quote) for quote in row["quotes"])
    return Lesson("", messages, row["language"], row["style"], sources, (), "", "", row["meta"])


class _Reviewed:
    """Rows that were read: what the regression sees of them, their words, whether they are fit."""

    def __init__(self, path: Path) -> None:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        lessons = [lesson_of(row) for row in rows]
        faults = [quality.broken(each) for each in lessons]
        self.rules = np.array([quality.by_rules(each) for each in faults])
        self.seen = np.array(
            [quality.features(*each) for each in zip(lessons, faults, strict=True)]
        )
        self.words = [
            f"{each.messages[0].content}\n{each.messages[-1].content}" for each in lessons
        ]
        self.fit = np.array([row["label"] == "trainable" for row in rows])


def _regression() -> LogisticRegression:
    return LogisticRegression(C=0.3, max_iter=2000, class_weight="balanced")


def _predicted(
    own: _Reviewed, known: Places, other: _Reviewed, asked: Places, text: bool
) -> Shares:
    """Return the shares that a regression fitted to some rows gives others."""
    seen, wanted = csr_matrix(own.seen[known]), csr_matrix(other.seen[asked])
    if text:
        grams = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 3), min_df=2, max_features=8000, sublinear_tf=True
        )
        told = grams.fit_transform([own.words[place] for place in known])
        seen = hstack([seen, told]).tocsr()
        wanted = hstack([wanted, grams.transform([other.words[i] for i in asked])]).tocsr()
    return _regression().fit(seen, own.fit[known]).predict_proba(wanted)[:, 1]


def _lines(title: str, rows: _Reviewed, found: Shares) -> list[tuple[str, str]]:
    both = (rows.rules / 100 + found) / 2
    pick, differences = np.random.default_rng(0), []
    for _ in range(_DRAWS):
        some = pick.integers(0, len(rows.fit), len(rows.fit))
        if rows.fit[some].any() and not rows.fit[some].all():
            fit = rows.fit[some]
            differences.append(
                roc_auc_score(fit, both[some]) - roc_auc_score(fit, rows.rules[some])
            )
    low, high = np.percentile(differences, [2.5, 97.5])
    areas = " · ".join(f"{roc_auc_score(rows.fit, each):.3f}" for each in (rows.rules, found, both))
    more = roc_auc_score(rows.fit, both) - roc_auc_score(rows.fit, rows.rules)
    right = accuracy_score(rows.fit, found > 0.5)
    return [
        (f"{title}: area under the curve of rules · regression · both", areas),
        (f"{title}: both less the rules", f"{more:+.3f} ({low:+.3f} to {high:+.3f})"),
        (f"{title}: accuracy of the regression", f"{right:.3f}"),
    ]


def _write(fitted: LogisticRegression) -> None:
    text = _WEIGHTS.read_text(encoding="utf-8")
    weights = ", ".join(f"{weight:.3f}" for weight in fitted.coef_[0])
    text = re.sub(r"weights: \[[^]]*\]", f"weights: [{weights}]", text)
    text = re.sub(r"bias: .*", f"bias: {fitted.intercept_[0]:.3f}", text)
    _WEIGHTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
