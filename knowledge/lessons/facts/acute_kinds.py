"""Tell of which acute kind a condition or a side effect is: what can turn dangerous within hours.

name of a condition -> kind, by which `acute.condition` says what to do
side effects of a medicine -> kind, by which `acute.effect` does
name of a medicine -> kind, by which `acute.stopping` says why it is not stopped suddenly
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import cast

from knowledge.lessons.facts import rule_files

_LASTING = re.compile(
    r"\bchronic\b|\bold\b|\bhistory of\b|sequel|chilblain|recurrent|\bafter\b|\bprevention\b|"
    "慢性|陈旧|后遗症|冻疮|恢复期|预防|病史|史$|习惯性|复发性",
    re.IGNORECASE,
)
"""What lasts or is over is no fresh one."""


@lru_cache(maxsize=1 << 14)
def kind_of(name: str) -> str:
    """Return the acute kind of a condition or complaint, or nothing.

    >>> kind_of("Frostbite"), kind_of("心房扑动"), kind_of("gout"), kind_of("chronic urticaria")
    ('cold', 'rhythm', '', '')
    """
    if _LASTING.search(name):
        return ""
    return next((kind for kind, says in _patterns("conditions") if says.search(name)), "")


def kind_of_effects(effects: Iterable[str]) -> str:
    """Return the first kind of danger that some side effects are of, or nothing.

    >>> kind_of_effects(["nausea", "anaphylaxis"]), kind_of_effects(["nausea"])
    ('allergic', '')
    """
    return next(iter(effects_in("\n".join(effects))), "")


def effects_in(told: str) -> list[str]:
    """Return the kinds of danger that a text on side effects tells of.

    >>> effects_in("nausea, hepatitis, anaphylaxis")
    ['allergic', 'liver']
    """
    return [kind for kind, says in _patterns("effects") if says.search(told)]


@lru_cache(maxsize=1 << 14)
def kind_of_stopping(name: str) -> str:
    """Return the kind of harm that stopping a medicine suddenly does, or nothing.

    >>> kind_of_stopping("clonidine"), kind_of_stopping("巴氯芬"), kind_of_stopping("loratadine")
    ('pressure', 'spasm', '')
    """
    return next((kind for kind, says in _patterns("stopping") if says.search(name)), "")


@cache
def kinds(key: str) -> tuple[str, ...]:
    """Return the kinds of `conditions`, `effects` or `stopping`."""
    return tuple(kind for kind, _ in _patterns(key))


@cache
def _patterns(key: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    held = cast(dict[str, dict[str, str]], rule_files.read("acute_kinds"))
    return tuple((kind, re.compile(says, re.IGNORECASE)) for kind, says in held[key].items())
