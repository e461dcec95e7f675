"""Read a patient from a FHIR R4 bundle: Patient, Condition, AllergyIntolerance, medicines, values.

Bundle -> resources -> status, code -> Collector

Resources that are refuted, entered in error, inactive or stopped are left out and counted. Values
are read by LOINC and UCUM, names by the words that stand with their codes. No name, address or
number of a person is read.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from medchat.answering.patient.card_parts import Collector, card_data, possible_units
from medchat.answering.patient.people import trimester_of
from medchat.answering.patient_state import Measurement
from medchat.errors import MedchatError

_REMEDY = "Give a FHIR R4 bundle with one Patient."
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_SEXES = {"male": "male", "female": "female"}
_NAMED = {"Condition": "conditions", "AllergyIntolerance": "allergies"}
_MEDICINES = ("MedicationRequest", "MedicationStatement")
_YES, _NO = ("pregnant", "yes", "positive", "是"), ("not pregnant", "no", "negative", "否")

Resource = Mapping[str, object]


def read_bundle(document: Resource, collector: Collector, where: str) -> None:
    """Take what a bundle tells of its one patient."""
    if document.get("resourceType") != "Bundle":
        called = str(document.get("resourceType"))[:40]
        raise MedchatError(f"This is a FHIR {called}, not a Bundle.", where=where, remedy=_REMEDY)
    resources = [*_resources(document, collector)]
    patients = [each for each in resources if each.get("resourceType") == "Patient"]
    if len(patients) > 1:
        raise MedchatError(
            f"The bundle holds {len(patients)} patients.", where=where, remedy=_REMEDY
        )
    owner = str(patients[0].get("id", "")) if patients else ""
    medications = {
        str(each.get("id")): each for each in resources if each.get("resourceType") == "Medication"
    }
    values = _Values(collector)
    for resource in resources:
        kind = resource.get("resourceType")
        if kind == "Medication":
            continue
        if kind == "Patient":
            _read_patient(resource, collector)
        elif not _is_of(resource, owner):
            collector.leave_out("another")
        elif why := _left_out(resource):
            collector.leave_out(why)
        elif kind in _NAMED:
            _read_named(resource, _NAMED[str(kind)], collector)
        elif kind in _MEDICINES:
            _read_medicine(resource, medications, collector)
        elif kind == "Observation":
            values.read(resource)
        else:
            collector.leave_out("type")


def _resources(document: Resource, collector: Collector) -> Iterator[Resource]:
    for entry in _list(document.get("entry")):
        resource = _table(_table(entry).get("resource"))
        if isinstance(resource.get("resourceType"), str):
            yield resource
        else:
            collector.leave_out("malformed")


def _is_of(resource: Resource, owner: str) -> bool:
    """Say whether a resource is of the patient: one without a reference is."""
    subject = _table(resource.get("subject")) or _table(resource.get("patient"))
    reference = str(subject.get("reference", ""))
    return not owner or not reference or reference.rsplit("/", 1)[-1].rsplit(":", 1)[-1] == owner


def _left_out(resource: Resource) -> str:
    """Return why the status of a resource leaves it out; empty where it counts."""
    if resource.get("doNotPerform") is True:
        return "planned"
    states = card_data()["states"].get(resource.get("resourceType"), {})
    for name, meaning in states.items():
        value = resource.get(name)
        code = value if isinstance(value, str) else next(iter(_codes(value)), None)
        if code is not None and (why := meaning.get(code, "unknown_state")):
            return str(why)
    return ""


def _read_patient(resource: Resource, collector: Collector) -> None:
    born = _DATE.fullmatch(str(resource.get("birthDate", "")))
    sex = _SEXES.get(str(resource.get("gender")))
    age = _age(born) if born else None
    if age is None and sex is None:
        collector.leave_out("malformed")
        return
    collector.take(age=age, sex=sex)


def _age(born: re.Match[str]) -> float | None:
    today = datetime.now(UTC).date()
    try:
        day = date(int(born[1]), int(born[2] or 7), int(born[3] or 1))
    except ValueError:
        return None
    years = (today - day).days / 365.25
    if not 0 <= years <= 130:
        return None
    had = (today.month, today.day) >= (day.month, day.day)
    return round(years, 2) if years < 2 else float(today.year - day.year - (not had))


def _read_named(resource: Resource, field_name: str, collector: Collector) -> None:
    name = _words(resource.get("code"))
    if not name:
        substance = [
            _words(_table(each).get("substance")) for each in _list(resource.get("reaction"))
        ]
        name = next((each for each in substance if each), "")
    if not name:
        collector.leave_out("code")
    elif re.search(card_data()["not_theirs"], name):
        collector.leave_out("not_theirs")
    elif field_name == "conditions" and re.search(card_data()["pregnant_condition"], name):
        collector.take(pregnant=True)
    else:
        collector.take_name(field_name, name)


def _read_medicine(
    resource: Resource, medications: Mapping[str, Resource], collector: Collector
) -> None:
    name = _words(resource.get("medicationCodeableConcept"))
    if not name:
        reference = _table(resource.get("medicationReference"))
        id = str(reference.get("reference", "")).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lstrip("#")
        held = {str(_table(each).get("id")): each for each in _list(resource.get("contained"))}
        named = _table(held.get(id)) or medications.get(id, {})
        name = _words(named.get("code")) or str(reference.get("display") or "")
    if name:
        collector.take_name("medicines", name)
    else:
        collector.leave_out("code")


class _Values:
    """Takes the values of observations; of one thing the latest."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._when: dict[str, str] = {}

    def read(self, resource: Resource) -> None:
        """Take an observation, or each component of it."""
        components = [_table(each) for each in _list(resource.get("component"))]
        when = str(resource.get("effectiveDateTime") or resource.get("issued") or "")
        if components and "valueQuantity" not in resource:
            for each in components:
                self._read_one(each, when)
        else:
            self._read_one(resource, when)

    def _read_one(self, resource: Resource, when: str) -> None:
        codes = [*_codes(resource.get("code"))]
        pregnancy = card_data()["loinc_pregnancy"]
        for what, listed in pregnancy.items():
            if set(codes) & set(listed):
                self._read_pregnancy(what, resource)
                return
        names = [card_data()["loinc"][code] for code in codes if code in card_data()["loinc"]]
        if not names:
            self._collector.leave_out("code")
            return
        value = _amount(resource, names[0])
        if value is None:
            self._collector.leave_out("unit")
        elif names[0] in self._when:
            self._collector.leave_out("older")
            if when >= self._when[names[0]]:
                self._when[names[0]] = when
                known = self._collector.state.measurements
                self._collector.take(measurements={**known, names[0]: value})
                self._collector.read -= 1
        else:
            self._when[names[0]] = when
            self._collector.take_measurement(names[0], value)

    def _read_pregnancy(self, what: str, resource: Resource) -> None:
        concept = resource.get("valueCodeableConcept")
        known = card_data()["pregnancy_codes"]
        said = next((known[code] for code in _codes(concept) if code in known), None)
        words = (_words(concept) or str(resource.get("valueString") or "")).strip().casefold()
        if said is None and words in (*_YES, *_NO):
            said = words in _YES
        if isinstance(resource.get("valueBoolean"), bool):
            said = bool(resource.get("valueBoolean"))
        week = _number(_table(resource.get("valueQuantity")).get("value"))
        if what == "week" and week is not None and 1 <= week <= 42:
            self._collector.take(
                pregnant=True, pregnancy_week=int(week), trimester=trimester_of(int(week))
            )
        elif what == "status" and said is not None:
            self._collector.take(pregnant=said)
        elif what == "breastfeeding" and said is not None:
            self._collector.take(breastfeeding=said)
        else:
            self._collector.leave_out("unit")


