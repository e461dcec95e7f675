"""The ways in which `tampering` changes one row, in one module for each subject.

A module of this package adds its kinds by a table `KINDS` of names and changes, and needs no entry
elsewhere. A change returns None where a row does not carry it. `SOUND` in a module names those of
its kinds that may leave a row sound, so that a miss is no hole.
"""

from importlib import import_module
from pkgutil import iter_modules

from tampering_kinds.row_changes import Change, Others

__all__ = ["KINDS", "SOUND", "Change", "Others"]


def _gather() -> tuple[dict[str, Change], frozenset[str]]:
    kinds: dict[str, Change] = {}
    sound: set[str] = set()
    for found in sorted(iter_modules(__path__), key=lambda each: each.name):
        module = import_module(f"{__name__}.{found.name}")
        own = getattr(module, "KINDS", {})
        if twice := kinds.keys() & own.keys():
            raise ValueError(f"{found.name} names kinds of another module: {sorted(twice)}.")
        kinds |= own
        sound |= set(getattr(module, "SOUND", ()))
    return kinds, frozenset(sound)


KINDS, SOUND = _gather()
"""Each way to change a row, and those that may leave it sound."""
