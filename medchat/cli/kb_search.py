"""Read the flags and the query file of `medchat kb search`, and open its searcher."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from knowledge.records import Language
from medchat.errors import MedchatError
from medchat.settings import Settings
from medchat.storage.database import open_engine


class SearchFilters(TypedDict):
    """What a search keeps, as `Search.find` takes it."""

    year_from: int | None
    year_to: int | None
    type: str | None
    language: Language | None
    source: str | None
    per_source: int | None


def checked_filters(
    year_from: int | None,
    year_to: int | None,
    type: str | None,
    language: str | None,
    source: str | None,
    per_source: int | None,
) -> SearchFilters:
    """Return the filters of the flags; refuse a language that is none of the two."""
    spoken: Language | None = None
    if language is not None:
        if language not in ("en", "zh"):
            raise MedchatError(
                f"{language!r} is no language of the knowledge base.",
                where="--language",
                remedy="Give en or zh.",
            )
        spoken = "zh" if language == "zh" else "en"
    return SearchFilters(
        year_from=year_from,
        year_to=year_to,
        type=type,
        language=spoken,
        source=source,
        per_source=per_source,
    )


@dataclass(frozen=True, slots=True)
class Searcher:
    """Searches the current generation for one query after another.

    `find` returns hits, `find_retracted` what fits and was retracted, by id and title only.
    """

    find: Callable[[str], list[dict[str, object]]]
    find_retracted: Callable[[str], list[dict[str, str]]]


def open_searcher(settings: Settings, top: int, filters: SearchFilters) -> Searcher:
    """Return what searches the current generation."""
    from knowledge.search.searcher import open_search
    from medchat.answering.retriever import embedding_of

    search = open_search(open_engine(settings), settings.home, embedding_of(settings))

    def find(query: str) -> list[dict[str, object]]:
        # a curator wants to see the nearest too, with their scores; chat decides what answers
        found = search.find(query, top, abstain=False, **filters)
        return [hit.as_dict() for hit in found]

    def find_retracted(query: str) -> list[dict[str, str]]:
        hits = search.find(query, top, retracted=True, **filters)
        named = {hit.document.id: hit.title for hit in hits}
        return [{"id": id, "title": title} for id, title in named.items()]

    return Searcher(find, find_retracted)


def read_queries(query: str, path: Path | None) -> Iterator[tuple[object, str]]:
    """Yield the one query, or those of a file with their ids; refuse neither, and both."""
    if bool(query.strip()) == (path is not None):
        raise MedchatError(
            "Give a query, or a file of them with --queries, and not both.",
            where="medchat kb search",
            remedy='For example: medchat kb search "chest pain"',
        )
    yield from _read_file(path) if path else [(None, query)]


def _read_file(path: Path) -> list[tuple[object, str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        return [(row["id"], str(row["query"])) for row in rows]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise MedchatError(
            "The file of queries cannot be read.",
            where=str(path),
            remedy='Write one {"id": …, "query": …} a line, in UTF-8.',
        ) from error
