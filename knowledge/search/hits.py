"""Define hits: evidence in a ranking, with where it comes from and its scores."""

from dataclasses import asdict, dataclass

from knowledge.records import Language


@dataclass(frozen=True, slots=True)
class HitScores:
    """The scores of a hit: cosine, share of the question's terms, score by the graph."""

    dense: float
    lexical: float
    graph: float


@dataclass(frozen=True, slots=True)
class HitOrigin:
    """Where a hit comes from: a document, or for facts the entity and the sources."""

    id: str
    title: str
    journal: str = ""
    section: str = ""
    start: int = 0
    end: int = 0
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence in a ranking; `facts` are the ids of the facts that it states.

    `matched` are the question's words and names that a passage speaks of; `alike` the ids of
    passages that say nearly the same and are left out for it.
    """

    rank: int
    id: str
    kind: str
    title: str
    text: str
    year: int | None
    type: str
    score: float
    why: HitScores
    document: HitOrigin
    facts: tuple[str, ...]
    language: Language
    matched: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the hit as it is printed with --json."""
        return asdict(self)
