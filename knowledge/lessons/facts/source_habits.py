"""Find out from the facts of all conditions together how sources filled their tables.

    facts of all conditions -> values that are given to everything, findings that kin share

A value that unrelated conditions have says nothing of any of them. A finding that conditions of the
same department and part of the body share is one of them with more right than one that stands in
a single list.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

_COMMON = 25
_UNRELATED = 10
"""From how many subjects, of how many departments, a value says nothing of any of them."""

_FAMILIAR, _LARGE = 5, 500
"""So many conditions must lead to one for it to be thought of by findings alone; and in graphs in
which so many conditions follow others, one that follows none is so rare that its lists are odd."""

_OTHERS, _OFTENER = 2, 1.3
"""So many conditions of the same departments and parts must have a finding, and it must be so much
commoner among them than among all, for it to belong to a condition."""

DEFAULTED = ("treatment", "course", "prognosis")
"""Relations that sources fill with one value for everything."""

Statement = tuple[str, str, str]
"""Subject, relation and value: the id of an entity, or a text."""

Place = tuple[str, str]
"""A department, and a part of the body."""


@dataclass(frozen=True, slots=True)
class SourceHabits:
    """What the facts of all conditions together tell of how sources filled their tables.

    `defaults` are values that are given to unrelated conditions, `followed` is how many lead to a
    condition. `places` are the departments and parts of the body of each, `kin` the conditions of
    a place, `shown` those with a finding, and `described` is how many have any.
    """

    defaults: frozenset[tuple[str, str]] = frozenset()
    followed: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, frozenset[Place]] = field(default_factory=dict)
    kin: Mapping[Place, frozenset[str]] = field(default_factory=dict)
    shown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    described: int = 0

    def is_finding_of(self, condition: str, finding: str) -> bool:
        """Say whether conditions like one have a finding, too, as far as is known."""
        places = self.places.get(condition)
        if not places or self.described < _LARGE:
            return True
        kin = frozenset().union(*(self.kin.get(each, ()) for each in places))
        others = self.shown.get(finding, frozenset()) - {condition}
        near = len(others & kin)
        return near >= _OTHERS and near * self.described >= _OFTENER * len(kin) * len(others)

    def is_rare(self, condition: str) -> bool:
        """Say whether a condition of a large graph is named by no other."""
        return len(self.followed) >= _LARGE and not self.followed.get(condition)

    def may_be_known(self, condition: str) -> bool:
        """Say whether a condition is familiar, or its graph too small to tell."""
        return len(self.followed) < _LARGE or self.is_familiar(condition)

    def is_familiar(self, condition: str) -> bool:
        """Say whether a condition is named often enough to be thought of by findings alone."""
        return self.followed.get(condition, 0) >= _FAMILIAR


def read_habits(stated: Iterable[Statement], general: Collection[str]) -> SourceHabits:
    """Return the habits that the facts of all conditions show.

    `general` are departments that treat anybody.
    """
    departments: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, set[str]] = defaultdict(set)
    subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
    shown: dict[str, set[str]] = defaultdict(set)
    followed: Counter[str] = Counter()
    for subject, relation, value in stated:
        if relation == "department":
            departments[subject].add(value)
        elif relation == "body_part":
            parts[subject].add(value)
        elif relation == "symptom":
            shown[value].add(subject)
        elif relation == "complication":
            followed[value] += 1
        else:
            subjects[relation, value].add(subject)
    defaults = frozenset(
        key
        for key, having in subjects.items()
        if len(having) >= _COMMON
        and len(set().union(*(departments.get(each, ()) for each in having))) >= _UNRELATED
    )
    places = {
        subject: frozenset(itertools.product(sorted(own - set(general)), sorted(parts[subject])))
        for subject, own in departments.items()
        if subject in parts
    }
    described = set().union(*shown.values())
    kin: dict[Place, set[str]] = defaultdict(set)
    for subject in described & places.keys():
        for place in places[subject]:
            kin[place].add(subject)
    return SourceHabits(
        defaults,
        followed,
        places,
        {place: frozenset(having) for place, having in kin.items()},
        {finding: frozenset(having) for finding, having in shown.items()},
        len(described),
    )
