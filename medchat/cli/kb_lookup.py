"""Look up what `medchat kb` shows of the current generation: sources, documents, entities.

    id | name -> knowledge.search.catalog_views -> plain values

Reading only; what changes the knowledge base is `knowledge.ingest.updates`.
"""

from sqlalchemy import Engine

from knowledge.errors import KnowledgeError
from knowledge.graph.conflicts import list_conflicts as conflicts_of
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import generations
from knowledge.search import catalog_views

View = dict[str, object]


def current(engine: Engine) -> int:
    """Return the newest generation. Raises KnowledgeError where there is none."""
    number = generations.newest(engine)
    if number is None:
        raise KnowledgeError(
            "The knowledge base is empty.",
            where="medchat kb",
            remedy="Add knowledge with medchat kb add PATH, or run medchat demo.",
        )
    return number


def show(engine: Engine, id: str) -> View:
    """Return the source or document of an id; a passage's id shows its document."""
    number = current(engine)
    for source in catalog_views.sources(engine, number):
        if source["id"] == id:
            return source
    return catalog_views.document(engine, number, id.partition("#")[0])


def listed(
    engine: Engine, *, documents: bool = False, source: str | None = None, limit: int = 50
) -> list[View]:
    """Return the sources in force, or the documents, of one source where its id or title is named.

    Raises KnowledgeError where no source has that name.
    """
    number = current(engine)
    sources = catalog_views.sources(engine, number)
    if not documents and source is None:
        return sources
    named = {each["id"] for each in sources if source in (None, each["id"], each["title"])}
    if source is not None and not named:
        raise KnowledgeError(
            f"No source of generation {number} has the id or title {source!r}.",
            where="medchat kb list",
            remedy="List the sources with `medchat kb list`.",
        )
    found = catalog_views.documents(engine, number)
    return [each for each in found if each["source"] in named][:limit]


def entity(engine: Engine, name: str) -> View:
    """Return an entity by a name or its id, with its facts."""
    return catalog_views.entity(KnowledgeGraph(engine, current(engine)), name)


def merges(engine: Engine, name: str, limit: int) -> View:
    """Return what was merged into entities, or into the one of a name, and what was split again."""
    return catalog_views.merges(engine, current(engine), name, limit)


def conflicts(engine: Engine, limit: int) -> list[View]:
    """Return the facts of the current generation that contradict each other, side by side."""
    return conflicts_of(engine, current(engine), limit)
