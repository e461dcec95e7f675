"""From an empty home to a chat that answers: the steps that are missing, one after the other.

    database -> starter knowledge -> data -> rounds -> ready

Each step looks for what it would make and makes it only where it lacks, so that a step that was
killed is done again and a second run takes seconds.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from knowledge.records import Progress, silent
from medchat.composition import TEXT_TOOLS
from medchat.settings import Settings

DATA = "starter"
"""The name of the dataset folder in the home."""

LESSONS = 4000
"""How many lessons the first data has: enough for the rounds of the mini recipe."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, whether it was there already, what came of it, and its seconds."""

    name: str
    skipped: bool
    told: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Home:
    """What the steps work on."""

    settings: Settings
    engine: Engine
    progress: Progress
    sources: Sequence[Path]


def prepare(
    settings: Settings, progress: Progress = silent, sources: Sequence[Path] = ()
) -> Iterator[Step]:
    """Make what the home lacks; each step is yielded when it is done.

    `sources` are the files of the first knowledge, by default those that ship.
    """
    began = time.monotonic()
    engine, told = _database(settings)
    yield Step("database", not told, told or "up to date", time.monotonic() - began)
    home = _Home(settings, engine, progress, sources)
    try:
        for name, there, make in (
            ("knowledge", _knowledge_there, _add_knowledge),
            ("data", _data_there, _build_data),
            ("rounds", _rounds_there, _run_rounds),
        ):
            yield _done(name, home, there, make)
    finally:
        engine.dispose()


def is_empty(settings: Settings) -> bool:
    """Say whether the home has nothing to answer from."""
    from knowledge.index import generations
    from medchat.storage.database import open_engine

    engine = open_engine(settings)
    try:
        return generations.newest(engine) is None
    finally:
        engine.dispose()


def _done(
    name: str, home: _Home, there: Callable[[_Home], str], make: Callable[[_Home], str]
) -> Step:
    began = time.monotonic()
    standing = there(home)
    told = standing or make(home)
    return Step(name, bool(standing), told, time.monotonic() - began)


def _database(settings: Settings) -> tuple[Engine, str]:
    from knowledge.graph.catalog import connect
    from medchat.storage import database

    settings.home.mkdir(parents=True, exist_ok=True)
    engine = connect(settings.database)
    if database.current(engine) == database.newest():
        return engine, ""
    return engine, f"at revision {database.upgrade(engine)}"


def _knowledge_there(home: _Home) -> str:
    from knowledge.index import generations

    number = generations.newest(home.engine)
    return f"generation {number}" if number is not None else ""


def _add_knowledge(home: _Home) -> str:
    from knowledge.ingest import starter, updates
    from medchat.answering.retriever import embedding_of

    update = updates.add(
        home.engine,
        home.settings.home,
        home.sources or starter.files(),
        embedding=embedding_of(home.settings),
        progress=home.progress,
    )
    return f"{update.entities:,} entities, {update.facts:,} facts, {update.documents:,} documents"


def _folder(home: _Home) -> Path:
    return home.settings.home / "data" / DATA


def _data_there(home: _Home) -> str:
    return str(_folder(home)) if (_folder(home) / "MANIFEST.json").is_file() else ""


def _build_data(home: _Home) -> str:
    from knowledge.index import generations
    from knowledge.lessons.build import build
    from knowledge.lessons.build_options import BuildOptions

    number = generations.newest(home.engine)
    assert number is not None, "knowledge comes before data"
    options = BuildOptions(styles=("chatdoctor", "huatuo"), limit=LESSONS)
    report = build(home.engine, number, _folder(home), options, home.progress)
    return f"{report.rows:,} lessons in {_folder(home)}"


def _rounds_there(home: _Home) -> str:
    from finetune import adapters

    if _first_missing(home):
        return ""
    adapter = adapters.promoted(home.settings.home)
    return f"{adapter.name if adapter else 'the bare base'} answers"


def _run_rounds(home: _Home) -> str:
    from finetune import recipe_reader, rounds
    from medchat.cli.progress import ticking

    chosen = recipe_reader.load(home.settings.recipe, base=_other_base(home.settings))
    # one round makes the flow real; whoever wants more runs medchat finetune
    report = ticking(home.progress)
    outcome = rounds.run(chosen, 1, home.settings.home, _folder(home), report, tools=TEXT_TOOLS)
    return f"trained {outcome.adapter.name}"


def _first_missing(home: _Home) -> bool:
    from finetune import recipe_reader, rounds

    return 1 in rounds.missing(recipe_reader.load(home.settings.recipe), home.settings.home)


def _other_base(settings: Settings) -> str | None:
    """Return the base that the settings name, where it is not the recipe's own."""
    return settings.base if settings.base != "mini" else None