def _amount(resource: Resource, name: str) -> Measurement | None:
    """Return the amount of an observation in a unit that is read, or None."""
    quantity = _table(resource.get("valueQuantity"))
    number = _number(quantity.get("value"))
    if number is None or quantity.get("comparator"):
        return None
    written = str(quantity.get("code") or quantity.get("unit") or "")
    if name == "weight" and written == "g":
        return Measurement(f"{number / 1000:g}", "kg")
    unit = card_data()["ucum"].get(written)
    if unit == "/min" and name == "heart_rate":
        unit = "bpm"
    if unit is None or unit not in possible_units(name):
        return None
    return Measurement(f"{number:.10g}", str(unit))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _words(concept: object) -> str:
    """Return the words of a concept: its text, or what stands with its first code."""
    table = _table(concept)
    if isinstance(table.get("text"), str) and str(table["text"]).strip():
        return str(table["text"]).strip()
    shown = [_table(each).get("display") for each in _list(table.get("coding"))]
    return next((each.strip() for each in shown if isinstance(each, str) and each.strip()), "")


def _codes(concept: object) -> Iterator[str]:
    for coding in _list(_table(concept).get("coding")):
        code = _table(coding).get("code")
        if isinstance(code, str):
            yield code


def _table(value: object) -> Resource:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
