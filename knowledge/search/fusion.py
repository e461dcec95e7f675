"""Combine cosine and BM25 scores of passages by a weighted sum.

    cosines + BM25 scores, these as shares of the best -> weighted sum -> shares of the best sum

A cosine means the same for every question and counts as it is; a BM25 score grows with the number
of terms and is only comparable with the others of its ranking. Unlike ranks both keep by how much
one passage is better than the next.
"""

from collections.abc import Mapping

from knowledge.search import weights


def fuse_scores(cosines: Mapping[str, float], matches: Mapping[str, float]) -> dict[str, float]:
    """Return the fused score of each passage in either ranking, best first; the best has 1.

    `cosines` are as the vectors gave them, `matches` BM25 scores as shares of the best.

    >>> list(fuse_scores({"a": 0.5, "b": 0.4, "c": 0.3}, {"b": 1.0}))
    ['b', 'a', 'c']
    """
    weight = weights.DENSE_WEIGHT if cosines else 0.0
    sums = {
        id: weight * max(0.0, cosines.get(id, 0.0)) + (1 - weight) * matches.get(id, 0.0)
        for id in {**cosines, **matches}
    }
    best = max(sums.values(), default=0.0) or 1.0
    merits = {id: value / best for id, value in sums.items()}
    return dict(sorted(merits.items(), key=lambda item: (-item[1], item[0])))
