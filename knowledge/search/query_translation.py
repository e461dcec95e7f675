"""Translate a question's names and relations into words of the other language.

    mentions -> names of the entities, asks -> labels of the relations -> words for the other search

Only what the graph names in both languages crosses over.
"""

from itertools import chain, zip_longest

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.records import Language
from knowledge.search import weights
from knowledge.search.query_parser import ParsedQuery
from knowledge.vocabulary import RELATIONS


def other_language(language: Language) -> Language:
    """Return the other of the two languages."""
    return "en" if language == "zh" else "zh"


def translate_query(question: ParsedQuery, graph: KnowledgeGraph) -> str:
    """Return a question in the other language, as far as the graph knows its names.

    The preferred name of every mention comes before the second name of any.
    """
    other = other_language(question.language)
    spoken = []
    for mention in question.mentions:
        entity = graph.entity(mention.entities[0])
        known = () if entity is None else entity.names
        names = [name.text for name in known if name.language == other]
        spoken.append(names[: weights.TRANSLATED_NAMES_EACH])
    best = [name for name in chain(*zip_longest(*spoken)) if name is not None]
    if not best:
        return ""
    labels = [RELATIONS[ask.relation].label(other) for ask in question.asks]
    return " ".join([*labels, *best[: weights.TRANSLATED_NAMES]])
