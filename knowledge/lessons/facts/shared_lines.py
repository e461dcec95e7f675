"""Say which lines of evidence must not stand beside those of a row, were it to share them.

    page + relations told, relation not covered -> heads of lines that would answer it too

Several questions on one thing may be asked over the same lines; those that answer one of them must
not answer another that its own lines do not cover, or that they answer alone.
"""

from collections.abc import Iterable, Sequence

from knowledge.graph import verbalize
from knowledge.records import Language
from knowledge.vocabulary import INVERSE, base_relation, confusable_relations


def not_beside(name: str, told: Sequence[str], silent: str, language: Language) -> list[str]:
    """Return the heads of lines on a name that answer the same questions; `silent` may be empty."""
    near = {each for relation in told for each in confusable_relations(relation)} - {*told}
    if silent:
        near |= confusable_relations(silent) | {"description"}
    return sorted(heads(name, near - {*told}, language))


def heads(name: str, relations: Iterable[str], language: Language) -> set[str]:
    """Return how lines begin that tell these relations of a name, seen from where they are seen."""
    return {
        verbalize.evidence_line(
            name, base_relation(each), [""], language, inverse=each.endswith(INVERSE)
        )[:-1]
        for each in relations
    }
