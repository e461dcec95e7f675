"""The curator's bench: what commands on the knowledge base share.

settings -> engine, home, embedding, progress -> one call into the knowledge room
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypedDict

from sqlalchemy import Engine

from knowledge.records import Language, Progress
from medchat.cli import kb_queries
from medchat.cli.output import pairs
from medchat.cli.progress import shown
from medchat.errors import MedchatError
from medchat.settings import Settings
from medchat.storage.database import open_engine

if TYPE_CHECKING:
    from knowledge.datasets.teacher import Teacher
    from knowledge.index.embedding import SentenceEmbedding
    from knowledge.ingest.updates import Update
    from knowledge.lessons.build import BuildReport
    from knowledge.lessons.build_options import Wishes
    from knowledge.lessons.verify.dataset_check import CheckReport


class Tools(TypedDict):
    """What the knowledge room works with: an embedding, and whom to tell of progress."""

    embedding: "SentenceEmbedding"
    progress: Progress


class Amount(TypedDict):
    """How much data, drawn how, made by how many."""

    limit: int | None
    seed: int
    workers: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What comes in beside the graph and what is kept out, as the flags say it."""

    files: tuple[Path, ...] = ()
    format: str = ""
    licence: str = ""
    feedback: bool = False
    personal: str = "drop"
    exclude: tuple[Path, ...] = ()
    licences: str = ""
    teacher: str = ""
    teacher_model: str = ""
    engine: str = "processes"
    keywords: Path | None = None


class Bench:
    """An open database and home; progress is shown while the block runs."""

    def __init__(self, settings: Settings) -> None:
        from medchat.answering.retriever import embedding_of

        self._shown = shown()
        self.settings = settings
        self.engine = open_engine(settings)
        self.place: tuple[Engine, Path] = (self.engine, settings.home)
        self._embedding = embedding_of(settings)

    def __enter__(self) -> "Bench":
        self.tools = Tools(embedding=self._embedding, progress=self._shown.__enter__())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._shown.__exit__(kind, error, trace)

    @property
    def generation(self) -> int:
        """Return the current generation. Raises KnowledgeError where there is none."""
        return kb_queries.current(self.engine)

    def told(self, update: "Update") -> list[str]:
        """Return what an update came to, as lines."""
        return pairs(
            {
                "generation": update.generation,
                "entities": update.entities,
                "facts": update.facts,
                "documents": update.documents,
                "passages": update.passages,
                "left out": update.left_out,
                "unchanged": len(update.unchanged),
            }
        )


class Kept(TypedDict):
    """What a search keeps, as `Search.find` takes it."""

    year_from: int | None
    year_to: int | None
    type: str | None
    language: Language | None
    source: str | None
    per_source: int | None


def kept(
    year_from: int | None,
    year_to: int | None,
    type: str | None,
    language: str | None,
    source: str | None,
    per_source: int | None,
) -> Kept:
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
    return Kept(
        year_from=year_from,
        year_to=year_to,
        type=type,
        language=spoken,
        source=source,
        per_source=per_source,
    )


def looking(settings: Settings, top: int, keep: Kept) -> Callable[[str], list[dict[str, object]]]:
    """Return what searches the current generation for one query after another."""
    from knowledge.search.searcher import open_search
    from medchat.answering.retriever import embedding_of

    search = open_search(open_engine(settings), settings.home, embedding_of(settings))

    def look(query: str) -> list[dict[str, object]]:
        # a curator wants to see the nearest too, with their scores; chat decides what answers
        found = search.find(query, top, abstain=False, **keep)
        return [hit.as_dict() for hit in found]

    return look


def queries(query: str, path: Path | None) -> Iterator[tuple[object, str]]:
    """Yield the one query, or those of a file; refuse neither, and both."""
    if bool(query.strip()) == (path is not None):
        raise MedchatError(
            "Give a query, or a file of them with --queries, and not both.",
            where="medchat kb search",
            remedy='For example: medchat kb search "chest pain"',
        )
    yield from _read(path) if path else [(None, query)]


def lessons_work(
    bench: Bench,
    out: Path | None,
    folder: Path | None,
    style: str,
    language: str,
    amount: Amount,
    beside: Beside,
) -> "Callable[[], tuple[BuildReport | CheckReport, bool]]":
    """Return the build or the check that the flags ask for; refuse neither, and both."""
    if out is not None and folder is None:
        return lambda: build(bench, out, style, language, amount, beside)
    if folder is not None and out is None:
        return lambda: prove(bench, folder)
    raise MedchatError(
        "Give a folder to write with --out, or one to prove with --check.",
        where="medchat build-data",
        remedy="For example: medchat build-data --out lessons",
    )


def build(
    bench: Bench, out: Path, style: str, language: str, amount: Amount, beside: Beside
) -> "tuple[BuildReport, bool]":
    """Write a dataset folder; a build that gives rows is whole."""
    from knowledge.lessons import build
    from knowledge.lessons.styles.registry import STYLES

    report = build.build(
        bench.engine,
        bench.generation,
        out,
        styles=_named(style) or tuple(STYLES),
        languages=_named(language),
        wishes=_wishes(bench, beside),
        progress=bench.tools["progress"],
        **amount,
    )
    return report, True


def _wishes(bench: Bench, beside: Beside) -> "Wishes":
    """Return what the flags ask for beside the graph."""
    from knowledge.datasets.gates.toxicity import read_keywords
    from knowledge.datasets.imports.imported_rows import Import
    from knowledge.lessons.build_options import Wishes
    from medchat.storage import feedback

    return Wishes(
        imports=tuple(Import(path, beside.format, beside.licence) for path in beside.files),
        told=tuple(feedback.lessons(bench.engine)) if beside.feedback else (),
        mask=_chosen("--personal", beside.personal, ("drop", "mask")) == "mask",
        exclude=beside.exclude,
        licences=_named(beside.licences),
        keywords=read_keywords(beside.keywords) if beside.keywords else (),
        teacher=_teacher(bench, beside),
        on_ray=_chosen("--engine", beside.engine, ("processes", "ray")) == "ray",
    )


def _teacher(bench: Bench, beside: Beside) -> "Teacher | None":
    """Return the teacher that the flags name; what it says is kept in the home."""
    from knowledge.datasets.teacher import Server, Teacher

    if not beside.teacher:
        return None
    key = bench.settings.teacher_key.get_secret_value()
    server = Server(beside.teacher, beside.teacher_model, key)
    return Teacher(server, bench.settings.home / "teacher.db", bench.tools["progress"])


def _chosen(flag: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise MedchatError(
            f"{given!r} is no choice.", where=flag, remedy=f"Choose from: {', '.join(known)}."
        )
    return given


def prove(bench: Bench, folder: Path) -> "tuple[CheckReport, bool]":
    """Prove a dataset folder row by row; it is whole where nothing is wrong with it."""
    from knowledge.lessons.verify.dataset_check import check

    report = check(bench.engine, bench.generation, folder, bench.tools["progress"])
    return report, not report.faults


def lines_of(report: "BuildReport | CheckReport") -> list[str]:
    """Return a report as lines, the first faults in full."""
    values = asdict(report)
    faults = values.get("faults", [])
    lines = pairs(values)
    lines += [f"{each['file']}:{each['line']}: {each['reason']}" for each in faults[:20]]
    return lines


def _named(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _read(path: Path) -> list[tuple[object, str]]:
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
