"""Time whole turns, without a model that writes, over the starter and many made-up passages.

python benchmarks/turn_latency.py [--passages 100000] [--keep DIR] [--profile]

The passages are words of the starter's notes, as often as words are there, with drawn vectors, so
that every question meets many that hold some of its words. The questions are those of the turn
cases, the first message of each. Told are the whole turn and its steps, clock and processor, what
the first answer takes in a new process, and after a change of the base: with new names, without.
"""

import argparse
import cProfile
import json
import pstats
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from machine import table
from numpy.typing import NDArray

from knowledge.index import embedding
from knowledge.ingest import starter, updates
from knowledge.records import Language, Progress, silent
from medchat.chat import Chat, open_chat
from medchat.settings import load
from medchat.storage.database import open_engine, upgrade

WORDS = 60
OF_DOCUMENT = 5
CASES = Path(__file__).parent / "turn_cases.yaml"
_NEW_NAME = """\
format: medchat-records
title: One more
licence: CC0-1.0
source: Made up.
records:
- kind: condition
  en: [Harbour ague {n}]
  zh: [港口寒热{n}]
  symptom: ["fever = 发热"]
"""


class Drawn:
    """Embeds the made-up passages by drawing, and everything else with the model that ships."""

    def __init__(self) -> None:
        self._model = embedding.load()
        self.model, self.dimension = self._model.model, self._model.dimension
        self._draw = np.random.default_rng(5)

    def reads(self, language: Language) -> bool:
        """Say what the model reads."""
        return self._model.reads(language)

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        """Return unit vectors."""
        if len(texts) < OF_DOCUMENT * 1000:
            return self._model.encode(texts, progress)
        found = self._draw.standard_normal((len(texts), self.dimension), dtype=np.float32)
        found += self._draw.standard_normal(self.dimension, dtype=np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def main() -> None:
    """Build the home, ask, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="a folder in which the home is kept")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.keep or Path(folder) / "home"
        fill(home, options.passages)
        table(_measured(home, profile=options.profile))


def fill(home: Path, size: int) -> None:
    """Write the starter and so many made-up passages into a home, unless they are there."""
    if (home / "medchat.db").exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    engine = open_engine(load().model_copy(update={"home": home}))
    upgrade(engine)
    updates.add(engine, home, starter.files(), embedding=embedding.load())
    path = home / "made.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in _documents(size):
            file.write(json.dumps(row) + "\n")
    updates.add(engine, home, [path], licence="CC0-1.0", embedding=Drawn())
    engine.dispose()


def _documents(size: int) -> list[dict[str, str]]:
    notes = [path for path in starter.files() if path.parent.name == "en"]
    counted = Counter(
        word for path in notes for word in re.findall(r"[A-Za-z-]{2,}", path.read_text("utf-8"))
    )
    words, often = list(counted), np.array(list(counted.values()), dtype=float)
    draw = np.random.default_rng(3)
    rows = []
    for number in range(size // OF_DOCUMENT):
        chosen = draw.choice(len(words), OF_DOCUMENT * WORDS, p=often / often.sum())
        said = [words[place] for place in chosen]
        text = "\n\n".join(
            " ".join(said[first : first + WORDS]).capitalize() + "."
            for first in range(0, len(said), WORDS)
        )
        rows.append({"id": f"made:{number}", "title": " ".join(said[:6]), "content": text})
    return rows


def _measured(home: Path, *, profile: bool) -> list[tuple[str, str]]:
    settings = load().model_copy(update={"home": home})
    engine = open_engine(settings)
    chat = open_chat(settings, writer="quote", engine=engine)
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    questions = list(dict.fromkeys(case["turns"][0] for case in cases))
    first = _seconds(chat, questions[0])
    chat.warm_up()
    watch = cProfile.Profile()
    clock, used, steps = [], [], dict[str, list[float]]()
    for question in questions[1:]:
        began, spent = time.perf_counter(), time.process_time()
        if profile:
            watch.enable()
        answer = chat.ask(question, log=False)
        watch.disable()
        clock.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - spent))
        for name, seconds in answer.seconds.items():
            steps.setdefault(name, []).append(1000 * seconds)
    if profile:
        pstats.Stats(watch).sort_stats("tottime").print_stats(45)
        pstats.Stats(watch).sort_stats("cumtime").print_stats(60)
    middle, late = np.percentile(clock, [50, 95])
    again = [1000 * _timed(chat, question) for question in questions[1:]]
    rows = [
        ("questions", str(len(questions))),
        ("whole turn, each question for the first time, ms, p50 · p95 · p50 of the processor",
         f"{middle:.0f} · {late:.0f} · {statistics.median(used):.0f}"),
        ("the same asked again, ms of the processor, p50", f"{statistics.median(again):.0f}"),
        *((f"{name}, ms, p50", f"{statistics.median(each):.1f}") for name, each in steps.items()),
        ("first answer of a process, ms", f"{first:.0f}"),
    ]  # fmt: skip
    rows += _after_changes(chat, home, questions[0])
    engine.dispose()
    return rows


def _after_changes(chat: Chat, home: Path, question: str) -> list[tuple[str, str]]:
    """Time the first answer after a change without new names, and after one with a new name."""
    rows = []
    for name, text, suffix in (
        ("without new names", json.dumps({"id": "one", "title": "", "content": "Rest."}), "jsonl"),
        ("with a new name", _NEW_NAME.format(n=int(time.time())), "yaml"),
    ):
        path = home / f"more-{time.time_ns()}.{suffix}"
        path.write_text(text.replace("one", f"one{time.time_ns()}") + "\n", encoding="utf-8")
        updates.add(chat.engine, home, [path], licence="CC0-1.0", embedding=embedding.load())
        rows.append((f"first answer after a change {name}, ms", f"{_seconds(chat, question):.0f}"))
    return rows


def _timed(chat: Chat, question: str) -> float:
    """Return the seconds of the processor that an answer takes."""
    spent = time.process_time()
    chat.ask(question, log=False)
    return time.process_time() - spent


def _seconds(chat: Chat, question: str) -> float:
    began = time.perf_counter()
    chat.ask(question, log=False)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
