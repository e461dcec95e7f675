"""Fusion: one merit for each passage from what meaning and words say of it.

    cosines + BM25 scores, each scaled to the best of its ranking -> weighted sum

Scores of one ranking are comparable with each other and not with those of the other; scaled to the
best they are, and unlike ranks they keep by how much one passage is better than the next.
"""

from collections.abc import Mapping

DENSE_WEIGHT = 0.7
"""How much the vectors count beside the words, both measured against the best of a question."""


def fused(cosines: Mapping[str, float], matches: Mapping[str, float]) -> dict[str, float]:
    """Return the merit of each passage that either ranking found, best first.

    `cosines` are as the vectors gave them, `matches` BM25 scores as shares of the best.

    >>> fused({"a": 0.8, "b": 0.4}, {"b": 1.0})
    {'a': 0.7, 'b': 0.65}
    """
    weight = DENSE_WEIGHT if cosines else 0.0
    best = max(cosines.values(), default=0.0)
    merits = {
        id: weight * (cosines.get(id, 0.0) / best if best > 0 else 0.0)
        + (1 - weight) * matches.get(id, 0.0)
        for id in {**cosines, **matches}
    }
    return dict(sorted(merits.items(), key=lambda item: (-item[1], item[0])))
