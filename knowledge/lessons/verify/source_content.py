"""Hold what a source of a row says, and tell from which end a row sees it."""

from dataclasses import dataclass

from knowledge.vocabulary import from_object


@dataclass(frozen=True, slots=True)
class SourceContent:
    """What a source of a row holds: a fact of the catalogue, or words of a passage.

    Words of a passage have the document as their subject, no relation, and themselves as value.
    `level` is how severe an interaction is, where its sources say it.
    """

    id: str
    subject: str
    relation: str
    object: str
    value: dict[str, str]
    level: str = ""

    def is_turned_from(self, page: str) -> bool:
        """Say whether a page sees the fact from its other end; some relations have no such end."""
        return self.relation_from(page) != self.relation

    def relation_from(self, page: str) -> str:
        """Return the relation as it is seen from a page, by the page's id."""
        if self.subject == page or not self.relation:
            return self.relation
        return from_object(self.relation)
