"""Collect what a patient card tells, and count what of it is left out and why.

name + linker -> names of the base; value + unit -> measurement; the rest -> a sentence
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.records import Language
from medchat.answering.patient.cues import measured
from medchat.answering.patient.mentions import Finder
from medchat.answering.patient_state import Measurement, NamedThing, PatientState

_KINDS = {
    "medicines": ("medicine:",),
    "conditions": ("condition:", "factor:"),
    "findings": ("symptom:", "condition:"),
    "absent": ("symptom:", "condition:", "factor:"),
    "allergies": ("medicine:", "food:", "factor:", "condition:"),
}
_LONGEST = 80
_MOST = 200
"""A card names at most so many things of a kind; more are no patient's."""

_MOSTLY = 0.5
_BRACKETS = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]")

_WHY: Mapping[str, Mapping[Language, str]] = {
    "error": {"en": "entered in error", "zh": "录入错误"},
    "refuted": {"en": "refuted", "zh": "已否定"},
    "unconfirmed": {"en": "not confirmed", "zh": "未确诊"},
    "inactive": {"en": "inactive or resolved", "zh": "已缓解或不活动"},
    "stopped": {"en": "stopped or completed", "zh": "已停用或完成"},
    "planned": {"en": "only planned", "zh": "仅为计划"},
    "unknown_state": {"en": "of unknown status", "zh": "状态不明"},
    "not_theirs": {"en": "not a condition of the patient's own", "zh": "不是患者本人的情况"},
    "another": {"en": "of another patient", "zh": "属于其他患者"},
    "code": {"en": "with a code that is not read", "zh": "编码无法识别"},
    "unit": {"en": "with a unit or value that is not read", "zh": "单位或数值无法识别"},
    "older": {"en": "older than another value", "zh": "有更新的数值"},
    "malformed": {"en": "malformed", "zh": "格式有误"},
    "type": {"en": "of types that are not read", "zh": "类型不读取"},
    "key": {"en": "under an unknown name", "zh": "名称未知"},
}
_SAID: Mapping[str, Mapping[Language, str]] = {
    "read": {
        "en": "The patient card was read ({read} of {all} entries).",
        "zh": "已读取患者卡片（{all}项中的{read}项）。",
    },
    "left": {"en": "Left out: {left}.", "zh": "未采用：{left}。"},
    "unlinked": {
        "en": "Not known to the knowledge base, so not checked: {names}.",
        "zh": "知识库中没有，因此无法核对：{names}。",
    },
    "kept": {
        "en": "It is kept for this session only; each answer records what it was given.",
        "zh": "仅在本次会话中使用；每条回答会记录所依据的信息。",
    },
}


@dataclass(frozen=True, slots=True)
class Card:
    """What a card told: the state, how many entries were read, and what was left out."""

    state: PatientState
    read: int
    left_out: Mapping[str, int]
    unlinked: tuple[str, ...] = ()

    def note(self, language: Language) -> str:
        """Say in a line what was read, what was left out and why, and how long it is kept."""
        everything = self.read + sum(self.left_out.values())
        said = [_SAID["read"][language].format(read=self.read, all=everything)]
        comma = "、" if language == "zh" else ", "
        if self.left_out:
            left = comma.join(f"{n} {_WHY[why][language]}" for why, n in self.left_out.items())
            said.append(_SAID["left"][language].format(left=left))
        if self.unlinked:
            names = comma.join(self.unlinked)
            said.append(_SAID["unlinked"][language].format(names=names))
        said.append(_SAID["kept"][language])
        return ("" if language == "zh" else " ").join(said)


@dataclass(slots=True)
class Collector:
    """Takes what a card tells, one entry after the other."""

    find: Finder
    state: PatientState = PatientState()
    read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unlinked: list[str] = field(default_factory=list)

    def leave_out(self, why: str) -> None:
        """Count an entry that is not taken."""
        self.left_out[why] += 1

    def take(self, **known: object) -> None:
        """Take an entry that sets fields."""
        self.state = replace(self.state, **known)  # type: ignore[arg-type]
        self.read += 1

    def take_name(self, field_name: str, name: str) -> None:
        """Take an entry that names a thing; what the base does not know keeps its words."""
        held: tuple[NamedThing, ...] = getattr(self.state, field_name)
        name = " ".join(name.split())
        if not name or len(held) >= _MOST:
            self.leave_out("malformed")
            return
        found = [*self._linked(name, _KINDS[field_name])]
        if not found:
            found = [NamedThing(name[:_LONGEST])]
            self.unlinked.append(name[:_LONGEST])
        fresh = [each for each in found if each not in held]
        self.state = replace(self.state, **{field_name: (*held, *fresh)})  # type: ignore[arg-type]
        self.read += 1

    def take_measurement(self, name: str, value: Measurement) -> None:
        """Take an entry that measures."""
        self.take(measurements={**self.state.measurements, name: value})

    def card(self) -> Card:
        """Return what was taken."""
        return Card(self.state, self.read, dict(self.left_out), tuple(dict.fromkeys(self.unlinked)))

    def _linked(self, name: str, kinds: tuple[str, ...]) -> Iterable[NamedThing]:
        """Yield what a name means: all medicines in it, or the thing that is most of it."""
        bare = _BRACKETS.sub("", name) or name
        for mention in self.find(bare):
            fitting = tuple(id for id in mention.entities if id.startswith(kinds))
            whole = mention.end - mention.start >= _MOSTLY * len(bare)
            if fitting and (whole or fitting[0].startswith("medicine:")):
                yield NamedThing(mention.text, fitting)


@cache
def card_data() -> Mapping[str, Any]:
    """Return the tables of `card.yaml`."""
    text = (files(__package__) / "card.yaml").read_text(encoding="utf-8")
    document: Mapping[str, Any] = yaml.safe_load(text)
    return document


@cache
def possible_units(name: str) -> frozenset[str]:
    """Return the units in which a measurement may come."""
    known = measured().get(name)
    listed = card_data()["units"].get(name, [])
    bare = [unit for _, _, unit in known.bare] if known else []
    return frozenset([*(unit.strip() for unit in (known.units if known else ())), *bare, *listed])
