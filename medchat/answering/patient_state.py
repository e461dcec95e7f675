"""Define what a conversation has told of its patient.

    messages, patient card -> PatientState -> medication check, calculators, differential, page

A field is None or empty where nothing was told. The state of one turn begins with that of the turn
before; it is recorded with each answer.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Sex = Literal["female", "male"]
AgeGroup = Literal["newborn", "infant", "child", "adult"]


@dataclass(frozen=True, slots=True)
class NamedThing:
    """What a message names: the words that were written, and the entities that they may mean."""

    text: str
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number as it was written, and its unit as `knowledge.text.units` spells it."""

    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PatientState:
    """What is known of the patient; `age` is in years, 0.25 for three months.

    `measurements` are by what was measured ("weight", "height", "creatinine", "egfr", …). `absent`
    are findings and conditions that were denied. `age_group` is known where an age is not told.
    `passing` names what holds only for the question just asked, of people at large ("in
    pregnancy"): a field, or a field and a name ("allergies:penicillin").
    """

    age: float | None = None
    age_group: AgeGroup | None = None
    sex: Sex | None = None
    pregnant: bool | None = None
    pregnancy_week: int | None = None
    trimester: Literal[1, 2, 3] | None = None
    breastfeeding: bool | None = None
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    medicines: tuple[NamedThing, ...] = ()
    conditions: tuple[NamedThing, ...] = ()
    findings: tuple[NamedThing, ...] = ()
    absent: tuple[NamedThing, ...] = ()
    allergies: tuple[NamedThing, ...] = ()
    passing: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is known."""
        return self == PatientState()

    def document(self) -> dict[str, object]:
        """Return what is known as plain values, without what is not known."""
        return {name: value for name, value in asdict(self).items() if value not in (None, (), {})}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "PatientState":
        """Return the state that a stored document describes; names it does not know are left."""
        known = {each.name for each in fields(cls)}
        given = {name: value for name, value in document.items() if name in known}
        for name in _NAMED & given.keys():
            given[name] = tuple(
                NamedThing(each["text"], tuple(each["entities"])) for each in given[name]
            )
        if "passing" in given:
            given["passing"] = tuple(given["passing"])
        if "measurements" in given:
            given["measurements"] = {
                name: Measurement(**each) for name, each in given["measurements"].items()
            }
        return cls(**given)


_NAMED = frozenset({"medicines", "conditions", "findings", "absent", "allergies"})
