"""Read a patient card from a file: plain YAML or JSON, or a FHIR R4 bundle.

file -> Card(state, what was left out)

A card is kept for the session only. Names, addresses and numbers of a person are never read. Raises
MedchatError where nothing of it can be read.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from medchat.answering.patient.card_parts import Card, Collector, card_data
from medchat.answering.patient.cues import measured
from medchat.answering.patient.fhir import read_bundle
from medchat.answering.patient.measurements import read_measurements
from medchat.answering.patient.mentions import Finder
from medchat.answering.patient.people import trimester_of
from medchat.errors import MedchatError

LARGEST = 5_000_000
"""A card has at most this many bytes."""

_OLDEST, _LAST_WEEK = 130, 42
_YEARS = {"y": 1.0, "m": 1 / 12, "w": 7 / 365.25, "d": 1 / 365.25}
_CHINESE = {"岁": "y", "周岁": "y", "周": "w", "天": "d"}
_REMEDY = "Give a card as YAML or JSON (age, sex, medicines, …), or a FHIR R4 bundle as JSON."


def read_card(path: Path, find: Finder) -> Card:
    """Return what a file tells of a patient."""
    if path.stat().st_size > LARGEST:
        raise MedchatError("The patient card is too large.", where=str(path), remedy=_REMEDY)
    return parse_card(path.read_bytes(), str(path), find)


def parse_card(content: bytes, where: str, find: Finder) -> Card:
    """Return what the bytes of a file tell of a patient."""
    document = _document(content, where)
    collector = Collector(find)
    if "resourceType" in document:
        read_bundle(document, collector, where)
    else:
        _read_plain(document, collector)
    card = collector.card()
    if card.state.is_empty:
        left = sum(card.left_out.values())
        raise MedchatError(
            f"Nothing of the patient card can be read ({left} entries were left out).",
            where=where,
            remedy=_REMEDY,
        )
    return card


def _document(content: bytes, where: str) -> Mapping[str, object]:
    try:
        text = content.decode("utf-8-sig")
        document = json.loads(text) if text.lstrip()[:1] == "{" else yaml.safe_load(text)
    except (UnicodeDecodeError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise MedchatError(
            "The patient card is neither JSON nor YAML.", where=where, remedy=_REMEDY
        ) from error
    if not isinstance(document, dict):
        raise MedchatError(
            "The patient card is not a table of names and values.", where=where, remedy=_REMEDY
        )
    return document


def _read_plain(document: Mapping[str, object], collector: Collector) -> None:
    keys = {_folded(written): name for name, all in card_data()["keys"].items() for written in all}
    for key, value in document.items():
        name = keys.get(_folded(str(key)))
        if name == "measurements" and isinstance(value, dict):
            for each, amount in value.items():
                _read_measurement(str(each), amount, collector)
        elif name in ("medicines", "conditions", "findings", "absent", "allergies"):
            for each in value if isinstance(value, list) else _split(value):
                _read_name(name, each, collector)
        elif name is not None:
            _read_field(name, value, collector)
        else:
            _read_measurement(str(key), value, collector)


def _folded(key: str) -> str:
    return key.strip().casefold().replace("_", " ")


def _split(value: object) -> list[object]:
    return [*re.split(r"\s*[,，、;；\n]\s*", value.strip())] if isinstance(value, str) else [value]


def _read_name(name: str, value: object, collector: Collector) -> None:
    if not isinstance(value, str):
        collector.leave_out("malformed")
    elif re.search(card_data()["not_theirs"], value):
        collector.leave_out("not_theirs")
    else:
        collector.take_name(name, value)


def _read_field(name: str, value: object, collector: Collector) -> None:
    if name == "age" and (age := _age(value)) is not None:
        collector.take(age=age)
    elif name == "sex" and (sex := card_data()["sexes"].get(str(value).strip().casefold())):
        collector.take(sex=sex)
    elif name in ("pregnant", "breastfeeding") and (said := _yes(value)) is not None:
        collector.take(**{name: said})
    elif name == "pregnancy_week" and (week := _week(value)):
        collector.take(pregnant=True, pregnancy_week=week, trimester=trimester_of(week))
    elif name == "trimester" and value in (1, 2, 3) and not isinstance(value, bool):
        collector.take(pregnant=True, trimester=value)
    else:
        collector.leave_out("malformed")


def _age(value: object) -> float | None:
    match = None if isinstance(value, bool) else re.match(card_data()["ages"], str(value))
    if match is None:
        return None
    unit = match[2] or "y"
    years = float(match[1]) * _YEARS[_CHINESE.get(unit.rstrip("大"), unit[0]).replace("个", "m")]
    return round(years, 2) if years <= _OLDEST else None


def _week(value: object) -> int:
    written = str(value).strip()
    week = int(written) if re.fullmatch(r"\d{1,2}", written) else 0
    return week if week <= _LAST_WEEK else 0


def _yes(value: object) -> bool | None:
    said = value if isinstance(value, bool) else str(value).strip().casefold()
    if said in card_data()["yes"]:
        return True
    return False if said in card_data()["no"] else None


def _read_measurement(key: str, value: object, collector: Collector) -> None:
    """Take an amount as a message would tell it: "eGFR 25", "weight 72 kg"."""
    called = [
        name
        for name, each in measured().items()
        if _folded(key) == name.replace("_", " ") or each.names.fullmatch(_folded(key))
    ]
    pressure = _folded(key) in ("bp", "blood pressure", "血压")
    if not called and not pressure:
        collector.leave_out("key")
        return
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        collector.leave_out("malformed")
        return
    label = "bp" if pressure else measured()[called[0]].label["en"].casefold()
    found = read_measurements(f"{label} {str(value).casefold()}", alone=False)
    if not found:
        collector.leave_out("unit")
    for name, amount in found.items():
        collector.take_measurement(name, amount)
