"""Open the knowledge base for a command: engine, home, embedding, and progress on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from sqlalchemy import Engine

from knowledge.records import Progress
from medchat.cli import kb_lookup
from medchat.cli.progress import show_progress
from medchat.settings import Settings
from medchat.storage.database import open_engine

if TYPE_CHECKING:
    from knowledge.index.embedding import SentenceEmbedding


class UpdateTools(TypedDict):
    """What functions that change the knowledge base take as keywords."""

    embedding: "SentenceEmbedding"
    progress: Progress


@dataclass(frozen=True, slots=True)
class OpenBase:
    """The open knowledge base of a home."""

    settings: Settings
    engine: Engine
    embedding: "SentenceEmbedding"
    progress: Progress

    @property
    def place(self) -> tuple[Engine, Path]:
        """Return where it is: the database, and the folder of its index files."""
        return self.engine, self.settings.home

    @property
    def tools(self) -> UpdateTools:
        """Return the keywords of functions that change it."""
        return UpdateTools(embedding=self.embedding, progress=self.progress)

    @property
    def generation(self) -> int:
        """Return the current generation. Raises KnowledgeError where there is none."""
        return kb_lookup.current(self.engine)


@contextmanager
def open_base(settings: Settings) -> Iterator[OpenBase]:
    """Give the knowledge base; progress is shown while the block runs."""
    from medchat.answering.retriever import embedding_of

    engine, embedding = open_engine(settings), embedding_of(settings)
    with show_progress() as progress:
        yield OpenBase(settings, engine, embedding, progress)
