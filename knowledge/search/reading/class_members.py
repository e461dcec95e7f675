"""Find what may answer for a name of which nothing is recorded: members, kinds, the wider name.

    "beta blockers" -> the entity of that name + the medicines whose drug class is one
    "pneumonia" -> community-acquired pneumonia; "heart failure with …" -> heart failure

What is recorded of the very name comes first. Whoever answers says of what else it speaks.
"""

from collections.abc import Sequence

from knowledge.graph.linker import EntityMention, Linker
from knowledge.search.reading import tables
from knowledge.search.reading.tables import DrugClass


def find_classes(
    text: str, mentions: Sequence[EntityMention], linker: Linker
) -> tuple[tuple[EntityMention, ...], tuple[str, ...]]:
    """Return the mentions of a question with those of classes, and what may answer for them."""
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
    for each in mentions:
        if not each.entities[0].startswith("medicine:"):
            members += linker.relatives(each.text)
    return tuple(sorted(found, key=lambda each: each.start)), tuple(dict.fromkeys(members))


def _named(text: str) -> list[tuple[int, int, DrugClass]]:
    pattern, classes = tables.class_pattern()
    return [(*match.span(), classes[tables.folded(match)]) for match in pattern.finditer(text)]
