"""Prepare a home that answers: database, starter knowledge, data and a round, where missing.

    database -> starter knowledge -> data -> rounds -> base and adapter that ship -> what answers

Each step first looks for what it would make, so that a step that was killed is done again and a
second run takes seconds.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from knowledge.records import Progress, silent
from medchat.composition import TEXT_TOOLS, find_urgent, report_ticks
from medchat.settings import Settings

DATA = "starter"
"""The name of the dataset folder in the home."""

LESSONS = 4000
"""How many lessons the first data has: enough for the rounds of the mini recipe."""


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One step: its name, whether it was there already, what came of it, and its seconds.

    `left_out` is set where it could not be done and the home answers without it.
    """

    name: str
    skipped: bool
    told: str
    seconds: float
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class _Workspace:
    """What the steps work on."""

    settings: Settings
    engine: Engine
    progress: Progress
    sources: Sequence[Path]


def prepare(
    settings: Settings, progress: Progress = silent, sources: Sequence[Path] = ()
) -> Iterator[DemoStep]:
    """Make what the home lacks; each step is yielded when it is done.

    `sources` are the files of the first knowledge, by default those that ship.
    """
    began = time.monotonic()
    engine, told = _database(settings)
    yield DemoStep("database", not told, told or "up to date", time.monotonic() - began)
    home = _Workspace(settings, engine, progress, sources)
    try:
        for name, find, make in (
            ("knowledge", _existing_knowledge, _add_knowledge),
            ("data", _existing_data, _build_data),
            ("rounds", _existing_rounds, _run_rounds),
        ):
            yield _run_step(name, home, find, make)
        yield from _shipped_adapter(home)
        yield DemoStep("answers", True, _what_answers(home), 0.0)
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


def _run_step(
    name: str,
    home: _Workspace,
    find: Callable[[_Workspace], str],
    make: Callable[[_Workspace], str],
) -> DemoStep:
    began = time.monotonic()
    existing = find(home)
    told = existing or make(home)
    return DemoStep(name, bool(existing), told, time.monotonic() - began)


def _database(settings: Settings) -> tuple[Engine, str]:
    from knowledge.graph.catalog import connect
    from medchat.storage import database

    settings.home.mkdir(parents=True, exist_ok=True)
    engine = connect(settings.database)
    if database.current(engine) == database.newest():
        return engine, ""
    return engine, f"at revision {database.upgrade(engine)}"


def _existing_knowledge(home: _Workspace) -> str:
    from knowledge.index import generations

    number = generations.newest(home.engine)
    return f"generation {number}" if number is not None else ""


def _add_knowledge(home: _Workspace) -> str:
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


def _folder(home: _Workspace) -> Path:
    return home.settings.home / "data" / DATA


def _existing_data(home: _Workspace) -> str:
    return str(_folder(home)) if (_folder(home) / "MANIFEST.json").is_file() else ""


def _build_data(home: _Workspace) -> str:
    from knowledge.index import generations
    from knowledge.lessons.build import build
    from knowledge.lessons.build_options import BuildOptions

    number = generations.newest(home.engine)
    assert number is not None, "knowledge comes before data"
    options = BuildOptions(styles=("chatdoctor", "huatuo"), limit=LESSONS, urgency=find_urgent)
    report = build(home.engine, number, _folder(home), options, home.progress)
    return f"{report.rows:,} lessons in {_folder(home)}"


def _existing_rounds(home: _Workspace) -> str:
    from finetune import adapters

    if _first_missing(home):
        return ""
    adapter = adapters.promoted(home.settings.home)
    return f"{adapter.name} is promoted" if adapter else "none is promoted"


def _run_rounds(home: _Workspace) -> str:
    from finetune import ledger, rounds
    from finetune.recipes import recipe_reader

    chosen = recipe_reader.load(home.settings.recipe, base=_other_base(home.settings))
    # one round makes the flow real; whoever wants more runs medchat finetune
    report = report_ticks(home.progress)
    wanted = ledger.Wanted(chosen, 1, home.settings.home, _folder(home))
    outcome = rounds.run(wanted, report, tools=TEXT_TOOLS)
    told = "promoted" if outcome.adapter.promoted else "not promoted"
    return f"trained {outcome.adapter.name}, {told}"


def _what_answers(home: _Workspace) -> str:
    """Say what answers now, and why the demo's own round does not where it was refused."""
    from finetune import ledger
    from finetune.recipes import recipe_reader

    recipe = recipe_reader.load(home.settings.recipe, base=_other_base(home.settings))
    answers = _writer_name(home)
    made = ledger.Wanted(recipe, 1, home.settings.home).made
    judged = ledger.gate_of(made[0]) if made else {}
    if judged.get("promotes") is False and not made[0].promoted:
        reason = str(judged.get("reason", "")).rstrip(".")
        return f"{answers}; {made[0].name} was not promoted: {reason}"
    if made and made[0].promoted and answers != made[0].name:
        return f"{answers}; {made[0].name} is promoted, and writes with --writer local"
    return answers


def _writer_name(home: _Workspace) -> str:
    from finetune import adapters
    from medchat.answering import writer

    named = home.settings.writer
    wanted = writer.automatic(home.settings) if named == "auto" else named
    if wanted == "quote":
        return "quotations of the evidence"
    if wanted == "local":
        chosen = adapters.still_promoted(home.settings.home)
        return chosen.name if chosen else "the bare base"
    return f"the server {wanted}"


def _shipped_adapter(home: _Workspace) -> Iterator[DemoStep]:
    """Add the base of the adapter that ships, and let that answer; both only where one ships."""
    from finetune import adapters
    from finetune.bases import adding, base_records
    from finetune.errors import FinetuneError
    from finetune.files import adapter_files

    folder = adapter_files.shipped()
    if folder is None:
        return
    place, began = home.settings.home, time.monotonic()
    try:
        name = adapter_files.base_name(folder)
        there = {each.name: each for each in base_records.list_bases(place)}
        added = name not in there
        base = (
            adding.add(place, name, progress=report_ticks(home.progress))[0]
            if added
            else there[name]
        )
        told = f"{base.name}, {base.parameters / 1e6:,.0f}M parameters, licence {base.licence}"
        yield DemoStep("base", not added, told, time.monotonic() - began)
        began = time.monotonic()
        adapter, added = adapter_files.take(place, folder)
    except FinetuneError as error:
        told = f"{error.what} Answers are quotations. {error.remedy}"
        yield DemoStep("base", False, told, time.monotonic() - began, left_out=True)
        return
    if added:  # only once: whoever rolled back shall not get it again
        adapters.promote(place, adapter.name)
    yield DemoStep("adapter", not added, adapter.name, time.monotonic() - began)


def _first_missing(home: _Workspace) -> bool:
    from finetune import ledger
    from finetune.recipes import recipe_reader

    return 1 in ledger.missing(recipe_reader.load(home.settings.recipe), home.settings.home)


def _other_base(settings: Settings) -> str | None:
    """Return the base that the settings name, where it is not the recipe's own."""
    return settings.base if settings.base != "mini" else None
