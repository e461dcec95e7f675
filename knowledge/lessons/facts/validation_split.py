"""Decide which entities the validation rows are about, by their ids alone."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=1 << 18)
def is_validation(entity_id: str) -> bool:
    """Say whether an entity belongs to the validation part, as about one in ten does."""
    return blake2b(entity_id.encode(), digest_size=4).digest()[0] < 26


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Says whether rows about an entity are for validation; the `spare` entity always is."""

    spare: str

    def __call__(self, id: str) -> bool:
        """Say it of the entity with an id."""
        return is_validation(id) or id == self.spare
