"""Read what the format of a source and the notes of its facts say of them.

notes -> level of an interaction, who found a fact; formats -> was it read over, listed, defined

What is known of formats stands in `source_notes.yaml`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, cast

from knowledge.lessons.facts import rule_files

LEVELS = ("contraindicated", "major", "moderate")
"""The levels of an interaction that are warned about, the most severe first."""

_LEVEL = re.compile(r"\blevel: ([^;,]+)")
_LEVEL_OF = {
    "contraindicated": "contraindicated",
    "contraindication": "contraindicated",
    "avoid": "contraindicated",
    "not recommended": "major",
    "major": "major",
    "severe": "major",
    "precaution for use": "moderate",
    "caution": "moderate",
    "moderate": "moderate",
}


def interaction_level(notes: Iterable[str]) -> str:
    """Return the most severe level that notes of sources give; "low" for one of no concern.

    >>> interaction_level(["level: moderate", "level: major; if: age > 65"])
    'major'
    """
    given = {found[1].strip() for note in notes for found in _LEVEL.finditer(note)}
    known = {_LEVEL_OF[each] for each in given if each in _LEVEL_OF}
    return next((each for each in LEVELS if each in known), "low" if given else "")


def is_gathered(format: str) -> bool:
    """Say whether a program found what sources of a format state: nobody read it over."""
    return format in _rules()["gathered_by_program"]


def is_listed(formats: Collection[str]) -> bool:
    """Say whether one table of conditions alone states what all of these formats do.

    Tables that were copied from the same place count as one.

    >>> is_listed(["medicalgraph-csv", "medicalkg-json"]), is_listed(["chatdoctor", "indications"])
    (True, False)
    """
    origins = cast(Mapping[str, str], _rules()["condition_tables"])
    return len({origins.get(format, "") for format in formats} - {""}) == 1 and all(
        format in origins for format in formats
    )


def is_own_use(note: str) -> bool:
    """Say whether a note tells that the record of a medicine itself states a use.

    >>> is_own_use("used for"), is_own_use("level: avoid; used for"), is_own_use("used for gout")
    (True, True, False)
    """
    return "used for" in note.split("; ")


def found_by_crowd(note: str) -> bool:
    """Say whether a note of a source tells that only a crowd of lay readers found a fact.

    >>> found_by_crowd("found by: crowd"), found_by_crowd("found by: experts; found by: crowd")
    (True, False)
    """
    return "found by: crowd" in note and "found by: experts" not in note


def is_terse(format: str) -> bool:
    """Say whether the definitions of a format are written for programs, as those of ontologies."""
    return format in _rules()["terse_definitions"]


@cache
def _rules() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read("source_notes"))
