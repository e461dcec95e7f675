"""Let a class of medicines that a question names stand for its members, too.

    "beta blockers" -> the entity of that name + the medicines whose drug class is one

What is recorded of the class itself comes first; its members tell what is not.
"""

from collections.abc import Sequence

from knowledge.graph.linker import EntityMention, Linker
from knowledge.search.reading import tables
from knowledge.search.reading.tables import DrugClass


def find_classes(
    text: str, mentions: Sequence[EntityMention], linker: Linker
) -> tuple[tuple[EntityMention, ...], tuple[str, ...]]:
    """Return the mentions of a question with those of classes, and the members of these."""
    found = list(mentions)
    members: list[str] = []
    for start, end, named in _named(text):
        over = [each for each in found if each.start < end and start < each.end]
        if any(each.start < start or end < each.end for each in over):
            continue  # a part of a longer name
        held = [id for id, drug_class in linker.drug_classes() if named.holds(drug_class)]
        exact = [each for each in over if (each.start, each.end) == (start, end)]
        own = [id for each in exact for id in each.entities] or [*linker.bearers(named.called)]
        if not held:
            continue
        members += held
        found = [each for each in found if each not in over]
        entities = tuple(dict.fromkeys(own)) or tuple(held)
        found.append(EntityMention(start, end, text[start:end], entities))
    return tuple(sorted(found, key=lambda each: each.start)), tuple(dict.fromkeys(members))


def _named(text: str) -> list[tuple[int, int, DrugClass]]:
    pattern, classes = tables.class_pattern()
    return [(*match.span(), classes[tables.folded(match)]) for match in pattern.finditer(text)]
