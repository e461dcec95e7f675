"""Write and prove the rows of tasks with Ray Data, in the order in which they were asked.

    batches of tasks -> windows -> JSON -> Ray Data, on as many machines as it has -> candidates

Each process of Ray opens the catalogue once; every machine must reach it at the same URL, so more
than one machine takes PostgreSQL. The same seed gives the same rows as processes do. For one
machine plain processes are quicker: Ray takes seconds to start.
"""

import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from types import ModuleType, TracebackType
from typing import Any

from sqlalchemy import Engine

from knowledge.datasets import row_formats
from knowledge.datasets.filtering import Candidate
from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import connect
from knowledge.lessons.dataset_check import lesson_of
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.facts.urgent_words import UrgencyRules
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.row_plan import RowTask
from knowledge.lessons.workers import RowWriter, WriterPool

_WINDOW = 16
"""Batches of one window, for each worker; no more than a window is under way."""


class RayWriterPool(WriterPool):
    """Writes and proves rows on Ray: on a cluster that runs here or that RAY_ADDRESS names.

    Where there is none, one is begun, with so many processes as there are workers.
    """

    def __init__(
        self,
        engine: Engine,
        sources: PageSources,
        workers: int = 1,
        rules: UrgencyRules | None = None,
    ) -> None:
        super().__init__(engine, sources, workers, rules=rules)
        url = engine.url
        if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
            raise KnowledgeError(
                "A database in memory cannot be opened by Ray.",
                where="--engine ray",
                remedy="Use a database in a file, or --engine processes.",
            )
        self._joined = False

    def __enter__(self) -> "RayWriterPool":
        ray = _ray()
        if not ray.is_initialized():
            # nothing leaves the machine: Ray reports its use to its makers unless told not to
            os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
            quiet = {"log_to_driver": False, "configure_logging": False}
            try:
                ray.init(address="auto", **quiet)
            except ConnectionError:  # none runs
                workers = self._workers
                ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
            self._joined = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._joined:
            _ray().shutdown()

    def _write_batches(self, batches: Iterable[list[RowTask | str]]) -> Iterator[list[Candidate]]:
        url = self._engine.url.render_as_string(hide_password=False)
        left = iter(batches)
        while window := [*islice(left, _WINDOW * self._workers)]:
            given = (url, self._sources.generation, self._rules)
            yield from _write_window(window, self._workers, *given)


def _write_window(
    window: list[list[RowTask | str]],
    workers: int,
    url: str,
    generation: int,
    rules: UrgencyRules | None,
) -> list[list[Candidate]]:
    """Return the candidates of a window's batches, in their order."""
    ray = _ray()
    ray.data.DataContext.get_current().enable_progress_bars = False
    asked = [{"place": place, "tasks": _encode_tasks(batch)} for place, batch in enumerate(window)]

    def write(row: dict[str, object]) -> dict[str, object]:
        made = _writer(url, generation, rules).write(_decode_tasks(str(row["tasks"])))
        return {"place": row["place"], "made": _encode_candidates(made)}

    blocks = min(len(asked), 4 * workers)
    written = ray.data.from_items(asked, override_num_blocks=blocks).map(write)
    rows = sorted(written.iter_rows(), key=lambda row: int(row["place"]))
    return [_decode_candidates(str(row["made"])) for row in rows]


@cache
def _writer(url: str, generation: int, rules: UrgencyRules | None) -> RowWriter:
    """Return the writer of this process, made once."""
    engine = connect(url)
    return RowWriter(engine, PageSources(engine, generation), rules)


def _encode_tasks(batch: list[RowTask | str]) -> str:
    return json.dumps([task if isinstance(task, str) else task._asdict() for task in batch])


def _decode_tasks(text: str) -> list[RowTask | str]:
    return [raw if isinstance(raw, str) else _task(raw) for raw in json.loads(text)]


def _task(raw: dict[str, Any]) -> RowTask:
    """Return a task whose tuples JSON has made lists of."""
    manner = raw["manner"] and Manner(*raw["manner"])
    return RowTask(**{**raw, "neighbours": tuple(raw["neighbours"]), "manner": manner})


def _encode_candidates(made: list[Candidate]) -> str:
    rows = (
        (row_formats.encode_row(lesson) if lesson else "null", json.dumps(reason))
        for lesson, reason in made
    )
    return f"[{', '.join(f'[{row}, {reason}]' for row, reason in rows)}]"


def _decode_candidates(text: str) -> list[Candidate]:
    return [(lesson_of(row) if row else None, reason) for row, reason in json.loads(text)]


def _ray() -> ModuleType:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise KnowledgeError(
            "Ray is not installed.",
            where="--engine ray",
            remedy="Install it with: pip install 'medchat[ray]'.",
        ) from error
    found: ModuleType = ray
    return found
