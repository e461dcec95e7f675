"""Find what may answer for a name of which nothing is recorded: members, kinds, the wider name.

    "beta blockers" -> the entity of that name + the medicines whose drug class is one
    "pneumonia" -> community-acquired pneumonia; "heart failure with …" -> heart failure

What is recorded of the very name comes first. Whoever answers says of what else it speaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.graph.linker import EntityMention, Linker
from knowledge.search.reading import reading_tables as tables
from knowledge.search.reading.reading_tables import DrugClass


@dataclass(frozen=True, slots=True)
class NamedClasses:
    """The classes that a question names, where they stand, and what may answer for its names.

    A class of which the base has a name is one of `mentions`, too; `spans` are the others.
    """

    mentions: tuple[EntityMention, ...]
    members: tuple[str, ...]
    texts: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def find_classes(text: str, mentions: Sequence[EntityMention], linker: Linker) -> NamedClasses:
    """Return the mentions of a question with those of classes, and what may answer for them."""
    found = list(mentions)
    members: list[str] = []
    texts: list[str] = []
    spans: list[tuple[int, int]] = []
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
        texts.append(text[start:end])
        found = [each for each in found if each not in over]
        if own:
            found.append(EntityMention(start, end, text[start:end], tuple(dict.fromkeys(own))))
        else:
            spans.append((start, end))
    for each in mentions:
        if not each.entities[0].startswith("medicine:"):
            members += linker.relatives(each.text)
    found.sort(key=lambda each: each.start)
    return NamedClasses(tuple(found), tuple(dict.fromkeys(members)), tuple(texts), tuple(spans))


def _named(text: str) -> list[tuple[int, int, DrugClass]]:
    pattern, classes = tables.class_pattern()
    return [(*match.span(), classes[tables.folded(match)]) for match in pattern.finditer(text)]
