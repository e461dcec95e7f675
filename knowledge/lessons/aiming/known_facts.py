"""Say which facts of the graph a base knows, and how likely it knows those that it was not asked.

    scored facts -> known or not; by language, relation and kind of entity -> shares known

A fact that was not asked counts by what was asked of its subject, drawn towards its relation.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from knowledge.lessons.aiming import reliability
from knowledge.lessons.aiming.reliability import Reliability
from knowledge.records import Language
from knowledge.vocabulary import INVERSE

_PRIOR = 2.0
"""So many facts does a relation's share count for, beside those of the subject that were asked."""


@dataclass(frozen=True, slots=True)
class FactScore:
    """What a base makes of a fact in a language: the score of the true object, then of the others.

    A score is the log-likelihood of an object after the subject, less that after none.
    """

    fact: str
    language: Language
    relation: str
    kind: str
    subject: str
    scores: tuple[float, ...]


class KnownFacts:
    """What a base knows of the graph; `base` is its name, `base_hash` tells its files."""

    def __init__(self, base: str, base_hash: str, scored: Sequence[FactScore]) -> None:
        self.base = base
        self.base_hash = base_hash
        self.scored = tuple(scored)
        by_language = defaultdict(list)
        for each in scored:
            by_language[each.language].append(each.scores)
        self.temperatures = {
            language: reliability.fit_temperature(every)
            for language, every in sorted(by_language.items())
        }
        self._chances = [
            reliability.probabilities(each.scores, self.temperatures[each.language])
            for each in scored
        ]
        self._known = {
            (each.fact, each.language): reliability.is_known(chances)
            for each, chances in zip(scored, self._chances, strict=True)
        }
        self._groups: Counter[tuple[str, ...]] = Counter()
        self._known_of: Counter[tuple[str, ...]] = Counter()
        for each in scored:
            known = self._known[each.fact, each.language]
            for group in (
                (each.language,),
                (each.language, each.relation),
                (each.language, "", each.subject),
            ):
                self._groups[group] += 1
                self._known_of[group] += known

    def is_known(self, fact: str, language: Language) -> bool | None:
        """Say whether a fact is known in a language; None where the base was not asked."""
        return self._known.get((fact, language))

    def likely_known(self, language: Language, relation: str, subject: str) -> float:
        """Return how likely a fact is known that was not asked."""
        whole, own = (language,), (language, relation.removesuffix(INVERSE))
        prior = self._share(own, self._share(whole, 0.0, 0.0), _PRIOR)
        return self._share((language, "", subject), prior, _PRIOR)

    def _share(self, group: tuple[str, ...], prior: float, weight: float) -> float:
        asked = self._groups[group] + weight
        return (self._known_of[group] + weight * prior) / asked if asked else prior

    @property
    def hash(self) -> str:
        """Return a hash of what is known."""
        known = sorted((fact, language, known) for (fact, language), known in self._known.items())
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    def groups(self) -> dict[str, dict[str, Reliability]]:
        """Return the reliability of the whole, by language, by relation and by kind of entity."""
        return {
            "all": self._measured(lambda each: "all"),
            "language": self._measured(lambda each: each.language),
            "relation": self._measured(lambda each: f"{each.language} {each.relation}"),
            "kind": self._measured(lambda each: f"{each.language} {each.kind}"),
        }

    def _measured(self, key: Callable[[FactScore], str]) -> dict[str, Reliability]:
        found = defaultdict(list)
        for each, chances in zip(self.scored, self._chances, strict=True):
            found[key(each)].append(chances)
        return {name: reliability.measure(found[name]) for name in sorted(found)}

    def corrupted_known(self) -> tuple[int, int]:
        """Return how many corrupted statements would be known in place of a true one, of how many.

        The first corrupted object stands for the true one, against the others: what a base takes
        as known by chance.
        """
        every = [
            reliability.probabilities(each.scores[1:], self.temperatures[each.language])
            for each in self.scored
        ]
        return sum(map(reliability.is_known, every)), len(every)

    def summary(self) -> dict[str, object]:
        """Return what is kept beside the scores, and shown."""
        corrupted, of = self.corrupted_known()
        return {
            "base": {"name": self.base, "hash": self.base_hash},
            "temperatures": {key: round(each, 4) for key, each in self.temperatures.items()},
            "corrupted_known": {"statements": of, "known": corrupted},
            **{
                name: {key: _rounded(each) for key, each in parts.items()}
                for name, parts in self.groups().items()
            },
        }


def _rounded(each: Reliability) -> dict[str, object]:
    values = asdict(each)
    for name in ("low", "high", "right", "calibration_error"):
        values[name] = round(values[name], 4)
    values["share"] = round(each.share, 4)
    values["curve"] = [
        {"sure": round(one.sure, 4), "right": round(one.right, 4), "facts": one.facts}
        for one in each.curve
    ]
    return values
