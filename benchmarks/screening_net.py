"""Train the second net of the screen, and tell by cross-validation what it finds and mistakes.

    python benchmarks/screening_net.py [--write]     writes second_net.safetensors of the package

The sentences are those of `medchat/answering/screening/examples/`, the cases of its rules, and the
messages of `screening_messages.yaml` and `turn_cases.yaml`, all written for this project.
Needs scikit-learn, which comes with sentence-transformers.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from safetensors.numpy import save
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from knowledge.text.names import language_of
from medchat.answering.screening import rules
from medchat.answering.screening.second_net import BUCKETS, KINDS, WEIGHTS, features
from medchat.answering.screening.statements import fold

HERE = Path(__file__).parent
ORDINARY = "ordinary"
LANGUAGES = ("en", "zh")
MISTAKEN = {"emergency": 0.1, "self-harm": 0.01, "harmful": 0.04}
"""Which share of the ordinary sentences may be taken for each kind; most of them look like it."""

FREEDOM = 100.0
"""How little the weights are held back (C of the logistic regression)."""

FOLDS = 4
_OF_MESSAGES = {"lay": "emergency", "clinical": "emergency", "others": ORDINARY,
                "harmful": "harmful", "look_alikes": ORDINARY}  # fmt: skip
_OF_TURNS = {"emergency": "emergency", "self-harm": "self-harm", "refusal": "harmful",
             "privacy": None, "injection": None}  # fmt: skip
Sentence = tuple[str, str]
"""A sentence and its kind."""


def main() -> None:
    """Print what is found and mistaken at each threshold; write the weights where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    told = list(dict.fromkeys(sentences()))
    matrix = counted(text for text, _ in told)
    kinds = np.array([kind for _, kind in told])
    chinese = np.array([language_of(text) == "zh" for text, _ in told])
    thresholds = chosen(cross_validated(matrix, kinds), kinds, chinese)
    models = trained(matrix, kinds)
    weights = np.stack([model.coef_[0] for model in models])
    scales = np.abs(weights).max(axis=1) / 127
    content = save(
        {
            "weights": np.round(weights / scales[:, None]).astype(np.int8),
            "scales": scales.astype(np.float32),
            "constants": np.array([model.intercept_[0] for model in models], dtype=np.float32),
            "thresholds": thresholds,
        }
    )
    if write:
        Path(str(files("medchat.answering.screening").joinpath(WEIGHTS))).write_bytes(content)
        print(f"{WEIGHTS}: {len(content) / 1e6:.2f} MB")


def sentences() -> Iterator[Sentence]:
    """Yield every sentence to train on."""
    folder = files("medchat.answering.screening").joinpath("examples")
    for kind in (*KINDS, ORDINARY):
        groups = yaml.safe_load(folder.joinpath(f"{kind}.yaml").read_text(encoding="utf-8"))
        yield from ((text, kind) for by_language in groups.values() for text in both(by_language))
    yield from _of_rules(rules.read_emergencies(), "emergency")
    yield from _of_rules(rules.read_list("refusals"), "harmful")
    for opening in rules.read_list("openings"):
        kind = {"self-harm": "self-harm", "refusal": "harmful"}.get(opening["kind"], ORDINARY)
        yield from _of_rules([opening], kind)
    messages = yaml.safe_load((HERE / "screening_messages.yaml").read_text(encoding="utf-8"))
    for name, by_language in messages.items():
        yield from ((text, _OF_MESSAGES[name]) for text in both(by_language))
    for case in yaml.safe_load((HERE / "turn_cases.yaml").read_text(encoding="utf-8")):
        kind = _OF_TURNS.get(case["kind"], ORDINARY)
        if kind is not None:
            yield from ((text, kind if text == case["turns"][-1] else ORDINARY)
                        for text in case["turns"])  # fmt: skip


def _of_rules(entries: Iterable[Mapping[str, Any]], kind: str) -> Iterator[Sentence]:
    for entry in entries:
        yield from ((text, kind) for text in both(entry["fires"]))
        yield from ((text, ORDINARY) for text in both(entry.get("silent", {})))


def both(by_language: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the sentences of both languages."""
    return [text for language in LANGUAGES for text in by_language.get(language, ())]


def counted(texts: Iterable[str]) -> csr_matrix:
    """Return one row of counts for each text."""
    rows = [features(fold(text).strip()) for text in texts]
    ends = np.cumsum([0, *(len(hashes) for hashes, _ in rows)])
    hashes, counts = (np.concatenate(each) for each in zip(*rows, strict=True))
    matrix = csr_matrix((counts, hashes, ends), shape=(len(rows), BUCKETS), dtype=np.float64)
    matrix.sum_duplicates()
    return matrix


def trained(matrix: csr_matrix, kinds: np.ndarray) -> list[LogisticRegression]:
    """Return one model for each kind: this kind against all else."""
    return [
        LogisticRegression(C=FREEDOM, solver="liblinear").fit(matrix, kinds == kind)
        for kind in KINDS
    ]


def cross_validated(matrix: csr_matrix, kinds: np.ndarray) -> np.ndarray:
    """Return the scores that each sentence gets from models that did not see it."""
    scores = np.zeros((len(kinds), len(KINDS)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for seen, unseen in folds.split(matrix, kinds):
        models = trained(matrix[seen], kinds[seen])
        scores[unseen] = np.stack([m.predict_proba(matrix[unseen])[:, 1] for m in models], axis=1)
    return scores


def chosen(scores: np.ndarray, kinds: np.ndarray, chinese: np.ndarray) -> np.ndarray:
    """Return the lowest thresholds at which few enough ordinary sentences are mistaken."""
    found = np.zeros((len(LANGUAGES), len(KINDS)), dtype=np.float32)
    for place, language in enumerate(LANGUAGES):
        of_language = chinese == bool(place)
        for column, kind in enumerate(KINDS):
            ordinary = np.sort(scores[of_language & (kinds == ORDINARY), column])
            found[place, column] = ordinary[-int(MISTAKEN[kind] * len(ordinary)) - 1]
            of_kind = scores[of_language & (kinds == kind), column]
            share = (of_kind >= found[place, column]).mean()
            print(f"{language} {kind}: {share:.1%} of {len(of_kind)} found from "
                  f"{found[place, column]:.2f} on, {MISTAKEN[kind]:.1%} of {len(ordinary)} "
                  "ordinary ones mistaken")  # fmt: skip
    return found


if __name__ == "__main__":
    main()
