"""Find which known entity a name or an identifier means.

    kind + names + own identifiers -> found by name | by identifier | no entity yet

Preferred names are compared first; an alias decides only where a curated source gave it,
since the aliases of scraped lists often name a neighbouring disease. Then its own identifiers are
asked, those of the register that it comes from. Identifiers that refer to other registers are
never asked: over published ontologies hundreds of them are shared by things that are not the same.
What two entities share decides nothing, and a name does not join what one register tells apart.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

Key = tuple[str, str]
"""A kind with a normalised name, or with an identifier."""

JoinMethod = Literal["name", "identifier", "split", "created"]


class Resolution(NamedTuple):
    """The id of the entity, how it was found, and by which term; no id where it is to be `created`.

    `apart` is an entity of that name that was passed over, since the register tells the two apart.
    """

    id: str
    joined: JoinMethod
    term: str = ""
    apart: str = ""


class EntityResolver:
    """Look-ups of entities by name and by identifier, filled in the order of addition."""

    def __init__(self) -> None:
        self._preferred: dict[Key, str | None] = {}
        self._trusted: dict[Key, str | None] = {}
        self._aliases: dict[Key, str | None] = {}
        self._codes: dict[Key, str | None] = {}
        self._borne: dict[str, set[str]] = {}

    def find(
        self, kind: str, names: Sequence[str], own: Sequence[str], *, any_alias: bool = False
    ) -> Resolution:
        """Return the entity that normalised names or a register's own identifiers mean."""
        keys = [(kind, name) for name in names]
        apart = ""
        for known in (self._preferred, self._trusted):
            for key in keys:
                id = known.get(key)
                if id and not self.tells_apart(id, own):
                    return Resolution(id, "name", key[1], apart)
                apart = apart or id or ""
        for code in own:
            id = self._codes.get((kind, code))
            if id:
                return Resolution(id, "identifier", code, apart)
        for key in keys if any_alias else ():
            id = self._aliases.get(key)
            if id and not self.tells_apart(id, own):
                return Resolution(id, "name", key[1], apart)
            apart = apart or id or ""
        return Resolution("", "created", apart=apart)

    def tells_apart(self, id: str, own: Sequence[str]) -> bool:
        """Say whether a register that names the entity names these by other identifiers."""
        borne = self._borne.get(id) if own else None
        if not borne or not borne.isdisjoint(own):
            return False
        registers = {register(code) for code in own}
        return any(register(code) in registers for code in borne)

    def own_identifiers(self, id: str) -> set[str]:
        """Return the identifiers under which registers keep the records of an entity."""
        return self._borne.get(id, set())

    def preferred_entity(self, key: Key) -> str | None:
        """Return the entity that has this as a preferred name."""
        return self._preferred.get(key)

    def add_preferred_name(self, key: Key, id: str) -> None:
        """Learn a preferred name; the first entity that has it keeps it."""
        self._preferred.setdefault(key, id)

    def add_alias(self, key: Key, id: str, *, trusted: bool) -> None:
        """Learn an alias."""
        _share(self._aliases, key, id)
        if trusted:
            _share(self._trusted, key, id)

    def add_identifier(self, kind: str, code: str, id: str) -> None:
        """Learn an identifier of the register from which a record of the entity comes."""
        _share(self._codes, (kind, code), id)
        self._borne.setdefault(id, set()).add(code)


def register(code: str) -> str:
    """Return the register of an identifier.

    >>> register("DOID:9352")
    'DOID'
    """
    return code.partition(":")[0]


def _share(known: dict[Key, str | None], key: Key, id: str) -> None:
    """Note that an entity has a name or an identifier; where two have it, it means neither."""
    known[key] = id if known.get(key, id) == id else None
