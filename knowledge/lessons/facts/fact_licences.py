"""Choose the licence of a fact that several sources state."""

from collections.abc import Iterable
from functools import lru_cache


def least_restrictive(licences: Iterable[str]) -> str:
    """Return the least restrictive of the licences of the sources that state a fact.

    >>> least_restrictive(["none stated", "CC0-1.0"])
    'CC0-1.0'
    """
    return min(licences, key=lambda licence: (_restriction(licence), licence))


@lru_cache(maxsize=1024)
def _restriction(licence: str) -> int:
    plain = licence.upper().replace(" ", "-")
    if "-NC" in plain or "-ND" in plain:
        return 4
    for place, marks in enumerate((("CC0", "PUBLIC-DOMAIN", "PD"), ("MIT", "APACHE", "CC-BY"))):
        if plain.startswith(marks):
            return place
    return 3
